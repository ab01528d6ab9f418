// @ts-check
/**
 * The tree of RFC 6962: leaves under 0x00, nodes under 0x01.
 *
 *   leafHash(entry): Uint8Array            nodeHash(left, right): Uint8Array
 *   rootOf(entries): Uint8Array            rootOfLeaves(leafHashes): Uint8Array
 *   inclusionProof(leafHashes, index): Uint8Array[]
 *   verifyInclusion(leaf, index, size, proof, root): boolean
 *   consistencyProof(leafHashes, oldSize): Uint8Array[]
 *   verifyConsistency(oldSize, newSize, proof, oldRoot, newRoot): boolean
 *
 * Sizes and indexes are halved, never shifted: they may pass 2^31.
 */
import { concat, equal, sha256 } from "./bytes.js";

/** @param {Uint8Array} entry */
export const leafHash = (entry) => sha256(concat(Uint8Array.of(0), entry));

/**
 * @param {Uint8Array} left
 * @param {Uint8Array} right
 */
export const nodeHash = (left, right) => sha256(concat(Uint8Array.of(1), left, right));

/** The largest power of two below `size`. @param {number} size */
function split(size) {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}

/** @param {Uint8Array[]} leaves @returns {Uint8Array} */
export function rootOfLeaves(leaves) {
  if (leaves.length === 0) return sha256(new Uint8Array());
  if (leaves.length === 1) return leaves[0];
  const at = split(leaves.length);
  return nodeHash(rootOfLeaves(leaves.slice(0, at)), rootOfLeaves(leaves.slice(at)));
}

/** @param {Uint8Array[]} entries */
export const rootOf = (entries) => rootOfLeaves(entries.map(leafHash));

/**
 * @param {Uint8Array[]} leaves
 * @param {number} index
 * @returns {Uint8Array[]}
 */
export function inclusionProof(leaves, index) {
  if (!(index >= 0 && index < leaves.length)) throw new RangeError("no such leaf");
  if (leaves.length === 1) return [];
  const at = split(leaves.length);
  const [left, right] = [leaves.slice(0, at), leaves.slice(at)];
  return index < at
    ? [...inclusionProof(left, index), rootOfLeaves(right)]
    : [...inclusionProof(right, index - at), rootOfLeaves(left)];
}

/**
 * RFC 9162 §2.1.3.2.
 *
 * @param {Uint8Array} leaf - the leaf hash
 * @param {number} index
 * @param {number} size
 * @param {Uint8Array[]} proof
 * @param {Uint8Array} root
 */
export function verifyInclusion(leaf, index, size, proof, root) {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size)) return false;
  if (index < 0 || index >= size) return false;
  let [at, last, hash] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(sibling, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && equal(hash, root);
}

/**
 * @param {Uint8Array[]} leaves
 * @param {number} oldSize
 * @param {boolean} whole - whether the old tree is a whole subtree here
 * @returns {Uint8Array[]}
 */
function subproof(leaves, oldSize, whole) {
  if (oldSize === leaves.length) return whole ? [] : [rootOfLeaves(leaves)];
  const at = split(leaves.length);
  const [left, right] = [leaves.slice(0, at), leaves.slice(at)];
  return oldSize <= at
    ? [...subproof(left, oldSize, whole), rootOfLeaves(right)]
    : [...subproof(right, oldSize - at, false), rootOfLeaves(left)];
}

/**
 * @param {Uint8Array[]} leaves
 * @param {number} oldSize
 */
export function consistencyProof(leaves, oldSize) {
  if (!(oldSize > 0 && oldSize <= leaves.length)) throw new RangeError("no such tree");
  return subproof(leaves, oldSize, true);
}

/**
 * RFC 9162 §2.1.4.2. A tree of size 0 proves nothing and is refused.
 *
 * @param {number} oldSize
 * @param {number} newSize
 * @param {Uint8Array[]} proof
 * @param {Uint8Array} oldRoot
 * @param {Uint8Array} newRoot
 */
export function verifyConsistency(oldSize, newSize, proof, oldRoot, newRoot) {
  if (!Number.isSafeInteger(oldSize) || !Number.isSafeInteger(newSize)) return false;
  if (oldSize < 1 || oldSize > newSize) return false;
  if (oldSize === newSize) return proof.length === 0 && equal(oldRoot, newRoot);
  const isPowerOfTwo = split(oldSize * 2) === oldSize;
  const path = isPowerOfTwo ? [oldRoot, ...proof] : [...proof];
  let [at, last] = [oldSize - 1, newSize - 1];
  while (at % 2 === 1) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  const first = path.shift();
  if (first === undefined) return false;
  let [older, newer] = [first, first];
  for (const sibling of path) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      [older, newer] = [nodeHash(sibling, older), nodeHash(sibling, newer)];
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else {
      newer = nodeHash(newer, sibling);
    }
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && equal(older, oldRoot) && equal(newer, newRoot);
}
