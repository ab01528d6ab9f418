"""The sealing page and the small answers around it."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from bidding.models import Bid, BidState, Receipt
from lpse.clock import database_now
from lpse.templatetags.indonesia import tanggal_jam
from procurement.models import Item, Stage, StageCode
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
    bidder = a_bidder(made)
    client.force_login(bidder.user)
    return bidder


def submit(client: Client, bidder: Bidder, **changes: Any) -> Any:
    sealed = bidder.seal()
    body = {
        "upload": str(sealed.send_up().pk),
        "manifest": sealed.text,
        "signature": sealed.bid.signature,
        "shares": sealed.shares,
        **changes,
    }
    url = f"/submit/{bidder.made.tender.code}/single/"
    return client.post(url, json.dumps(body), content_type="application/json")


def page(client: Client, made: Announced) -> Any:
    return client.get(f"/tenders/{made.tender.code}/bid/")


def test_the_page_may_start_a_worker_from_a_blob_and_nothing_more(
    client: Client, bidder: Bidder, made: Announced
) -> None:
    policy = page(client, made)["Content-Security-Policy"]

    assert "worker-src 'self' blob:" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


def test_who_comes_before_bids_are_taken_is_told_from_when_on_they_are(
    client: Client, bidder: Bidder, made: Announced
) -> None:
    assert "Bids are not taken yet" not in page(client, made).text
    stage = Stage.objects.filter(tender=made.tender, code=StageCode.SUBMISSION)
    soon = made.tender.deadline - dt.timedelta(hours=1)
    stage.update(starts_at=soon)

    text = page(client, made).text

    assert "Bids are not taken yet" in text
    assert f"They are taken from {tanggal_jam(soon)}" in text


def test_the_secret_prices_of_the_estimate_are_not_on_the_page(
    client: Client, bidder: Bidder, made: Announced
) -> None:
    Item.objects.filter(tender=made.tender).update(hps_unit_price="7654321.09")

    for text in (
        page(client, made).text,
        client.get(f"/tenders/{made.tender.code}/bid/standing/").text,
    ):
        assert "7654321" not in text
        assert "7.654.321" not in text


def test_who_else_has_joined_or_sent_is_not_on_the_page(
    client: Client, bidder: Bidder, made: Announced
) -> None:
    rival = a_bidder(made, "jaya")
    rival.seal().submit()

    text = page(client, made).text + client.get(f"/tenders/{made.tender.code}/bid/standing/").text

    assert "jaya" not in text.lower()


def test_the_page_costs_the_same_for_one_line_and_for_many(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    costs = []
    for lines in (1, 30):
        made = an_announced_tender(items=lines)
        client.force_login(a_bidder(made).user)
        page(client, made)
        with django_assert_max_num_queries(40) as counted:
            page(client, made)
        costs.append(len(counted.captured_queries))
    assert costs[0] == costs[1]


def test_the_page_of_a_tender_that_another_firm_joined_does_not_show_its_bid(
    client: Client, made: Announced
) -> None:
    a_bidder(made)
    client.force_login(a_firm())

    assert page(client, made).status_code == 302
    assert client.get(f"/tenders/{made.tender.code}/bid/standing/").status_code == 404


def test_a_reader_of_the_firm_may_not_seal(
    client: Client, bidder: Bidder, made: Announced
) -> None:
    client.force_login(a_colleague(bidder.user, right=OfficerRight.READER))

    assert page(client, made).status_code == 403
    assert submit(client, bidder).status_code == 403


def test_standing_says_how_things_are_now(client: Client, bidder: Bidder, made: Announced) -> None:
    receipt = bidder.seal().submit()

    standing = client.get(f"/tenders/{made.tender.code}/bid/standing/").json()

    assert standing["bid"]["receipt"] == receipt.code
    assert standing["members"] == {"budi": "Budi", "dewi": "Dewi", "rina": "Rina"}
    assert standing["statements"][0]["statement"]["tender"] == made.tender.code
    assert standing["deadline"] == standing["statements"][0]["statement"]["deadline"]


def test_a_key_is_registered_by_its_browser(client: Client, made: Announced) -> None:
    bidder = a_bidder(made)
    client.force_login(bidder.user)
    url = f"/tenders/{made.tender.code}/bid/key/"

    good = client.post(
        url,
        {"public_key": "jqfe+4JHkdfyDAlZ3y2ydQbYZTBwqmZxSJq0gD4IoGw="},
        content_type="application/json",
    )
    bad = client.post(url, {"public_key": "x"}, content_type="application/json")

    assert (good.status_code, bad.status_code) == (200, 409)
    assert "refused" in bad.json()


def test_submit_answers_with_the_receipt(client: Client, bidder: Bidder) -> None:
    response = submit(client, bidder)

    receipt = Receipt.objects.get()
    assert response.status_code == 200
    assert response.json()["code"] == receipt.code
    assert response.json()["file"]["receipt"]["outcome"] == "accepted"


def test_submit_too_late_answers_with_a_receipt_too(
    client: Client, bidder: Bidder, made: Announced
) -> None:
    sealed = bidder.seal()
    uploaded = sealed.send_up()
    stage = Stage.objects.filter(tender=made.tender, code=StageCode.SUBMISSION)
    stage.update(ends_at=database_now())
    body = {
        "upload": str(uploaded.pk),
        "manifest": sealed.text,
        "signature": sealed.bid.signature,
        "shares": sealed.shares,
    }

    response = client.post(
        f"/submit/{made.tender.code}/single/", body, content_type="application/json"
    )

    assert response.status_code == 200
    assert response.json()["file"]["receipt"]["reason"] == "late"


@pytest.mark.parametrize(
    "changes",
    [
        {"upload": "x"},
        {"upload": None},
        {"manifest": "{}"},
        {"signature": "x"},
        {"shares": {}},
        {"shares": "x"},
        {"shares": None},
    ],
)
def test_submit_of_something_else_is_refused_with_the_reason(
    client: Client, bidder: Bidder, changes: dict[str, Any]
) -> None:
    response = submit(client, bidder, **changes)

    assert response.status_code == 409
    assert response.json()["refused"]
    assert not Bid.objects.exists()


def test_submit_to_another_envelope_is_refused(
    client: Client, bidder: Bidder, made: Announced
) -> None:
    sealed = bidder.seal()
    body = {
        "upload": str(sealed.send_up().pk),
        "manifest": sealed.text,
        "signature": sealed.bid.signature,
        "shares": sealed.shares,
    }

    response = client.post(
        f"/submit/{made.tender.code}/price/", body, content_type="application/json"
    )

    assert response.status_code == 409


def test_withdraw_ends_the_bid_and_leads_to_its_receipt(
    client: Client, bidder: Bidder, made: Announced
) -> None:
    bid = bidder.seal().submit().bid
    assert bid is not None

    response = client.post(f"/submit/{made.tender.code}/single/withdraw/", {"bid": bid.pk})

    bid.refresh_from_db()
    assert bid.state == BidState.WITHDRAWN
    assert response["Location"] == f"/bids/receipts/{Receipt.objects.last().code}/"  # type: ignore[union-attr]


def test_the_bid_of_another_firm_cannot_be_withdrawn(
    client: Client, bidder: Bidder, made: Announced
) -> None:
    theirs = a_bidder(made).seal().submit().bid
    assert theirs is not None

    response = client.post(f"/submit/{made.tender.code}/single/withdraw/", {"bid": theirs.pk})

    assert response.status_code == 404


def test_assemble_says_what_the_store_really_holds(client: Client, bidder: Bidder) -> None:
    sealed = bidder.seal()
    upload = sealed.send_up()

    response = client.post(f"/uploads/{upload.pk}/assemble/")
    back = client.get(f"/uploads/{upload.pk}/stored/")

    assert response.json() == sealed.bid.manifest["ciphertext"]
    assert b"".join(back.streaming_content) == sealed.path.read_bytes()  # type: ignore[attr-defined]


def test_what_a_rival_uploaded_can_neither_be_joined_nor_fetched(
    client: Client, bidder: Bidder, made: Announced
) -> None:
    theirs = a_bidder(made).seal().send_up()

    assert client.post(f"/uploads/{theirs.pk}/assemble/").status_code == 404
    assert client.get(f"/uploads/{theirs.pk}/stored/").status_code == 404


@pytest.mark.parametrize("body", ['{"manifest": "\\ud800"}', "[" * 100_000, "[]", "", "\xff"])
def test_what_is_no_json_object_is_refused_and_breaks_nothing(
    client: Client, bidder: Bidder, body: str
) -> None:
    url = f"/submit/{bidder.made.tender.code}/single/"

    response = client.post(url, body.encode("latin-1"), content_type="application/json")

    assert response.status_code == 409
    assert "JSON" in response.json()["refused"]
