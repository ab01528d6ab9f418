import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { buildInto } from "../../tools/build_frontend.mjs";

let folder;
let first;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "lpse-build-"));
  first = await buildInto(join(folder, "first"));
});

after(() => rm(folder, { recursive: true }));

/** Every built file with its bytes. */
async function contents(name) {
  const root = join(folder, name);
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const paths = files.map((file) => join(file.parentPath, file.name)).sort();
  return new Map(
    await Promise.all(paths.map(async (path) => [path.slice(root.length), await readFile(path)])),
  );
}

test("two builds of the same sources are the same, byte for byte", async () => {
  await buildInto(join(folder, "second"));

  assert.deepEqual(await contents("second"), await contents("first"));
});

test("the manifest names the bytes that are there", async () => {
  const built = await contents("first");
  const { bundle, bundle_digest, ...entries } = first;

  assert.notEqual(Object.keys(entries).length, 0);
  for (const [name, { file, integrity, sha256 }] of Object.entries(entries)) {
    const bytes = built.get(file.replace(/^dist/, ""));
    const digest = (algorithm, encoding) => createHash(algorithm).update(bytes).digest(encoding);
    assert.equal(sha256, digest("sha256", "hex"), name);
    assert.equal(integrity, `sha384-${digest("sha384", "base64")}`, name);
  }
});

test("the bundle digest covers every script that can touch a key, and no other", () => {
  const { bundle, bundle_digest: digest } = first;
  const digests = Object.fromEntries(bundle.map((name) => [name, first[name].sha256]));

  assert.equal(digest, createHash("sha256").update(JSON.stringify(digests)).digest("hex"));
  assert.deepEqual(bundle, bundle.toSorted());
  assert.ok(bundle.includes("workers/seal.js"));
  assert.ok(bundle.includes("pages/keys.js"));
  assert.ok(!bundle.includes("pages/app.js"));
  assert.ok(!bundle.includes("main.css"));
});

test("a worker is one file: it imports nothing", async () => {
  const built = await contents("first");
  const workers = [...built].filter(([path]) => path.startsWith("/workers/"));

  assert.notEqual(workers.length, 0);
  for (const [path, bytes] of workers) {
    assert.doesNotMatch(bytes.toString(), /\bimport\s*[("'{*]|\bexport\s*[{*]/, path);
  }
});
