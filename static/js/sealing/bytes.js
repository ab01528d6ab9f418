// @ts-check
/**
 * Bytes and the texts that carry them. Decoders are strict: one value has one encoding.
 *
 *   utf8(text): Uint8Array                 fromUtf8(bytes): string
 *   toHex(bytes): string                   fromHex(text): Uint8Array
 *   toBase64(bytes): string                fromBase64(text): Uint8Array
 *   concat(...parts): Uint8Array           equal(a, b): boolean
 *   sha256(bytes): Uint8Array              digest(bytes): string (lower-case hex)
 *   groups(digest): string                 instant(date?): string
 */
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { FormatRefused } from "./errors.js";

/** The format names: the first thing every reader compares. */
export const FORMAT = Object.freeze({
  memberKey: "lpse-member-key/1",
  statement: "lpse-key-statement/1",
  share: "lpse-share/1",
  shareAct: "lpse-share-act/1",
  manifest: "lpse-manifest/1",
  bid: "lpse-bid/1",
  recovery: "lpse-recovery-key/1",
  receipt: "lpse-receipt/1",
  entry: "lpse-entry/1",
});

const HEX = /^(?:[0-9a-f]{2})*$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** @param {string} text */
export function utf8(text) {
  if (!text.isWellFormed()) throw new FormatRefused("format:utf8", "the text is not valid Unicode");
  return new TextEncoder().encode(text);
}

/** @param {Uint8Array} bytes */
export function fromUtf8(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new FormatRefused("format:utf8", "the bytes are not valid UTF-8");
  }
}

/** @param {Uint8Array} bytes */
export function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {string} text */
export function fromHex(text) {
  if (typeof text !== "string" || !HEX.test(text)) {
    throw new FormatRefused("format:hex", "not lower-case hexadecimal");
  }
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** @param {Uint8Array} bytes */
export function toBase64(bytes) {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(binary);
}

/** @param {string} text - standard alphabet, padded, canonical (no stray bits) */
export function fromBase64(text) {
  if (typeof text !== "string" || !BASE64.test(text)) {
    throw new FormatRefused("format:base64", "not standard base64 with padding");
  }
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  if (toBase64(bytes) !== text) throw new FormatRefused("format:base64", "not canonical base64");
  return bytes;
}

/** @param {...Uint8Array} parts */
export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * @param {Uint8Array} a
 * @param {Uint8Array} b
 */
export function equal(a, b) {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** @param {Uint8Array} bytes */
export function sha256(bytes) {
  return nobleSha256(bytes);
}

/** @param {Uint8Array} bytes */
export function digest(bytes) {
  return toHex(sha256(bytes));
}

/** A digest as people compare it: groups of four. @param {string} hex */
export function groups(hex) {
  return hex.match(/.{1,4}/g)?.join(" ") ?? "";
}

/** An instant as the formats write it; instants of this form sort as text. */
export function instant(date = new Date()) {
  return date.toISOString().replace("Z", "000Z");
}
