// Step 2: price, validity, statements, files. What is typed and chosen is kept on this device as
// it comes; nothing is sent.

import { isFileName } from "../sealing/zip.js";
import { filesize } from "../ui/filesize.js";
import { t } from "../ui/text.js";
import { amountText } from "./amounts.js";
import { kindOf } from "./kind.js";
import { fileDoubts, freeName, readOffer, sums } from "./offer.js";
import { once, part, say, sign } from "./page.js";
import { offerPapers } from "./papers.js";
import { problemText } from "./reasons.js";
import { inWords } from "./words.js";

const A_MOMENT = 300;
const EMPTY = { prices: {}, validity: "", statements: [], files: [] };

const form = () => part("[data-offer-form]");
let waiting;
let isPressed = false;

/** What moves the page waits until the finger is up: else the click would miss its target. */
function afterClick(act) {
  if (isPressed) document.addEventListener("pointerup", () => setTimeout(act), { once: true });
  else act();
}

export function prepare(desk) {
  form().addEventListener("input", ({ target }) => {
    typed(desk);
    if (target.type === "checkbox") lookAgain(desk, target);
  });
  form().addEventListener("focusout", ({ target }) => {
    if (target.dataset?.price) tidy(target);
    if (target.hasAttribute?.("aria-invalid") || target.dataset?.price) {
      afterClick(() => lookAgain(desk, target));
    }
  });
  document.addEventListener("pointerdown", () => (isPressed = true));
  document.addEventListener("pointerup", () => (isPressed = false));
  for (const slot of document.querySelectorAll("[data-slot]")) {
    part("input[type=file]", slot).addEventListener("change", ({ target }) => chosen(desk, slot, target));
    offerPapers(slot, desk.terms.urls.papers, (files) => add(desk, slot, files));
  }
  form().addEventListener("submit", (event) => {
    event.preventDefault();
    once(part("button[type=submit]", form()), () => proceed(desk));
  });
}

export function enter(desk) {
  const draft = desk.record.draft ?? EMPTY;
  for (const input of document.querySelectorAll("[data-price]")) {
    input.value = draft.prices[input.dataset.price] ?? "";
  }
  part("#validity").value = draft.validity || String(desk.terms.validity_minimum);
  for (const box of document.querySelectorAll("[data-statement]")) {
    box.checked = draft.statements.includes(box.dataset.statement);
  }
  part("[data-kept]").textContent = desk.store.isOwn
    ? t("What you type is kept on this computer only. Nothing is sent before it is sealed.")
    : t("Nothing is kept on this computer. Closing the page loses what you typed.");
  showFiles(desk);
  showSums(desk);
}

/** The form as it stands. */
function draftOf(desk) {
  const prices = {};
  for (const { dataset, value } of document.querySelectorAll("[data-price]")) {
    if (value.trim() !== "") prices[dataset.price] = value;
  }
  const boxes = [...document.querySelectorAll("[data-statement]:checked")];
  return {
    prices,
    validity: part("#validity").value,
    statements: boxes.map(({ dataset }) => dataset.statement),
    files: desk.record.draft?.files ?? [],
  };
}

function typed(desk) {
  showSums(desk);
  clearTimeout(waiting);
  waiting = setTimeout(() => keep(desk), A_MOMENT);
}

/** What does not fit on the device stays in the page; the user is told. */
async function keep(desk, draft = draftOf(desk)) {
  clearTimeout(waiting);
  try {
    await desk.store.save({ draft });
  } catch {
    const light = { ...draft, files: draft.files.map((file) => ({ ...file, file: null })) };
    await desk.store.save({ draft: light }).catch(() => {});
    desk.record.draft = draft;
    part("[data-kept]").textContent = t("There is no room to keep the files on this computer. If the page is closed, choose them again.");
  }
}

/** A price is shown back the way it was understood. */
function tidy(input) {
  const read = sums({ ...EMPTY, prices: { 1: input.value } }, { items: [{ no: 1, volume: "1" }], tax_percent: "0" });
  if (read?.amounts[0] != null) input.value = amountText(read.amounts[0]).replace(/,00$/, "");
}

function showSums(desk) {
  const read = sums(draftOf(desk), desk.terms);
  for (const [at, { no }] of desk.terms.items.entries()) {
    const amount = read?.amounts[at];
    part(`[data-amount="${no}"]`).textContent = amount == null ? "–" : amountText(amount);
  }
  const shown = (sen) => (sen === undefined ? "–" : `Rp ${amountText(sen)}`);
  part("[data-subtotal]").textContent = shown(read?.subtotal);
  part("[data-tax]").textContent = shown(read?.tax);
  part("[data-total]").textContent = shown(read?.total);
  part("[data-total-words]").textContent = read?.isComplete ? inWords(read.total) : "";
  part("[data-above-hps]").hidden = !read || read.total <= BigInt(desk.terms.hps) * 100n;
}

// --- Files --------------------------------------------------------------------------------------

async function chosen(desk, slot, input) {
  const picked = [...input.files];
  const fine = add(desk, slot, picked);
  input.value = "";
  // Who has gone on to another field meanwhile is not called back.
  if ((await fine) && document.activeElement === document.body) input.focus();
}

