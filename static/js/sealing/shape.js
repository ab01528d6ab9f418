// @ts-check
/**
 * The shapes of fields. A reader takes exactly the fields a format names, so that an
 * older or newer format never passes for this one.
 *
 *   shaped(value, {field: predicate}, refuse): void      refuse(field: string): never
 *   isText isDigest isInstant isRecipient isIdentity isMember isCode isCount isKey
 *   isSignature isObject listOf(predicate)
 */
import { fromBase64 } from "./bytes.js";

const RECIPIENT = /^age1[02-9ac-hj-np-z]{58}$/;
const IDENTITY = /^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

/** @param {unknown} value @returns {value is string} */
export const isText = (value) => typeof value === "string" && value.length > 0;
/** @param {unknown} value */
export const isDigest = (value) => isText(value) && /^[0-9a-f]{64}$/.test(value);
/** An X25519 recipient and nothing else: a longer or tagged prefix has a `1` or another length. */
export const isRecipient = (/** @type {unknown} */ value) => isText(value) && RECIPIENT.test(value);
/** @param {unknown} value */
export const isIdentity = (value) => isText(value) && IDENTITY.test(value);
/** A User ID: visible ASCII, so that every language sorts it alike. @param {unknown} value */
export const isMember = (value) => isText(value) && /^[\x21-\x7e]{1,150}$/.test(value);
/** A tender or provider code. @param {unknown} value */
export const isCode = (value) => isText(value) && /^[\x21-\x7e]{1,64}$/.test(value);
/** An envelope code. @param {unknown} value */
export const isEnvelope = (value) => isText(value) && /^[a-z][a-z0-9-]{0,31}$/.test(value);
/** @param {unknown} value */
export const isCount = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
/** @param {unknown} value @returns {value is Record<string, unknown>} */
export const isObject = (value) =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** @param {unknown} value */
export function isInstant(value) {
  if (!isText(value) || !INSTANT.test(value)) return false;
  const seconds = value.slice(0, 19);
  const date = new Date(`${seconds}Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 19) === seconds;
}

/** @param {number} length @returns {(value: unknown) => boolean} */
export function isBase64Of(length) {
  return (value) => {
    try {
      return fromBase64(/** @type {string} */ (value)).length === length;
    } catch {
      return false;
    }
  };
}
/** An Ed25519 public key, or a seed. */
export const isKey = isBase64Of(32);
/** An Ed25519 signature. */
export const isSignature = isBase64Of(64);

/** @param {(value: unknown) => boolean} predicate @returns {(value: unknown) => boolean} */
export const listOf = (predicate) => (value) => Array.isArray(value) && value.every(predicate);

/**
 * @param {unknown} value
 * @param {Record<string, (value: unknown) => boolean>} fields
 * @param {(field: string) => never} refuse
 */
export function shaped(value, fields, refuse) {
  if (!isObject(value)) return refuse("");
  for (const name of Object.keys(value)) if (!Object.hasOwn(fields, name)) refuse(name);
  for (const [name, predicate] of Object.entries(fields)) {
    if (!Object.hasOwn(value, name) || !predicate(value[name])) refuse(name);
  }
}
