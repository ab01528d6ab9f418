// Step 6: the bidder takes the recovery key. Nobody else has it.

import { buildRecovery, readRecovery, recoveryText, requireRecoveryOf } from "../sealing/recovery.js";
import { t } from "../ui/text.js";
import { part, say } from "./page.js";
import { reason } from "./reasons.js";

export function prepare(desk) {
  part("[data-download]").addEventListener("click", () => download(desk));
  part("#recovery-check").addEventListener("change", ({ target }) => check(desk, target.files[0]));
  part("[data-recovery-form]").addEventListener("submit", (event) => {
    event.preventDefault();
    proceed(desk);
  });
}

export function enter(desk) {
  part("#kept").checked = false;
  part("#kept").disabled = !desk.record.downloaded;
  say(part("#kept-error"), "");
  say(part("#recovery-check-error"), "");
  part("#recovery-check").value = "";
  part("#recovery-check-help").textContent = "";
}

function recoveryOf({ record }) {
  const { manifest, identity } = record.sealed.bid;
  return buildRecovery({ manifest, identity, tenderSeed: record.tenderKey.seed });
}

async function download(desk) {
  const url = URL.createObjectURL(new Blob([recoveryText(recoveryOf(desk))], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  // Translators: the name of a file; keep it short, without spaces.
  link.download = `${t("recovery-key")}-${desk.terms.tender}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  part("#kept").disabled = false;
  await desk.store.save({ downloaded: true });
}

async function check(desk, file) {
  const [error, help] = [part("#recovery-check-error"), part("#recovery-check-help")];
  say(error, "");
  help.textContent = "";
  if (!file) return;
  try {
    requireRecoveryOf(await readRecovery(await file.text()), desk.record.sealed.bid.manifest);
    help.textContent = t("This is the recovery key of this very bid.");
  } catch (problem) {
    say(error, reason(problem));
  }
}

async function proceed(desk) {
  const box = part("#kept");
  if (!box.checked) {
    say(part("#kept-error"), box.disabled
      ? t("Download the recovery key first.")
      : t("Say that you have the file. Without it there is no other way to your bid if keys are lost."));
    (box.disabled ? part("[data-download]") : box).focus();
    return;
  }
  await desk.store.save({ recovered: true });
  desk.go("send");
}
