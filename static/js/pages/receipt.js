// The bidder's receipt: its signature, its place in the ledger, and the bid's place in the box are
// checked here, by the bidder's own browser.

import { given } from "../bid/page.js";
import { mark } from "../bid/receipt_checks.js";
import { reason } from "../bid/reasons.js";
import { get } from "../bid/server.js";
import { pinned } from "../committee/pinned.js";
import { verifyInBox } from "../sealing/box.js";
import { verifyChain } from "../sealing/chain.js";
import { manifestDigest } from "../sealing/manifest.js";
import { verifyBoxClosed } from "../sealing/opening.js";
import { verifyReceipt, verifyReceiptInLedger } from "../sealing/receipt.js";
import { serverTime } from "../ui/server_time.js";
import { t } from "../ui/text.js";

const ASK_AGAIN = 10_000;
const { file, manifest, versions, tender, origin } = given("receipt-checks");

/** @type {import("../sealing/chain.js").Chain} */
let chain;
try {
  chain = verifyChain(versions, { tender, lpse: origin, pinned: pinned(tender) });
  verifyReceipt(file, { key: chain.first.log_key, manifest: manifest ?? undefined, chain });
  mark("signature", "ok", t("valid"));
  ask();
} catch (error) {
  mark("signature", "wrong", reason(error));
}

/** What the LPSE promised comes later: until it is there the page asks again. */
async function ask() {
  try {
    const { proof, box } = await get("standing/");
    const isThere = checkLedger(proof);
    const isIn = manifest === null || checkBox(box);
    if (isThere && isIn) return;
  } catch (error) {
    mark("ledger", "waiting", reason(error));
  }
  setTimeout(ask, ASK_AGAIN);
}

/** @param {string | null} proof */
function checkLedger(proof) {
  if (proof === null) {
    const isDue = serverTime() > Date.parse(file.receipt.log.promise);
    const late = t("not yet, though it was promised by now");
    mark("ledger", isDue ? "wrong" : "waiting", isDue ? late : t("not yet; promised within a minute"));
    return false;
  }
  try {
    const { index } = verifyReceiptInLedger(file.receipt, proof, { key: chain.first.log_key });
    mark("ledger", "ok", t("entry {index}, checked with its proof", { index }));
  } catch (error) {
    mark("ledger", "wrong", reason(error));
  }
  return true;
}

/** @param {{closing: any, inclusion: any} | null} box */
function checkBox(box) {
  if (box === null || box.closing.proof === null) {
    mark("box", "waiting", box === null ? t("the box is still open") : t("the closing is not in the ledger yet"));
    return false;
  }
  try {
    const closed = verifyBoxClosed({ ...box.closing, chain, origin });
    const isEnded = document.querySelector("[data-ended]") !== null;
    if (box.inclusion === null && isEnded) {
      mark("box", "waiting", t("no: the LPSE says that your firm replaced or withdrew it. If that is not so, this receipt proves it."));
      return true;
    }
    if (box.inclusion?.digest !== manifestDigest(manifest)) throw new Error(t("The bid is not in the closed box."));
    verifyInBox(box.inclusion, closed);
    mark("box", "ok", t("one of {count}, checked with its proof", { count: closed.count }));
  } catch (error) {
    mark("box", "wrong", reason(error));
  }
  return true;
}
