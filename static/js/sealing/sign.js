// @ts-check
/**
 * Ed25519 signatures. Every signed object carries its format name inside, which keeps
 * a signature made for one purpose from serving another.
 *
 *   makeSigningKey(): {seed: string, key: string}        base64, 32 bytes each
 *   publicKey(seed): string
 *   signBytes(seed, bytes): string                       verifyBytes(key, bytes, signature): boolean
 *   signObject(seed, value): string                      verifyObject(key, value, signature): boolean
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { fromBase64, toBase64 } from "./bytes.js";
import { canonicalBytes } from "./jcs.js";
import { isKey, isSignature } from "./shape.js";

const strictRfc8032 = { zip215: false };

export function makeSigningKey() {
  const seed = crypto.getRandomValues(new Uint8Array(32));
  return { seed: toBase64(seed), key: toBase64(ed25519.getPublicKey(seed)) };
}

/** @param {string} seed */
export function publicKey(seed) {
  return toBase64(ed25519.getPublicKey(fromBase64(seed)));
}

/**
 * @param {string} seed
 * @param {Uint8Array} bytes
 */
export function signBytes(seed, bytes) {
  return toBase64(ed25519.sign(bytes, fromBase64(seed)));
}

/**
 * @param {string} key
 * @param {Uint8Array} bytes
 * @param {string} signature
 */
export function verifyBytes(key, bytes, signature) {
  if (!isKey(key) || !isSignature(signature)) return false;
  try {
    return ed25519.verify(fromBase64(signature), bytes, fromBase64(key), strictRfc8032);
  } catch {
    return false;
  }
}

/**
 * @param {string} seed
 * @param {object} value
 */
export function signObject(seed, value) {
  return signBytes(seed, canonicalBytes(value));
}

/**
 * @param {string} key
 * @param {object} value
 * @param {string} signature
 */
export function verifyObject(key, value, signature) {
  return verifyBytes(key, canonicalBytes(value), signature);
}
