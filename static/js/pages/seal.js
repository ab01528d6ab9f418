// The page on which a bid is prepared, sealed, uploaded, tested and sent: one step at a time.
// What is secret stays in this page and on this device; each step is a module of its own.

import { checkKeys } from "../bid/committee.js";
import { pinned } from "../committee/pinned.js";
import { SignedOut, get } from "../bid/server.js";
import { given, notice, part } from "../bid/page.js";
import { reason } from "../bid/reasons.js";
import { forgetStrangers, openStore, remembered } from "../bid/store.js";
import * as keys from "../bid/step_keys.js";
import * as offer from "../bid/step_offer.js";
import * as proof from "../bid/step_proof.js";
import * as recovery from "../bid/step_recovery.js";
import * as seal from "../bid/step_seal.js";
import * as send from "../bid/step_send.js";
import * as upload from "../bid/step_upload.js";
import { groups } from "../sealing/bytes.js";
import { requireBrowser, startSealer } from "../sealing/client.js";
import { serverTime } from "../ui/server_time.js";
import { t } from "../ui/text.js";

const STEPS = { keys, offer, seal, upload, proof, recovery, send };
const NAMES = Object.keys(STEPS);
const ASK_AGAIN = 60_000;
const UNCHANGED = 20_000;

/** What every step works with. */
const desk = {
  terms: given("seal-terms"),
  standing: given("seal-standing"),
  /** @type {any} */ keys: null, // {chain, signers, members}, once they are checked
  /** @type {any} */ store: null,
  /** @type {any} */ sealer: null,
  step: "keys",
  get record() {
    return desk.store.record;
  },
  storeKey: "",
  go,
  refresh,
  change,
  checkKeys: check,
};
desk.storeKey = [desk.terms.tender, desk.terms.envelope, desk.terms.provider].join("/");

part("[data-seal]").hidden = false;
begin().catch((error) => notice("error", t("This page cannot be used here"), reason(error)));

async function begin() {
  requireBrowser();
  desk.store = await openStore(desk.storeKey, { own: await remembered(desk.storeKey) });
  await forgetStrangers();
  desk.sealer = await startSealer(desk.terms.sealer);
  for (const step of Object.values(STEPS)) step.prepare(desk);
  for (const button of document.querySelectorAll("[data-change]")) {
    button.addEventListener("click", () => change());
  }
  setInterval(refresh, ASK_AGAIN);
  document.addEventListener("visibilitychange", () => document.hidden || refresh());
  window.addEventListener("beforeunload", askBeforeLeaving);
  window.addEventListener("unhandledrejection", ({ reason: error }) => unexpected(error));
  watchDeadline();
  go(check() ? await whereItStands() : "keys", { quietly: true });
}

/** The step at which a bid that was begun goes on after a reload. */
async function whereItStands() {
  const { record } = desk;
  if (record.sealed) {
    const { size } = await desk.sealer.size({ name: record.sealed.name });
    if (size !== record.sealed.bid.ciphertext.size) await desk.store.save({ sealed: null });
  }
  if (record.sealed) {
    if (!record.uploaded) return "upload";
    if (!record.proved) return "proof";
    return record.recovered ? "send" : "recovery";
  }
  return record.draft ? "offer" : "keys";
}

/** @param {string} name @param {{quietly?: boolean}} [how] */
function go(name, { quietly = false } = {}) {
  desk.step = name;
  for (const section of document.querySelectorAll("[data-step]")) {
    section.hidden = section.dataset.step !== name;
  }
  showSteps(name);
  showEnvelope();
  if (!quietly) {
    part(`[data-step=${name}] h2`).focus();
    window.scrollTo({ top: 0 });
  }
  Promise.resolve(STEPS[name].enter(desk)).catch(unexpected);
}

/** A fault of the page: said, never swallowed. @param {unknown} error */
function unexpected(error) {
  notice("error", t("Something unexpected happened"), `${reason(error)} ${t("Nothing is lost: load the page again and go on.")}`);
}

