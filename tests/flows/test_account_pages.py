"""Every page of an account and of the register of users, looked at with a strict eye."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, ViewportSize
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from operations.sample import people
from registration.models import User
from tests.cast import Cast
from tests.flows.bidder import sign_in
from tests.flows.eyes import Eyes
from tests.pages.registration.people import with_app

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AT_THE_DOOR = (
    "account_login",
    "account_signup",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_inactive",
)
OWN = (
    "account",
    "account_email",
    "account_change_password",
    "account_reauthenticate",
    "account_logout",
    "mfa_index",
    "mfa_list_webauthn",
)
REGISTER: tuple[tuple[str, dict[str, Any]], ...] = (
    ("users", {}),
    ("user_new", {}),
    ("user", {"username": "sari"}),
    ("user_edit", {"username": "sari"}),
    ("assignment_new", {"username": "sari"}),
)


@dataclass
class Visitor:
    """What the eyes need to know of who is looking."""

    context: BrowserContext
    page: Page
    user_id: str
    size: ViewportSize


def look(visitor: Visitor, eyes: Eyes, address: str, name: str) -> None:
    visitor.page.goto(address)
    eyes.sees(visitor, name)  # type: ignore[arg-type]
    if folder := os.environ.get("LPSE_PICTURES"):
        visitor.page.set_viewport_size({"width": 360, "height": 780})
        visitor.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
        visitor.page.set_viewport_size(visitor.size)


def test_the_pages_of_an_account_bear_a_strict_eye(
    page: Page, live_server: LiveServer, settings: Settings
) -> None:
    settings.SAMPLE_INSTALLATION, settings.ALLOWED_HOSTS = True, ["localhost"]
    cast, eyes = Cast(), Eyes()
    visitor = Visitor(page.context, page, "wati", ViewportSize(width=1280, height=900))
    eyes.begins(visitor)  # type: ignore[arg-type]
    with_app(cast.wati)
    assert [cast.sari, cast.budi, cast.maju]
    User.objects.update(is_sample=True)

    for name in AT_THE_DOOR:
        look(visitor, eyes, live_server.url + reverse(name), name)
    sign_in(page.context, cast.wati, live_server.url)
    for name in OWN:
        look(visitor, eyes, live_server.url + reverse(name), name)
    for name, arguments in REGISTER:
        look(visitor, eyes, live_server.url + reverse(name, kwargs=arguments), name)
    office = cast.budi.assignments.get()
    end = live_server.url + reverse("assignment_end", kwargs={"pk": office.pk})
    look(visitor, eyes, end, "assignment_end")

    assert eyes.faults == []


def test_the_people_of_a_sample_office_are_near_on_a_phone_and_one_press_away(
    page: Page, live_server: LiveServer, settings: Settings
) -> None:
    settings.SAMPLE_INSTALLATION, settings.ALLOWED_HOSTS = True, ["localhost"]
    settings.BASE_URL = live_server.url
    people.load()
    eyes = Eyes()
    visitor = Visitor(page.context, page, "", ViewportSize(width=360, height=780))
    eyes.begins(visitor)  # type: ignore[arg-type]

    look(visitor, eyes, f"{live_server.url}{reverse('account_login')}", "sample-people")

    assert eyes.faults == []
    card = page.locator("#sample-people").bounding_box()
    assert card is not None
    assert card["height"] < 3 * visitor.size["height"]
    page.locator("form[action='/accounts/sample/karya/'] button").press("Enter")
    page.wait_for_url("**/home/")
