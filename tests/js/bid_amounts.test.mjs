import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { amountText, decimalText, parseAmount, sumUp } from "../../static/js/bid/amounts.js";
import { inWords } from "../../static/js/bid/words.js";

const read = [
  ["1.250.000,50", 125000050n],
  ["1250000", 125000000n],
  ["Rp 1.250.000", 125000000n],
  ["Rp. 1.250.000,-", 125000000n],
  [" 1 250 000 ", 125000000n],
  ["0,5", 50n],
  ["1.250", 125000n],
  ["0", 0n],
  ["999.999.999.999.999,99", 99999999999999999n],
];
for (const [text, sen] of read) {
  test(`"${text}" is read as ${sen} sen`, () => assert.deepEqual(parseAmount(text), { sen }));
}

const refused = [
  ["", "empty"],
  ["1250000.50", "dot"],
  ["1.5", "dot"],
  ["1.250.00", "dot"],
  ["1,250,000", "form"],
  ["12.50.000", "form"],
  ["-5", "negative"],
  ["1,255", "sen"],
  ["satu juta", "form"],
  ["1e9", "form"],
  ["1.000.000.000.000.000", "large"],
];
for (const [text, problem] of refused) {
  test(`"${text}" is refused (${problem}) and never guessed at`, () =>
    assert.deepEqual(parseAmount(text), { problem }));
}

test("what is shown is read as the same amount again", () => {
  for (let sen = 1n; sen < 10n ** 17n; sen = sen * 7n + 3n) {
    assert.deepEqual(parseAmount(amountText(sen)), { sen });
    assert.match(decimalText(sen), /^\d+\.\d\d$/);
  }
});

test("a price form adds as a person with a calculator does", () => {
  const lines = [
    { volume: "10", price: 150000000n },
    { volume: "2.5", price: 33333n },
    { volume: "0.333", price: 100n },
  ];

  assert.deepEqual(sumUp(lines, "11"), {
    amounts: [1500000000n, 83333n, 33n],
    subtotal: 1500083366n,
    tax: 165009170n,
    total: 1665092536n,
  });
});

test("half a sen is rounded up", () => {
  assert.equal(sumUp([{ volume: "0.5", price: 1n }], "0").subtotal, 1n);
  assert.equal(sumUp([{ volume: "0.499", price: 1n }], "0").subtotal, 0n);
});

test("the sum of a very large tender is exact", () => {
  const { total } = sumUp([{ volume: "123456789.123", price: 98765432109n }], "11");

  assert.equal(total, 13534522068220292627n);
});

const vectors = JSON.parse(readFileSync("tests/vectors/amounts_in_words.json", "utf8"));
test("amounts are spelt as the server spells them", () => {
  for (const { amount, words } of vectors.amounts) {
    assert.equal(inWords(BigInt(amount.replace(".", ""))), words);
  }
});
