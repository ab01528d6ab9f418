"""What every page has in common: language, clock, headers, and pages for when things go wrong."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries, Settings

from lpse import navigation
from lpse.clock import database_now, parse_instant
from lpse.conf import settings as production
from lpse.navigation import Area

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.gallery.urls")]


@pytest.fixture(autouse=True)
def _no_menus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_entries", {area: [] for area in Area})


def test_the_frame_costs_one_query_for_the_clock(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        response = client.get("/nowhere/")

    assert response.status_code == 404


def test_a_page_is_indonesian_until_the_reader_chooses_english(
    client: Client, settings: Settings
) -> None:
    settings.LANGUAGE_CODE = production.LANGUAGE_CODE
    before = client.get("/nowhere/", headers={"Accept-Language": "en-US"})
    client.post("/i18n/setlang/", {"language": "en", "next": "/nowhere/"})
    after = client.get("/nowhere/")

    assert '<html lang="id">' in before.text
    assert '<html lang="en">' in after.text
    assert "There is no such page" in after.text


def test_the_clock_of_a_page_is_the_databases_and_names_its_zone(client: Client) -> None:
    client.cookies["django_language"] = "en"
    page = client.get("/nowhere/").text

    shown = re.search(r'data-now="([^"]+)" data-zone="WIB" data-zone-name="Asia/Jakarta"', page)
    assert shown is not None
    assert re.search(r"<time [^>]+>\d+ \w+ \d{4} \d\d:\d\d:\d\d WIB</time>", page)


def test_a_page_that_slept_is_told_the_time_again(client: Client) -> None:
    before = database_now()
    response = client.get("/clock")

    assert before <= parse_instant(response.json()["now"]) <= database_now()
    assert "no-store" in response["Cache-Control"]


def test_every_answer_carries_the_headers_and_a_name(client: Client) -> None:
    for address in ("/nowhere/", "/clock"):
        response = client.get(address)

        assert "default-src 'none'" in response["Content-Security-Policy"]
        assert response["Cross-Origin-Opener-Policy"] == "same-origin"
        assert len(response["X-Request-ID"]) == 36


def test_a_form_without_its_token_is_refused_in_our_words() -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies["django_language"] = "en"

    response = client.post("/i18n/setlang/", {"language": "en"})

    assert response.status_code == 403
    assert "This form cannot be trusted" in response.text


@pytest.mark.parametrize("code", [400, 500])
def test_a_page_for_when_nothing_works_asks_nothing_of_the_database(
    code: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        shown = render_to_string(f"{code}.html")

    assert f'<p class="error-code">{code}</p>' in shown


@pytest.mark.parametrize("code", [403, 404, 409, 413, 429])
def test_a_refusal_says_what_it_means_and_where_to_go_on(code: int) -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()

    shown = render_to_string(f"{code}.html", request=request)

    assert re.search(rf'<p class="error-code"><svg.+</svg>\s*{code}</p>', shown)
    assert '<a class="btn btn-primary" href="/">' in shown


def test_a_sample_installation_says_so_on_every_page(client: Client, settings: object) -> None:
    settings.SAMPLE_INSTALLATION = True  # type: ignore[attr-defined]
    assert '<p class="sample-banner">' in client.get("/nowhere/").text

    settings.SAMPLE_INSTALLATION = False  # type: ignore[attr-defined]
    assert "sample-banner" not in client.get("/nowhere/").text


@pytest.mark.urls("lpse.conf.urls")
def test_the_mark_is_found_where_browsers_look_for_one(client: Client) -> None:
    response = client.get("/favicon.ico")

    assert response.status_code == 302
    assert re.fullmatch(r"/static/img/favicon[.\w]*\.svg", response["Location"])
