// @ts-check
/**
 * The closed box: the set of bids that were in when the deadline passed, as one root.
 *
 *   boxRoot(manifestDigests): string
 *   boxProof(manifestDigests, digest): {digest, index, size, path: string[]}
 *   verifyInBox({digest, index, size, path}, {root, count}): void        throws LedgerRefused
 */
import { fromHex, toHex } from "./bytes.js";
import { LedgerRefused } from "./errors.js";
import { inclusionProof, leafHash, rootOfLeaves, verifyInclusion } from "./merkle.js";

/** @param {string[]} digests */
function sorted(digests) {
  const ascending = [...digests].sort();
  if (new Set(ascending).size !== ascending.length) {
    throw new LedgerRefused("box:twice", "the box holds the same bid twice");
  }
  return ascending;
}

/** @param {string[]} digests */
const leaves = (digests) => sorted(digests).map((digest) => leafHash(fromHex(digest)));

/** @param {string[]} digests */
export const boxRoot = (digests) => toHex(rootOfLeaves(leaves(digests)));

/**
 * @param {string[]} digests
 * @param {string} digest
 */
export function boxProof(digests, digest) {
  const index = sorted(digests).indexOf(digest);
  if (index < 0) throw new LedgerRefused("box:missing", "the bid is not in the closed box");
  return {
    digest,
    index,
    size: digests.length,
    path: inclusionProof(leaves(digests), index).map(toHex),
  };
}

/**
 * @param {{digest: string, index: number, size: number, path: string[]}} proof
 * @param {{root: string, count: number}} box - from the `tender:box_closed` entry
 */
export function verifyInBox({ digest, index, size, path }, { root, count }) {
  const holds =
    size === count &&
    verifyInclusion(leafHash(fromHex(digest)), index, size, path.map(fromHex), fromHex(root));
  if (!holds)
    throw new LedgerRefused("box:missing", "the bid is not in the closed box", { digest });
}
