// Passkeys: ask the browser for one and put its answer into the form of the page. The options
// come with the page or, before anybody is known, from the address in data-options.

import { t } from "../ui/text.js";

const supported = "PublicKeyCredential" in window && "parseRequestOptionsFromJSON" in PublicKeyCredential;

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!supported) continue;
  form.querySelector("[data-passkey-missing]").hidden = true;
  const button = form.querySelector("[data-passkey-button]");
  button.hidden = false;
  button.addEventListener("click", () => ask(form, button));
}

async function ask(form, button) {
  const status = form.querySelector("[data-passkey-status]");
  button.disabled = true;
  status.textContent = t("Waiting for your device…");
  try {
    const options = await optionsFor(form);
    const credential = await (form.dataset.passkey === "create" ? create(options) : get(options));
    form.elements.credential.value = JSON.stringify(credential.toJSON());
    form.submit();
  } catch (error) {
    button.disabled = false;
    status.textContent = explain(error);
  }
}

async function optionsFor(form) {
  if (!form.dataset.options) {
    const data = JSON.parse(document.getElementById("passkey-options").textContent);
    return (data.creation_options ?? data.request_options).publicKey;
  }
  const response = await fetch(form.dataset.options, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`${response.status}`);
  return (await response.json()).request_options.publicKey;
}

function create(options) {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  // A key that keeps its name can sign in without a User ID; one that cannot is good as well.
  publicKey.authenticatorSelection = {
    ...publicKey.authenticatorSelection,
    residentKey: "preferred",
    requireResidentKey: false,
  };
  return navigator.credentials.create({ publicKey });
}

function get(options) {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return navigator.credentials.get({ publicKey });
}

function explain(error) {
  switch (error.name) {
    case "NotAllowedError":
      return t("Your device did not confirm, or it took too long. Try again.");
    case "InvalidStateError":
      return t("This device already holds a passkey of this account.");
    case "SecurityError":
      return t("Passkeys work only at the proper address of this office.");
    default:
      return t("The passkey could not be used: {reason}", { reason: error.message });
  }
}
