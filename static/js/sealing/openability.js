// @ts-check
/**
 * Proof of openability, before anything is called sent: the key is rebuilt from k shares
 * and opens what is really stored, and every digest is compared.
 *
 *   proveOpenability({stream, plains, manifest, zip?, onProgress?}): Promise<{zip: {sha256, size}}>
 *       stream: the stored ciphertext; plains: plaintexts of at least k shares
 *       zip: {sha256, size} noted while sealing, when known
 */
import { combineIdentity } from "./shamir.js";
import { decrypterWith, plainSize, requireSoleRecipient, HEADER_SIZE } from "./age.js";
import { digest } from "./bytes.js";
import { EnvelopeRefused, ShareRefused } from "./errors.js";
import { parseCanonical } from "./jcs.js";
import { meter, metered } from "./seal.js";
import { partOf } from "./share.js";

/** @param {string} code @param {string} message @returns {never} */
function refuse(code, message) {
  throw new EnvelopeRefused(`envelope:${code}`, message);
}

/** Any k of the shares, the committed bytes themselves. @param {Uint8Array[]} plains @param {import("./manifest.js").Manifest} manifest */
async function rebuild(plains, manifest) {
  const committed = new Set(manifest.shares.map(({ commitment }) => commitment));
  if (plains.length < manifest.k || !plains.every((plain) => committed.has(digest(plain)))) {
    throw new ShareRefused(
      "share:commitment",
      "the shares are not the ones the manifest commits to",
    );
  }
  const parts = plains.slice(0, manifest.k).map((plain) => partOf(parseCanonical(plain)));
  return combineIdentity(parts, manifest.recipient);
}

/** Keeps the first bytes that flow by. @param {number} length */
function head(length) {
  const start = new Uint8Array(length);
  let filled = 0;
  const stream = new TransformStream({
    transform(bytes, controller) {
      const part = bytes.subarray(0, length - filled);
      start.set(part, filled);
      filled += part.length;
      controller.enqueue(bytes);
    },
  });
  return { start, stream };
}

/**
 * @param {{stream: ReadableStream<Uint8Array>, plains: Uint8Array[],
 *     manifest: import("./manifest.js").Manifest, zip?: {sha256: string, size: number},
 *     onProgress?: (progress: {done: number, total: number}) => void}} proof
 */
export async function proveOpenability({ stream, plains, manifest, zip, onProgress = () => {} }) {
  const identity = await rebuild(plains, manifest);
  const [ciphertext, content] = [meter(), meter()];
  const { start, stream: watched } = head(HEADER_SIZE);
  try {
    const opened = await decrypterWith(identity).decrypt(
      stream.pipeThrough(metered(ciphertext)).pipeThrough(watched),
    );
    const reader = opened.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      content.take(next.value);
      onProgress({ done: ciphertext.size, total: manifest.ciphertext.size });
    }
  } catch {
    refuse("closed", "the stored file does not open with the key of the shares");
  }
  requireSoleRecipient(start);
  const [sealed, opened] = [ciphertext.end(), content.end()];
  if (sealed.sha256 !== manifest.ciphertext.sha256 || sealed.size !== manifest.ciphertext.size) {
    refuse("digest", "the stored file is not the one that was sealed");
  }
  if (
    opened.size !== plainSize(sealed.size) ||
    (zip !== undefined && opened.sha256 !== zip.sha256)
  ) {
    refuse("content", "what comes out of the stored file is not what went in");
  }
  return { zip: opened };
}
