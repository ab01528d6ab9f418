"""What the bidder's own browser finds out about a receipt, and what anybody's does."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from bidding.domain import receipt as receipts
from bidding.models import Bid, Receipt
from lpse.ledger.sequencer import sequence
from tests.factories.bidding import Bidder, a_bidder, an_announced_tender
from tests.factories.committee import a_closed_box
from tests.flows.bidder import listen, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# A receipt whose entry is not in the ledger yet has no proof there: the browser notes the 404.
NOT_YET = "status of 404"


@pytest.fixture
def bidder() -> Bidder:
    return a_bidder(an_announced_tender(closes_in=dt.timedelta(seconds=10)), "maju")


@pytest.fixture
def receipt(bidder: Bidder) -> Receipt:
    return bidder.seal().submit()


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    heard = listen(page)
    yield page
    assert [line for line in heard if NOT_YET not in line] == []


def check(page: Page, name: str, result: str) -> None:
    expect(page.locator(f"[data-check={name}][data-result={result}]")).to_be_visible(
        timeout=15_000
    )


def test_the_bid_is_found_in_the_ledger_and_in_the_closed_box(
    page: Page,
    context: BrowserContext,
    live_server: LiveServer,
    bidder: Bidder,
    receipt: Receipt,
) -> None:
    a_closed_box(bidder.made)
    sign_in(context, bidder.user, live_server.url)

    page.goto(f"{live_server.url}/bids/receipts/{receipt.code}/")

    for name in ("signature", "ledger", "box"):
        check(page, name, "ok")


def test_a_bid_that_was_left_out_of_the_box_is_missed_by_its_bidder(
    page: Page,
    context: BrowserContext,
    live_server: LiveServer,
    bidder: Bidder,
    receipt: Receipt,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rival = a_bidder(bidder.made).seal().submit().bid
    assert rival is not None
    only = Bid.objects.filter(pk=rival.pk).select_related("participation__provider")
    monkeypatch.setattr("bidding.domain.box._sent", lambda _tender: only)
    a_closed_box(bidder.made)
    sign_in(context, bidder.user, live_server.url)

    page.goto(f"{live_server.url}/bids/receipts/{receipt.code}/")

    check(page, "ledger", "ok")
    check(page, "box", "wrong")


def test_a_key_statement_seen_here_before_cannot_be_exchanged_under_a_receipt(
    page: Page,
    context: BrowserContext,
    live_server: LiveServer,
    bidder: Bidder,
    receipt: Receipt,
) -> None:
    """Under a forged statement the LPSE could show a forged ledger too."""
    tender = bidder.made.tender.code
    sign_in(context, bidder.user, live_server.url)
    page.goto(f"{live_server.url}/bids/receipts/{receipt.code}/")
    page.evaluate(
        "([name, seen]) => localStorage.setItem(name, JSON.stringify(seen))",
        [f"lpse:statements:{tender}", ["0" * 64]],
    )

    page.reload()

    check(page, "signature", "wrong")


# --- The public page ---------------------------------------------------------------------------


def saved(receipt: Receipt, folder: Path, **changes: Any) -> str:
    file = receipts.file_of(receipt)
    file["receipt"].update(changes)
    path = folder / f"{len(list(folder.iterdir()))}.json"
    path.write_text(json.dumps(file, indent=1))
    return str(path)


def test_anybody_can_check_the_file_without_handing_it_over(
    page: Page, live_server: LiveServer, receipt: Receipt, tmp_path: Path
) -> None:
    sequence()
    page.goto(f"{live_server.url}/receipts/{receipt.code}/")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))

    page.set_input_files("#receipt-file", saved(receipt, tmp_path))

    for name in ("signature", "same", "ledger"):
        check(page, name, "ok")
    expect(page.locator("[data-facts]")).to_contain_text(receipt.participation.tender.code)
    assert set(sent) == {"GET"}


def test_a_changed_receipt_is_found_out(
    page: Page, live_server: LiveServer, receipt: Receipt, tmp_path: Path
) -> None:
    page.goto(f"{live_server.url}/receipts/{receipt.code}/")

    page.set_input_files("#receipt-file", saved(receipt, tmp_path, outcome="refused"))

    check(page, "signature", "wrong")
    expect(page.locator("[data-facts]")).to_be_empty()


def test_the_receipt_of_another_bid_is_found_out(
    page: Page, live_server: LiveServer, bidder: Bidder, receipt: Receipt, tmp_path: Path
) -> None:
    other = a_bidder(bidder.made).seal().submit()
    page.goto(f"{live_server.url}/receipts/{receipt.code}/")

    page.set_input_files("#receipt-file", saved(other, tmp_path))

    check(page, "signature", "ok")
    check(page, "same", "wrong")


def test_another_file_is_no_receipt(page: Page, live_server: LiveServer, tmp_path: Path) -> None:
    page.goto(f"{live_server.url}/receipts/")
    path = tmp_path / "surat.json"
    path.write_text("Surat penawaran")

    page.set_input_files("#receipt-file", str(path))

    expect(page.locator("#receipt-error")).to_be_visible()
