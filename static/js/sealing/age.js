// @ts-check
/**
 * The age format as this system uses it: X25519 only, one recipient, one exact header.
 *
 *   makeIdentity(): Promise<{identity, recipient}>
 *   recipientOf(identity): Promise<string>
 *   encryptTo(recipient, bytes): Promise<Uint8Array>
 *   decryptWith(identity, bytes): Promise<Uint8Array>
 *   sealedSize(plainSize): number          plainSize(sealedSize): number | null
 *   requireSoleRecipient(start: Uint8Array): void     the first HEADER_SIZE bytes
 */
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { fromUtf8 } from "./bytes.js";
import { EnvelopeRefused, KeyRefused } from "./errors.js";
import { isIdentity, isRecipient } from "./shape.js";

/** Bytes of a header with exactly one X25519 stanza. */
export const HEADER_SIZE = 168;
const NONCE = 16;
const CHUNK = 64 * 1024;
const TAG = 16;
const HEADER =
  /^age-encryption\.org\/v1\n-> X25519 [A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]\n[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]\n--- [A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]\n$/;

export async function makeIdentity() {
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/** @param {string} identity */
export async function recipientOf(identity) {
  try {
    if (isIdentity(identity)) return await identityToRecipient(identity);
  } catch {
    // falls through: a wrong checksum is refused like a wrong form
  }
  throw new KeyRefused("key:identity", "this is not an X25519 identity");
}

/** @param {string} recipient */
export function encrypterTo(recipient) {
  const encrypter = new Encrypter();
  try {
    if (!isRecipient(recipient)) throw new Error("form");
    encrypter.addRecipient(recipient);
  } catch {
    throw new KeyRefused("key:recipient", "this is not an X25519 recipient");
  }
  return encrypter;
}

/**
 * @param {string} recipient
 * @param {Uint8Array} bytes
 */
export async function encryptTo(recipient, bytes) {
  return encrypterTo(recipient).encrypt(bytes);
}

/** @param {string} identity */
export function decrypterWith(identity) {
  if (!isIdentity(identity)) {
    throw new KeyRefused("key:identity", "this is not an X25519 identity");
  }
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return decrypter;
}

/**
 * @param {string} identity
 * @param {Uint8Array} bytes
 */
export async function decryptWith(identity, bytes) {
  return decrypterWith(identity).decrypt(bytes);
}

/** @param {number} size */
export function sealedSize(size) {
  return HEADER_SIZE + NONCE + size + TAG * Math.max(1, Math.ceil(size / CHUNK));
}

/** The plaintext length of a sealed file, or null if no plaintext has this length. @param {number} size */
export function plainSize(size) {
  const payload = size - HEADER_SIZE - NONCE;
  if (!Number.isSafeInteger(size) || payload < TAG) return null;
  const plain = payload - TAG * Math.ceil(payload / (CHUNK + TAG));
  return plain >= 0 && sealedSize(plain) === size ? plain : null;
}

/**
 * One X25519 stanza and no other: a passphrase, a post-quantum mixture, a second reader
 * or grease all change the length or the words of the header.
 *
 * @param {Uint8Array} start
 */
export function requireSoleRecipient(start) {
  let header = "";
  try {
    header = fromUtf8(start.subarray(0, HEADER_SIZE));
  } catch {
    // refused below
  }
  if (!HEADER.test(header)) {
    throw new EnvelopeRefused(
      "envelope:header",
      "the header must name exactly one X25519 recipient",
    );
  }
}
