import assert from "node:assert/strict";
import { test } from "node:test";

import { fileDoubts, fileProblems, freeName, readOffer, sums } from "../../static/js/bid/offer.js";

const terms = {
  items: [
    { no: 1, volume: "10" },
    { no: 2, volume: "2.5" },
  ],
  tax_percent: "11",
  validity_minimum: 60,
  statements: ["terms", "truth"],
  slots: [
    { slot: "letter", required: true, kinds: ["pdf"], words: ["surat penawaran"] },
    { slot: "technical", required: true, kinds: ["pdf", "zip"], words: ["teknis", "metode"] },
    { slot: "price", required: false, kinds: ["pdf", "xlsx"], words: ["harga", "rab"] },
  ],
};
const letter = { slot: "letter", name: "surat.pdf", size: 10, kind: "pdf" };
const technical = { slot: "technical", name: "metode.pdf", size: 20, kind: "pdf" };
const draft = (changes = {}) => ({
  prices: { 1: "1.500.000", 2: "333,33" },
  validity: "90",
  statements: ["terms", "truth"],
  files: [letter, technical],
  ...changes,
});
const codes = ({ problems }) => problems.map(({ field, code }) => `${field} ${code}`);

test("a complete form becomes bid.json in its exact spelling", () => {
  const { offer } = readOffer(draft(), terms);

  assert.deepEqual(offer, {
    lines: [
      { no: 1, volume: "10", unit_price: "1500000.00" },
      { no: 2, volume: "2.5", unit_price: "333.33" },
    ],
    subtotal: "15000833.33",
    tax_percent: "11",
    tax: "1650091.67",
    total: "16650925.00",
    total_words:
      "enam belas juta enam ratus lima puluh ribu sembilan ratus dua puluh lima rupiah",
    validity_days: 90,
    statements: ["terms", "truth"],
  });
});

test("every gap is named at its field, all at once", () => {
  const empty = { prices: {}, validity: "", statements: [], files: [] };

  assert.deepEqual(codes(readOffer(empty, terms)), [
    "price-1 amount:empty",
    "price-2 amount:empty",
    "validity validity",
    "statement-terms statement",
    "statement-truth statement",
    "slot-letter file:missing",
    "slot-technical file:missing",
  ]);
});

for (const validity of ["59", "0", "-90", "90.5", "9999", "sembilan puluh"]) {
  test(`a validity of "${validity}" days is refused`, () => {
    assert.deepEqual(codes(readOffer(draft({ validity }), terms)), ["validity validity"]);
  });
}

test("a price of nought is a price, an empty field is not", () => {
  assert.equal(readOffer(draft({ prices: { 1: "0", 2: "1" } }), terms).problems, undefined);
  assert.deepEqual(codes(readOffer(draft({ prices: { 1: "", 2: "1" } }), terms)), [
    "price-1 amount:empty",
  ]);
});

test("sums follow what is typed and say when they are not complete", () => {
  const { amounts, total, isComplete } = sums(draft({ prices: { 1: "100", 2: "" } }), terms);

  assert.deepEqual(amounts, [100000n, null]);
  assert.equal(total, 111000n);
  assert.equal(isComplete, false);
  assert.equal(sums(draft({ prices: {} }), terms), null);
});

test("a file of another kind, or an empty one, is refused by its content", () => {
  const files = [{ ...letter, kind: "docx" }, technical, { ...technical, size: 0 }];

  assert.deepEqual(
    fileProblems(files, terms.slots).map(({ field, code }) => `${field} ${code}`),
    ["slot-letter file:kind", "slot-technical file:empty"],
  );
});

test("a name that speaks for another slot is asked about", () => {
  const files = [letter, { ...technical, name: "Rincian harga.pdf" }];

  assert.deepEqual(fileDoubts(files, terms.slots), [
    {
      field: "slot-technical",
      code: "file:slot",
      values: { name: "Rincian harga.pdf", other: "price" },
    },
  ]);
});

test("a word inside another word is no such sign", () => {
  assert.deepEqual(fileDoubts([{ ...letter, name: "brabrab grab.pdf" }], terms.slots), []);
});

test("the same file in two slots is asked about", () => {
  const twin = { ...letter, slot: "technical", name: "surat (2).pdf" };

  assert.equal(fileDoubts([letter, twin], terms.slots)[0].code, "file:twice");
});

test("two files never get the same name", () => {
  assert.equal(freeName("A.pdf", []), "A.pdf");
  assert.equal(freeName("A.pdf", ["a.PDF"]), "A (2).pdf");
  assert.equal(freeName("A.pdf", ["a.pdf", "a (2).pdf"]), "A (3).pdf");
  assert.equal(freeName("LAMPIRAN", ["lampiran"]), "LAMPIRAN (2)");
});
