"""The browser's side of `make demo`; runs in ``.venv``, where the browser's driver is.

play.py <address of the LPSE> <its folder> <folder for what is left>
"""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Iterator
from email import message_from_string, policy
from pathlib import Path

from playwright.sync_api import Error, sync_playwright
from steps import Problem, main, step

from tests.story.person import PHONE, WIDE, Person
from tests.story.story import Story

SIZES = {"1280": WIDE, "360": PHONE}
BETWEEN_MAILS = "-" * 79
PATIENCE = 60  # seconds


class Camera:
    """Takes a picture of every page worth a look, as a desk and as a phone shows it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.taken: set[str] = set()

    def begins(self, person: Person) -> None:
        person.page.on("pageerror", lambda error: self._complain(person, str(error)))
        person.page.on(
            "console",
            lambda said: self._complain(person, said.text) if said.type == "error" else None,
        )

    def sees(self, person: Person, name: str) -> None:
        if name in self.taken:
            return
        self.taken.add(name)
        page = person.page
        for width, size in SIZES.items():
            page.set_viewport_size(size)
            path = self.folder / f"{len(self.taken):02}-{name}-{width}.png"
            page.screenshot(path=path, full_page=True)
        page.set_viewport_size(person.size)

    def _complain(self, person: Person, words: str) -> None:
        print(f"    ({person.user_id}'s browser: {words})", flush=True)


class Mail:
    """What an LPSE without a mail server has written down instead of sending it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def to(self, address: str, words: str) -> str:
        """The latest mail to ``address`` with ``words`` in it; it comes within seconds."""
        for _second in range(PATIENCE):
            for text in reversed(list(self._texts(address))):
                if words in text:
                    return text
            time.sleep(1)
        raise AssertionError(f"no mail to {address} with “{words}”")

    def _texts(self, address: str) -> Iterator[str]:
        for path in sorted(self.folder.glob("*"), key=lambda path: path.stat().st_mtime):
            for part in path.read_text(errors="replace").split(BETWEEN_MAILS):
                mail = message_from_string(part.lstrip(), policy=policy.default)
                if mail["To"] == address:
                    yield mail.get_body().get_content()  # type: ignore[union-attr]


def play() -> int:
    """Play the story; what went wrong is said in one line, and seen in a last picture."""
    address, home, result = sys.argv[1:]
    folder = Path(result)
    camera = Camera(folder / "screenshots")
    lines = (Path(home) / "sample-keys.txt").read_text().splitlines()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("LPSE_CHROMIUM"), args=["--no-sandbox"]
        )
        story = Story(
            browser=browser,
            address=address,
            passphrases=dict(line.split(": ", 1) for line in lines),
            folder=folder,
            watch=camera,
            step=step,
            mailbox=Mail(Path(home) / "mail").to,
        )
        try:
            story.play()
        except (Error, AssertionError) as error:
            (folder / "failure.txt").write_text("".join(traceback.format_exception(error)))
            raise Problem(
                str(error).split("\n", 1)[0],
                f"read {folder / 'failure.txt'}, look at failure-*.png",
            ) from error
        finally:
            browser.close()
    return 0


if __name__ == "__main__":
    main(play)
