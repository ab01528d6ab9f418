// The bill of quantities: sums as the PPK types, and adds a line without a round trip. The
// server computes the same; without this script "Add a line" is an ordinary button.

import { amountText, parseAmount, sumUp } from "../bid/amounts.js";

const form = document.querySelector("[data-items]");
const rows = form.querySelector("[data-items-rows]");
const total = form.querySelector("#id_form-TOTAL_FORMS");
const part = (name) => form.querySelector(`[data-items-${name}]`);

/** "1.250,5" as "1250.5"; anything else is no volume yet. */
function volumeOf(text) {
  const bare = text.trim();
  if (!/^(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d{1,3})?$/.test(bare)) return null;
  return bare.replaceAll(".", "").replace(",", ".");
}

function lineOf(row) {
  const field = (name) => row.querySelector(`[name$="-${name}"]`);
  if (field("DELETE").checked) return null;
  const volume = volumeOf(field("volume").value);
  const { sen } = parseAmount(field("hps_unit_price").value);
  return volume === null || sen === undefined ? null : { volume, price: sen };
}

function show() {
  const lines = [];
  for (const row of rows.children) {
    const line = lineOf(row);
    row.classList.toggle("is-removed", row.querySelector('[name$="-DELETE"]').checked);
    const shown = row.querySelector("[data-items-line]");
    shown.value = line === null ? "" : `Rp ${amountText(sumUp([line], "0").subtotal)}`;
    if (line !== null) lines.push(line);
  }
  const sums = sumUp(lines, form.dataset.ppn);
  part("subtotal").value = `Rp ${amountText(sums.subtotal)}`;
  part("tax").value = `Rp ${amountText(sums.tax)}`;
  // The HPS is announced in whole rupiah.
  const hps = ((sums.total + 50n) / 100n) * 100n;
  part("total").value = `Rp ${amountText(hps)}`;
  part("over").hidden = hps <= BigInt(form.dataset.ceiling) * 100n;
  part("sum").hidden = false;
}

function addRow() {
  const number = Number(total.value);
  const row = part("template").content.firstElementChild.cloneNode(true);
  for (const element of row.querySelectorAll("[id], [name], [for]")) {
    for (const name of ["id", "name", "for"]) {
      const value = element.getAttribute(name);
      if (value) element.setAttribute(name, value.replace("__prefix__", number));
    }
  }
  rows.append(row);
  total.value = number + 1;
  row.querySelector("input").focus();
  show();
}

part("add").addEventListener("click", (event) => {
  event.preventDefault();
  addRow();
});
form.addEventListener("input", show);
form.addEventListener("change", show);
show();
