// Step 1: the committee's keys are checked, and the user says whose computer this is.

import * as browser from "../committee/pinned.js";
import { groups } from "../sealing/bytes.js";
import { readRecovery } from "../sealing/recovery.js";
import { makeSigningKey, publicKey } from "../sealing/sign.js";
import { KeyRefused } from "../sealing/errors.js";
import { t } from "../ui/text.js";
import { checks, once, part, say, sign } from "./page.js";
import { reason } from "./reasons.js";
import { Refusal, SignedOut, Unreachable, post } from "./server.js";
import { openStore } from "./store.js";

export function prepare(desk) {
  const form = part("[data-keys-form]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    once(part("button", form), () => proceed(desk));
  });
}

export function enter(desk) {
  part("[data-other-key]").hidden = !needsOtherKey(desk);
  if (desk.record.pinned) part(`input[value=${desk.store.isOwn ? "own" : "foreign"}]`).checked = true;
}

/** @param {any} desk */
export function showFine(desk) {
  const { chain, signers, members } = desk.keys;
  const { k, n } = chain.latest;
  const list = checks(part("[data-key-checks]"));
  list.add(t("Signed by {signed} of {n} members: a majority.", { signed: signers.length, n })).ok();
  list.add(t("{k} of {n} members together can open the bid; one alone cannot.", { k, n })).ok();
  list.add(t("The deadline on this page is the one they have signed.")).ok();
  if (desk.record.pinned) list.add(t("The same keys as this computer saw before.")).ok();
  if (desk.terms.bundle !== chain.latest.bundle) {
    const text = t("The program in this page is a newer one than when the tender was announced.");
    list.add(text).wait();
  }
  part("[data-members]").replaceChildren(...members.map(memberLine));
  part("[data-fingerprint]").textContent = groups(chain.digest);
  part("[data-keys-fine]").hidden = false;
  part("[data-keys-form]").hidden = false;
}

/** @param {any} _desk @param {string} why */
export function showWrong(_desk, why) {
  const list = checks(part("[data-key-checks]"));
  list.add(why).wrong();
  list.add(t("Nothing can be sealed with these keys. Tell the LPSE and the committee.")).wrong();
  part("[data-keys-fine]").hidden = true;
  part("[data-keys-form]").hidden = true;
}

/**
 * Remember what was seen, so that other keys are noticed the next time. On the bidder's own
 * computer it outlives the bid: the page of the receipt compares with it too.
 */
export function pin(desk) {
  if (desk.store.isOwn) browser.pin(desk.terms.tender, desk.keys.chain);
  return desk.store.save({ pinned: [...desk.keys.chain.byDigest.keys()] });
}

/** @param {{name: string, member: string, hasSigned: boolean}} member */
function memberLine({ name, member, hasSigned }) {
  const item = document.createElement("li");
  const words = hasSigned
    ? t("{name} ({member}) has signed", { name, member })
    : t("{name} ({member}) has not signed; a majority is enough", { name, member });
  item.append(sign(hasSigned ? "ok" : "waiting"), words);
  return item;
}

/** The firm has a key for the tender, and this device does not know it. */
function needsOtherKey(desk) {
  const registered = desk.standing.tender_key;
  return registered !== null && desk.record.tenderKey?.key !== registered;
}

async function proceed(desk) {
  const own = part("input[value=own]").checked;
  if (own !== desk.store.isOwn) {
    const { record } = desk;
    if (!own) await desk.store.forget();
    desk.store = await openStore(desk.storeKey, { own });
    await desk.store.save(record);
  }
  const error = part("#old-recovery-error");
  say(error, "");
  try {
    const tenderKey = await keyOfThisDevice(desk);
    await desk.store.save({ tenderKey });
    await pin(desk);
    desk.go("offer");
  } catch (problem) {
    const isKnown = [KeyRefused, Refusal, SignedOut, Unreachable].some((kind) => problem instanceof kind);
    if (!isKnown) throw problem;
    part("[data-other-key]").hidden = false;
    say(error, reason(problem));
  }
}

/** The tender key this device has, one from a recovery key, or a new one that is registered now. */
async function keyOfThisDevice(desk) {
  const { tenderKey } = desk.record;
  const [file] = part("#old-recovery").files;
  if (file && needsOtherKey(desk)) {
    const { tender_seed: seed, tender } = await readRecovery(await file.text());
    if (tender !== desk.terms.tender || publicKey(seed) !== desk.standing.tender_key) {
      throw new KeyRefused("key:other", t("This recovery key does not belong to the key your firm registered last."));
    }
    return { seed, key: publicKey(seed) };
  }
  const made = tenderKey ?? makeSigningKey();
  if (made.key !== desk.standing.tender_key) {
    await desk.store.save({ tenderKey: made }); // first kept, then registered: never the other way
    const { public_key: registered } = await post(desk.terms.urls.key, { public_key: made.key });
    desk.standing.tender_key = registered;
  }
  return made;
}
