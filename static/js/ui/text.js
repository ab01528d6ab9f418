// Words, in the language of the page; where there is no page (a test, a worker), in English.

const page = globalThis.document;
const words = JSON.parse(page?.getElementById("messages")?.textContent ?? "{}");
const language = page?.documentElement.lang || "en";

/**
 * `message` in the language of the page, with every `{name}` replaced by its value.
 * @param {string} message the English text, which is also its name in the catalogue
 * @param {Record<string, string | number>} [values]
 */
export function t(message, values = {}) {
  return (words[message] ?? message).replace(/\{(\w+)\}/g, (hole, name) => values[name] ?? hole);
}

/** A number with the thousands of the language. */
export function numberText(value) {
  return new Intl.NumberFormat(language).format(value);
}

/** An instant as the server writes it, without its zone: `10 Agustus 2010 14:05:09`. */
export function instantText(milliseconds, timeZone) {
  const parts = new Intl.DateTimeFormat(language, {
    timeZone,
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  }).formatToParts(milliseconds);
  const { day, month, year, hour, minute, second } = Object.fromEntries(
    parts.map(({ type, value }) => [type, value]),
  );
  return `${day} ${month} ${year} ${hour}:${minute}:${second}`;
}

/** A span in the two units that matter, the seconds only near the end. */
export function spanText(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  if (days > 1) return unit(days, "day");
  if (hours > 0) return `${unit(hours, "hour")} ${unit(minutes, "minute")}`;
  if (minutes > 0) return `${unit(minutes, "minute")} ${unit(seconds % 60, "second")}`;
  return unit(seconds, "second");
}

function unit(count, name) {
  return new Intl.NumberFormat(language, { style: "unit", unit: name, unitDisplay: "long" }).format(
    count,
  );
}
