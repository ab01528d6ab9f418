// Talking to the server from a page that stays open for hours: the session may end, the line may
// break, and neither may lose anything.
//
//   get(url): Promise<object>          post(url, body?): Promise<object>
//   getUnseen(url): Promise<object>    bytesUnseen(url): Promise<Blob>    the page asking is not named
//   csrfHeader(): {"X-CSRFToken": string}
//   errors: Refusal (the server's own words), SignedOut, Unreachable

import { t } from "../ui/text.js";

/** What the server did not want to do, in the words it gave for it. */
export class Refusal extends Error {}
/** The session has ended. */
export class SignedOut extends Error {}
/** No answer, or none that makes sense: whether the request arrived is not known. */
export class Unreachable extends Error {}

/** Asked anew each time: signing in again in another tab changes it. */
export function csrfHeader() {
  const found = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  const field = /** @type {HTMLInputElement | null} */ (
    document.querySelector("input[name=csrfmiddlewaretoken]")
  );
  return { "X-CSRFToken": found ? found[1] : (field?.value ?? "") };
}

/** @param {string} url */
export const get = (url) => ask(url, { cache: "no-store" });

// The address of this page names the tender: what is fetched with these must not be joined to it.
const UNSEEN = /** @type {RequestInit} */ ({ cache: "no-store", referrerPolicy: "no-referrer" });

/** @param {string} url */
export const getUnseen = (url) => ask(url, UNSEEN);

/** @param {string} url */
export async function bytesUnseen(url) {
  try {
    const response = await fetch(url, { credentials: "same-origin", redirect: "error", ...UNSEEN });
    if (response.ok) return await response.blob();
  } catch {
    // no answer, or a page to sign in at: the same to whoever waits for a file
  }
  throw new Unreachable(t("The document cannot be fetched. Nothing is lost: try again."));
}

/** @param {string} url @param {object} [body] */
export const post = (url, body = {}) =>
  ask(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...csrfHeader() },
    body: JSON.stringify(body),
  });

/** @param {string} url @param {RequestInit} request */
async function ask(url, request) {
  let response, content;
  try {
    response = await fetch(url, { credentials: "same-origin", redirect: "manual", ...request });
    const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
    content = isJson ? await response.json() : null;
  } catch {
    throw new Unreachable(t("The server cannot be reached. Nothing is lost."));
  }
  if (response.ok && content !== null) return content;
  if (response.type === "opaqueredirect" || response.status === 401) {
    throw new SignedOut(t("You are no longer signed in. Nothing is lost."));
  }
  if (content?.refused) throw new Refusal(content.refused);
  if (response.status === 403) {
    throw new Refusal(t("You may not do this, or the page is too old. Load it again; nothing is lost."));
  }
  throw new Unreachable(
    t("The server gave no answer that this page understands ({status}).", { status: response.status }),
  );
}
