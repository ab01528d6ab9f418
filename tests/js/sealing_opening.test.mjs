// What a member's browser checks before it gives a share away, and what a bidder checks.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { boxProof, boxRoot, verifyInBox } from "../../static/js/sealing/box.js";
import {
  concat,
  digest,
  fromBase64,
  fromHex,
  sha256,
  toBase64,
  utf8,
} from "../../static/js/sealing/bytes.js";
import {
  keyId,
  verifyCheckpoint,
  verifyNote,
  verifyProof,
} from "../../static/js/sealing/checkpoint.js";
import { canonical, canonicalBytes } from "../../static/js/sealing/jcs.js";
import { manifestDigest, signManifest } from "../../static/js/sealing/manifest.js";
import { inclusionProof, leafHash, rootOfLeaves } from "../../static/js/sealing/merkle.js";
import { openShares, signShareAct, verifyBoxClosed } from "../../static/js/sealing/opening.js";
import { logEntry, verifyReceipt, verifyReceiptInLedger } from "../../static/js/sealing/receipt.js";
import { makeSigningKey, signBytes, signObject, verifyObject } from "../../static/js/sealing/sign.js";
import { statementDigest } from "../../static/js/sealing/statement.js";
import { bidOf, chainOf, committee, DEADLINE, OPENING, statementOf } from "./cast.mjs";

const ORIGIN = "lpse.contoh.example/ledger";
const people = await committee(["budi", "dewi", "rina"], 2);
const { log } = people;
const chain = chainOf(people);
const bids = [await bidOf(chain), await bidOf(chain, { provider: "jaya" })];
const digests = bids.map(({ manifest }) => manifestDigest(manifest)).sort();
const [memberKey] = people.keys;

/** The ledger with `entry` as its third leaf of five; the proof of it. */
function ledgerWith(entry, { seed = log.seed, key = log.key, origin = ORIGIN } = {}) {
  const entries = [0, 1, 2, 3, 4].map((at) => (at === 2 ? entry : Uint8Array.of(at)));
  const leaves = entries.map(leafHash);
  const text = `${origin}\n5\n${toBase64(rootOfLeaves(leaves))}\n`;
  const signature = concat(keyId(origin, key), fromBase64(signBytes(seed, utf8(text))));
  const note = `${text}\n— ${origin} ${toBase64(signature)}\n`;
  const path = inclusionProof(leaves, 2).map((sibling) => `${toBase64(sibling)}\n`);
  return { note, proof: `c2sp.org/tlog-proof@v1\nindex 2\n${path.join("")}\n${note}` };
}

function closing(changes = {}, more = {}) {
  const data = {
    tender: "3740901",
    root: boxRoot(digests),
    count: 2,
    deadline: DEADLINE,
    statement: chain.digest,
    ...changes,
  };
  const body = { format: "lpse-entry/1", event: "tender:box_closed", at: DEADLINE, data, ...more };
  const entry = { salt: toBase64(new Uint8Array(32).fill(9)), body };
  return { entry, ...ledgerWith(sha256(concat(fromBase64(entry.salt), canonicalBytes(body)))) };
}

const closed = (given = closing(), more = {}) =>
  verifyBoxClosed({ ...given, chain, digests, origin: ORIGIN, ...more });
const boxed = (bid) => ({
  manifest: bid.manifest,
  signature: bid.signature,
  sealed: bid.shares.find(({ member }) => member === memberKey.member).sealed,
  proof: boxProof(digests, manifestDigest(bid.manifest)),
});
const act = (changes = {}) =>
  openShares({ memberKey, chain, box: closed(), bids: bids.map(boxed), now: OPENING, ...changes });

test("a closed box is taken as the ledger shows it", () => {
  assert.deepEqual(
    { ...closed(), checkpoint: closed().checkpoint.size },
    { root: boxRoot(digests), count: 2, checkpoint: 5 },
  );
});

