// Buttons that copy a digest or an address; without a clipboard they stay hidden.

import { t } from "./text.js";

export function offerCopies() {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", () => copy(button));
  }
}

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  const word = button.lastChild;
  const before = word.textContent;
  word.textContent = t("Copied");
  setTimeout(() => (word.textContent = before), 2000);
}
