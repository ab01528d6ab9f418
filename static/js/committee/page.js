// Small things that the committee's pages do alike.

import { SealingError } from "../sealing/errors.js";
import { t } from "../ui/text.js";
import { Refusal } from "./request.js";

/** The JSON that the server put into the page under `id`. @param {string} id */
export function given(id) {
  return JSON.parse(document.getElementById(id)?.textContent ?? "null");
}

/** Show `element` and take the reader there. @param {HTMLElement} element */
export function showAndGo(element) {
  element.hidden = false;
  const target = element.querySelector("[data-focus], h2, h3") ?? element;
  if (!target.hasAttribute("tabindex")) target.setAttribute("tabindex", "-1");
  target.focus();
}

/** Say `message` in the line `element`, which screen readers read out; nothing hides it. */
export function say(element, message) {
  const words = element.querySelector("[data-words]") ?? element;
  words.textContent = message;
  element.hidden = message === "";
}

/**
 * Why something failed, in the reader's words. The sealing modules name a reason by its code;
 * the page brings the sentences (`reasons`), because documents and minutes use the same ones.
 */
export function why(error) {
  if (error instanceof SealingError) {
    return given("reasons")?.[error.code] ?? `${error.message} (${error.code})`;
  }
  if (error instanceof Refusal) return error.message;
  if (error?.name === "NotAllowedError") return t("The passkey was not used.");
  return error?.message ?? String(error);
}

/** Keep a button from being pressed twice while `act` runs. */
export async function once(button, act) {
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  try {
    await act();
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

/** Let the page draw before heavy work begins. */
export function drawn() {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
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

/** @param {File} file */
export async function bytesOf(file) {
  return new Uint8Array(await file.arrayBuffer());
}
