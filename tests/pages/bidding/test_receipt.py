"""Receipts: for the firm whose they are, and the public page that tells nothing of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bidding.models import Receipt
from lpse.ledger import sequencer
from lpse.sealing import receipt as sealing_receipt
from registration.models import OfficerRight
from tests.cast import Client
from tests.factories.bidding import (
    Announced,
    Bidder,
    a_bidder,
    a_colleague,
    a_firm,
    an_announced_tender,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> Announced:
    return an_announced_tender()


@pytest.fixture
def bidder(made: Announced, client: Client) -> Bidder:
    bidder = a_bidder(made, "maju")
    client.force_login(bidder.user)
    return bidder


@pytest.fixture
def receipt(bidder: Bidder) -> Receipt:
    return bidder.seal().submit()


def url(receipt: Receipt, what: str = "") -> str:
    return f"/bids/receipts/{receipt.code}/{what}"


def test_the_receipt_reads_like_a_document(client: Client, receipt: Receipt) -> None:
    text = client.get(url(receipt)).text

    assert "PT Maju Contoh" in text
    assert receipt.participation.tender.title in text
    assert "pages/receipt" in text


def test_the_json_is_the_signed_receipt(client: Client, receipt: Receipt) -> None:
    response = client.get(url(receipt, "json/"))

    file = json.loads(response.content)
    assert sealing_receipt.verify(file, key=file["key"])["manifest"] == receipt.manifest_digest
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["Cache-Control"] == "private, no-store"


def test_the_pdf_is_a_download(client: Client, receipt: Receipt) -> None:
    response = client.get(url(receipt, "pdf/"))

    assert response["Content-Type"] == "application/pdf"
    assert b"".join(response.streaming_content).startswith(b"%PDF-")  # type: ignore[attr-defined]


def test_the_proof_is_there_once_the_ledger_is_published(client: Client, receipt: Receipt) -> None:
    assert client.get(url(receipt, "receipt.tlog-proof")).status_code == 404
    assert client.get(url(receipt, "standing/")).json() == {"proof": None, "box": None}

    sequencer.sequence()

    proof = client.get(url(receipt, "receipt.tlog-proof")).text
    assert proof.startswith("c2sp.org/tlog-proof@v1\n")
    assert client.get(url(receipt, "standing/")).json()["proof"] == proof


@pytest.mark.parametrize("what", ["", "json/", "pdf/", "receipt.tlog-proof", "standing/"])
def test_the_receipt_of_another_firm_does_not_exist(
    client: Client, receipt: Receipt, made: Announced, what: str
) -> None:
    for user in (a_bidder(made).user, a_firm(), made.tender.ppk):
        client.force_login(user)
        assert client.get(url(receipt, what)).status_code == 404


def test_a_reader_of_the_firm_may_read_its_receipt(
    client: Client, bidder: Bidder, receipt: Receipt
) -> None:
    client.force_login(a_colleague(bidder.user, right=OfficerRight.READER))

    assert client.get(url(receipt)).status_code == 200


# --- The public page ---------------------------------------------------------------------------


def test_anybody_sees_that_the_receipt_was_issued_and_nothing_of_whose_it_is(
    client: Client, receipt: Receipt
) -> None:
    client.logout()

    # The scripts' words, behind the content, know of outcomes; the page knows of none.
    text = client.get(f"/receipts/{receipt.code}/").text.partition('<script id="messages"')[0]

    assert receipt.participation.provider.name not in text
    assert receipt.participation.provider.code not in text
    assert receipt.participation.tender.code not in text
    assert receipt.participation.tender.title not in text
    assert receipt.manifest_digest not in text
    assert "accepted" not in text.lower()
    assert sealing_receipt.log_entry(json.loads(receipt.body)).hex() not in text


def test_a_number_that_was_never_issued_is_404(client: Client) -> None:
    assert client.get("/receipts/0123456789abcdef/").status_code == 404


def test_the_page_without_a_number_only_takes_a_file(client: Client) -> None:
    assert client.get("/receipts/").status_code == 200


def test_a_receipt_whose_signature_does_not_hold_is_said_to_be_false(
    client: Client, receipt: Receipt, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it is after somebody changed the row behind the application."""
    forged = Receipt(
        participation=receipt.participation,
        outcome=receipt.outcome,
        manifest_digest="0" * 64,
        body=receipt.body.replace("accepted", "refused"),
        signature=receipt.signature,
        code="f" * 16,
        issued_at=receipt.issued_at,
    )
    forged.save(force_insert=True)

    assert "shield-check" not in client.get(f"/receipts/{forged.code}/").text.split("<main")[1]


# --- My bids -----------------------------------------------------------------------------------


def test_my_bids_shows_the_own_firm_only(client: Client, made: Announced, bidder: Bidder) -> None:
    rival = a_bidder(made, "jaya")
    rival.seal().submit()
    bidder.seal().submit()

    text = client.get("/bids/").text

    assert made.tender.title in text
    assert text.count("data-envelope=") == 1
    assert "jaya" not in text.lower()


def test_my_bids_costs_the_same_for_one_tender_and_for_three(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    user = a_firm()
    client.force_login(user)
    costs = []
    for joined in (1, 3):
        while user.officer_of.get().provider.participations.count() < joined:
            made = an_announced_tender()
            client.post(f"/tenders/{made.tender.code}/join/", {"integrity_pact": "on"})
        client.get("/bids/")
        with django_assert_max_num_queries(30) as counted:
            client.get("/bids/")
        costs.append(len(counted.captured_queries))
    assert costs[0] == costs[1]


def test_my_bids_is_for_firms(client: Client, made: Announced) -> None:
    client.force_login(made.tender.ppk)

    assert client.get("/bids/").status_code == 403
