// @ts-check
/**
 * Seal: ZIP → age → SHA-256 → sink, as one stream. Memory is flat, whatever the size.
 *
 *   sealedSizeOf(plan): number             known before anything is read
 *   sealStream(plan, recipient, sink, onProgress?): Promise<Sealed>
 *       sink: {write(bytes): void | Promise<void>}        gets pieces of 4 MiB
 *       onProgress: ({done, total}) => void
 *       Sealed: {ciphertext: {sha256, size}, zip: {sha256, size}}
 *   sealBid({plan, statement, envelope, provider, tender, bundle, sink, onProgress?}):
 *       Promise<SealedBid>                 the whole job; `tender`: {seed, key} of sign.js
 *       SealedBid: {manifest, signature, shares, identity, recipient, ciphertext, zip}
 *   finishBid({sealed, identity, recipient, …}): Promise<SealedBid>    the part after the stream
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { encrypterTo, makeIdentity, sealedSize } from "./age.js";
import { toHex } from "./bytes.js";
import { EnvelopeRefused } from "./errors.js";
import { buildManifest, signManifest } from "./manifest.js";
import { makeShares } from "./share.js";
import { zipStream } from "./zip.js";

/** @typedef {{write(bytes: Uint8Array): void | Promise<void>}} Sink */
/** @typedef {{sha256: string, size: number}} Digested */

const PIECE = 4 * 1024 * 1024;

/** Hash and count what flows by. */
export function meter() {
  const hash = sha256.create();
  let size = 0;
  return {
    /** @param {Uint8Array} bytes */
    take(bytes) {
      hash.update(bytes);
      size += bytes.length;
    },
    get size() {
      return size;
    },
    /** @returns {Digested} */
    end: () => ({ sha256: toHex(hash.digest()), size }),
  };
}

/** @param {ReturnType<typeof meter>} gauge @returns {TransformStream<Uint8Array, Uint8Array>} */
export function metered(gauge) {
  return new TransformStream({
    transform(bytes, controller) {
      gauge.take(bytes);
      controller.enqueue(bytes);
    },
  });
}

/** @param {import("./zip.js").Plan} plan */
export const sealedSizeOf = (plan) => sealedSize(plan.size);

/**
 * @param {import("./zip.js").Plan} plan
 * @param {string} recipient
 * @param {Sink} sink
 * @param {(progress: {done: number, total: number}) => void} [onProgress]
 */
export async function sealStream(plan, recipient, sink, onProgress = () => {}) {
  const [zip, ciphertext, total] = [meter(), meter(), sealedSizeOf(plan)];
  const sealed = await encrypterTo(recipient).encrypt(zipStream(plan).pipeThrough(metered(zip)));
  const buffer = new Uint8Array(PIECE);
  let filled = 0;
  const flush = async () => {
    const piece = buffer.subarray(0, filled);
    ciphertext.take(piece);
    await sink.write(piece);
    filled = 0;
    onProgress({ done: ciphertext.size, total });
  };
  const reader = sealed.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    for (let rest = next.value; rest.length > 0;) {
      const part = rest.subarray(0, PIECE - filled);
      buffer.set(part, filled);
      filled += part.length;
      rest = rest.subarray(part.length);
      if (filled === PIECE) await flush();
    }
  }
  if (filled > 0) await flush();
  if (zip.size !== plan.size || ciphertext.size !== total) {
    throw new EnvelopeRefused("envelope:changed", "a file changed while it was being sealed");
  }
  return { ciphertext: ciphertext.end(), zip: zip.end() };
}

/**
 * @param {{sealed: {ciphertext: Digested, zip: Digested}, identity: string, recipient: string,
 *     statement: import("./statement.js").Statement, envelope: string, provider: string,
 *     tender: {seed: string, key: string}, bundle: string}} parts
 */
export async function finishBid({
  sealed,
  identity,
  recipient,
  statement,
  envelope,
  provider,
  tender,
  bundle,
}) {
  const { ciphertext, zip } = sealed;
  const bid = { statement, envelope, provider, bidder: tender.key, recipient, ciphertext };
  const shares = await makeShares({ ...bid, identity });
  const manifest = buildManifest({ ...bid, bundle, shares });
  return { ...signManifest(manifest, tender.seed), shares, identity, recipient, ciphertext, zip };
}

/**
 * @param {{plan: import("./zip.js").Plan, sink: Sink,
 *     onProgress?: (progress: {done: number, total: number}) => void,
 *     statement: import("./statement.js").Statement, envelope: string, provider: string,
 *     tender: {seed: string, key: string}, bundle: string}} job
 */
export async function sealBid({ plan, sink, onProgress, ...named }) {
  const { identity, recipient } = await makeIdentity();
  const sealed = await sealStream(plan, recipient, sink, onProgress);
  return finishBid({ ...named, sealed, identity, recipient });
}
