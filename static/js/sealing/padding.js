// @ts-check
/**
 * Padding: the length of a sealed bid tells its size to a few percent only (Padmé), and
 * nothing at all below 64 KiB.
 *
 *   padme(size): number                    padded(size): number
 *   isPadded(size): boolean
 */

export const SMALLEST = 64 * 1024;

/**
 * Padmé (Nikitin et al., PURBs, 2019): keep only as many leading bits of the length as
 * its exponent needs; at most 12 % is added, O(log log size) bits leak.
 *
 * @param {number} size
 */
export function padme(size) {
  if (size < 2) return size;
  const exponent = floorLog2(size);
  const kept = floorLog2(exponent) + 1;
  const unit = 2 ** (exponent - kept);
  return unit <= 1 ? size : Math.ceil(size / unit) * unit;
}

/** Exact where Math.log2 may round. @param {number} value */
function floorLog2(value) {
  let exponent = 0;
  while (2 ** (exponent + 1) <= value) exponent += 1;
  return exponent;
}

/** @param {number} size */
export const padded = (size) => Math.max(SMALLEST, padme(size));

/** @param {number} size */
export const isPadded = (size) => padded(size) === size;
