"""The pages of agencies, requests and committees, looked at with a strict eye."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, ViewportSize
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from operations.sample import offices, people
from registration.models import OfficeRequest, RequestState, User
from tests.flows.bidder import sign_in
from tests.flows.eyes import Eyes
from tests.flows.test_account_pages import Visitor, look
from tests.pages.registration.people import with_app

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_pages_of_an_agency_and_of_its_requests_bear_a_strict_eye(
    page: Page, live_server: LiveServer, settings: Settings
) -> None:
    settings.SAMPLE_INSTALLATION, settings.ALLOWED_HOSTS = True, ["localhost"]
    office, eyes = people.load(), Eyes()
    offices.load(office)
    umi, wati = (User.objects.get(username=name) for name in ("umi", "wati"))
    visitor = Visitor(page.context, page, "umi", ViewportSize(width=1280, height=900))
    eyes.begins(visitor)  # type: ignore[arg-type]
    agency, pokja = office.agencies["kabupaten"], office.committees["satu"]
    rejected = OfficeRequest.objects.get(state=RequestState.REJECTED)
    waiting = OfficeRequest.objects.filter(state=RequestState.ASKED).first()
    assert waiting is not None

    for person, pages in (
        (
            umi,
            {
                "agency": [agency.pk],
                "request_new": [],
                "office_request": [rejected.pk],
                "unit_edit": ["procurement-unit", agency.procurement_units.get().pk],
                "agency_committee": [pokja.pk],
                "certificates": ["budi"],
                "certificate_new": ["budi"],
                "home": [],
            },
        ),
        (
            wati,
            {
                "requests": [],
                "office_request": [waiting.pk],
                "agencies": [],
                "agency_new": [],
            },
        ),
    ):
        with_app(person)
        sign_in(page.context, person, live_server.url)
        for name, args in pages.items():
            address = live_server.url + reverse(name, args=args)
            look(visitor, eyes, address, f"{person.username}-{name}")

    assert eyes.faults == []
