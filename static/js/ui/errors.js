// After a form came back: the summary of its errors takes the focus.

export function focusErrors() {
  document.querySelector("[data-error-summary]")?.focus();
}
