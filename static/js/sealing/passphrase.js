// @ts-check
/**
 * A passphrase is generated, never chosen: seven words of 2,048 are 77 bits.
 *
 *   makePassphrase(): string               words separated by a blank
 *   tidyPassphrase(text): string           what people type, made equal to what was shown
 *   unknownWords(text): string[]           words that are not in the list
 *   isPassphrase(text): boolean            seven words, all known
 *   bits(words?): number
 */
import { WORDS } from "./words.js";

export const PASSPHRASE_WORDS = 7;
const KNOWN = new Set(WORDS);

/** A number below `limit`, without the bias of a remainder. @param {number} limit */
function below(limit) {
  const ceiling = 2 ** 32 - (2 ** 32 % limit);
  for (;;) {
    const [value] = crypto.getRandomValues(new Uint32Array(1));
    if (value < ceiling) return value % limit;
  }
}

export function makePassphrase() {
  return Array.from({ length: PASSPHRASE_WORDS }, () => WORDS[below(WORDS.length)]).join(" ");
}

/** @param {string} text */
export function tidyPassphrase(text) {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter(Boolean)
    .join(" ");
}

/** @param {string} text */
export function unknownWords(text) {
  return tidyPassphrase(text)
    .split(" ")
    .filter((word) => word !== "" && !KNOWN.has(word));
}

/** @param {string} text */
export function isPassphrase(text) {
  const words = tidyPassphrase(text).split(" ");
  return words.length === PASSPHRASE_WORDS && words.every((word) => KNOWN.has(word));
}

export function bits(words = PASSPHRASE_WORDS) {
  return words * Math.log2(WORDS.length);
}
