// Talking to the server: JSON in, JSON out, and a refusal is an error with the server's words.

import { t } from "../ui/text.js";

/** What the server did not want to do, in the words it gave for it. */
export class Refusal extends Error {}

/** @param {string} url @param {object} body */
export async function post(url, body) {
  return ask(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
    body: JSON.stringify(body),
  });
}

/** @param {string} url */
export async function get(url) {
  return ask(url, { cache: "no-store" });
}

async function ask(url, request) {
  let response;
  try {
    response = await fetch(url, { credentials: "same-origin", ...request });
  } catch {
    throw new Refusal(t("The server cannot be reached. Nothing was lost; try again."));
  }
  const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
  const content = isJson ? await response.json() : null;
  if (response.ok && content !== null) return content;
  if (content?.refused) throw new Refusal(content.refused);
  if (response.status === 403 || response.redirected) {
    throw new Refusal(t("You are no longer signed in, or may not do this. Load the page again."));
  }
  throw new Refusal(
    t("The server gave no answer that this page understands ({status}).", {
      status: response.status,
    }),
  );
}

function csrfToken() {
  return document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
}
