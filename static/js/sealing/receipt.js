// @ts-check
/**
 * The receipt: what the LPSE committed, signed. A bidder checks it at once and keeps it.
 *
 *   verifyReceipt(file, {key, manifest?, chain?}): Receipt     file: {receipt, signature, key}
 *   logEntry(receipt): Uint8Array          the 32-byte commitment that must be in the ledger
 *   verifyReceiptInLedger(receipt, proof, {key}): {index, size, root}    proof: .tlog-proof text
 */
import { verifyProof } from "./checkpoint.js";
import { concat, FORMAT, fromBase64, sha256 } from "./bytes.js";
import { ReceiptRefused } from "./errors.js";
import { canonicalBytes } from "./jcs.js";
import { manifestDigest } from "./manifest.js";
import {
  isBase64Of,
  isCode,
  isCount,
  isDigest,
  isEnvelope,
  isInstant,
  isKey,
  isObject,
  isSignature,
  isText,
  shaped,
} from "./shape.js";
import { verifyObject } from "./sign.js";

/**
 * @typedef {{format: string, lpse: string, outcome: "accepted" | "withdrawn" | "refused",
 *     reason: string | null, tender: string, envelope: string, provider: string, bidder: string,
 *     manifest: string, ciphertext: {sha256: string, size: number}, version: number, at: string,
 *     deadline: string, statement: string, entry: {salt: string, body: Record<string, any>},
 *     log: {origin: string, promise: string}}} Receipt
 */

/** @param {string} code @param {string} message @param {Record<string, unknown>} [details] @returns {never} */
function refuse(code, message, details) {
  throw new ReceiptRefused(`receipt:${code}`, message, details);
}

/** @type {Record<string, string>} */
const EVENT_OF = {
  accepted: "bid:submitted",
  withdrawn: "bid:withdrawn",
  refused: "bid:refused",
};

const FIELDS = {
  format: isText,
  lpse: isText,
  outcome: (/** @type {unknown} */ value) =>
    Object.hasOwn(EVENT_OF, /** @type {PropertyKey} */ (value)),
  reason: (/** @type {unknown} */ value) => value === null || isText(value),
  tender: isCode,
  envelope: isEnvelope,
  provider: isCode,
  bidder: isKey,
  manifest: isDigest,
  ciphertext: isObject,
  version: isCount,
  at: isInstant,
  deadline: isInstant,
  statement: isDigest,
  entry: isObject,
  log: isObject,
};

/** @param {Receipt} receipt */
function checkReceipt(receipt) {
  if (receipt?.format !== FORMAT.receipt)
    refuse("format", "this is not a receipt of the known format");
  /** @param {string} field @returns {never} */
  const bad = (field) =>
    refuse("field", "a field of the receipt is missing, unknown or wrong", { field });
  shaped(receipt, FIELDS, bad);
  shaped(receipt.ciphertext, { sha256: isDigest, size: isCount }, bad);
  shaped(receipt.entry, { salt: isBase64Of(32), body: isObject }, bad);
  shaped(receipt.log, { origin: isText, promise: isInstant }, bad);
  requireEntry(receipt);
  if (receipt.outcome === "accepted" && receipt.at >= receipt.deadline) {
    refuse("late", "the receipt accepts a bid at or after the deadline");
  }
}

/**
 * What is in the ledger must be this very act: an entry about something else would be found
 * there too.
 *
 * @param {Receipt} receipt
 */
function requireEntry({ outcome, at, manifest, lpse, log, entry: { body } }) {
  if (
    body.format !== FORMAT.entry ||
    body.event !== EVENT_OF[outcome] ||
    body.at !== at ||
    body.data?.manifest !== manifest ||
    log.origin !== lpse
  ) {
    refuse("entry", "the ledger entry is of an unknown format, or of something else");
  }
}

/**
 * The deadline may have moved after the bid was sealed, never without a key statement.
 *
 * @param {Receipt} receipt
 * @param {import("./chain.js").Chain} chain
 */
function requireDeadline(receipt, chain) {
  const sealedUnder = chain.byDigest.get(receipt.statement);
  const stated = [...chain.byDigest.values()].some(
    ({ version, deadline }) =>
      sealedUnder !== undefined && version >= sealedUnder.version && deadline === receipt.deadline,
  );
  if (!stated) refuse("deadline", "the receipt names a deadline that no key statement names");
}

/**
 * @param {{receipt: Receipt, signature: string, key: string}} file
 * @param {{key: string, manifest?: import("./manifest.js").Manifest,
 *     chain?: import("./chain.js").Chain}} expected - `key`: the `log_key` of the key statement
 */
export function verifyReceipt(file, { key, manifest, chain }) {
  if (
    !isSignature(file?.signature) ||
    file.key !== key ||
    !verifyObject(key, file.receipt, file.signature)
  ) {
    refuse("signature", "the LPSE has not signed this receipt with its key");
  }
  const { receipt } = file;
  checkReceipt(receipt);
  if (manifest !== undefined) {
    const own = {
      tender: manifest.tender,
      envelope: manifest.envelope,
      provider: manifest.provider,
      bidder: manifest.bidder,
      manifest: manifestDigest(manifest),
    };
    for (const [field, value] of Object.entries(own)) {
      if (receipt[/** @type {keyof Receipt} */ (field)] !== value) {
        refuse("other", "the receipt is of another bid", { field });
      }
    }
    if (receipt.ciphertext.sha256 !== manifest.ciphertext.sha256) {
      refuse("other", "the receipt is of another bid", { field: "ciphertext" });
    }
  }
  if (chain !== undefined) {
    if (receipt.lpse !== chain.first.lpse)
      refuse("other", "the receipt is of another LPSE", { field: "lpse" });
    requireDeadline(receipt, chain);
  }
  return receipt;
}

/** @param {Receipt} receipt */
export function logEntry(receipt) {
  return sha256(concat(fromBase64(receipt.entry.salt), canonicalBytes(receipt.entry.body)));
}

/**
 * @param {Receipt} receipt
 * @param {string} proof
 * @param {{key: string}} ledger
 */
export function verifyReceiptInLedger(receipt, proof, { key }) {
  return verifyProof(proof, { origin: receipt.log.origin, key, entry: logEntry(receipt) });
}
