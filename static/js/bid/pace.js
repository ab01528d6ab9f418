// How much to send at once: what the line carries in about ten seconds, so that a break costs
// little on a slow line and the round trips cost little on a fast one.
//
//   nextPiece(size, sent, milliseconds): number       size of the next piece
//   smallerPiece(size): number                        after a piece was lost
//   timeLeft(bytes, rate): number | null              milliseconds, from bytes per millisecond

export const SMALLEST = 256 * 1024;
export const LARGEST = 8 * 1024 * 1024;
const TARGET = 10_000;

/** @param {number} size */
const within = (size) => Math.min(LARGEST, Math.max(SMALLEST, Math.floor(size / SMALLEST) * SMALLEST));

/** Grows at most twofold: one lucky piece says little. @param {number} size @param {number} sent @param {number} milliseconds */
export function nextPiece(size, sent, milliseconds) {
  const carries = (sent / Math.max(milliseconds, 1)) * TARGET;
  return within(Math.min(carries, size * 2));
}

/** @param {number} size */
export const smallerPiece = (size) => within(size / 2);

/** @param {number} bytes @param {number} rate */
export const timeLeft = (bytes, rate) => (rate > 0 ? bytes / rate : null);
