// @ts-check
/**
 * Every refusal of the sealing modules: a class for the part that refused, a machine
 * code for tests and records, an English message for people (pages translate it).
 *
 *   class SealingError extends Error { code: string, details: object }
 *   classes: FormatRefused KeyRefused StatementRefused ManifestRefused ShareRefused
 *            EnvelopeRefused LedgerRefused ReceiptRefused
 *   refusal(code, message, details?): SealingError      of the class its code belongs to
 */
export class SealingError extends Error {
  /**
   * @param {string} code - stable, `part:reason`; listed in docs/sealed-envelope.md
   * @param {string} message
   * @param {Record<string, unknown>} [details] - never secret: it may be shown and recorded
   */
  constructor(code, message, details = {}) {
    super(message);
    this.name = "SealingError";
    this.code = code;
    this.details = details;
  }
}

/** Bytes that are not canonical JSON, base64, hex … of the expected form. */
export class FormatRefused extends SealingError {}
/** A member key, passphrase or recovery key that does not fit. */
export class KeyRefused extends SealingError {}
/** A key statement that must not be trusted. */
export class StatementRefused extends SealingError {}
/** A manifest that is not what its bidder signed, or not for this tender. */
export class ManifestRefused extends SealingError {}
/** A share that does not belong to exactly this bid, member and key statement. */
export class ShareRefused extends SealingError {}
/** A sealed file whose header, size, digest or content is not as recorded. */
export class EnvelopeRefused extends SealingError {}
/** A checkpoint, proof or box that does not hold. */
export class LedgerRefused extends SealingError {}
/** A receipt that was not signed by the LPSE or does not say what it should. */
export class ReceiptRefused extends SealingError {}

/** @type {Record<string, typeof SealingError>} */
const PARTS = {
  format: FormatRefused,
  key: KeyRefused,
  browser: KeyRefused,
  statement: StatementRefused,
  manifest: ManifestRefused,
  share: ShareRefused,
  envelope: EnvelopeRefused,
  ledger: LedgerRefused,
  box: LedgerRefused,
  receipt: ReceiptRefused,
};

/**
 * Across a worker's border only the fields travel; a minified class name would be no name.
 *
 * @param {string} code
 * @param {string} message
 * @param {Record<string, unknown>} [details]
 */
export function refusal(code, message, details) {
  const Kind = PARTS[code.split(":")[0]] ?? SealingError;
  return new Kind(code, message, details);
}
