// Known answers: the same files are read by tests/unit/sealing/test_vectors.py.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { decryptWith, plainSize, recipientOf, sealedSize } from "../../static/js/sealing/age.js";
import {
  digest,
  fromBase64,
  fromHex,
  fromUtf8,
  toHex,
  utf8,
} from "../../static/js/sealing/bytes.js";
import { verifyChain } from "../../static/js/sealing/chain.js";
import {
  keyId,
  verifyCheckpoint,
  verifyNote,
  verifyProof,
} from "../../static/js/sealing/checkpoint.js";
import { canonical, digestOf, parseCanonical } from "../../static/js/sealing/jcs.js";
import { manifestDigest, verifyManifest } from "../../static/js/sealing/manifest.js";
import { unwrapByPassphrase } from "../../static/js/sealing/memberkey.js";
import * as merkle from "../../static/js/sealing/merkle.js";
import { proveOpenability } from "../../static/js/sealing/openability.js";
import { isPadded, padded, padme } from "../../static/js/sealing/padding.js";
import { tidyPassphrase } from "../../static/js/sealing/passphrase.js";
import { logEntry, verifyReceipt } from "../../static/js/sealing/receipt.js";
import { readRecovery, recoveryText, requireRecoveryOf } from "../../static/js/sealing/recovery.js";
import { combineIdentity } from "../../static/js/sealing/shamir.js";
import { openShare, partOf } from "../../static/js/sealing/share.js";
import { publicKey } from "../../static/js/sealing/sign.js";
import { WORDS } from "../../static/js/sealing/words.js";
import { combine } from "shamir-secret-sharing";
import { streamOf } from "./cast.mjs";
import { readStored } from "./stored_zip.mjs";

const load = (name) =>
  JSON.parse(readFileSync(new URL(`../vectors/sealing_${name}.json`, import.meta.url), "utf8"));

test("canonical JSON has one spelling", () => {
  for (const { value, text, sha256 } of load("jcs").canonical) {
    assert.equal(canonical(value), text);
    assert.equal(digestOf(value), sha256);
    assert.deepEqual(parseCanonical(utf8(text)), value);
  }
});

test("another spelling of JSON is refused", () => {
  for (const text of load("jcs").refused) {
    assert.throws(() => parseCanonical(utf8(text)), { code: "format:json" }, text);
  }
});

test("what has no canonical form is refused", () => {
  const values = [
    1.5,
    NaN,
    Infinity,
    2 ** 53,
    undefined,
    { a: undefined },
    1n,
    new Date(),
    "\ud834",
  ];
  for (const value of values) assert.throws(() => canonical(value), { code: "format:json" });
});

test("padding and sealed sizes", () => {
  for (const vector of load("padding")) {
    assert.equal(padme(vector.size), vector.padme);
    assert.equal(padded(vector.size), vector.padded);
    assert.ok(isPadded(vector.padded));
    assert.equal(sealedSize(vector.size), vector.sealed);
    assert.equal(plainSize(vector.sealed), vector.size);
  }
});

test("the words of passphrases", () => {
  const { count, first, last, sha256, tidy } = load("passphrase");

  assert.deepEqual([WORDS.length, WORDS[0], WORDS.at(-1)], [count, first, last]);
  assert.equal(digest(utf8(`${WORDS.join("\n")}\n`)), sha256);
  for (const [typed, expected] of tidy) assert.equal(tidyPassphrase(typed), expected);
});

test("every quorum of the known parts gives the secret", async () => {
  for (const { secret, k, parts } of load("shamir")) {
    const bytes = parts.map(fromBase64);
    if (k === 1) {
      assert.equal(fromUtf8(bytes[0].slice(0, -1)), secret);
      continue;
    }
    for (const some of subsets(bytes, k)) assert.equal(fromUtf8(await combine(some)), secret);
  }
});

