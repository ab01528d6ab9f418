"""A strict eye on every page of a story: what axe sees, what it cannot, what the browser says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, ViewportSize

from tests.story.person import PHONE, Person

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
LOW = ViewportSize(width=1280, height=480)  # a sticky head hides most where there is little room
MOST_STOPS = 400

# axe reads style sheets and measures with an inline style, which the policy of the page forbids.
RUN_AXE = "() => axe.run({preload: false, resultTypes: ['violations']})"

# WCAG 2.5.8, with its exception for targets in a line of text and for the fields of labels.
SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, summary, input, select")]
  .filter((e) => getComputedStyle(e).display !== "inline" && e.type !== "hidden")
  .filter((e) => !(e.labels && e.labels.length))
  .map((e) => [e.getBoundingClientRect(), e.outerHTML.slice(0, 120)])
  .filter(([r]) => r.width && (r.width < 24 || r.height < 24))
  .map(([, html]) => html)"""

# Where the focus is now: nothing when it is nowhere, else whether a reader can see it.
FOCUS = """() => {
  const e = document.activeElement;
  if (!e || e === document.body || e === document.documentElement) return null;
  const html = e.outerHTML.slice(0, 120);
  const style = getComputedStyle(e);
  const box = e.getBoundingClientRect();
  const marked = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  const x = box.left + Math.min(box.width / 2, 20), y = box.top + box.height / 2;
  const top = document.elementFromPoint(x, y);
  const own = [e, e.closest("label")].some((part) => part?.contains(top) || top?.contains(part));
  const covered = Boolean(top) && !own;
  const fault = !marked ? "the focus is not marked: " : covered ? "the focus is covered: " : "";
  return fault ? fault + html : "";
}"""

RECORD_VIOLATIONS = """
globalThis.__violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  globalThis.__violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));
"""


class Eyes:
    """Notes every fault with the page it is on; each page is looked at once under its name."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.seen: set[str] = set()
        self._is_testing = False

    def begins(self, person: Person) -> None:
        person.context.add_init_script(RECORD_VIOLATIONS)
        person.page.on("console", lambda said: self._hear(person, said))
        person.page.on("pageerror", lambda error: self._note(person, f"script: {error}"))

    def sees(self, person: Person, name: str) -> None:
        violations = person.page.evaluate("globalThis.__violations")
        self.faults += [f"{name}: policy: {violation}" for violation in violations]
        if name in self.seen:
            return
        self.seen.add(name)
        faults = [f"axe: {fault}" for fault in self._axe(person)]
        faults += self._on_a_phone(person)
        faults += self._by_keyboard(person)
        person.page.set_viewport_size(person.size)
        self.faults += [f"{name}: {fault}" for fault in faults]

    # --- The checks ----------------------------------------------------------------------------

    def _axe(self, person: Person) -> list[str]:
        page = person.page
        self._is_testing = True
        page.evaluate(AXE.read_text())
        found: dict[str, Any] = page.evaluate(RUN_AXE)
        page.evaluate("globalThis.__violations = []")
        self._is_testing = False
        return [
            f"{violation['id']}: {node['html'][:160]}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    def _on_a_phone(self, person: Person) -> list[str]:
        page = person.page
        page.set_viewport_size(PHONE)
        width = page.evaluate("document.documentElement.scrollWidth")
        wide = [f"scrolls sideways: {width} of 360 px"] if width > PHONE["width"] else []
        return wide + [f"small target: {html}" for html in page.evaluate(SMALL_TARGETS)]

    def _by_keyboard(self, person: Person) -> list[str]:
        """Go once through the page with the Tab key, where a sticky head would hide most."""
        page = person.page
        page.set_viewport_size(LOW)
        page.evaluate("() => { document.activeElement?.blur(); window.scrollTo(0, 0); }")
        faults = []
        for _stop in range(MOST_STOPS):
            page.keyboard.press("Tab")
            fault = page.evaluate(FOCUS)
            if fault is None:
                break
            if fault:
                faults.append(fault)
        return sorted(set(faults))

    # --- What the browser says -----------------------------------------------------------------

    def _hear(self, person: Person, said: ConsoleMessage) -> None:
        if not self._is_testing and said.type in {"error", "warning"}:
            self._note(person, f"console: {said.text}")

    def _note(self, person: Person, fault: str) -> None:
        self.faults.append(f"{person.user_id} at {person.page.url}: {fault}")
