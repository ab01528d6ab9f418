// Bundles what the browser runs into static/dist, named by content, and says in
// static/dist/manifest.json which bytes those are. The same sources give the same bytes on every
// machine: only so can a stranger compare what an LPSE serves with what was published.
//
//     node tools/build_frontend.mjs [output folder]

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";
import { compileAsync } from "sass";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const SOURCES = join(ROOT, "static", "js");
const STYLES = join(ROOT, "static", "scss");
// A script that contains one of these can touch a key, a bid or a share.
const SEALING = ["static/js/sealing/", "static/js/workers/"];

const digest = (algorithm, bytes, encoding) => createHash(algorithm).update(bytes).digest(encoding);

/** The canonical form (RFC 8785) of an object whose names and values are plain ASCII strings. */
const canonical = (object) => JSON.stringify(object, Object.keys(object).sort());

/** Which scripts there are: every file of static/js/pages and static/js/workers is one. */
async function entryPoints() {
  const found = [];
  for (const kind of ["pages", "workers"]) {
    const folder = join(SOURCES, kind);
    if (!existsSync(folder)) continue;
    const names = (await readdir(folder)).filter((name) => name.endsWith(".js")).sort();
    found.push(...names.map((name) => `${kind}/${name}`));
  }
  return found;
}

/** One script as one file without imports: a worker is started from the bytes that were checked. */
async function bundle(name) {
  const result = await build({
    absWorkingDir: ROOT,
    entryPoints: [join(SOURCES, name)],
    bundle: true,
    charset: "utf8",
    format: "esm",
    legalComments: "none",
    logLevel: "warning",
    metafile: true,
    minify: true,
    outdir: "unused",
    target: "es2022",
    write: false,
  });
  const inputs = Object.keys(result.metafile.inputs);
  const sealing = inputs.some((input) => SEALING.some((folder) => input.startsWith(folder)));
  return { name, bytes: result.outputFiles[0].contents, sealing };
}

async function stylesheet() {
  const { css } = await compileAsync(join(STYLES, "main.scss"), {
    loadPaths: [join(ROOT, "node_modules")],
    quietDeps: true,
    // Bootstrap 5.3 still uses @import and the old colour functions.
    silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
    style: "compressed",
  });
  return { name: "main.css", bytes: Buffer.from(css), sealing: false };
}

/** Build everything into `target`; gives the manifest. */
export async function buildInto(target) {
  const made = await Promise.all((await entryPoints()).map(bundle));
  if (existsSync(join(STYLES, "main.scss"))) made.push(await stylesheet());

  // Built beside the old folder and then put in its place: a running server never sees half of it.
  const fresh = `${target}.new`;
  await rm(fresh, { recursive: true, force: true });
  const manifest = {};
  const sealing = {};
  for (const { name, bytes, sealing: counts } of made.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const sha256 = digest("sha256", bytes, "hex");
    const file = name.replace(/\.(\w+)$/, `-${sha256.slice(0, 12)}.$1`);
    await mkdir(dirname(join(fresh, file)), { recursive: true });
    await writeFile(join(fresh, file), bytes);
    manifest[name] = {
      file: `dist/${file}`,
      integrity: `sha384-${digest("sha384", bytes, "base64")}`,
      sha256,
    };
    if (counts) sealing[name] = sha256;
  }
  manifest.bundle = Object.keys(sealing);
  manifest.bundle_digest = digest("sha256", canonical(sealing), "hex");
  await mkdir(fresh, { recursive: true });
  await writeFile(join(fresh, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  await rm(target, { recursive: true, force: true });
  await rename(fresh, target);
  return manifest;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const target = resolve(process.argv[2] ?? join(ROOT, "static", "dist"));
  try {
    const manifest = await buildInto(target);
    console.log(`${Object.keys(manifest).length - 2} files in ${relative(process.cwd(), target)}`);
  } catch (error) {
    // esbuild has already shown the place; its stack would only hide it.
    if (!error.errors) console.error(error.message ?? error);
    process.exit(1);
  }
}
