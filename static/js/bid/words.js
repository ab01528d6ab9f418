// An amount in Indonesian words, spelt exactly as the server spells it (lpse/money.py).
//
//   inWords(sen): string        150000050n -> "satu juta lima ratus ribu rupiah lima puluh sen"

const ONES = ["", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"];
const THOUSANDS = ["", "ribu", "juta", "miliar", "triliun", "kuadriliun", "kuantiliun"];

/** @param {bigint} sen */
export function inWords(sen) {
  const words = `${spelt(sen / 100n)} rupiah`;
  return sen % 100n === 0n ? words : `${words} ${spelt(sen % 100n)} sen`;
}

/** @param {bigint} number */
function spelt(number) {
  if (number === 0n) return "nol";
  if (number >= 1000n && number < 2000n) return ["seribu", hundreds(number % 1000n)].flat().join(" ");
  const words = [];
  for (let rest = number, power = 0; rest > 0n; rest /= 1000n, power += 1) {
    const group = hundreds(rest % 1000n);
    if (group.length > 0) words.unshift(...group, ...(power > 0 ? [THOUSANDS[power]] : []));
  }
  return words.join(" ");
}

/** @param {bigint} group */
function hundreds(group) {
  const hundred = Number(group / 100n);
  const words = hundred === 1 ? ["seratus"] : hundred > 1 ? [ONES[hundred], "ratus"] : [];
  return [...words, ...tens(Number(group % 100n))];
}

/** @param {number} rest */
function tens(rest) {
  const [ten, one] = [Math.floor(rest / 10), rest % 10];
  if (ten === 0) return one > 0 ? [ONES[one]] : [];
  if (ten > 1) return [ONES[ten], "puluh", ...(one > 0 ? [ONES[one]] : [])];
  if (one < 2) return [one === 0 ? "sepuluh" : "sebelas"];
  return [ONES[one], "belas"];
}
