"""The pages of the terms of use, and whom the question may hold back."""

from __future__ import annotations

import pytest
from django.urls import reverse

from registration.domain import terms as domain
from registration.models import Terms, TermsAcceptance
from tests.cast import Cast, Client
from tests.factories.bidding import a_bidder, an_announced_tender

pytestmark = [pytest.mark.django_db, pytest.mark.clause("P10(4)")]

ACCEPT = "/terms/accept/"
LANGUAGE = "django_language"


@pytest.fixture
def first() -> Terms:
    made = domain.ensure()
    assert made is not None
    return made


@pytest.mark.clause("P22(7)")
def test_anybody_reads_every_version_in_both_languages(
    cast: Cast, client: Client, first: Terms
) -> None:
    domain.publish(
        text_id="Isi baru.", text_en="New text.", changes="Singkat.", entities="", by=cast.lina
    )

    client.cookies[LANGUAGE] = "en"
    assert "New text." in client.get("/terms/").text
    client.cookies[LANGUAGE] = "id"
    assert "Isi baru." in client.get("/terms/").text
    old = client.get("/terms/1/").text
    assert "Pengamat dari LKPP" in old
    assert "Naskah ini adalah contoh" in old
    assert client.get("/terms/9/").status_code == 404


def test_the_text_of_the_terms_is_text(client: Client) -> None:
    domain.publish(text_id="<script>x</script>", text_en="-", changes="-", by=None)

    assert "<script>x" not in client.get("/terms/").text


def test_who_has_not_accepted_is_led_to_the_terms_and_back(
    cast: Cast, client: Client, first: Terms
) -> None:
    client.cookies[LANGUAGE] = "id"
    client.force_login(cast.maju)

    led = client.get("/home/?a=1")
    assert led["Location"] == f"{ACCEPT}?next=%2Fhome%2F%3Fa%3D1"
    assert "Naskah ini adalah contoh" in client.get(led["Location"]).text
    assert client.post(ACCEPT, {"version": 1}).status_code == 422
    done = client.post(ACCEPT, {"version": 1, "accepted": "on", "next": "/home/?a=1"})

    assert done["Location"] == "/home/?a=1"
    assert client.get("/home/").status_code == 200
    assert TermsAcceptance.objects.get().user == cast.maju


def test_another_version_than_the_one_that_was_read_is_not_accepted(
    cast: Cast, client: Client, first: Terms
) -> None:
    client.force_login(cast.maju)
    domain.publish(text_id="Isi.", text_en="Text.", changes="-", by=cast.lina)

    response = client.post(ACCEPT, {"version": 1, "accepted": "on"})

    assert response.status_code == 422
    assert not TermsAcceptance.objects.exists()


def test_the_way_back_leads_nowhere_else(cast: Cast, client: Client, first: Terms) -> None:
    client.force_login(cast.maju)

    response = client.post(
        ACCEPT, {"version": 1, "accepted": "on", "next": "https://elsewhere.example/"}
    )

    assert response["Location"] == "/home/"


def test_a_new_version_is_in_the_way_of_no_bid(cast: Cast, client: Client, first: Terms) -> None:
    """The attack: new terms twelve minutes before a deadline, for every bidder but one."""
    bidder = a_bidder(an_announced_tender(), "maju")
    code = {"code": bidder.made.tender.code}
    sealed = bidder.seal()
    client.force_login(bidder.user)

    assert client.get(reverse("bidding:bid", kwargs=code)).status_code == 200
    assert client.get(reverse("bidding:bid_standing", kwargs=code)).status_code == 200
    assert client.get(reverse("bidding:bids")).status_code == 200
    uploads = reverse("bidding:uploads", kwargs=code | {"envelope": "single"})
    begun = client.post(uploads, headers={"Tus-Resumable": "1.0.0", "Upload-Length": str(70_000)})
    assert begun.status_code == 201
    assert client.get(reverse("procurement:tender", kwargs=code)).status_code == 200
    sent = client.post(
        reverse("bidding:submit", kwargs=code | {"envelope": "single"}),
        {
            "upload": str(sealed.send_up().pk),
            "manifest": sealed.text,
            "signature": sealed.bid.signature,
            "shares": sealed.shares,
        },
        content_type="application/json",
    )
    assert sent.json()["file"]["receipt"]["outcome"] == "accepted"
    assert client.get("/home/")["Location"].startswith(ACCEPT)


def test_what_was_typed_is_not_lost_to_the_question(
    cast: Cast, client: Client, first: Terms
) -> None:
    client.force_login(cast.maju)

    assert client.post(reverse("account_language"), {"language": "en"})["Location"] == "/account/"
    assert client.get("/accounts/logout/").status_code == 200


def test_without_any_terms_nobody_is_asked(cast: Cast, client: Client) -> None:
    client.force_login(cast.maju)

    assert client.get("/home/").status_code == 200
    assert client.get(ACCEPT).status_code == 404
    assert client.get("/terms/").status_code == 200


def test_the_head_writes_the_next_version(cast: Cast, client: Client, first: Terms) -> None:
    domain.accept(cast.lina, first)
    client.force_login(cast.lina)
    where = reverse("terms_publish")
    assert first.text_id[:40] in client.get(where).text
    text = {"text_id": "Isi.", "text_en": "Text.", "changes": "Singkat.", "entities": "Konsultan"}

    assert client.post(where, text | {"text_en": ""}).status_code == 422
    assert client.post(where, text | {"in_force_from": "2020-01-01T00:00"}).status_code == 422
    assert client.post(where, text)["Location"] == "/terms/2/"

    assert "Konsultan" in client.get("/terms/").text


def test_what_is_kept_about_people_is_said_in_public(client: Client) -> None:
    page = client.get("/privacy/").text

    assert "UU 27/2022" in page
    assert "10 tahun" in page or "10 years" in page
