// Checks of a receipt that the reader's own browser makes.
//
//   mark(name, result, text)                               shows one result in the page
//   inLedger(receipt, {key}): Promise<{waits: true} | {index}>   asks the ledger for the proof

import { toHex } from "../sealing/bytes.js";
import { logEntry, verifyReceiptInLedger } from "../sealing/receipt.js";
import { part, sign } from "./page.js";

/** @param {string} name @param {"ok" | "wrong" | "waiting"} result @param {string} text */
export function mark(name, result, text) {
  const check = document.querySelector(`[data-check=${name}]`);
  if (check === null) return;
  check.dataset.result = result;
  part(".check-sign", check).replaceChildren(sign(result));
  part("[data-check-result]", check).textContent = text;
}

/** @param {import("../sealing/receipt.js").Receipt} receipt @param {{key: string}} ledger */
export async function inLedger(receipt, { key }) {
  const response = await fetch(`/ledger/proof/${toHex(logEntry(receipt))}.tlog-proof`, { cache: "no-store" });
  if (response.status === 404) return { waits: true };
  if (!response.ok) throw new Error(String(response.status));
  return verifyReceiptInLedger(receipt, await response.text(), { key });
}