test("roots, inclusion and consistency of the tree", () => {
  const { entries, roots, inclusion, consistency } = load("merkle");
  const leaves = entries.map((entry) => merkle.leafHash(fromHex(entry)));
  roots.forEach((root, size) => {
    assert.equal(toHex(merkle.rootOfLeaves(leaves.slice(0, size))), root);
  });
  for (const { index, size, path } of inclusion) {
    const [proof, root] = [path.map(fromHex), fromHex(roots[size])];
    assert.deepEqual(merkle.inclusionProof(leaves.slice(0, size), index).map(toHex), path);
    assert.ok(merkle.verifyInclusion(leaves[index], index, size, proof, root));
    assert.ok(!merkle.verifyInclusion(leaves[index], index, size, [...proof, root], root));
    assert.ok(
      !merkle.verifyInclusion(leaves[index], index, size, proof.slice(1), root) || size === 1,
    );
    assert.ok(!merkle.verifyInclusion(leaves[index], size, size, proof, root));
    assert.ok(!merkle.verifyInclusion(merkle.leafHash(root), index, size, proof, root));
  }
  for (const { old, new: size, path } of consistency) {
    const [proof, older, newer] = [path.map(fromHex), fromHex(roots[old]), fromHex(roots[size])];
    assert.deepEqual(merkle.consistencyProof(leaves.slice(0, size), old).map(toHex), path);
    assert.ok(merkle.verifyConsistency(old, size, proof, older, newer), `${old} ${size}`);
    if (old === size) continue;
    assert.ok(!merkle.verifyConsistency(old, size, proof, newer, newer));
    assert.ok(!merkle.verifyConsistency(old, size, proof, older, older));
    assert.ok(!merkle.verifyConsistency(old, size, [...proof, newer], older, newer));
  }
  assert.ok(!merkle.verifyConsistency(0, 1, [], fromHex(roots[0]), fromHex(roots[1])));
});

test("the signed checkpoint and the proof in it", () => {
  const vector = load("note");
  const { origin, key } = vector;
  const entry = fromHex(vector.entry);

  assert.equal(publicKey(vector.seed), key);
  assert.equal(toHex(keyId(origin, key)), vector.key_id);
  const head = verifyCheckpoint(vector.note, { origin, key });
  assert.deepEqual([head.size, toHex(head.root)], [vector.size, vector.root]);
  assert.equal(verifyProof(vector.proof, { origin, key, entry }).index, vector.index);
  const published = vector.published;
  assert.match(verifyNote(published.note, published), /^If you think cryptography/);
});

test("the chain of statements", () => {
  const { versions, digests } = load("statement");

  const chain = verifyChain(versions, { tender: "3740901", pinned: digests });

  assert.deepEqual([...chain.byDigest.keys()], digests);
  assert.equal(chain.digest, digests[1]);
  assert.equal(canonical(versions[0].statement), load("statement").canonical);
});

test("a receipt", () => {
  const { file, log_entry } = load("receipt");

  const receipt = verifyReceipt(file, { key: file.key });

  assert.equal(receipt.outcome, "accepted");
  assert.equal(toHex(logEntry(receipt)), log_entry);
});

for (const sealer of ["python", "javascript"]) {
  test(`a whole bid sealed by ${sealer} opens`, async () => {
    const vector = load(`sealed_by_${sealer}`);
    const { manifest, signature, keys } = vector;
    const chain = verifyChain(vector.versions, { tender: manifest.tender });
    assert.equal(verifyManifest(manifest, signature, { chain }), vector.manifest_digest);
    assert.equal(manifestDigest(manifest), vector.manifest_digest);
    const unwrapped = await unwrapByPassphrase(fromBase64(vector.wrapped), vector.passphrase);
    assert.deepEqual(unwrapped, keys[0]);

    const opened = await Promise.all(
      vector.shares.map(({ member, sealed }) => {
        const memberKey = keys.find((key) => key.member === member);
        return openShare(fromBase64(sealed), { manifest, memberKey, chain });
      }),
    );
    for (const some of subsets(opened, manifest.k)) {
      const parts = some.map(({ share }) => partOf(share));
      const identity = await combineIdentity(parts, manifest.recipient);
      assert.equal(identity, vector.recovery.identity);
    }
    const plains = opened.map(({ plain }) => plain);
    const ciphertext = fromBase64(vector.ciphertext);
    await proveOpenability({ stream: streamOf(ciphertext), plains, manifest });

    const recovery = await readRecovery(recoveryText(vector.recovery));
    requireRecoveryOf(recovery, manifest);
    assert.equal(await recipientOf(recovery.identity), manifest.recipient);
    const entries = readStored(await decryptWith(recovery.identity, ciphertext));
    const bid = parseCanonical(entries.get("bid.json"));
    assert.equal(bid.tender, manifest.tender);
    for (const [name, sha256] of Object.entries(vector.files)) {
      assert.equal(digest(entries.get(`files/${name}`)), sha256);
    }
  });
}

/** Every choice of `size` of `items`. */
function subsets(items, size) {
  if (size === 0) return [[]];
  if (items.length < size) return [];
  const [first, ...rest] = items;
  return [...subsets(rest, size - 1).map((some) => [first, ...some]), ...subsets(rest, size)];
}