/** Put files into their place; whether every one could be. */
async function add(desk, slot, added) {
  const picked = await Promise.all(
    added.map(async (file) => ({ file, size: file.size, kind: await kindOf(file) })),
  );
  // The list is read after the looking, which takes a moment: another place may have got a file.
  const files = [...draftOf(desk).files];
  const problems = [];
  for (const { file, size, kind } of picked) {
    const name = freeName(file.name.normalize("NFC"), files.map((other) => other.name));
    if (!isFileName(name)) problems.push({ code: "file:name", values: { name } });
    else files.push({ slot: slot.dataset.slot, name, size, kind, file });
  }
  const wrong = problems.map(problemText).join(" ");
  await keep(desk, { ...draftOf(desk), files });
  showFiles(desk);
  if (wrong) showError(`slot-${slot.dataset.slot}`, wrong);
  return wrong === "";
}

function showFiles(desk) {
  const { files } = desk.record.draft ?? EMPTY;
  const doubts = fileDoubts(files, desk.terms.slots);
  for (const slot of document.querySelectorAll("[data-slot]")) {
    const field = `slot-${slot.dataset.slot}`;
    const own = files.filter((file) => file.slot === slot.dataset.slot);
    part("[data-chosen]", slot).replaceChildren(...own.map((file) => fileLine(desk, file)));
    const words = doubts.filter((doubt) => doubt.field === field).map(problemText);
    say(part("[data-doubt]", slot), words.join(" "));
    const { kinds } = desk.terms.slots.find((terms) => terms.slot === slot.dataset.slot);
    const bad = own.filter(({ kind, size }) => size === 0 || !kinds.includes(kind));
    showError(field, bad.map(({ name, size }) => problemText({ code: size === 0 ? "file:empty" : "file:kind", values: { name } })).join(" "));
  }
}

function fileLine(desk, file) {
  const item = document.createElement("li");
  item.className = "file-row";
  const body = document.createElement("div");
  body.className = "file-row-body";
  const [name, meta] = [document.createElement("p"), document.createElement("p")];
  name.className = "file-row-name";
  name.textContent = file.name;
  meta.className = "file-row-meta";
  meta.textContent = filesize(file.size);
  body.append(name, meta);
  const remove = document.createElement("button");
  remove.type = "button";
  remove.className = "btn btn-quiet";
  remove.append(sign("trash"), t("Remove"));
  remove.setAttribute("aria-label", t("Remove {name}", { name: file.name }));
  remove.addEventListener("click", async () => {
    const files = desk.record.draft.files.filter((other) => other !== file);
    await keep(desk, { ...draftOf(desk), files });
    showFiles(desk);
    part(`#slot-${file.slot}`).focus();
  });
  item.append(sign("document"), body, remove);
  return item;
}

// --- What is wrong ------------------------------------------------------------------------------

async function proceed(desk) {
  await keep(desk);
  const draft = desk.record.draft;
  const { offer, problems = [] } = readOffer(draft, desk.terms);
  const total = draft.files.reduce((sum, { size }) => sum + size, 0);
  if (total > desk.terms.largest * 0.88) {
    problems.push({ field: "slot-technical", code: "file:large", values: { limit: filesize(desk.terms.largest) } });
  }
  for (const { slot, name, file } of draft.files) {
    if (!(await isThere(file))) problems.push({ field: `slot-${slot}`, code: "file:gone", values: { name } });
  }
  showProblems(problems);
  if (problems.length > 0) return;
  await desk.store.save({ offer });
  desk.go("seal");
}

/** A file may have been moved, changed or deleted since it was chosen. */
async function isThere(file) {
  if (!file) return false;
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

/** A field that was corrected says so at once; one that was not touched yet is left in peace. */
function lookAgain(desk, input) {
  const field = input.closest("[data-field]")?.dataset.field;
  const wasTyped = input.value.trim() !== "" && input.type !== "checkbox";
  if (field === undefined || !(input.hasAttribute("aria-invalid") || wasTyped)) return;
  const { problems = [] } = readOffer(draftOf(desk), desk.terms);
  showError(field, problems.filter((problem) => problem.field === field).map(problemText).join(" "));
}

function showProblems(problems) {
  const fields = [...document.querySelectorAll("[data-offer-form] [data-field]")];
  for (const { dataset } of fields) {
    const own = problems.filter(({ field }) => field === dataset.field);
    showError(dataset.field, own.map(problemText).join(" "));
  }
  const summary = part("[data-errors]");
  summary.hidden = problems.length === 0;
  part("ul", summary).replaceChildren(...problems.map(summaryLine));
  if (problems.length > 0) summary.focus();
}

/** A line of the summary goes with its error. */
function forgetProblem(field) {
  const summary = part("[data-errors]");
  for (const line of summary.querySelectorAll(`[data-of="${field}"]`)) line.remove();
  if (summary.querySelector("li") === null) summary.hidden = true;
}

function summaryLine(problem) {
  const [item, link] = [document.createElement("li"), document.createElement("a")];
  link.href = `#${problem.field}`;
  item.dataset.of = problem.field;
  link.textContent = `${labelOf(problem.field).replace(/\.$/, "")}: ${problemText(problem)}`;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    part(`#${problem.field}`).focus();
  });
  item.append(link);
  return item;
}

function labelOf(field) {
  const price = field.match(/^price-(\d+)$/);
  if (price) return part(`#item-${price[1]}`).textContent;
  const label = part(`label[for="${field}"]`);
  return (label.querySelector("[data-slot-name]") ?? label).textContent.trim();
}

function showError(field, text) {
  say(part(`#${field}-error`), text);
  if (text === "") forgetProblem(field);
  const place = part(`[data-field="${field}"]`);
  place.classList.toggle("has-errors", text !== "");
  const input = part(`#${field}`);
  if (text) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}