test("a box of another tender, deadline, statement or time is refused", () => {
  const cases = [
    [closing({ tender: "3740902" }), "box:other"],
    [closing({ deadline: "2010-08-10T07:00:00.000001Z" }), "box:other"],
    [closing({ statement: "0".repeat(64) }), "box:other"],
    [closing({}, { at: "2010-08-10T06:59:59.999999Z" }), "box:early"],
    [closing({}, { event: "tender:announced" }), "box:format"],
    [closing({}, { format: "lpse-entry/0" }), "box:format"],
    [closing({ root: "0".repeat(64) }), "box:list"],
    [closing({ count: 3 }), "box:list"],
  ];
  for (const [given, code] of cases) assert.throws(() => closed(given), { code });
});

test("a bid added to or left out of the list after the closing is found", () => {
  const added = [...digests, "0".repeat(64)].sort();
  const swapped = [digests[0], "f".repeat(64)];

  for (const list of [added, digests.slice(1), swapped, []]) {
    assert.throws(() => closed(closing(), { digests: list }), { code: "box:list" });
  }
  assert.throws(() => closed(closing(), { digests: [digests[0], digests[0]] }), {
    code: "box:twice",
  });
});

test("a closing that is not in the ledger is refused", () => {
  const given = closing();
  const other = closing({}, { at: "2010-08-10T07:00:01.000000Z" });

  assert.throws(() => closed({ ...given, proof: other.proof }), { code: "ledger:inclusion" });
  assert.throws(
    () => closed({ ...given, entry: { ...given.entry, salt: toBase64(new Uint8Array(32)) } }),
    {
      code: "ledger:inclusion",
    },
  );
});

test("all shares are opened in one act, and the act is signed", async () => {
  const posted = await act();

  assert.deepEqual(
    posted.map(({ objection }) => objection),
    [null, null],
  );
  for (const [at, bid] of bids.entries()) {
    const plain = bid.shares.find(({ member }) => member === "budi").plain;
    assert.equal(posted[at].share, new TextDecoder().decode(plain));
  }
  const { act: body, signature, texts } = signShareAct({ memberKey, chain, box: closed(), posted });
  assert.ok(verifyObject(memberKey.signing_key, body, signature));
  assert.deepEqual(
    body.shares.map(({ manifest }) => manifest),
    digests,
  );
  assert.deepEqual([body.root, body.statement], [boxRoot(digests), chain.digest]);
  for (const { manifest, share } of body.shares) {
    assert.equal(digest(fromBase64(texts[manifest])), share);
  }
});

test("nothing is opened before the opening, by the member's own clock", async () => {
  await assert.rejects(act({ now: "2010-08-10T07:14:59.999999Z" }), { code: "share:early" });
});

test("nothing is opened unless it is all the bids of the box", async () => {
  const [one, two] = bids.map(boxed);
  for (const given of [[one], [], [one, one], [one, two, one]]) {
    await assert.rejects(act({ bids: given }), { code: "box:list" });
  }
});

test("a share filed under another bid is objected to, the other bid is opened", async () => {
  const [one, two] = bids.map(boxed);

  const posted = await act({ bids: [{ ...one, sealed: two.sealed }, two] });

  assert.deepEqual(posted[0].share, null);
  assert.equal(posted[0].objection.code, "share:sealed");
  assert.equal(posted[1].objection, null);
});

