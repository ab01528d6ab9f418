// @ts-check
/**
 * Splitting the bid key. The arithmetic is the audited library's; here stand only the case
 * of one opener, which it does not know, and the check that a combination is the key.
 *
 *   splitIdentity(identity, n, k): Promise<Uint8Array[]>      one part per member
 *   combineIdentity(parts, recipient): Promise<string>         throws unless it is the bid key
 */
import { combine, split } from "shamir-secret-sharing";
import { recipientOf } from "./age.js";
import { concat, fromUtf8, utf8 } from "./bytes.js";
import { ShareRefused } from "./errors.js";

/** The bid key as text, and the abscissa behind it. */
export const PART_SIZE = 74 + 1;
const ONLY_ABSCISSA = Uint8Array.of(1);

/**
 * @param {string} identity
 * @param {number} n
 * @param {number} k
 */
export async function splitIdentity(identity, n, k) {
  const secret = utf8(identity);
  // One of one: a polynomial of degree nought is the secret itself at every point.
  if (n === 1 && k === 1) return [concat(secret, ONLY_ABSCISSA)];
  return split(secret, n, k);
}

/**
 * Shamir alone turns a damaged part into a wrong secret without a word; the recipient tells.
 *
 * @param {Uint8Array[]} parts
 * @param {string} recipient
 */
export async function combineIdentity(parts, recipient) {
  let identity = "";
  try {
    const secret = parts.length === 1 ? parts[0].slice(0, -1) : await combine(parts);
    identity = fromUtf8(secret);
    if ((await recipientOf(identity)) === recipient) return identity;
  } catch {
    // refused below: parts of other lengths, doubled parts, or no key at all
  }
  throw new ShareRefused("share:combination", "these shares together do not give the bid key");
}
