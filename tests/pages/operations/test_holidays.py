"""The table of holidays on its pages."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from lpse.calendar.models import Holiday

pytestmark = pytest.mark.django_db

LIST, ADD = reverse("holidays"), reverse("holiday_add")
NEW = {"day": "2026-12-28", "name": "Cuti bersama Natal", "is_joint_leave": "on"}


@pytest.fixture(autouse=True)
def _english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def independence() -> Holiday:
    return Holiday.objects.create(day=dt.date(2026, 8, 17), name="Hari Kemerdekaan")


@pytest.mark.usefixtures("independence")
def test_anybody_reads_the_days_of_a_year_and_is_offered_no_change(client):
    text = client.get(LIST, {"year": 2026}).text

    assert "Hari Kemerdekaan" in text
    assert "Public holiday" in text
    assert "stays as it is" in text
    assert ADD not in text
    assert "Hari Kemerdekaan" not in client.get(LIST, {"year": 2025}).text


@pytest.mark.parametrize("year", ["", "x", "0", "99999", "-1"])
def test_what_is_no_year_shows_this_one(client, year):
    response = client.get(LIST, {"year": year})

    assert response.status_code == 200
    assert response.context["year"] == dt.date.today().year  # noqa: DTZ011 - any day will do


def test_the_secretariat_adds_a_day(client, cast):
    client.force_login(cast.nanda)
    assert ADD in client.get(LIST).text

    response = client.post(ADD, NEW, follow=True)

    assert response.redirect_chain == [(f"{LIST}?year=2026", 302)]
    assert "Cuti bersama Natal" in response.text
    assert "No schedule has been moved." in response.text


def test_a_day_that_is_there_keeps_what_was_typed(client, cast, independence):
    client.force_login(cast.nanda)

    response = client.post(ADD, {"day": "2026-08-17", "name": "Libur lain"})

    assert response.status_code == 422
    assert "Libur lain" in response.text
    assert independence.name in response.text


def test_the_secretariat_removes_a_day(client, cast, independence):
    client.force_login(cast.nanda)

    response = client.post(reverse("holiday_remove", args=[independence.pk]), follow=True)

    assert "No schedule has been moved." in response.text
    assert not Holiday.objects.exists()


def test_the_menu_leads_those_who_keep_the_table_there(client, cast):
    client.force_login(cast.wati)
    as_verifier = client.get(reverse("home")).text.count(f'href="{LIST}"')
    client.force_login(cast.nanda)

    assert client.get(reverse("home")).text.count(f'href="{LIST}"') > as_verifier > 0
