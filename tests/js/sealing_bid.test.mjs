// A bid from sealing to the proof that it opens, and everything that must stop it.

import assert from "node:assert/strict";
import test from "node:test";

import { Encrypter, generateHybridIdentity, identityToRecipient } from "age-encryption";

import {
  decryptWith,
  encryptTo,
  makeIdentity,
  requireSoleRecipient,
} from "../../static/js/sealing/age.js";
import { digest, fromBase64, toBase64 } from "../../static/js/sealing/bytes.js";
import { canonicalBytes, parseCanonical } from "../../static/js/sealing/jcs.js";
import { signManifest, verifyManifest } from "../../static/js/sealing/manifest.js";
import { proveOpenability } from "../../static/js/sealing/openability.js";
import { isPadded } from "../../static/js/sealing/padding.js";
import {
  buildRecovery,
  readRecovery,
  recoveryText,
  requireRecoveryOf,
} from "../../static/js/sealing/recovery.js";
import { sealBid, sealedSizeOf } from "../../static/js/sealing/seal.js";
import { combineIdentity, splitIdentity } from "../../static/js/sealing/shamir.js";
import { checkShare, openShare, partOf } from "../../static/js/sealing/share.js";
import { makeSigningKey, signObject } from "../../static/js/sealing/sign.js";
import { isFileName, planZip, zipStream } from "../../static/js/sealing/zip.js";
import { bidOf, chainOf, committee, memory, pdf, statementOf, streamOf, terms } from "./cast.mjs";
import { readStored } from "./stored_zip.mjs";

const people = await committee(["eko", "fitri", "gilang", "hana", "indra"], 3);
const chain = chainOf(people);
const bid = await bidOf(chain, { files: [pdf("Metode.pdf", 200_000), pdf("RAB – harga.pdf", 3)] });
const { manifest } = bid;
const plains = bid.shares.map(({ plain }) => plain);

const sealed = async (bytes, changes = {}) =>
  proveOpenability({ stream: streamOf(bytes), plains, manifest, zip: bid.zip, ...changes });

test("what is sealed has exactly the size that was foretold, and a padded one", () => {
  assert.equal(bid.ciphertext.size, sealedSizeOf(bid.plan));
  assert.equal(bid.ciphertextBytes.length, bid.ciphertext.size);
  assert.equal(digest(bid.ciphertextBytes), bid.ciphertext.sha256);
  assert.ok(isPadded(bid.zip.size));
});

test("the ZIP is bid.json, the files and padding, in this order", async () => {
  const entries = readStored(await decryptWith(bid.identity, bid.ciphertextBytes));

  assert.deepEqual(
    [...entries.keys()],
    ["bid.json", "files/Metode.pdf", "files/RAB – harga.pdf", "padding"],
  );
  const content = parseCanonical(entries.get("bid.json"));
  assert.equal(content.bidder, manifest.bidder);
  assert.deepEqual(content.files[1], { name: "RAB – harga.pdf", kind: "technical", size: 3 });
  assert.ok(entries.get("padding").every((byte) => byte === 0));
});

test("an empty bid is as long as any small one", async () => {
  const sizes = [[], [pdf("a.pdf", 1)], [pdf("a.pdf", 60_000)]].map(
    (files) => planZip(terms(chain.latest, bid.tender.key), files).size,
  );
  assert.deepEqual(sizes, [65536, 65536, 65536]);
});

test("progress ends where it was foretold", async () => {
  const seen = [];
  const plan = planZip(terms(chain.latest, bid.tender.key), [pdf("a.pdf", 9_000_000)]);
  const named = { statement: chain.latest, envelope: "single", provider: "maju" };
  const job = { plan, sink: memory(), ...named, tender: bid.tender, bundle: "b".repeat(64) };
  await sealBid({ ...job, onProgress: ({ done, total }) => seen.push([done, total]) });

  assert.ok(seen.length > 1);
  assert.deepEqual(seen.at(-1), [sealedSizeOf(plan), sealedSizeOf(plan)]);
});

test("a file that changes while it is sealed is noticed", async () => {
  const shrinking = {
    name: "a.pdf",
    kind: "x",
    input: { size: 100_000, stream: () => streamOf(new Uint8Array(9)) },
  };
  const plan = planZip(terms(chain.latest, bid.tender.key), [shrinking]);
  const named = { statement: chain.latest, envelope: "single", provider: "maju" };
  const job = { plan, sink: memory(), ...named, tender: bid.tender, bundle: "b".repeat(64) };

  await assert.rejects(sealBid(job), { code: "envelope:changed" });
});

test("every quorum rebuilds the key, fewer do not", async () => {
  const parts = plains.map((plain) => partOf(parseCanonical(plain)));
  for (const [a, b, c] of [
    [0, 1, 2],
    [0, 2, 4],
    [2, 3, 4],
    [4, 1, 0],
  ]) {
    const identity = await combineIdentity([parts[a], parts[b], parts[c]], manifest.recipient);
    assert.equal(identity, bid.identity);
  }
  assert.equal(await combineIdentity(parts, manifest.recipient), bid.identity);
  for (const some of [[parts[0]], parts.slice(0, 2), [parts[0], parts[0], parts[1]]]) {
    await assert.rejects(combineIdentity(some, manifest.recipient), { code: "share:combination" });
  }
});

