"""The pages of the blacklist: public, masked, and never slower with more entries."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registration.models import ProviderKind, Sanction
from tests.cast import Cast, Client
from tests.factories.registration import today
from tests.factories.sanction import PDF, RULES, a_sanction

pytestmark = [pytest.mark.django_db, pytest.mark.clause("P10(4)")]

LIST = "/blacklist/"
PERSON = "3273014101900001"


def typed(cast: Cast, **changes: Any) -> dict[str, Any]:
    day = today().isoformat()
    return {
        "kind": ProviderKind.COMPANY,
        "name": "CV Nakal Contoh",
        "npwp": "01.312.166.0-091.000",
        "address": "Jalan Contoh 9",
        "region": "32.73",
        "agency": cast.agency.pk,
        "decree_number": "CONTOH/DH/1",
        "decree_date": day,
        "decree": SimpleUploadedFile("sk.pdf", PDF),
        "rule_set": RULES,
        "violation": "withdrawal",
        "description": "Mengundurkan diri.",
        "since": day,
        **changes,
    }


def test_anybody_reads_the_list_and_an_entry(cast: Cast, client: Client) -> None:
    made = a_sanction(cast.agency, by=cast.wati)

    listed = client.get(LIST)
    shown = client.get(made.get_absolute_url())

    for page in (listed, shown):
        assert page.status_code == 200
        assert made.name in page.text
        assert "01.312.166.0-091.000" in page.text
        assert made.decree_number in page.text
    assert made.description in shown.text


def test_the_number_of_a_person_stands_nowhere_in_public(cast: Cast, client: Client) -> None:
    made = a_sanction(cast.agency, by=cast.wati, kind=ProviderKind.PERSON, npwp=PERSON)

    for address in (LIST, made.get_absolute_url(), reverse("sanctions_csv")):
        assert PERSON not in client.get(address).text
        assert "•0001" in client.get(address).text


def test_the_table_holds_what_the_list_shows_and_no_formula(cast: Cast, client: Client) -> None:
    a_sanction(cast.agency, by=cast.wati, name='=HYPERLINK("http://x")')

    response = client.get(reverse("sanctions_csv"), {"q": "hyperlink"})

    rows = list(csv.reader(io.StringIO(response.text.removeprefix("\ufeff"))))
    assert len(rows) == 2
    assert rows[1][2] == '\'=HYPERLINK("http://x")'
    assert response["Content-Type"].startswith("text/csv")


def test_the_list_asks_as_often_for_thirty_entries_as_for_one(cast: Cast, client: Client) -> None:
    a_sanction(cast.agency, by=cast.wati)
    with CaptureQueriesContext(connection) as one:
        client.get(LIST)
    for number in range(30):
        a_sanction(cast.agency, by=cast.wati, decree_number=f"CONTOH/{number}")

    with CaptureQueriesContext(connection) as thirty:
        response = client.get(LIST)

    assert len(thirty) == len(one)
    assert response.text.count("/blacklist/") > 25
    assert "page=2" in response.text


def test_a_verifier_publishes_an_entry_with_the_term_of_the_law(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.wati)

    response = client.post(reverse("sanction_new"), typed(cast))

    made = Sanction.objects.get()
    assert response["Location"] == made.get_absolute_url()
    assert (made.npwp, made.until.year) == ("013121660091000", today().year + 1)
    assert client.get(reverse("sanction_decree", kwargs={"pk": made.pk})).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"npwp": "123"},
        {"until": today},
        {"decree": lambda: SimpleUploadedFile("sk.pdf", b"<html>")},
        {"decree": lambda: ""},
        {"description": lambda: ""},
    ],
)
def test_what_is_wrong_stays_on_the_form(
    cast: Cast, client: Client, wrong: dict[str, Any]
) -> None:
    client.force_login(cast.wati)
    changes = {name: value() if callable(value) else value for name, value in wrong.items()}

    response = client.post(reverse("sanction_new"), typed(cast, **changes))

    assert response.status_code == 422
    assert "CV Nakal Contoh" in response.text
    assert not Sanction.objects.exists()


def test_a_verifier_withdraws_an_entry_and_the_list_says_so(cast: Cast, client: Client) -> None:
    made = a_sanction(cast.agency, by=cast.wati)
    client.force_login(cast.wati)
    where = reverse("sanction_withdraw", kwargs={"pk": made.pk})
    facts = {"number": "CONTOH/CB/1", "date": today().isoformat(), "reason": "Keliru."}

    assert client.post(where, facts | {"number": ""}).status_code == 422
    assert client.post(where, facts)["Location"] == made.get_absolute_url()

    client.logout()
    assert "CONTOH/CB/1" in client.get(made.get_absolute_url()).text
    assert made.name in client.get(LIST, {"status": "withdrawn"}).text
    assert made.name not in client.get(LIST, {"status": "shown"}).text
