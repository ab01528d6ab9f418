// Step 7: Kirim. A small request that can be repeated; only its receipt makes the bid sent.

import { canonical } from "../sealing/jcs.js";
import { toBase64 } from "../sealing/bytes.js";
import { StatementRefused } from "../sealing/errors.js";
import { verifyReceipt } from "../sealing/receipt.js";
import { instantText, t } from "../ui/text.js";
import { notice, once, part, say } from "./page.js";
import { reason } from "./reasons.js";
import { Unreachable, post } from "./server.js";
import { showSummary } from "./summary.js";

const LONGEST_PAUSE = 10;

export function prepare(desk) {
  const button = part("[data-send]");
  button.addEventListener("click", () => once(button, () => send(desk)));
}

export function enter(desk) {
  showSummary(desk, part("[data-step=send]"));
  say(part("[data-send-error]"), "");
  part("[data-send-line]").textContent = "";
  part("[data-keep]").hidden = !desk.store.isOwn;
  const { bid } = desk.standing;
  const line = part("[data-replaces]");
  line.hidden = bid === null;
  if (bid !== null) {
    const { zoneName } = part("[data-now]").dataset;
    line.textContent = t("This replaces version {version} of {at}. What was stored of it is destroyed.", {
      version: bid.version,
      at: instantText(Date.parse(bid.at), zoneName),
    });
  }
}

async function send(desk) {
  const error = part("[data-send-error]");
  say(error, "");
  try {
    const answer = await untilAnswered(desk.terms.urls.submit, submissionOf(desk.record));
    const receipt = await checked(desk, answer.file);
    await finish(desk);
    document.body.dataset.outcome = receipt.outcome;
    location.assign(`${desk.terms.urls.receipts}${answer.code}/`);
  } catch (problem) {
    part("[data-send-line]").textContent = "";
    say(error, reason(problem));
  }
}

function submissionOf({ sealed, uploaded }) {
  const { manifest, signature, shares } = sealed.bid;
  return {
    upload: uploaded.id,
    manifest: canonical(manifest),
    signature,
    shares: Object.fromEntries(shares.map(({ member, sealed: bytes }) => [member, toBase64(bytes)])),
  };
}

/** Asked again, the server gives the same receipt: so it is asked until it answers. */
async function untilAnswered(url, submission) {
  const line = part("[data-send-line]");
  for (let seconds = 1; ; seconds = Math.min(seconds * 2, LONGEST_PAUSE)) {
    line.textContent = t("Sending …");
    try {
      return await post(url, submission);
    } catch (problem) {
      if (!(problem instanceof Unreachable)) throw problem;
      line.textContent = t("No answer yet. The page asks again by itself; asking twice does no harm.");
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
  }
}

/** The receipt is believed when it is signed with the key that the committee signed for. */
async function checked(desk, file) {
  const { manifest } = desk.record.sealed.bid;
  const verify = () => {
    const { chain } = desk.keys;
    return verifyReceipt(file, { key: chain.first.log_key, manifest, chain });
  };
  try {
    return verify();
  } catch (first) {
    await desk.refresh(); // the deadline may have moved since the page last asked
    if (desk.keys === null) throw new StatementRefused("statement:changed", reason(first));
    try {
      return verify();
    } catch (problem) {
      offerFile(file);
      throw problem;
    }
  }
}

/** A receipt that does not hold is evidence: the user keeps it. */
function offerFile(file) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(file, null, 1)], { type: "application/json" }));
  link.download = "receipt.json";
  link.textContent = t("Save what the server answered");
  notice("error", t("The receipt does not hold"), t("Keep the answer and show it to the LPSE and the committee."), [link]);
}

/** What is on the device is deleted, except on wish. */
async function finish(desk) {
  desk.isDone = true;
  await desk.sealer.delete({ name: desk.record.sealed.name }).catch(() => {});
  if (desk.store.isOwn && part("#keep").checked) {
    const { draft, tenderKey, pinned } = desk.record;
    await desk.store.forget();
    await desk.store.save({ draft, tenderKey, pinned });
  } else {
    await desk.store.forget();
  }
}
