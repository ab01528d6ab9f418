// What is about to be sealed or sent, in words a person confirms.
//
//   showSummary(desk, section)

import { filesize } from "../ui/filesize.js";
import { t } from "../ui/text.js";
import { amountText } from "./amounts.js";
import { part } from "./page.js";
import { slotName } from "./reasons.js";

/** @param {any} desk @param {HTMLElement} section */
export function showSummary(desk, section) {
  const { offer, draft } = desk.record;
  const { k, n } = desk.keys.chain.latest;
  const said = (name) => part(`[data-said=${name}]`, section);
  said("total").textContent = `Rp ${amountText(BigInt(offer.total.replace(".", "")))}`;
  said("words").textContent = `(${offer.total_words})`;
  said("validity").textContent = t("{days} calendar days", { days: offer.validity_days });
  said("files").replaceChildren(
    ...draft.files.map(({ slot, name, size }) => {
      const item = document.createElement("li");
      item.textContent = `${slotName(slot)}: ${name} (${filesize(size)})`;
      return item;
    }),
  );
  said("openers").textContent = t("{k} of {n} members together: {names}", {
    k,
    n,
    names: desk.keys.members.map(({ name }) => name).join(", "),
  });
}