test("one of one", async () => {
  const { identity, recipient } = await makeIdentity();
  const [only] = await splitIdentity(identity, 1, 1);

  assert.equal(await combineIdentity([only], recipient), identity);
});

test("the proof of openability holds for what was sealed", async () => {
  assert.deepEqual((await sealed(bid.ciphertextBytes)).zip, bid.zip);
});

test("the proof fails for one flipped byte anywhere", async () => {
  const length = bid.ciphertextBytes.length;
  for (const at of [0, 30, 100, 167, 168, 190, 65_000, 66_000, length - 1]) {
    const altered = bid.ciphertextBytes.slice();
    altered[at] ^= 1;
    await assert.rejects(sealed(altered), { code: "envelope:closed" }, `byte ${at}`);
  }
});

test("the proof fails for a truncated, an extended or another file", async () => {
  const bytes = bid.ciphertextBytes;
  const longer = new Uint8Array(bytes.length + 1);
  longer.set(bytes);
  for (const other of [bytes.slice(0, -1), bytes.slice(0, 168 + 16 + 65_552), longer]) {
    await assert.rejects(sealed(other), { code: "envelope:closed" });
  }
  const resealed = await encryptTo(manifest.recipient, await decryptWith(bid.identity, bytes));
  await assert.rejects(sealed(resealed), { code: "envelope:digest" });
});

test("the proof fails when what went in was something else", async () => {
  const zip = { ...bid.zip, sha256: "0".repeat(64) };

  await assert.rejects(sealed(bid.ciphertextBytes, { zip }), { code: "envelope:content" });
});

test("the proof needs k of the very shares of the manifest", async () => {
  const other = await bidOf(chain);
  const few = plains.slice(0, 2);
  const foreign = [...few, other.shares[2].plain];
  for (const given of [few, foreign]) {
    await assert.rejects(sealed(bid.ciphertextBytes, { plains: given }), {
      code: "share:commitment",
    });
  }
});

test("a header is taken only with one X25519 reader", async () => {
  const { recipient } = await makeIdentity();
  const hybrid = await identityToRecipient(await generateHybridIdentity());
  const start = async (prepare) => {
    const encrypter = new Encrypter();
    prepare(encrypter);
    return (await encrypter.encrypt(new Uint8Array(9))).subarray(0, 168);
  };
  const refused = [
    await start((e) => [recipient, recipient].forEach((r) => e.addRecipient(r))),
    await start((e) => e.addRecipient(hybrid)),
    await start((e) => [hybrid, recipient].forEach((r) => e.addRecipient(r))),
    await start((e) => [recipient, hybrid].forEach((r) => e.addRecipient(r))),
    await start((e) => (e.setPassphrase("a"), e.setScryptWorkFactor(2))),
    new Uint8Array(168),
    new Uint8Array(0),
  ];
  requireSoleRecipient(await start((e) => e.addRecipient(recipient)));
  for (const header of refused) {
    assert.throws(() => requireSoleRecipient(header), { code: "envelope:header" });
  }
});

test("a share is refused for whatever it names differently", () => {
  const expected = { manifest, member: "eko", chain };
  const share = parseCanonical(plains[0]);
  const cases = {
    "share:format": { format: "lpse-share/0" },
    "share:tender": { tender: "3740902" },
    "share:envelope": { envelope: "price" },
    "share:provider": { provider: "jaya" },
    "share:bidder": { bidder: toBase64(new Uint8Array(32)) },
    "share:recipient": { recipient: `age1${"q".repeat(58)}` },
    "share:ciphertext": { ciphertext: "0".repeat(64) },
    "share:size": { size: 7 },
    "share:member": { member: "fitri" },
    "share:statement": { statement: "0".repeat(64) },
    "share:commitment": { share: toBase64(new Uint8Array(75).fill(1)) },
    "share:field": { share: toBase64(new Uint8Array(74)) },
  };
  assert.deepEqual(checkShare(plains[0], expected), share);
  for (const [code, change] of Object.entries(cases)) {
    const altered = canonicalBytes({ ...share, ...change });
    assert.throws(() => checkShare(altered, expected), { code });
  }
  assert.throws(() => checkShare(canonicalBytes({ ...share, extra: 1 }), expected), {
    code: "share:field",
  });
  assert.throws(() => checkShare(new Uint8Array(), expected), { code: "share:format" });
});

test("a share of another tender is refused, even when the manifest is too", async () => {
  const elsewhere = chainOf(people, statementOf(people, { tender: "3740902" }));
  const other = await bidOf(elsewhere);
  const expected = { manifest: other.manifest, member: "eko", chain };

  assert.throws(() => checkShare(other.shares[0].plain, expected), { code: "share:tender" });
});

