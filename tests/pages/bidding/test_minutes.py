"""The minutes on their pages: read and approved by the committee, then public."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from bidding.domain import decryption
from bidding.domain import minutes as domain
from bidding.models import Minutes, MinutesApproval, Opening
from lpse.sealing import pdf_seal
from tests.cast import Client
from tests.factories.bidding import Announced, a_user
from tests.factories.committee import a_filled_box, post

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(client: Client) -> None:
    client.cookies["django_language"] = "en"


@pytest.fixture
def made() -> Announced:
    made, box, _sealed = a_filled_box(1)
    post(made, box, "budi")
    post(made, box, "rina")
    decryption.open_all(Opening.objects.get(box=box))
    return made


def url(name: str, made: Announced) -> str:
    return reverse(f"bidding:{name}", kwargs={"code": made.tender.code})


def approve(client: Client, made: Announced, name: str, **data: Any) -> Any:
    client.force_login(a_user(name))
    seen = domain.digest(Minutes.objects.get())
    return client.post(url("minutes_approve", made), {"seen": seen, **data})


def test_the_page_tells_the_day_in_words_and_who_posted_what(
    client: Client, made: Announced
) -> None:
    client.force_login(a_user("dewi"))

    text = client.get(url("minutes", made)).text

    assert " tanggal " in text
    assert " bulan " in text
    assert "Posted nothing:" in text
    assert "Rp 1.000.000,00" in text


def test_remarks_are_written_until_the_first_approval(client: Client, made: Announced) -> None:
    client.force_login(a_user("budi"))
    client.post(url("minutes", made), {"remarks": "Listrik padam."})
    assert Minutes.objects.get().remarks == "Listrik padam."
    approve(client, made, "rina")

    response = client.post(url("minutes", made), {"remarks": "Lain."})

    assert response.status_code == 422
    assert Minutes.objects.get().remarks == "Listrik padam."


def test_two_approvals_seal_the_minutes_which_anybody_then_reads(
    client: Client, made: Announced, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        approve(client, made, "budi")
    assert Minutes.objects.get().sealed_at is None
    with django_capture_on_commit_callbacks(execute=True):
        approve(client, made, "rina")

    minutes = Minutes.objects.get()
    client.logout()
    pdf = client.get(reverse("bidding:minutes_pdf", kwargs={"code": minutes.code}))
    seal = pdf_seal.read(b"".join(pdf.streaming_content))
    assert seal is not None
    assert seal.holds
    page = client.get(reverse("bidding:minutes_check", kwargs={"code": minutes.code}))
    assert minutes.file.sha256[:4] in page.text
    assert "Being written" in page.text


def test_how_the_member_had_signed_in_is_kept(client: Client, made: Announced) -> None:
    approve(client, made, "budi")

    assert MinutesApproval.objects.get().method != ""


@pytest.mark.parametrize("seen", ["", "0" * 64, "x"])
def test_an_approval_of_something_else_is_refused(
    client: Client, made: Announced, seen: str
) -> None:
    approve(client, made, "budi", seen=seen)

    assert not MinutesApproval.objects.exists()


def test_minutes_that_are_not_sealed_are_not_public(client: Client, made: Announced) -> None:
    code = Minutes.objects.get().code

    for name in ("minutes_check", "minutes_pdf"):
        assert client.get(reverse(f"bidding:{name}", kwargs={"code": code})).status_code == 404
