// The bid form as data: from what was typed and chosen to `bid.json`, or to what is wrong and
// where. Pure, so that it can be tested without a page.
//
//   readOffer(draft, terms): {offer} | {problems: [{field, code, values?}]}
//       draft: {prices: {[no]: text}, validity: text, statements: [code], files: [{slot, name, size}]}
//       offer: {lines, subtotal, tax_percent, tax, total, total_words, validity_days, statements}
//              in the spelling of bid.json, and `sen` for showing
//   sums(draft, terms): {amounts: (bigint | null)[], subtotal, tax, total} | null when nothing is typed
//   fileProblems(files, slots): [{field, code, values}]
//   fileDoubts(files, slots): [{field, code, values}]     asked about, never refused
//   freeName(name, taken): string                         a name no other file of the bid has

import { decimalText, parseAmount, sumUp } from "./amounts.js";
import { inWords } from "./words.js";

/**
 * @typedef {{slot: string, name: string, size: number, kind?: string | null}} ChosenFile
 * @typedef {{prices: Record<string, string>, validity: string, statements: string[],
 *     files: ChosenFile[]}} Draft
 * @typedef {{no: number, volume: string}} Item
 * @typedef {{slot: string, required: boolean, kinds: string[], words: string[]}} Slot
 * @typedef {{items: Item[], tax_percent: string, validity_minimum: number, slots: Slot[],
 *     statements: string[]}} Terms
 * @typedef {{field: string, code: string, values?: Record<string, string | number>}} Problem
 */

const LONGEST_VALIDITY = 3650;

/** @param {Draft} draft @param {Terms} terms */
export function readOffer(draft, terms) {
  /** @type {Problem[]} */
  const problems = [];
  const lines = terms.items.map(({ no, volume }) => {
    const { sen, problem } = /** @type {any} */ (parseAmount(draft.prices[no] ?? ""));
    if (problem) problems.push({ field: `price-${no}`, code: `amount:${problem}`, values: { no } });
    return { no, volume, price: sen ?? 0n };
  });
  const days = /^\d+$/.test(draft.validity.trim()) ? Number(draft.validity) : NaN;
  if (!(days >= terms.validity_minimum && days <= LONGEST_VALIDITY)) {
    const values = { least: terms.validity_minimum, most: LONGEST_VALIDITY };
    problems.push({ field: "validity", code: "validity", values });
  }
  for (const code of terms.statements) {
    if (!draft.statements.includes(code)) problems.push({ field: `statement-${code}`, code: "statement" });
  }
  problems.push(...fileProblems(draft.files, terms.slots));
  if (problems.length > 0) return { problems };

  const { subtotal, tax, total } = sumUp(lines, terms.tax_percent);
  return {
    offer: {
      lines: lines.map(({ no, volume, price }) => ({ no, volume, unit_price: decimalText(price) })),
      subtotal: decimalText(subtotal),
      tax_percent: terms.tax_percent,
      tax: decimalText(tax),
      total: decimalText(total),
      total_words: inWords(total),
      validity_days: days,
      statements: [...terms.statements],
    },
    sen: { subtotal, tax, total },
  };
}

/** The sums of what can be read so far. @param {Draft} draft @param {Terms} terms */
export function sums(draft, terms) {
  const lines = terms.items.map(({ no, volume }) => {
    const { sen } = /** @type {any} */ (parseAmount(draft.prices[no] ?? ""));
    return { volume, price: sen };
  });
  const readable = lines.filter(({ price }) => price !== undefined);
  if (readable.length === 0) return null;
  const { subtotal, tax, total } = sumUp(readable, terms.tax_percent);
  const amounts = lines.map((line) =>
    line.price === undefined ? null : sumUp([line], terms.tax_percent).subtotal,
  );
  return { amounts, subtotal, tax, total, isComplete: readable.length === lines.length };
}

/** @param {ChosenFile[]} files @param {Slot[]} slots @returns {Problem[]} */
export function fileProblems(files, slots) {
  return slots.flatMap(({ slot, required, kinds }) => {
    const own = files.filter((file) => file.slot === slot);
    const missing = required && own.length === 0 ? [{ field: `slot-${slot}`, code: "file:missing" }] : [];
    const wrong = own.flatMap(({ name, size, kind }) => {
      const code = size === 0 ? "file:empty" : kinds.includes(kind ?? "") ? null : "file:kind";
      return code ? [{ field: `slot-${slot}`, code, values: { name } }] : [];
    });
    return [...missing, ...wrong];
  });
}

/** @param {ChosenFile[]} files @param {Slot[]} slots @returns {Problem[]} */
export function fileDoubts(files, slots) {
  const doubts = files.flatMap(({ slot, name }) => {
    const other = slotSpokenOf(name, slots);
    if (other === null || other === slot) return [];
    return [{ field: `slot-${slot}`, code: "file:slot", values: { name, other } }];
  });
  const seen = new Map();
  for (const { slot, name, size } of files) {
    const twin = seen.get(`${size} ${originalName(name)}`);
    if (twin) doubts.push({ field: `slot-${slot}`, code: "file:twice", values: { name, other: twin } });
    seen.set(`${size} ${originalName(name)}`, slot);
  }
  return doubts;
}

/** The one slot whose words stand in the name, or null. @param {string} name @param {Slot[]} slots */
function slotSpokenOf(name, slots) {
  const plain = name.toLowerCase();
  const speaking = slots.filter(({ words }) =>
    words.some((word) => new RegExp(`(^|[^a-z])${word}([^a-z]|$)`).test(plain)),
  );
  return speaking.length === 1 ? speaking[0].slot : null;
}

/** @param {string} name @param {string[]} taken */
export function freeName(name, taken) {
  const lower = taken.map((other) => other.toLowerCase());
  if (!lower.includes(name.toLowerCase())) return name;
  const [, stem, ending] = /** @type {RegExpMatchArray} */ (name.match(/^(.*?)(\.[^.]*)?$/s));
  for (let number = 2; ; number += 1) {
    const other = `${stem} (${number})${ending ?? ""}`;
    if (!lower.includes(other.toLowerCase())) return other;
  }
}

/** @param {string} name */
const originalName = (name) => name.toLowerCase().replace(/ \(\d+\)(?=\.[^.]*$|$)/, "");