/** Root rewrites the manifest of `one` to state the sealed share of `two`: the bidder's key is needed. */
test("a sealed share of another bid is refused even under a manifest that states it", async () => {
  const [one, two] = bids;
  const states = (bid, other) => {
    const stated = bid.manifest.shares.map((share, at) => other.manifest.shares[at]);
    return { ...bid, ...signManifest({ ...bid.manifest, shares: stated }, bid.tender.seed) };
  };
  const forged = states(one, two);
  const list = [forged, two].map(({ manifest }) => manifestDigest(manifest)).sort();
  const given = closing({ root: boxRoot(list) });
  const box = closed(given, { digests: list });
  const asBoxed = (bid, sealed) => ({
    ...boxed({ ...bid, manifest: two.manifest }),
    manifest: bid.manifest,
    signature: bid.signature,
    sealed,
    proof: boxProof(list, manifestDigest(bid.manifest)),
  });
  const [, second] = [one, two].map((bid) => bid.shares[0].sealed);

  const posted = await act({ box, bids: [asBoxed(forged, second), asBoxed(two, second)] });

  assert.equal(posted[0].objection.code, "share:provider");
  assert.equal(posted[1].objection, null);
});

/** Root kept a withdrawn bid, or copies a rival's; an accomplice signs for it with its own key. */
test("a whole bid filed again under another manifest is refused before its share is posted", async () => {
  const [victim, honest] = bids;
  const rogue = makeSigningKey();
  const cases = [
    [{ provider: "rogue", bidder: rogue.key }, "share:provider"],
    [{ bidder: rogue.key }, "share:bidder"], // under the victim's own name
  ];
  for (const [claimed, code] of cases) {
    const refiled = { ...victim, ...signManifest({ ...victim.manifest, ...claimed }, rogue.seed) };
    const list = [refiled, honest].map(({ manifest }) => manifestDigest(manifest)).sort();
    const box = closed(closing({ root: boxRoot(list) }), { digests: list });
    const asBoxed = (bid) => ({
      manifest: bid.manifest,
      signature: bid.signature,
      sealed: bid.shares.find(({ member }) => member === memberKey.member).sealed,
      proof: boxProof(list, manifestDigest(bid.manifest)),
    });

    const posted = await act({ box, bids: [refiled, honest].map(asBoxed) });
    const { texts } = signShareAct({ memberKey, chain, box, posted });

    assert.equal(posted[0].objection.code, code);
    assert.equal(posted[1].objection, null);
    assert.deepEqual(Object.keys(texts), [manifestDigest(honest.manifest)]);
  }
});

test("a share of another envelope or tender is no use in this one", async () => {
  const cases = [
    [{ tender: "3740902" }, "manifest:tender"],
    [{ envelopes: ["price", "single"] }, "manifest:statement"],
  ];
  for (const [changes, code] of cases) {
    const elsewhere = chainOf(people, statementOf(people, changes));
    const foreign = await bidOf(elsewhere);
    const list = [foreign, bids[1]].map(({ manifest }) => manifestDigest(manifest)).sort();
    const box = closed(closing({ root: boxRoot(list) }), { digests: list });
    const asBoxed = (bid) => ({
      ...boxed({ ...bid, manifest: bids[0].manifest }),
      manifest: bid.manifest,
      proof: boxProof(list, manifestDigest(bid.manifest)),
    });
    const posted = await act({ box, bids: [asBoxed(foreign), { ...asBoxed(bids[1]) }] });
    assert.equal(posted[0].objection.code, code);
  }
});

test("a manifest that is not in the box, or whose signature fails, is objected to", async () => {
  const [one, two] = bids.map(boxed);
  const outside = { ...one.manifest, bundle: "d".repeat(64) };

  const [first] = await act({ bids: [{ ...one, manifest: outside }, two] });
  const [second] = await act({ bids: [{ ...one, signature: two.signature }, two] });

  assert.equal(first.objection.code, "box:missing");
  assert.equal(second.objection.code, "manifest:signature");
});

test("each bidder can follow its bid to the root of the box", () => {
  const many = Array.from({ length: 7 }, (_, at) => `${at}`.repeat(64));
  const root = boxRoot(many);
  for (const digest of many) {
    const proof = boxProof(many, digest);
    verifyInBox(proof, { root, count: 7 });
    for (const wrong of [
      { ...proof, digest: "f".repeat(64) },
      { ...proof, index: (proof.index + 1) % 7 },
      { ...proof, size: 8 },
      { ...proof, path: proof.path.slice(1) },
    ]) {
      assert.throws(() => verifyInBox(wrong, { root, count: 7 }), { code: "box:missing" });
    }
  }
  assert.throws(() => boxProof(many, "a".repeat(64)), { code: "box:missing" });
});

