// Money as a person in Indonesia types it, and the sums of a price form. Amounts are counted in
// sen as BigInt: no float ever touches a price.
//
//   parseAmount(text): {sen: bigint} | {problem: code}      "1.250.000,50" -> 125000050n
//   amountText(sen): string                                 125000050n -> "1.250.000,50"
//   decimalText(sen): string                                125000050n -> "1250000.50"
//   sumUp(lines, taxPercent): {amounts, subtotal, tax, total}
//       lines: [{volume: "10.5", price: bigint}]            as the tender and the form give them

const GROUPED = /^\d{1,3}(?:\.\d{3})+$/;
const PLAIN = /^\d+$/;
/** Twelve digits before the comma are a thousand billion rupiah: no line of a tender costs more. */
const LONGEST = 15;

/** @param {string} text */
export function parseAmount(text) {
  const bare = text.replace(/^\s*rp\.?/i, "").replace(/[\s\u00a0]/g, "").replace(/,-$/, "");
  if (bare === "") return { problem: "empty" };
  if (/^[-−]/.test(bare)) return { problem: "negative" };
  const [whole, sen = "", ...more] = bare.split(",");
  if (more.length > 0 || !/^\d*$/.test(sen)) return { problem: "form" };
  if (!PLAIN.test(whole) && !GROUPED.test(whole)) {
    // 1250000.50 or 1.5: a dot where the sen begin. Guessing would change a price a thousandfold.
    return { problem: /^\d+(?:\.\d{3})*\.\d{1,2}$/.test(whole) ? "dot" : "form" };
  }
  if (sen.length > 2) return { problem: "sen" };
  const digits = whole.replaceAll(".", "");
  if (digits.replace(/^0+/, "").length > LONGEST) return { problem: "large" };
  return { sen: BigInt(digits) * 100n + BigInt(sen.padEnd(2, "0")) };
}

/** @param {bigint} sen */
export function amountText(sen) {
  const whole = (sen / 100n).toString().replace(/\B(?=(\d{3})+$)/g, ".");
  return `${whole},${cents(sen)}`;
}

/** @param {bigint} sen */
export function decimalText(sen) {
  return `${sen / 100n}.${cents(sen)}`;
}

/** @param {bigint} sen */
const cents = (sen) => (sen % 100n).toString().padStart(2, "0");

/** A decimal such as "10.5" as a whole number of its smallest place. @param {string} text */
function exact(text) {
  const [whole, fraction = ""] = text.split(".");
  return { units: BigInt(whole + fraction), scale: 10n ** BigInt(fraction.length) };
}

/** Half up, as the server and a calculator do it. @param {bigint} value @param {bigint} by */
const divided = (value, by) => (2n * value + by) / (2n * by);

/**
 * @param {{volume: string, price: bigint}[]} lines
 * @param {string} taxPercent
 */
export function sumUp(lines, taxPercent) {
  const amounts = lines.map(({ volume, price }) => {
    const { units, scale } = exact(volume);
    return divided(units * price, scale);
  });
  const subtotal = amounts.reduce((sum, amount) => sum + amount, 0n);
  const rate = exact(taxPercent);
  const tax = divided(subtotal * rate.units, rate.scale * 100n);
  return { amounts, subtotal, tax, total: subtotal + tax };
}
