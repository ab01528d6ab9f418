// Checking a receipt that anybody holds. The file stays on the reader's computer; only the ledger
// is asked, for the proof that belongs to it.

import { given, part, say } from "../bid/page.js";
import { inLedger, mark } from "../bid/receipt_checks.js";
import { reason } from "../bid/reasons.js";
import { digestOf } from "../sealing/jcs.js";
import { verifyReceipt } from "../sealing/receipt.js";
import { instantText, t } from "../ui/text.js";

const LARGEST = 1024 * 1024;
const known = given("receipt-checks");
const input = part("#receipt-file");
const place = part("[data-drop]");

input.addEventListener("change", () => input.files[0] && check(input.files[0]));
for (const kind of ["dragenter", "dragover"]) {
  place.addEventListener(kind, (event) => {
    event.preventDefault();
    place.classList.add("is-over");
  });
}
for (const kind of ["dragleave", "drop"]) place.addEventListener(kind, () => place.classList.remove("is-over"));
place.addEventListener("drop", (event) => {
  event.preventDefault();
  const [file] = event.dataTransfer.files;
  if (file) check(file);
});

/** @param {File} file */
async function check(file) {
  const error = part("#receipt-error");
  say(error, "");
  part("[data-outcome]").hidden = true;
  let content;
  try {
    if (file.size > LARGEST) throw new Error("size");
    content = JSON.parse(await file.text());
  } catch {
    say(error, t("This file is not a receipt."));
    return;
  }
  part("[data-outcome]").hidden = false;
  part("[data-facts]").replaceChildren();
  let receipt;
  try {
    receipt = verifyReceipt(content, { key: known.key });
    mark("signature", "ok", t("valid"));
  } catch (problem) {
    mark("signature", "wrong", reason(problem));
    for (const name of ["same", "ledger"]) mark(name, "waiting", t("not looked at"));
    return;
  }
  showFacts(receipt);
  const isSame = known.digest === null || digestOf(receipt) === known.digest;
  if (known.digest === null) mark("same", "waiting", t("this page is of no receipt in particular"));
  else if (isSame) mark("same", "ok", t("the digests agree"));
  else mark("same", "wrong", t("it is another receipt"));
  await checkLedger(receipt);
}

async function checkLedger(receipt) {
  try {
    const found = await inLedger(receipt, { key: known.key });
    if ("waits" in found) mark("ledger", "waiting", t("not yet; promised within a minute"));
    else mark("ledger", "ok", t("entry {index}, checked with its proof", { index: found.index }));
  } catch (problem) {
    mark("ledger", "wrong", reason(problem));
  }
}

/** What the receipt says, read here and sent nowhere. */
function showFacts(receipt) {
  const { zoneName, zone } = part("[data-now]").dataset;
  const outcomes = { accepted: t("Accepted"), withdrawn: t("Withdrawn"), refused: t("Refused") };
  const facts = [
    [t("Outcome"), outcomes[receipt.outcome]],
    [t("Time"), `${instantText(Date.parse(receipt.at), zoneName)} ${zone}`],
    [t("Tender"), receipt.tender],
    [t("Bidder"), receipt.provider],
    [t("Version"), String(receipt.version || "–")],
    [t("Digest of the sealed file"), receipt.ciphertext.sha256],
  ];
  part("[data-facts]").replaceChildren(
    ...facts.map(([label, value]) => {
      const [box, term, text] = ["div", "dt", "dd"].map((tag) => document.createElement(tag));
      box.className = "fact";
      term.textContent = label;
      text.textContent = value;
      box.append(term, text);
      return box;
    }),
  );
}