/** @param {string} name */
function showSteps(name) {
  const current = NAMES.indexOf(name);
  for (const [at, step] of NAMES.entries()) {
    const mark = part(`[data-step-mark=${step}]`);
    mark.className = at < current ? "is-done" : at === current ? "is-current" : "is-upcoming";
    mark.toggleAttribute("aria-current", at === current);
    if (at === current) mark.setAttribute("aria-current", "step");
  }
  const label = part(`[data-step-mark=${name}] .stepper-label`).textContent;
  part("[data-step-now]").textContent = t("Step {number} of {total}: {label}", {
    number: current + 1,
    total: NAMES.length,
    label,
  });
}

function showEnvelope() {
  const { sealed } = desk.record;
  const state = sealed ? "sealed" : "open";
  for (const view of document.querySelectorAll("[data-envelope-view]")) {
    view.hidden = view.dataset.envelopeView !== state;
  }
  part(".seal-digest").hidden = !sealed;
  part("[data-digest]").textContent = sealed ? groups(sealed.bid.ciphertext.sha256).slice(0, 19) : "";
}

/** Whether the keys may be used; why not stands at the first step. */
function check() {
  const { terms, standing } = desk;
  try {
    desk.keys = checkKeys(standing, {
      tender: terms.tender,
      origin: terms.origin,
      pinned: [...(desk.record.pinned ?? []), ...pinned(terms.tender)],
    });
    keys.showFine(desk);
    return true;
  } catch (error) {
    desk.keys = null;
    keys.showWrong(desk, reason(error));
    return false;
  }
}

/** Ask how things stand now: a deadline may have moved, a colleague may have sent a bid. */
async function refresh() {
  let standing;
  try {
    standing = await get(desk.terms.urls.standing);
  } catch (error) {
    if (error instanceof SignedOut) signedOut();
    return;
  }
  const before = desk.standing;
  desk.standing = standing;
  if (standing.deadline !== before.deadline || standing.statements.length !== before.statements.length) {
    if (!check()) return go("keys");
    if (desk.record.pinned) await keys.pin(desk);
    const place = part(".seal-deadline [data-countdown]");
    place.dataset.countdown = standing.deadline;
    notice("info", t("The deadline has changed"), t("The committee has signed a new deadline; the page counts to it now."));
  }
  if (standing.state === "cancelled") {
    notice("warning", t("The tender has been cancelled"), t("A bid sent now is refused, with a receipt that says so."));
  }
}

function signedOut() {
  const link = document.createElement("a");
  link.href = `/accounts/login/?next=${encodeURIComponent(location.pathname)}`;
  link.target = "_blank";
  link.rel = "noopener";
  link.textContent = t("Sign in in a new tab");
  notice("warning", t("You are signed out"), t("Nothing is lost. Sign in again, then go on here."), [link]);
}

/** Back to the form; a sealed file that was not sent is thrown away, here and on the server. */
async function change() {
  const { sealed } = desk.record;
  if (sealed && !window.confirm(t("The sealed file is thrown away, and the offer is open again on this computer. Go on?"))) return;
  await upload.giveUp(desk);
  if (sealed) await desk.sealer.delete({ name: sealed.name });
  await desk.store.save({ sealed: null, uploaded: null, proved: false, recovered: false });
  go("offer");
}

function watchDeadline() {
  const left = Date.parse(desk.standing.deadline) - serverTime();
  if (left <= 0) {
    notice("error", t("The deadline has passed"), t("A bid sent now is refused. The refusal is a signed receipt."));
    return;
  }
  setTimeout(watchDeadline, Math.min(left + 100, UNCHANGED));
}

/** On somebody else's computer nothing is kept: closing the page would lose it. */
function askBeforeLeaving(event) {
  if (desk.step !== "keys" && !desk.store.isOwn && !desk.isDone) event.preventDefault();
}
