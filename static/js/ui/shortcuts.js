// Single keys for who works at one kind of page all morning. They are off until switched on, and
// off inside fields: a single letter must never do anything by accident (WCAG 2.1.4).

const KEPT = "lpse-single-keys";
const FIELDS = "input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]";

export function offerShortcuts() {
  const help = document.querySelector("[data-keys]");
  if (!help) return;
  const choice = help.querySelector("[data-keys-switch]");
  const list = help.querySelector("[data-keys-list]");
  const show = () => {
    list.hidden = !choice.checked;
  };
  choice.checked = kept();
  help.hidden = false;
  show();
  choice.addEventListener("change", () => {
    keep(choice.checked);
    show();
  });
  document.addEventListener("keydown", (event) => {
    if (!choice.checked || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (event.target.closest?.(FIELDS)) return;
    const target = targetOf(event.key.toLowerCase());
    if (!target) return;
    event.preventDefault();
    target.focus();
    if (!target.matches(FIELDS)) target.click();
  });
}

function targetOf(key) {
  if (key === "c") return document.querySelector("[type=search]");
  return /^[a-z]$/.test(key) ? document.querySelector(`[data-key="${key}"]`) : null;
}

function kept() {
  try {
    return localStorage.getItem(KEPT) === "on";
  } catch {
    return false; // a browser that keeps nothing
  }
}

function keep(isOn) {
  try {
    localStorage.setItem(KEPT, isOn ? "on" : "off");
  } catch {
    // It holds for this page then.
  }
}
