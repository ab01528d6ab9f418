"""A committee member at the pages of keys, signing and opening, in words of what is done there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from lpse.sealing import member_key
from registration.models import User
from tests.factories.committee import PASSPHRASE
from tests.flows.bidder import listen, sign_in

SLOW = 60_000  # milliseconds: scrypt is slow on purpose, and the machine of a test is shared


class MemberPages:
    def __init__(self, context: BrowserContext, user: User, address: str, folder: Path) -> None:
        sign_in(context, user, address)
        context.add_cookies([{"name": "django_language", "value": "en", "url": address}])
        self.page: Page = context.new_page()
        self.page.set_default_timeout(SLOW)
        self.heard = listen(self.page)
        self.user, self.address, self.folder = user, address, folder

    def leave(self) -> None:
        """Go away, so that no question of the page is under way when the test ends."""
        self.page.unroute_all()
        self.page.goto("about:blank")
        assert self.heard == []

    def part(self, name: str) -> Any:
        return self.page.locator(f"[data-part={name}]")

    # --- My keys ------------------------------------------------------------------------------

    def at_keys(self) -> MemberPages:
        self.page.goto(f"{self.address}/keys/")
        return self

    def make_keys(self) -> tuple[str, Path]:
        """The passphrase that was shown, and the backup file that was saved."""
        section = self.part("make")
        section.locator("[data-begin]").click()
        words = section.locator("[data-word]")
        expect(words).to_have_count(7)
        passphrase = " ".join(words.all_text_contents())
        field = section.locator("[data-passphrase]")
        field.focus()
        self.paste(passphrase)
        with self.page.expect_download() as download:
            section.locator("[type=submit]").click()
        path = self.folder / download.value.suggested_filename
        download.value.save_as(path)
        self.part("backup").wait_for()
        return passphrase, path

    def paste(self, text: str) -> None:
        """As the keyboard does it: a page that forbids pasting would fail here."""
        self.page.evaluate("text => navigator.clipboard.writeText(text)", text)
        self.page.keyboard.press("Control+V")

    def test_backup(self, path: Path, passphrase: str) -> None:
        form = self.part("backup").locator("[data-unlock]")
        form.locator("[data-key-file]").set_input_files(str(path))
        self.unlock(form, passphrase)

    def unlock(self, form: Any, passphrase: str = PASSPHRASE) -> None:
        form.locator("[data-passphrase]").fill(passphrase)
        form.locator("[type=submit]").click()

    # --- Signing ------------------------------------------------------------------------------

    def at_statement(self, code: str) -> MemberPages:
        self.page.goto(f"{self.address}/tenders/{code}/statement/")
        return self

    # --- Opening ------------------------------------------------------------------------------

    def at_opening(self, code: str) -> MemberPages:
        self.page.goto(f"{self.address}/tenders/{code}/opening/")
        return self

    def key_file(self, key: dict[str, Any]) -> Path:
        path = self.folder / f"{key['member']}.age"
        if not path.exists():
            path.write_bytes(member_key.wrap(key, PASSPHRASE))
        return path

    def open_shares(self, key: dict[str, Any]) -> None:
        form = self.part("unlock").locator("[data-unlock]")
        form.wait_for()
        form.locator("details > summary").click()
        form.locator("[data-key-file]").set_input_files(str(self.key_file(key)))
        self.unlock(form)
        self.part("decide").wait_for()

    def post_shares(self) -> None:
        with self.page.expect_navigation():
            self.part("decide").locator("[data-post]").click()
