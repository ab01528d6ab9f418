// Every refusal in words a bidder understands, and what to do about it.
//
//   reason(error): string            slotName(slot): string
//   problemText({code, values}): string

import { SealingError } from "../sealing/errors.js";
import { t } from "../ui/text.js";

/** The names of the slots as the page shows them. @param {string} slot */
export function slotName(slot) {
  const label = document.querySelector(`[data-slot="${slot}"] [data-slot-name]`);
  return label?.textContent?.trim() ?? slot;
}

/** @type {Record<string, () => string>} */
const SEALING = {
  "browser:secure": () => t("This page was not opened over a secure connection (https)."),
  "browser:storage": () =>
    t("This browser cannot keep a sealed file. Use a current Firefox, Chrome, Edge or Safari, not in a private window."),
  "browser:worker": () => t("This browser is too old to seal a bid. Use a current one."),
  "browser:unicode": () => t("This browser is too old to seal a bid. Use a current one."),
  "statement:format": () => t("The committee’s key statement has a format that this page does not know."),
  "statement:recipient": () => t("A member’s key is of a kind that this page does not know."),
  "statement:members": () => t("The members in the key statement are not listed as they must be."),
  "statement:threshold": () => t("The key statement lets too few or too many members open the bids."),
  "statement:signature": () => t("A member’s signature under the key statement does not hold."),
  "statement:signer": () => t("Somebody signed the key statement who is not in the committee."),
  "statement:majority": () => t("Not even half of the committee has signed the key statement."),
  "statement:changed": () => t("A later key statement changes more than dates: other keys or another committee."),
  "statement:earlier": () => t("A later key statement moves the deadline forward."),
  "statement:swapped": () => t("The keys are not the ones this computer saw before: they were exchanged."),
  "statement:deadline": () => t("The deadline on this page is not the one the committee has signed."),
  "statement:tender": () => t("The key statement is of another tender or another LPSE."),
  "envelope:space": () => t("There is not enough room on this computer for the sealed file."),
  "envelope:changed": () => t("A file changed while it was being sealed. Choose it again."),
  "envelope:name": () => t("A file has a name that cannot be used. Rename it and choose it again."),
  "envelope:size": () => t("The bid has a size that cannot be sealed. Add or remove a file."),
  "envelope:closed": () => t("The sealed file does not open with its own key. Seal it again."),
  "envelope:digest": () => t("The sealed file on this computer has changed. Seal it again."),
  "envelope:content": () => t("What comes out of the sealed file is not what went in. Seal it again."),
  "manifest:bidder": () => t("The key on this device is not the one that is registered for the tender."),
  "receipt:signature": () => t("The LPSE has not signed this with the key that the committee signed for."),
  "receipt:deadline": () => t("The receipt names another deadline than the committee has signed."),
  "receipt:late": () => t("The receipt accepts a bid after the deadline."),
  "receipt:entry": () => t("The record that the receipt names is not of this act."),
  "receipt:other": () => t("This is the receipt of another bid."),
  "receipt:format": () => t("This is not a receipt of a known format."),
  "ledger:signature": () => t("The ledger’s checkpoint is not signed by this LPSE."),
  "box:missing": () => t("The bid is not in the closed box."),
  "key:format": () => t("This is not a recovery key file."),
  "key:halves": () => t("The keys in this file do not belong together."),
  "key:other": () => t("This recovery key is of another bid."),
};

/** @param {unknown} error */
export function reason(error) {
  if (error instanceof SealingError) {
    return SEALING[error.code]?.() ?? `${error.message} (${error.code})`;
  }
  if (error instanceof Error && error.message) return error.message;
  return String(error);
}

/** @type {Record<string, (values: Record<string, any>) => string>} */
const PROBLEMS = {
  "amount:empty": () => t("Write a unit price. Write 0 if it is included in another line."),
  "amount:negative": () => t("A price cannot be less than nought."),
  "amount:form": () => t("Write the price like 1.250.000,50."),
  "amount:dot": () => t("Sen stand behind a comma, not behind a dot: 1.250.000,50."),
  "amount:sen": () => t("A price has at most two digits behind the comma."),
  "amount:large": () => t("This price is larger than any tender."),
  validity: (values) => t("Write a number of days from {least} to {most}.", values),
  statement: () => t("The bid needs this statement."),
  "file:missing": () => t("Choose a file for this slot."),
  "file:empty": (values) => t("“{name}” is empty.", values),
  "file:kind": (values) => t("“{name}” is not one of the kinds named here, judged by its content. It may be damaged.", values),
  "file:name": (values) => t("“{name}” has a name that cannot be used. Rename it and choose it again.", values),
  "file:large": (values) => t("The files are too large together: at most {limit}.", values),
  "file:gone": (values) => t("“{name}” is no longer at hand. Choose it again.", values),
  "file:slot": ({ name, other }) =>
    t("“{name}” sounds like “{other}”. Is it in the right slot?", { name, other: slotName(other) }),
  "file:twice": ({ name, other }) =>
    t("“{name}” looks like a file that you also chose for “{other}”.", { name, other: slotName(other) }),
};

/** @param {{code: string, values?: Record<string, any>}} problem */
export function problemText({ code, values = {} }) {
  return PROBLEMS[code]?.(values) ?? code;
}
