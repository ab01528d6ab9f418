"""After the deadline: the committee opens the box, everybody reads, the minutes are sealed."""

from __future__ import annotations

from pathlib import Path

from tests.story.person import Person

ATTEMPTS = 60


def post_shares(member: Person, code: str, passphrase: str) -> None:
    """Unlock the own key; the browser checks every share before it signs and posts."""
    address = f"/tenders/{code}/opening/"
    member.visit(f"/tenders/{code}/workspace/")
    member.look("workspace-opening")
    member.follow(address)
    member.sees("[data-part=unlock]")
    member.look("opening")
    member.paste(member.at("[data-part=unlock] [data-passphrase]"), passphrase)
    member.send("[data-part=unlock] form")
    member.sees("[data-part=decide]")
    member.look("opening-decide")
    member.press(member.at("[data-post]"), to=address)


def see_opened(member: Person, code: str) -> None:
    """All bids open together; then prices and files are there to be read."""
    minutes = f"/tenders/{code}/minutes/"
    member.sees(f"main a[href='{minutes}']")
    member.look("opening-complete")
    member.visit(f"/tenders/{code}/")
    member.follow(f"/tenders/{code}/participants/")
    member.look("participants")
    member.follow(f"/tenders/{code}/results/")
    member.look("results")
    bids = member.at("main tbody").locator(f"a[href^='/tenders/{code}/results/']")
    member.press(bids.first, to=f"/tenders/{code}/results/*/")
    member.look("opened-bid")


def approve_minutes(member: Person, code: str) -> None:
    address = f"/tenders/{code}/minutes/"
    member.visit(f"/tenders/{code}/opening/")
    member.follow(address)
    member.look("minutes")
    member.send(f"main form[action='{address}approve/']", to=address)


def fetch_minutes(member: Person, code: str, folder: Path) -> Path:
    """The sealed minutes, as soon as they are sealed."""
    pdf = member.at("main a[href^='/minutes/'][href$='/pdf/']")
    for _attempt in range(ATTEMPTS):
        if pdf.count():
            break
        member.page.wait_for_timeout(500)
        member.visit(f"/tenders/{code}/minutes/")
    member.look("minutes-sealed")
    return member.fetch(pdf.first, folder / "berita-acara-pembukaan.pdf")
