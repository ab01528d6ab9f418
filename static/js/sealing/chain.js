// @ts-check
/**
 * The versions of a key statement. A later one may change only what a schedule change
 * changes; the committee, the threshold and the envelopes are fixed with the first.
 *
 *   verifyChain(versions, {tender, lpse?, pinned?}): Chain
 *     versions: [{statement, signatures}] in order; pinned: digests already known
 *     Chain: {first, latest, digest (of the latest), byDigest: Map<digest, Statement>}
 *   requireSuccession(older, newer, olderDigest): void     what a later version may change
 *   requireInChain(chain, digest): Statement
 */
import { canonical } from "./jcs.js";
import { refuse, verifyStatement } from "./statement.js";

/** @typedef {import("./statement.js").Statement} Statement */
/** @typedef {{first: Statement, latest: Statement, digest: string, byDigest: Map<string, Statement>}} Chain */

const MAY_CHANGE = ["version", "previous", "deadline", "opening_at", "content"];

/** @param {Statement} statement */
function fixedPart(statement) {
  return canonical(
    Object.fromEntries(Object.entries(statement).filter(([field]) => !MAY_CHANGE.includes(field))),
  );
}

/**
 * @param {Statement} older
 * @param {Statement} newer
 * @param {string} olderDigest
 */
export function requireSuccession(older, newer, olderDigest) {
  if (newer.version !== older.version + 1 || newer.previous !== olderDigest) {
    refuse("version", "a version of the key statement is missing or out of order");
  }
  if (fixedPart(newer) !== fixedPart(older)) {
    refuse("changed", "a later key statement changes more than the schedule", {
      version: newer.version,
    });
  }
  if (newer.deadline < older.deadline) {
    refuse("earlier", "a later key statement moves the deadline forward", {
      version: newer.version,
    });
  }
}

/**
 * @param {{statement: Statement, signatures: import("./statement.js").StatementSignature[]}[]} versions
 * @param {{tender: string, lpse?: string, pinned?: string[]}} expected
 * @returns {Chain}
 */
export function verifyChain(versions, { tender, lpse, pinned = [] }) {
  if (versions.length === 0) refuse("missing", "there is no key statement");
  const byDigest = new Map();
  let older,
    digest = "";
  for (const { statement, signatures } of versions) {
    const verified = verifyStatement(statement, signatures);
    if (statement.tender !== tender || (lpse !== undefined && statement.lpse !== lpse)) {
      refuse("tender", "the key statement is of another tender or LPSE");
    }
    if (older !== undefined) requireSuccession(older, statement, digest);
    else if (statement.version !== 1) refuse("version", "the first key statement is missing");
    digest = verified.digest;
    byDigest.set(digest, statement);
    older = statement;
  }
  for (const known of pinned) {
    if (!byDigest.has(known)) {
      refuse("swapped", "the key statement known from before has been replaced", { known });
    }
  }
  const latest = /** @type {Statement} */ (older);
  return { first: versions[0].statement, latest, digest, byDigest };
}

/**
 * @param {Chain} chain
 * @param {string} digest
 */
export function requireInChain(chain, digest) {
  const statement = chain.byDigest.get(digest);
  if (statement === undefined)
    refuse("unknown", "this key statement is not one of this tender", { digest });
  return statement;
}