test("a note is taken only with the signature of the known key", async () => {
  const { note, proof } = ledgerWith(fromHex("00"));
  const other = (await committee(["x"], 1)).log;
  const known = { origin: ORIGIN, key: log.key };
  const forged = ledgerWith(fromHex("00"), { seed: other.seed });
  const renamed = ledgerWith(fromHex("00"), { origin: "other.example/ledger" });
  const cosigned = `${note}— witness.example ${toBase64(new Uint8Array(76).fill(1))}\n`;

  assert.equal(verifyCheckpoint(note, known).size, 5);
  assert.equal(verifyCheckpoint(cosigned, known).size, 5);
  assert.throws(() => verifyCheckpoint(note, { ...known, key: other.key }), {
    code: "ledger:signature",
  });
  assert.throws(() => verifyCheckpoint(forged.note, known), { code: "ledger:signature" });
  assert.throws(() => verifyCheckpoint(renamed.note, known), { code: "ledger:signature" });
  assert.throws(() => verifyNote(note.replace("\n5\n", "\n6\n"), { name: ORIGIN, key: log.key }), {
    code: "ledger:signature",
  });
  for (const bad of [
    "",
    "a\n",
    note.slice(0, -1),
    note.replace("—", "-"),
    note.replace("5", "5\r"),
  ]) {
    assert.throws(() => verifyCheckpoint(bad, known), { code: /^ledger:/ });
  }
  assert.equal(verifyProof(proof, { ...known, entry: fromHex("00") }).index, 2);
  const extra = proof.replace("\nindex", "\nextra AAAA\nindex");
  assert.equal(verifyProof(extra, { ...known, entry: fromHex("00") }).index, 2);
  for (const bad of [
    proof.replace("v1", "v2"),
    proof.replace("index 2", "index 3"),
    proof.replace("index 2", "index 02"),
    proof.replace("index 2", "place 2"),
    proof.replace("\n\n", "\n"),
  ]) {
    assert.throws(() => verifyProof(bad, { ...known, entry: fromHex("00") }), {
      code: /^(ledger|format):/,
    });
  }
});

function receiptOf(bid, changes = {}) {
  const { manifest } = bid;
  const at = "2010-08-10T06:59:59.999999Z";
  const data = { manifest: manifestDigest(manifest) };
  const body = { format: "lpse-entry/1", event: "bid:submitted", at, data };
  const receipt = {
    format: "lpse-receipt/1",
    lpse: ORIGIN,
    outcome: "accepted",
    reason: null,
    tender: manifest.tender,
    envelope: manifest.envelope,
    provider: manifest.provider,
    bidder: manifest.bidder,
    manifest: manifestDigest(manifest),
    ciphertext: manifest.ciphertext,
    version: 1,
    at,
    deadline: DEADLINE,
    statement: manifest.statement,
    entry: { salt: toBase64(new Uint8Array(32)), body },
    log: { origin: ORIGIN, promise: "2010-08-10T07:00:59.999999Z" },
    ...changes,
  };
  return { receipt, signature: signObject(log.seed, receipt), key: log.key };
}

test("a receipt is taken for the own bid, signed by the LPSE of the key statement", () => {
  const [bid] = bids;
  const expected = { key: chain.first.log_key, manifest: bid.manifest, chain };
  const file = receiptOf(bid);

  const receipt = verifyReceipt(JSON.parse(canonical(file)), expected);

  const { proof } = ledgerWith(logEntry(receipt));
  assert.equal(verifyReceiptInLedger(receipt, proof, { key: log.key }).index, 2);
  const altered = { ...file, receipt: { ...file.receipt, version: 2 } };
  assert.throws(() => verifyReceipt(altered, expected), { code: "receipt:signature" });
  assert.throws(() => verifyReceipt(file, { key: people.keys[0].signing_key }), {
    code: "receipt:signature",
  });
  assert.throws(() => verifyReceipt({}, expected), { code: "receipt:signature" });
});

