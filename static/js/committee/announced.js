// The announcement as the browser itself reads it from what is signed. The page was written by
// the server; every marked place in it is written anew from the content whose digest is in the
// statement, so that a member approves what the signature covers and not what a page says.

import { amountText } from "../bid/amounts.js";
import { StatementRefused } from "../sealing/errors.js";
import { digestOf } from "../sealing/jcs.js";
import { instantText } from "../ui/text.js";

function refuse(message, details) {
  throw new StatementRefused("statement:shown", message, details);
}

/** @param {object} content @param {{content: string}} statement */
export function requireContent(content, statement) {
  if (digestOf(content) !== statement.content) {
    throw new StatementRefused("statement:content", "the announcement shown is not the one to be signed");
  }
}

/**
 * Write `values` into the marked places below `root`: `data-signed="stages.submission.ends_at"`
 * names a place, `data-signed-list="documents"` a list whose length must be the same.
 *
 * @param {HTMLElement} root
 * @param {object} values
 * @param {string} timeZone
 */
export function writeFrom(root, values, timeZone) {
  for (const place of root.querySelectorAll("[data-signed]")) {
    const value = place.dataset.signed.split(".").reduce((part, name) => part?.[name], values);
    if (value === undefined || value === null) refuse("the page shows what is not signed", place.dataset);
    place.textContent = written(place, String(value), timeZone);
  }
  for (const list of root.querySelectorAll("[data-signed-list]")) {
    const value = list.dataset.signedList.split(".").reduce((part, name) => part?.[name], values);
    const shown = list.querySelectorAll("[data-signed-row]").length;
    if (Object.keys(value ?? {}).length !== shown) refuse("the page leaves out what is signed");
  }
}

function written(place, value, timeZone) {
  if (place.matches("time")) return momentText(value, timeZone);
  if (place.matches("[data-quantity]")) return quantityText(value);
  return place.matches("[data-amount]") ? rupiahText(value) : value;
}

/** `1200.5` as people write it: `1.200,5`. */
function quantityText(value) {
  if (!/^\d+(\.\d+)?$/.test(value)) refuse("a volume that is signed cannot be read", { value });
  const [whole, fraction] = value.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ".");
  return fraction === undefined ? grouped : `${grouped},${fraction}`;
}

/** `56055000.00` as people write it: `Rp 56.055.000,00`. */
function rupiahText(value) {
  if (!/^\d+\.\d{2}$/.test(value)) refuse("an amount that is signed cannot be read", { value });
  return `Rp ${amountText(BigInt(value.replace(".", "")))}`;
}

function momentText(value, timeZone) {
  const moment = new Date(value);
  if (Number.isNaN(moment.getTime())) refuse("a time that is signed cannot be read", { value });
  const zone = new Intl.DateTimeFormat("id", { timeZone, timeZoneName: "short" })
    .formatToParts(moment)
    .find(({ type }) => type === "timeZoneName");
  return `${instantText(moment.getTime(), timeZone)} ${zone?.value ?? timeZone}`;
}