test("a sealed share opens for its member only", async () => {
  const open = (sealed, key) => openShare(sealed, { manifest, memberKey: key, chain });
  const [mine, theirs] = bid.shares.map(({ sealed }) => sealed);
  const altered = mine.slice();
  altered[180] ^= 1;
  const [stranger] = (await committee(["tono"], 1)).keys;
  const renewed = { ...stranger, member: "eko" };

  assert.deepEqual((await open(mine, people.keys[0])).plain, plains[0]);
  await assert.rejects(open(theirs, people.keys[0]), { code: "share:sealed" });
  await assert.rejects(open(altered, people.keys[0]), { code: "share:sealed" });
  await assert.rejects(open(mine, stranger), { code: "share:member" });
  await assert.rejects(open(mine, renewed), { code: "share:closed" });
});

test("one flipped bit in any byte of a sealed share is fatal", async () => {
  const { sealed } = bid.shares[0];
  for (let at = 0; at < sealed.length; at += 1) {
    const altered = sealed.slice();
    altered[at] ^= 1;
    await assert.rejects(decryptWith(people.keys[0].identity, altered), undefined, `byte ${at}`);
  }
});

test("a manifest counts only as its bidder signed it", () => {
  const verify = (body, signature, more = {}) =>
    verifyManifest(body, signature, { chain, ...more });
  const resigned = (change) => {
    const body = { ...manifest, ...change };
    return [body, signObject(bid.tender.seed, body)];
  };
  const cases = {
    "manifest:format": { format: "lpse-manifest/0" },
    "manifest:field": { extra: 1 },
    "manifest:size": { ciphertext: { ...manifest.ciphertext, size: 65_735 } },
    "manifest:tender": { tender: "3740902" },
    "manifest:statement": { statement: "0".repeat(64) },
    "manifest:envelope": { envelope: "price" },
    "manifest:threshold": { k: 2 },
    "manifest:members": { shares: manifest.shares.slice(1) },
  };
  assert.ok(verify(manifest, bid.signature, { bidder: bid.tender.key, provider: "maju" }));
  for (const [code, change] of Object.entries(cases)) {
    assert.throws(() => verify(...resigned(change)), { code });
  }
  assert.throws(() => verify(manifest, bid.signature, { provider: "jaya" }), {
    code: "manifest:bidder",
  });
  assert.throws(() => verify(manifest, signObject(makeSigningKey().seed, manifest)), {
    code: "manifest:signature",
  });
  assert.throws(() => signManifest(manifest, makeSigningKey().seed), { code: "manifest:bidder" });
});

test("the recovery key is whole, and of this bid", async () => {
  const recovery = buildRecovery({ manifest, identity: bid.identity, tenderSeed: bid.tender.seed });
  const other = await bidOf(chain);

  assert.deepEqual(await readRecovery(` ${recoveryText(recovery)}\n`), recovery);
  requireRecoveryOf(recovery, manifest);
  assert.throws(() => requireRecoveryOf(recovery, other.manifest), { code: "key:other" });
  await assert.rejects(readRecovery("{}"), { code: "key:format" });
  await assert.rejects(readRecovery("not a key"), { code: "key:format" });
  const mixed = recoveryText({ ...recovery, identity: other.identity });
  await assert.rejects(readRecovery(mixed), { code: "key:halves" });
});

test("names that a file system or a screen would read otherwise are refused", () => {
  const bad = [
    "",
    ".",
    "..",
    ".a",
    "a.",
    " a",
    "a/b",
    "a\\b",
    "a:b",
    "a\0",
    "a\u202egpj.exe",
    "e\u0301",
    "a".repeat(201),
    "\ud800",
    "a?",
    null,
  ];
  for (const name of ["a.pdf", "Surat penawaran.pdf", "RAB – harga.xlsx", "図面.pdf"])
    assert.ok(isFileName(name), name);
  for (const name of bad) assert.ok(!isFileName(name), String(name));
  const content = terms(chain.latest, bid.tender.key);
  assert.throws(() => planZip(content, [pdf("../a", 1)]), { code: "envelope:name" });
  assert.throws(() => planZip(content, [pdf("a.pdf", 1), pdf("A.PDF", 1)]), {
    code: "envelope:name",
  });
});

test("a ZIP beyond 4 GiB keeps its promised length", () => {
  const huge = { name: "a.pdf", kind: "x", input: { size: 2 ** 32 + 12_345, stream: () => null } };
  const plan = planZip(terms(chain.latest, bid.tender.key), [huge]);

  assert.ok(isPadded(plan.size));
  assert.ok(plan.size > 2 ** 32);
});

test("the stream of a plan has its length", async () => {
  let size = 0;
  for await (const bytes of zipStream(bid.plan)) size += bytes.length;

  assert.equal(size, bid.plan.size);
  assert.equal(fromBase64(toBase64(bid.plan.bidBytes)).length, bid.plan.bidBytes.length);
});
