// Unlocking the member's own key: the wrapped file and the passphrase meet in this browser only.

import { drawn, once, say } from "../bid/page.js";
import { Refusal } from "../bid/server.js";
import { fromBase64 } from "../sealing/bytes.js";
import { requireMemberKey, unwrapByPasskey } from "../sealing/memberkey.js";
import { isPassphrase, unknownWords } from "../sealing/passphrase.js";
import { t } from "../ui/text.js";
import { why } from "./page.js";

/**
 * @typedef {{member: string, recipient: string, signing_key: string, wrapped: string,
 *     passkey_wrapped: string}} RegisteredKey
 */

/**
 * Wire the form of `procurement/_unlock.html`. `onOpened` gets the key and the file that held
 * it; what it throws is shown in the form like a wrong passphrase is.
 *
 * @param {HTMLFormElement} form
 * @param {RegisteredKey} registered
 * @param {() => Promise<{unwrap(job: object): Promise<{memberKey: object}>}>} sealer
 * @param {(memberKey: object, file: Uint8Array) => Promise<void>} onOpened
 */
export function askForKey(form, registered, sealer, onOpened) {
  const passphrase = form.querySelector("[data-passphrase]");
  const file = form.querySelector("[data-key-file]");
  const error = form.querySelector("[data-error]");
  const working = form.querySelector("[data-working]");
  const passkey = form.querySelector("[data-passkey]");

  const attempt = (button, act) =>
    once(button, async () => {
      say(error, "");
      working.hidden = false;
      await drawn();
      try {
        const { memberKey, bytes } = await act();
        requireMemberKey(memberKey, registered);
        passphrase.value = "";
        await onOpened(memberKey, bytes);
      } catch (problem) {
        say(error, why(problem));
        passphrase.focus();
      } finally {
        working.hidden = true;
      }
    });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(form.querySelector("[type=submit]"), async () => {
      requirePassphrase(passphrase.value);
      const chosen = file?.files[0];
      if (file?.required && !chosen) throw new Refusal(t("Choose the backup file first."));
      const bytes = chosen
        ? new Uint8Array(await chosen.arrayBuffer())
        : fromBase64(registered.wrapped);
      const { memberKey } = await (await sealer()).unwrap({
        wrapped: bytes,
        passphrase: passphrase.value,
      });
      return { memberKey, bytes };
    });
  });

  if (passkey && registered.passkey_wrapped && window.PublicKeyCredential) {
    passkey.hidden = false;
    passkey.addEventListener("click", () =>
      attempt(passkey, async () => {
        const bytes = fromBase64(registered.passkey_wrapped);
        return { memberKey: await unwrapByPasskey(bytes, {}), bytes };
      }),
    );
  }

  form.querySelector("[data-show-words]")?.addEventListener("change", ({ target }) => {
    passphrase.type = target.checked ? "text" : "password";
  });
}

/** Say what is wrong with the words before two seconds are spent on trying them. */
export function requirePassphrase(text) {
  const unknown = unknownWords(text);
  if (unknown.length > 0) {
    throw new Refusal(t("Not a word of the list: {words}", { words: unknown.join(", ") }));
  }
  if (!isPassphrase(text)) {
    throw new Refusal(t("The passphrase has seven words."));
  }
}
