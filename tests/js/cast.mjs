// The people of the sealing tests: a committee with keys and a signed statement, and a bidder.

import { makeMemberKey, publicHalf } from "../../static/js/sealing/memberkey.js";
import { verifyChain } from "../../static/js/sealing/chain.js";
import { makeSigningKey } from "../../static/js/sealing/sign.js";
import { sealBid } from "../../static/js/sealing/seal.js";
import { buildStatement, signStatement } from "../../static/js/sealing/statement.js";
import { planZip } from "../../static/js/sealing/zip.js";
import { concat } from "../../static/js/sealing/bytes.js";

export const DEADLINE = "2010-08-10T07:00:00.000000Z";
export const OPENING = "2010-08-10T07:15:00.000000Z";
const A = "a".repeat(64);

/** A committee of `names`, of whom `k` open; `log` is the LPSE's own key. */
export async function committee(names, k) {
  const keys = await Promise.all(names.map((member) => makeMemberKey({ member })));
  return { keys, k, log: makeSigningKey() };
}

export function statementOf({ keys, k, log }, changes = {}) {
  return buildStatement({
    lpse: "lpse.contoh.example/ledger",
    log_key: log.key,
    tender: "3740901",
    version: 1,
    previous: null,
    envelopes: ["single"],
    k,
    members: keys.map(publicHalf),
    deadline: DEADLINE,
    opening_at: OPENING,
    rule_set: { code: "perpres-16-2018", digest: A },
    bundle: "b".repeat(64),
    content: "c".repeat(64),
    ...changes,
  });
}

export function signed(statement, keys) {
  return { statement, signatures: keys.map((key) => signStatement(statement, key)) };
}

export function chainOf(people, ...statements) {
  const versions = (statements.length ? statements : [statementOf(people)]).map((statement) =>
    signed(statement, people.keys),
  );
  return verifyChain(versions, { tender: versions[0].statement.tender });
}

export const terms = (statement, bidder, provider = "maju") => ({
  tender: statement.tender,
  envelope: "single",
  provider,
  bidder,
  lines: [{ no: 1, volume: "10", unit_price: "1500000.00" }],
  subtotal: "15000000.00",
  tax_percent: "11",
  tax: "1650000.00",
  total: "16650000.00",
  total_words: "enam belas juta enam ratus lima puluh ribu rupiah",
  validity_days: 90,
  statements: ["integrity"],
});

/** A place in memory that takes what is sealed. */
export function memory() {
  const pieces = [];
  return {
    write: (bytes) => void pieces.push(bytes.slice()),
    bytes: () => concat(...pieces),
  };
}

/** A whole sealed bid, and the ciphertext. */
export async function bidOf(chain, { provider = "maju", files, content = {}, digest } = {}) {
  const tender = makeSigningKey();
  const statement = chain.latest;
  const filled = { ...terms(statement, tender.key, provider), statement: digest ?? chain.digest };
  const plan = planZip({ ...filled, ...content }, files ?? [pdf("penawaran.pdf", 1000)]);
  const sink = memory();
  const named = { statement, envelope: "single", provider, tender, bundle: statement.bundle };
  const bid = await sealBid({ plan, sink, ...named });
  return { ...bid, tender, plan, ciphertextBytes: sink.bytes() };
}

export const pdf = (name, size, kind = "technical") => ({
  name,
  kind,
  input: new Blob([new Uint8Array(size).fill(7)]),
});

export const streamOf = (bytes, piece = 70_000) => {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, (at += piece)));
    },
  });
};
