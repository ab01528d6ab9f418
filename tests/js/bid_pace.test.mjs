import assert from "node:assert/strict";
import { test } from "node:test";

import { LARGEST, SMALLEST, nextPiece, smallerPiece } from "../../static/js/bid/pace.js";

/** The size a line of `rate` bytes per second settles at. */
function settled(rate) {
  let size = SMALLEST;
  for (let piece = 0; piece < 12; piece += 1) size = nextPiece(size, size, (size / rate) * 1000);
  return size;
}

test("a piece takes about ten seconds on the line there is", () => {
  const size = settled(300_000);

  assert.ok(Math.abs(size / 300_000 - 10) < 1, `${size / 300_000} s`);
});

test("no piece is smaller or larger than was agreed", () => {
  assert.equal(settled(1_000), SMALLEST);
  assert.equal(settled(100_000_000), LARGEST);
});

test("a piece grows at most twofold and is halved when one was lost", () => {
  assert.equal(nextPiece(SMALLEST, SMALLEST, 1), 2 * SMALLEST);
  assert.equal(smallerPiece(LARGEST), LARGEST / 2);
  assert.equal(smallerPiece(SMALLEST), SMALLEST);
});
