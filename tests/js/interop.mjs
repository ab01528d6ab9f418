// Seals and opens bids for the tests of the other language; one JSON text in, one out.
//
//     node tests/js/interop.mjs seal <folder>     { people, files } → the sealed bid
//     node tests/js/interop.mjs open <folder>     { manifest, signature, versions, shares, keys }
//
// The ciphertext lies as bid.age in the folder, and what comes out of it as opened.zip.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import { decryptWith } from "../../static/js/sealing/age.js";
import { fromBase64, toBase64 } from "../../static/js/sealing/bytes.js";
import { verifyChain } from "../../static/js/sealing/chain.js";
import { verifyManifest } from "../../static/js/sealing/manifest.js";
import { unwrapByPassphrase, wrapByPassphrase } from "../../static/js/sealing/memberkey.js";
import { proveOpenability } from "../../static/js/sealing/openability.js";
import { buildRecovery } from "../../static/js/sealing/recovery.js";
import { combineIdentity } from "../../static/js/sealing/shamir.js";
import { openShare, partOf } from "../../static/js/sealing/share.js";
import { bidOf, chainOf, committee, pdf, signed, statementOf, streamOf } from "./cast.mjs";

const [, , verb, folder] = process.argv;

async function seal({ names, k, files, passphrase }) {
  const people = await committee(names, k);
  const statement = statementOf(people);
  const chain = chainOf(people, statement);
  const bid = await bidOf(chain, { files: files.map(({ name, size }) => pdf(name, size)) });
  await writeFile(join(folder, "bid.age"), bid.ciphertextBytes);
  const wrapped = await wrapByPassphrase(people.keys[0], passphrase);
  return {
    versions: [signed(statement, people.keys)],
    keys: people.keys,
    wrapped: toBase64(wrapped),
    manifest: bid.manifest,
    signature: bid.signature,
    shares: bid.shares.map(({ member, sealed }) => ({ member, sealed: toBase64(sealed) })),
    recovery: buildRecovery({
      manifest: bid.manifest,
      identity: bid.identity,
      tenderSeed: bid.tender.seed,
    }),
    zip: bid.zip,
  };
}

async function open({ manifest, signature, versions, shares, keys, wrapped, passphrase }) {
  const chain = verifyChain(versions, { tender: manifest.tender });
  const digest = verifyManifest(manifest, signature, { chain });
  const unwrapped = await unwrapByPassphrase(fromBase64(wrapped), passphrase);
  const opened = await Promise.all(
    keys.map((memberKey) => {
      const { sealed } = shares.find(({ member }) => member === memberKey.member);
      return openShare(fromBase64(sealed), { manifest, memberKey, chain });
    }),
  );
  const ciphertext = await readFile(join(folder, "bid.age"));
  const plains = opened.map(({ plain }) => plain);
  const { zip } = await proveOpenability({ stream: streamOf(ciphertext), plains, manifest });
  const parts = opened.slice(-manifest.k).map(({ share }) => partOf(share));
  const identity = await combineIdentity(parts, manifest.recipient);
  await writeFile(join(folder, "opened.zip"), await decryptWith(identity, ciphertext));
  return { digest, zip, identity, unwrapped: unwrapped.member };
}

const task = JSON.parse(await text(process.stdin));
process.stdout.write(JSON.stringify(await { seal, open }[verb](task)));
