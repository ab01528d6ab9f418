// The bidder's receipt: its signature, its place in the ledger, and the bid's place in the box are
// checked here, by the bidder's own browser.

import { given } from "../bid/page.js";
import { inLedger, mark } from "../bid/receipt_checks.js";
import { reason } from "../bid/reasons.js";
import { Refusal, get } from "../bid/server.js";
import { verifyBoxClosed } from "../sealing/opening.js";
import { verifyInBox } from "../sealing/box.js";
import { verifyChain } from "../sealing/chain.js";
import { manifestDigest } from "../sealing/manifest.js";
import { verifyReceipt } from "../sealing/receipt.js";
import { t } from "../ui/text.js";

const ASK_AGAIN = 10_000;
const { file, manifest, versions, tender, origin } = given("receipt-checks");

/** @type {import("../sealing/chain.js").Chain} */
let chain;
try {
  chain = verifyChain(versions, { tender, lpse: origin });
  verifyReceipt(file, { key: chain.first.log_key, manifest: manifest ?? undefined, chain });
  mark("signature", "ok", t("valid"));
  await Promise.all([checkLedger(), checkBox()]);
} catch (error) {
  mark("signature", "wrong", reason(error));
}

/** The LPSE promised it within a minute; until then the page asks again. */
async function checkLedger() {
  try {
    const found = await inLedger(file.receipt, { key: chain.first.log_key });
    if (!("waits" in found)) {
      mark("ledger", "ok", t("entry {index}, checked with its proof", { index: found.index }));
      return;
    }
    const isDue = Date.now() > Date.parse(file.receipt.log.promise);
    mark("ledger", "waiting", isDue ? t("not yet, though it was promised by now") : t("not yet; promised within a minute"));
    setTimeout(checkLedger, ASK_AGAIN);
  } catch (error) {
    mark("ledger", "wrong", reason(error));
  }
}

async function checkBox() {
  if (manifest === null) return;
  try {
    const { closing, inclusion } = await get("box/");
    if (closing.proof === null) {
      mark("box", "waiting", t("the closing is not in the ledger yet"));
      setTimeout(checkBox, ASK_AGAIN);
      return;
    }
    const box = verifyBoxClosed({ ...closing, chain, origin });
    if (inclusion === null) {
      const isEnded = document.querySelector("[data-ended]") !== null;
      mark("box", isEnded ? "waiting" : "wrong", t("this version is not in the box"));
      return;
    }
    if (inclusion.digest !== manifestDigest(manifest)) throw new Error(t("the proof is of another bid"));
    verifyInBox(inclusion, box);
    mark("box", "ok", t("one of {count}, checked with its proof", { count: inclusion.size }));
  } catch (error) {
    if (error instanceof Refusal) mark("box", "waiting", t("the box is still open"));
    else mark("box", "wrong", reason(error));
  }
}
