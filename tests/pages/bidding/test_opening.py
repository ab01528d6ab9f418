"""The opening's page and its answers: who gets what, and that it works by reload alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.urls import reverse

from bidding.models import Box, OpenedBid, SealedShare, ShareAct
from lpse.clock import database_now
from procurement.models import Tender, TenderState
from registration.domain import second_factor
from tests.cast import Client
from tests.factories.bidding import Announced, a_bidder, a_user, an_announced_tender
from tests.factories.committee import (
    a_closed_box,
    a_filled_box,
    a_member,
    an_act,
    post,
    sign_with,
    wait_for_deadline,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(client: Client) -> None:
    client.cookies["django_language"] = "en"


def url(name: str, made: Announced) -> str:
    return reverse(f"bidding:{name}", kwargs={"code": made.tender.code})


def send(client: Client, made: Announced, box: Box, name: str) -> Any:
    act, texts = an_act(made, box, name)
    body = {"act": act, "texts": texts, "signature": sign_with(made.keys[name], act)}
    client.force_login(a_user(name))
    return client.post(url("opening_post", made), body, content_type="application/json")


def test_the_page_follows_the_phases_without_any_script(client: Client) -> None:
    made, box, _sealed = a_filled_box(1)
    client.force_login(a_user("dewi"))
    assert "Shares are gathered" in client.get(url("opening", made)).text

    post(made, box, "budi")
    text = client.get(url("opening", made)).text
    assert "Posted" in text
    assert "As soon as 2 of 3 members have posted, all bids are opened together." in text

    client.cookies["django_language"] = "en"
    assert client.get(url("opening_progress", made)).json()["acted"] == {"value": 1, "total": 3}


def test_the_page_of_a_closed_tender_leads_its_committee_to_the_opening(client: Client) -> None:
    made, _box, _sealed = a_filled_box(1)
    assert url("opening", made) not in client.get(url("results", made)).text

    client.force_login(a_member("budi", made.tender.committee))

    assert url("opening", made) in client.get(url("results", made)).text


def test_only_this_page_and_its_likes_may_start_a_worker(client: Client) -> None:
    made, _box, _sealed = a_filled_box(1)
    client.force_login(a_user("budi"))

    assert "blob:" in client.get(url("opening", made))["Content-Security-Policy"]
    assert "blob:" not in client.get(url("results", made))["Content-Security-Policy"]


def test_a_member_is_given_the_own_shares_and_nobody_elses(client: Client) -> None:
    made, _box, _sealed = a_filled_box(2)
    client.force_login(a_user("budi"))

    answer = client.post(url("opening_data", made))

    theirs = SealedShare.objects.exclude(member__username="budi")
    given = [bid["sealed"] for bid in answer.json()["bids"]]
    assert len(given) == 2
    for share in theirs:
        assert share.commitment in answer.text  # the manifest names every commitment
        assert made.keys["budi"]["identity"] not in answer.text
    assert answer.json()["key"]["member"] == "budi"


@pytest.mark.parametrize("published", [False, True])
def test_nothing_is_given_before_the_closing_is_in_the_ledger(
    client: Client, *, published: bool
) -> None:
    made = an_announced_tender(closes_in=dt.timedelta(seconds=2))
    a_bidder(made).seal().submit()
    a_closed_box(made, published=published)
    client.force_login(a_user("budi"))

    answer = client.post(url("opening_data", made)).json()

    assert ("waits" in answer) is not published


def test_asking_after_the_deadline_closes_the_box(client: Client) -> None:
    made = an_announced_tender(closes_in=dt.timedelta(seconds=1))
    client.force_login(a_user("budi"))
    assert "waits" in client.post(url("opening_data", made)).json()
    assert not Box.objects.exists()

    wait_for_deadline(made)
    client.post(url("opening_data", made))

    assert Box.objects.get().tender == made.tender


def test_the_last_share_needed_opens_everything(
    client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    made, box, _sealed = a_filled_box(1)
    assert send(client, made, box, "budi").json() == {"posted": True}

    with django_capture_on_commit_callbacks(execute=True):
        send(client, made, box, "rina")

    assert OpenedBid.objects.get().outcome == "opened"
    assert "The opening is complete" in client.get(url("opening", made)).text


def test_a_refusal_is_an_answer_with_its_reason(client: Client) -> None:
    made, box, _sealed = a_filled_box(1)
    send(client, made, box, "budi")

    again = send(client, made, box, "budi")

    assert again.status_code == 409
    assert "already" in again.json()["refused"]


@pytest.mark.parametrize(
    "body", [{}, {"act": []}, {"act": {}, "texts": []}, {"act": {}, "texts": {}}]
)
def test_a_misshapen_act_is_refused(client: Client, body: dict[str, Any]) -> None:
    made, _box, _sealed = a_filled_box(1)
    client.force_login(a_user("budi"))

    answer = client.post(url("opening_post", made), body, content_type="application/json")

    assert answer.status_code == 409
    assert not ShareAct.objects.exists()


def test_who_is_not_named_sees_and_gets_nothing(client: Client) -> None:
    made, _box, _sealed = a_filled_box(1)
    client.force_login(a_user("eko"))

    assert client.get(url("opening", made)).status_code == 404
    assert client.get(url("opening_progress", made)).status_code == 404
    assert client.post(url("opening_data", made)).status_code == 403
    assert client.post(url("opening_post", made)).status_code == 403


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "page", ["opening", "opening_data", "opening_post", "opening_progress", "results"]
)
def test_a_former_member_who_is_named_opens_nothing_by_a_password_alone(
    client: Client, page: str, method: str
) -> None:
    """The office has ended, and with it what obliged its holder; the key still opens."""
    made, _box, _sealed = a_filled_box(1)
    budi = a_user("budi")
    budi.assignments.all().delete()
    assert not a_user("budi").offices
    client.force_login(budi, second_factor=False)

    answer = getattr(client, method)(url(page, made))

    assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_index"))
    assert not ShareAct.objects.exists()


def test_a_former_member_with_a_second_factor_opens_as_before(client: Client) -> None:
    made, _box, _sealed = a_filled_box(1)
    budi = a_user("budi")
    budi.assignments.all().delete()
    client.force_login(budi)

    assert client.get(url("opening", made)).status_code == 200
    assert client.post(url("opening_data", made)).status_code == 200


@pytest.mark.parametrize(
    ("states", "is_needed"),
    [
        ([], True),
        ([TenderState.CLOSED], True),
        ([TenderState.CLOSED, TenderState.OPENED], True),
        ([TenderState.CANCELLED], False),
    ],
)
def test_a_tender_obliges_whom_its_statement_names_and_nobody_else(
    states: list[TenderState], *, is_needed: bool
) -> None:
    made = an_announced_tender(members=("budi", "dewi", "rina"))
    for name in ("budi", "dewi"):
        a_user(name).assignments.all().delete()
    a_user("bud")
    for state in states:
        is_over = state == TenderState.CANCELLED
        cancelled_at = database_now() if is_over else None
        Tender.objects.filter(pk=made.tender.pk).update(state=state, cancelled_at=cancelled_at)

    assert second_factor.is_needed_by(a_user("budi")) == is_needed
    assert not second_factor.is_needed_by(a_user("bud"))
    totp = Authenticator.objects.create(
        user=a_user("dewi"), type=Authenticator.Type.TOTP, data={"secret": "none"}
    )
    assert get_adapter().can_delete_authenticator(totp) != is_needed
