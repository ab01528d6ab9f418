"""What is offered: a firm joins, seals and sends."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import expect

from tests.story.person import PATIENCE, Person


@dataclass(frozen=True)
class Offer:
    prices: Sequence[str]
    papers: Mapping[str, Path]


def find_tender(bidder: Person, code: str, title: str) -> None:
    """As anybody finds it: by a word of its name."""
    bidder.visit("/tenders/")
    bidder.write(bidder.named("q"), title)
    bidder.look("tender-list")
    bidder.send("main form[role=search], main form", to="/tenders/")
    bidder.follow(f"/tenders/{code}/")
    bidder.look("tender")


def join(bidder: Person, code: str) -> None:
    """Accept the integrity pact."""
    bidder.follow(f"/tenders/{code}/join/")
    bidder.tick(bidder.named("integrity_pact"))
    bidder.look("join")
    bidder.send(to=f"/tenders/{code}/bid/")


def check_keys(bidder: Person) -> None:
    """Whose keys the bid is sealed to, checked by the bidder's own browser."""
    bidder.sees("[data-keys-fine]")
    bidder.look("bid-1-keys")
    bidder.send("[data-keys-form]")
    bidder.sees("[data-step=offer]")


def make_offer(bidder: Person, offer: Offer) -> None:
    for number, price in enumerate(offer.prices, start=1):
        bidder.write(bidder.at(f"#price-{number}"), price)
    for box in bidder.at("[data-statement]").all():
        bidder.tick(box)
    for place, path in offer.papers.items():
        bidder.attach(bidder.at(f"#slot-{place}"), path)
        expect(bidder.at(f"[data-slot={place}] .file-row-name")).to_have_text(path.name)
    bidder.look("bid-2-offer")
    bidder.send("[data-offer-form]")
    bidder.sees("[data-step=seal]")


def seal(bidder: Person) -> None:
    """Seal; the upload and the test that it can be opened follow by themselves."""
    bidder.look("bid-3-seal")
    bidder.press(bidder.at("[data-seal-now]"))
    bidder.sees("[data-step=proof] [data-next]")
    bidder.look("bid-5-proof")
    bidder.press(bidder.at("[data-step=proof] [data-next]"))
    bidder.sees("[data-step=recovery]")


def keep_recovery_key(bidder: Person, folder: Path) -> Path:
    kept = bidder.download(bidder.at("[data-download]"), folder)
    bidder.tick(bidder.at("#kept"))
    bidder.look("bid-6-recovery")
    bidder.send("[data-recovery-form]")
    bidder.sees("[data-step=send]")
    return kept


def send(bidder: Person, *, keep_offer: bool = False) -> str:
    """Send the sealed bid; the code of the receipt."""
    if keep_offer:
        bidder.tick(bidder.at("#keep"))
    bidder.look("bid-7-send")
    bidder.press(bidder.at("[data-send]"), to="/bids/receipts/*/")
    expect(bidder.at("[data-check=signature][data-result=ok]")).to_be_visible(timeout=PATIENCE)
    bidder.look("receipt")
    return _receipt_code(bidder)


def replace(bidder: Person, code: str, price: str, folder: Path) -> str:
    """Take the offer up again, change one price, seal it anew and send it."""
    bidder.visit("/bids/")
    bidder.look("bids")
    bidder.follow(f"/tenders/{code}/bid/")
    bidder.sees("[data-step=keys], [data-step=offer]")
    if bidder.at("[data-step=keys]").is_visible():
        check_keys(bidder)
    bidder.write(bidder.at("#price-1"), price)
    bidder.send("[data-offer-form]")
    bidder.sees("[data-step=seal]")
    seal(bidder)
    keep_recovery_key(bidder, folder)
    return send(bidder)


def fetch_receipt(bidder: Person, receipt: str, folder: Path) -> tuple[Path, Path]:
    """The receipt as JSON and as PDF."""
    bidder.visit(f"/bids/receipts/{receipt}/")
    kept = f"tanda-terima-{bidder.user_id}"
    json = bidder.at(f"main a[href$='/{receipt}/json/']")
    pdf = bidder.at(f"main a[href$='/{receipt}/pdf/']")
    return (
        bidder.download(json, folder, f"{kept}.json"),
        bidder.download(pdf, folder, f"{kept}.pdf"),
    )


def see_the_box(bidder: Person, receipt: str) -> None:
    """After the deadline: the own bid is in the closed box, before any price is known."""
    bidder.visit(f"/bids/receipts/{receipt}/")
    for check in ("signature", "ledger", "box"):
        expect(bidder.at(f"[data-check={check}][data-result=ok]")).to_be_visible(timeout=PATIENCE)
    bidder.look("receipt-in-the-box")


def _receipt_code(bidder: Person) -> str:
    found = re.search(r"/bids/receipts/([^/]+)/", bidder.page.url)
    if found is None:
        raise AssertionError(f"No receipt at {bidder.page.url}")
    return found[1]
