"""A person at a browser of their own."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from playwright.sync_api import Browser, FileChooser, Locator, Page, ViewportSize, expect

WIDE = ViewportSize(width=1280, height=860)
PHONE = ViewportSize(width=360, height=780)
PATIENCE = 60_000  # milliseconds, on a busy machine
MOST_STOPS = 400  # of the keyboard on one page

HAS_FOCUS = "e => e === document.activeElement"


class Watch(Protocol):
    """Who looks over the person's shoulder: takes pictures, or checks every page."""

    def begins(self, person: Person) -> None:
        """Before the first page."""

    def sees(self, person: Person, name: str) -> None:
        """A page worth a look, under a name that is the same each time."""


class Person:
    """What one does at a desk: go, read, type, press.

    ``by_keyboard`` never touches the mouse: what the Tab key does not reach is an error.
    """

    def __init__(
        self,
        browser: Browser,
        address: str,
        user_id: str,
        watch: Watch,
        *,
        size: ViewportSize = WIDE,
        by_keyboard: bool = False,
    ) -> None:
        self.user_id = user_id
        self.address = address
        self.by_keyboard = by_keyboard
        self.size = size
        self.watch = watch
        self.context = browser.new_context(
            locale="id-ID",
            viewport=size,
            accept_downloads=True,
            permissions=["clipboard-read", "clipboard-write"],
        )
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        # Choosers of files come to the driver while somebody listens. If it began to listen at
        # each press only, the press could overtake that, and a chooser open that nobody sees.
        self.page.on("filechooser", _is_awaited_elsewhere)
        watch.begins(self)

    def leave(self) -> None:
        self.context.close()

    # --- Where ---------------------------------------------------------------------------------

    def sign_in(self) -> None:
        """By one click, as any sample person."""
        self.visit("/accounts/login/")
        self.press(self.at(f"form[action='/accounts/sample/{self.user_id}/'] button"), to="/home/")

    def visit(self, path: str) -> None:
        self.page.goto(self.address + path)

    def follow(self, path: str) -> None:
        """Press the link that leads to ``path``: in the page's content, else in the menu."""
        links = self.at(f"main a[href='{path}']").filter(visible=True)
        if not links.count():
            links = self.at(f".site-menu a[href='{path}']")
            if not links.first.is_visible():
                self.press(self.at(".menu-button"))
        self.press(links.first, to=path)

    def look(self, name: str) -> None:
        self.watch.sees(self, name)

    # --- What is on the page -------------------------------------------------------------------

    def at(self, selector: str) -> Locator:
        return self.page.locator(selector)

    def named(self, name: str) -> Locator:
        """The field of that name in the page's content."""
        return self.at(f"main [name='{name}']")

    def sees(self, selector: str) -> Locator:
        """Wait until it is there to be seen."""
        found = self.at(selector).filter(visible=True).first
        expect(found).to_be_visible(timeout=PATIENCE)
        return found

    # --- What one does -------------------------------------------------------------------------

    def press(self, what: Locator, *, to: str | None = None) -> None:
        """Press a button or follow a link; with ``to`` wait for the page of that path."""
        if to is None:
            self._press(what)
            return
        with self.page.expect_navigation(
            url=lambda url: fnmatch(urlsplit(url).path, to), timeout=PATIENCE
        ):
            self._press(what)

    def _press(self, what: Locator) -> None:
        if self.by_keyboard:
            self.reach(what)
            self.page.keyboard.press("Enter")
        else:
            what.click()

    def send(self, form: str = "main form", *, to: str | None = None) -> None:
        """Press the button that sends the form."""
        self.press(self.at(f"{form} button.btn-primary[type=submit]").last, to=to)

    def write(self, field: Locator, text: str) -> None:
        if self.by_keyboard:
            self.reach(field)
        field.fill(text)

    def paste(self, field: Locator, text: str) -> None:
        """From the clipboard: a field that refuses to take it is an error."""
        if self.by_keyboard:
            self.reach(field)
        else:
            field.click()
        self.page.evaluate("text => navigator.clipboard.writeText(text)", text)
        self.page.keyboard.press("ControlOrMeta+V")
        expect(field).to_have_value(text)

    def choose(self, field: Locator, value: str) -> None:
        if self.by_keyboard:
            self.reach(field)
        field.select_option(value)

    def tick(self, field: Locator) -> None:
        """A check box or a radio button."""
        if not self.by_keyboard:
            field.check()
        elif field.get_attribute("type") == "radio":
            self._tick_by_arrows(field)
        else:
            self.reach(field)
            self.page.keyboard.press("Space")
        expect(field).to_be_checked()

    def attach(self, field: Locator, *paths: Path) -> None:
        names = [str(path) for path in paths]
        if not self.by_keyboard:
            field.set_input_files(names)
            return
        self.reach(field)
        with self.page.expect_file_chooser() as chooser:
            self.page.keyboard.press("Space")
        chooser.value.set_files(names)

    def download(self, what: Locator, folder: Path, name: str = "") -> Path:
        """Press what gives a file, and keep the file."""
        with self.page.expect_download(timeout=PATIENCE) as coming:
            self.press(what)
        target = folder / (name or coming.value.suggested_filename)
        coming.value.save_as(target)
        return target

    def fetch(self, link: Locator, target: Path) -> Path:
        """Keep what a link shows in the browser, such as a PDF."""
        answer = self.context.request.get(self.address + (link.get_attribute("href") or ""))
        expect(answer).to_be_ok()
        target.write_bytes(answer.body())
        return target

    def reach(self, what: Locator) -> None:
        """Come to it by the Tab key alone."""
        expect(what).to_be_visible(timeout=PATIENCE)
        for _stop in range(MOST_STOPS):
            if what.evaluate(HAS_FOCUS):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"The keyboard does not reach {what} on {self.page.url}")

    def _tick_by_arrows(self, field: Locator) -> None:
        """A group of radio buttons is one stop of the keyboard; arrows go on from there."""
        name = field.get_attribute("name")
        group = self.at(f"main input[type=radio][name='{name}']")
        chosen = self.at(f"main input[type=radio][name='{name}']:checked")
        self.reach(chosen if chosen.count() else group.first)
        for _option in range(group.count()):
            if field.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Space")


def _is_awaited_elsewhere(_chooser: FileChooser) -> None:
    """``attach`` waits for it by name."""
