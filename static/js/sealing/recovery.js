// @ts-check
/**
 * The recovery key: the bid key and the tender key in one file that only the bidder has.
 * With it a bid can be opened when members' keys are lost, and its receipt claimed.
 *
 *   buildRecovery({manifest, identity, tenderSeed}): Recovery
 *   recoveryText(recovery): string                     what is downloaded
 *   readRecovery(text): Promise<Recovery>              checked: its halves belong together
 *   requireRecoveryOf(recovery, manifest): void        it is the key of this very bid
 */
import { recipientOf } from "./age.js";
import { FORMAT, utf8 } from "./bytes.js";
import { KeyRefused } from "./errors.js";
import { canonical, parseCanonical } from "./jcs.js";
import { isCode, isDigest, isEnvelope, isIdentity, isKey, isRecipient, shaped } from "./shape.js";
import { publicKey } from "./sign.js";

/**
 * @typedef {{format: string, tender: string, envelope: string, provider: string, identity: string,
 *     recipient: string, ciphertext: string, tender_seed: string, bidder: string}} Recovery
 */

const FIELDS = {
  format: (/** @type {unknown} */ value) => value === FORMAT.recovery,
  tender: isCode,
  envelope: isEnvelope,
  provider: isCode,
  identity: isIdentity,
  recipient: isRecipient,
  ciphertext: isDigest,
  tender_seed: isKey,
  bidder: isKey,
};

/** @param {{manifest: import("./manifest.js").Manifest, identity: string, tenderSeed: string}} bid @returns {Recovery} */
export function buildRecovery({ manifest, identity, tenderSeed }) {
  const { tender, envelope, provider, recipient, bidder } = manifest;
  return {
    format: FORMAT.recovery,
    tender,
    envelope,
    provider,
    identity,
    recipient,
    ciphertext: manifest.ciphertext.sha256,
    tender_seed: tenderSeed,
    bidder,
  };
}

/** @param {Recovery} recovery */
export const recoveryText = (recovery) => canonical(recovery);

/** @param {string} text @returns {Promise<Recovery>} */
export async function readRecovery(text) {
  /** @param {string} [field] @returns {never} */
  const bad = (field) => {
    throw new KeyRefused("key:format", "this is not a recovery key file", { field });
  };
  let recovery;
  try {
    recovery = parseCanonical(utf8(text.trim()));
  } catch {
    return bad();
  }
  shaped(recovery, FIELDS, bad);
  if (
    (await recipientOf(recovery.identity)) !== recovery.recipient ||
    publicKey(recovery.tender_seed) !== recovery.bidder
  ) {
    throw new KeyRefused("key:halves", "the keys in this file do not belong together");
  }
  return recovery;
}

/**
 * @param {Recovery} recovery
 * @param {import("./manifest.js").Manifest} manifest
 */
export function requireRecoveryOf(recovery, manifest) {
  const {
    tender,
    envelope,
    provider,
    recipient,
    bidder,
    ciphertext: { sha256: ciphertext },
  } = manifest;
  const named = { tender, envelope, provider, recipient, bidder, ciphertext };
  for (const [field, value] of Object.entries(named)) {
    if (recovery[/** @type {keyof Recovery} */ (field)] !== value) {
      throw new KeyRefused("key:other", "this recovery key is of another bid", { field });
    }
  }
}
