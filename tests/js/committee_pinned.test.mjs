// What a member's browser remembers of a tender: a server cannot go back behind it.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { opensAt, pin, pinned, rememberSigned } from "../../static/js/committee/pinned.js";

const TENDER = "3740901";
const [FIRST, LATER] = ["2010-08-10T07:00:00.000000Z", "2010-08-12T07:00:00.000000Z"];
const chain = (version, opening_at) => ({ latest: { version, opening_at } });

beforeEach(() => {
  const kept = new Map();
  globalThis.localStorage = {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => kept.set(name, value),
  };
});

test("what was seen valid is remembered, each tender by itself", () => {
  pin(TENDER, { byDigest: new Map([["a", {}], ["b", {}]]) });

  assert.deepEqual(pinned(TENDER), ["a", "b"]);
  assert.deepEqual(pinned("3741901"), []);
});

test("who signed a later opening does not open by the older statement before it", () => {
  assert.equal(opensAt(TENDER, chain(1, FIRST)), FIRST);

  rememberSigned(TENDER, { version: 2, opening_at: LATER });

  assert.equal(opensAt(TENDER, chain(1, FIRST)), LATER);
  assert.equal(opensAt("3741901", chain(1, FIRST)), FIRST);
});

test("a proposal that was replaced by another of its version binds nobody", () => {
  rememberSigned(TENDER, { version: 2, opening_at: LATER });

  assert.equal(opensAt(TENDER, chain(2, FIRST)), FIRST);
});

test("what cannot be read is nothing", () => {
  localStorage.setItem(`lpse:signed:${TENDER}`, "{");
  localStorage.setItem(`lpse:statements:${TENDER}`, "{");

  assert.deepEqual(pinned(TENDER), []);
  assert.equal(opensAt(TENDER, chain(1, FIRST)), FIRST);
});
