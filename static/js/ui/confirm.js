// A question that was opened by mistake closes with Escape and gives the focus back.

export function closeWithEscape() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const question = event.target.closest?.("[data-confirm][open]");
    if (!question) return;
    question.open = false;
    question.querySelector("summary").focus();
  });
}
