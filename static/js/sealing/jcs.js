// @ts-check
/**
 * Canonical JSON (RFC 8785) for everything that is signed or committed to.
 * Numbers are integers only: a float has no place where two languages must agree.
 *
 *   canonical(value): string               canonicalBytes(value): Uint8Array
 *   parseCanonical(bytes): any             digestOf(value): string (hex SHA-256)
 */
import { digest, equal, fromUtf8, utf8 } from "./bytes.js";
import { FormatRefused } from "./errors.js";

/** @param {string} reason @returns {never} */
function refuse(reason) {
  throw new FormatRefused("format:json", `not canonical JSON: ${reason}`);
}

/** @param {string} text */
function quote(text) {
  if (!text.isWellFormed()) refuse("text is not valid Unicode");
  return JSON.stringify(text);
}

/** @param {object} value */
function members(value) {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) refuse("not a plain object");
  // Array.prototype.sort compares UTF-16 code units, which is the order RFC 8785 asks for.
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}

/**
 * @param {unknown} value
 * @returns {string}
 */
export function canonical(value) {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return quote(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) refuse(`${value} is not a safe integer`);
    return String(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value === "object") {
    const pairs = members(value).map(([name, item]) => `${quote(name)}:${canonical(item)}`);
    return `{${pairs.join(",")}}`;
  }
  return refuse(`${typeof value} has no JSON form`);
}

/** @param {unknown} value */
export function canonicalBytes(value) {
  return utf8(canonical(value));
}

/**
 * Parse bytes that must already be canonical: no duplicate name, float, blank or other
 * order can hide behind an equal meaning.
 *
 * @param {Uint8Array} bytes
 * @returns {any}
 */
export function parseCanonical(bytes) {
  const text = fromUtf8(bytes);
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse("it does not parse");
  }
  if (!equal(canonicalBytes(value), bytes)) refuse("another spelling of the same value");
  return value;
}

/** @param {unknown} value */
export function digestOf(value) {
  return digest(canonicalBytes(value));
}
