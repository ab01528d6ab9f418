// Small things that the committee's pages do alike.

import { given } from "../bid/page.js";
import { SealingError } from "../sealing/errors.js";
import { t } from "../ui/text.js";

/** Show `element` and take the reader there. @param {HTMLElement} element */
export function showAndGo(element) {
  element.hidden = false;
  const target = element.querySelector("[data-focus], h2, h3") ?? element;
  if (!target.hasAttribute("tabindex")) target.setAttribute("tabindex", "-1");
  target.focus();
}

/**
 * Why something failed, in the reader's words. The sealing modules name a reason by its code;
 * the page brings the sentences (`reasons`), because documents and minutes use the same ones.
 */
export function why(error) {
  if (error instanceof SealingError) {
    return given("reasons")?.[error.code] ?? `${error.message} (${error.code})`;
  }
  if (error?.name === "NotAllowedError") return t("The passkey was not used.");
  return error?.message ?? String(error);
}

/** @param {string} name @param {Uint8Array} bytes */
export function saveFile(name, bytes) {
  const url = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
