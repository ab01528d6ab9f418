// The page "My keys": keys are made, wrapped, tested and checked in this browser. What goes to
// the server is the two public halves and a file that only the passphrase opens.

import { drawn, given, once, say } from "../bid/page.js";
import { post, Refusal } from "../bid/server.js";
import { saveFile, showAndGo, why } from "../committee/page.js";
import { askForKey, requirePassphrase } from "../committee/unlock.js";
import { digest, fromBase64, toBase64 } from "../sealing/bytes.js";
import { startSealer } from "../sealing/client.js";
import { createPasskey, makeMemberKey, publicHalf, wrapByPasskey } from "../sealing/memberkey.js";
import { makePassphrase, tidyPassphrase } from "../sealing/passphrase.js";
import { signObject } from "../sealing/sign.js";
import { t } from "../ui/text.js";

const SAVING = 800; // milliseconds until the browser has taken the file over
const page = given("keys");
const part = (name) => document.querySelector(`[data-part=${name}]`);

let started;
const sealer = () => (started ??= startSealer(page.worker));

/** What the key signs to show that it is at hand; `file` is what was made or opened. */
function proof(memberKey, purpose, file) {
  const body = {
    format: "lpse-key-proof/1",
    lpse: page.origin,
    ...publicHalf(memberKey),
    purpose,
    wrapped: digest(file),
    challenge: page.challenge,
  };
  return { challenge: page.challenge, signature: signObject(memberKey.signing_seed, body) };
}

if (part("make")) offerMaking(part("make"));
if (part("backup")) offerBackupTest(part("backup"));
if (part("check")) offerCheck(part("check"));
if (part("passkey") && window.PublicKeyCredential) offerPasskey(part("passkey"));

// --- Making -----------------------------------------------------------------------------------

function offerMaking(section) {
  const begin = section.querySelector("[data-begin]");
  const shown = section.querySelector("[data-step=words]");
  const form = section.querySelector("[data-confirm-words]");
  const error = form.querySelector("[data-error]");
  const input = form.querySelector("[data-passphrase]");
  let memberKey, passphrase;

  begin.addEventListener("click", () =>
    once(begin, async () => {
      memberKey = await makeMemberKey({ member: page.member });
      passphrase = makePassphrase();
      for (const [at, word] of passphrase.split(" ").entries()) {
        shown.querySelectorAll("[data-word]")[at].textContent = word;
      }
      section.querySelector("[data-step=begin]").hidden = true;
      window.addEventListener("beforeunload", keepHere);
      showAndGo(shown);
    }),
  );

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    once(form.querySelector("[type=submit]"), async () => {
      const working = form.querySelector("[data-working]");
      try {
        say(error, "");
        requirePassphrase(input.value);
        if (tidyPassphrase(input.value) !== passphrase) {
          throw new Refusal(t("These are not the words shown above."));
        }
        working.hidden = false;
        await drawn();
        await register(memberKey, passphrase);
      } catch (problem) {
        say(error, why(problem));
        input.focus();
      } finally {
        working.hidden = true;
      }
    });
  });
}

/** Leaving between the words and the registration would throw the keys away. */
function keepHere(event) {
  event.preventDefault();
}

async function register(memberKey, passphrase) {
  const { wrapped } = await (await sealer()).wrap({ memberKey, passphrase });
  const { recipient, signing_key } = publicHalf(memberKey);
  await post(page.register, {
    recipient,
    signing_key,
    wrapped: toBase64(wrapped),
    ...proof(memberKey, "register", wrapped),
  });
  window.removeEventListener("beforeunload", keepHere);
  saveFile(page.backup_name, wrapped);
  setTimeout(() => location.assign(page.here), SAVING);
}

// --- Backup, check, passkey -------------------------------------------------------------------

function offerBackupTest(section) {
  askForKey(section.querySelector("[data-unlock]"), page.key, sealer, async (memberKey, file) => {
    if (digest(file) !== digest(fromBase64(page.key.wrapped))) {
      throw new Refusal(t("This file opens, but it is not the backup of the keys in use."));
    }
    await post(page.test, { purpose: "backup", ...proof(memberKey, "backup", file) });
    location.assign(page.here);
  });
}

function offerCheck(section) {
  const form = section.querySelector("[data-unlock]");
  const result = section.querySelector("[data-result]");
  askForKey(form, page.key, sealer, async (memberKey, file) => {
    const isTheServers = [page.key.wrapped, page.key.passkey_wrapped]
      .filter(Boolean)
      .some((copy) => digest(fromBase64(copy)) === digest(file));
    if (isTheServers) await post(page.test, { purpose: "check", ...proof(memberKey, "check", file) });
    showAndGo(result);
  });
  form.addEventListener("input", () => (result.hidden = true));
}

function offerPasskey(section) {
  section.hidden = false;
  askForKey(section.querySelector("[data-unlock]"), page.key, sealer, async (memberKey) => {
    const credential = await createPasskey({ name: t("LPSE keys of {member}", { member: page.member }) });
    const wrapped = await wrapByPasskey(memberKey, { credential });
    await post(page.passkey, {
      wrapped: toBase64(wrapped),
      ...proof(memberKey, "passkey", wrapped),
    });
    location.assign(page.here);
  });
}