test("a receipt that says something else is refused", () => {
  const [bid, other] = bids;
  const expected = { key: log.key, manifest: bid.manifest, chain };
  const { entry, log: log_ } = receiptOf(bid).receipt;
  const foreign = digests.find((digest) => digest !== entry.body.data.manifest);
  const entryOf = (changes) => ({ ...entry, body: { ...entry.body, ...changes } });
  const cases = [
    [{ format: "lpse-receipt/0" }, "receipt:format"],
    [{ extra: 1 }, "receipt:field"],
    [{ outcome: "perhaps" }, "receipt:field"],
    [{ at: DEADLINE, entry: entryOf({ at: DEADLINE }) }, "receipt:late"],
    [{ deadline: "2010-08-11T07:00:00.000000Z" }, "receipt:deadline"],
    [{ statement: "0".repeat(64) }, "receipt:deadline"],
    [{ provider: "jaya" }, "receipt:other"],
    [{ ciphertext: other.manifest.ciphertext }, "receipt:other"],
    [{ lpse: "other.example/ledger", log: { ...log_, origin: "other.example/ledger" } }, "receipt:other"],
    // An entry that is in the ledger, and of something else.
    [{ entry: { salt: toBase64(new Uint8Array(32)), body: {} } }, "receipt:entry"],
    [{ entry: entryOf({ format: "lpse-entry/2" }) }, "receipt:entry"],
    [{ entry: entryOf({ event: "bid:withdrawn" }) }, "receipt:entry"],
    [{ entry: entryOf({ at: DEADLINE }) }, "receipt:entry"],
    [{ entry: entryOf({ data: { manifest: foreign } }) }, "receipt:entry"],
    [{ entry: entryOf({ data: null }) }, "receipt:entry"],
    [{ outcome: "refused", reason: "late" }, "receipt:entry"],
    [{ log: { ...log_, origin: "other.example/ledger" } }, "receipt:entry"],
  ];
  for (const [changes, code] of cases) {
    assert.throws(() => verifyReceipt(receiptOf(bid, changes), expected), { code });
  }
  assert.throws(() => verifyReceipt(receiptOf(other), expected), { code: "receipt:other" });
});

test("a receipt under a deadline that moved later is taken, never one that moved back", () => {
  const [bid] = bids;
  const later = "2010-08-12T07:00:00.000000Z";
  const moved = statementOf(people, {
    version: 2,
    previous: statementDigest(chain.latest),
    deadline: later,
    opening_at: later,
  });
  const longer = chainOf(people, chain.latest, moved);

  verifyReceipt(receiptOf(bid, { deadline: later }), { key: log.key, chain: longer });
  const resealed = receiptOf(bid, { statement: longer.digest, deadline: DEADLINE });
  assert.throws(() => verifyReceipt(resealed, { key: log.key, chain: longer }), {
    code: "receipt:deadline",
  });
});

test("what the sealing modules import is only themselves and the four packages", () => {
  const folder = new URL("../../static/js/sealing/", import.meta.url);
  const known =
    /^(?:\.\/[a-z]+\.js|age-encryption|shamir-secret-sharing|client-zip|@noble\/(?:hashes|curves)\/[\w.]+)$/;
  for (const name of [
    "share.js",
    "seal.js",
    "memberkey.js",
    "checkpoint.js",
    "opening.js",
    "zip.js",
  ]) {
    const source = readFileSync(new URL(name, folder), "utf8");
    for (const [, path] of source.matchAll(/^(?:import|export) .*? ?from "([^"]+)";$/gms)) {
      assert.match(path, known, `${name} imports ${path}`);
    }
  }
});
