"""A morning at the verifiers' desk, by keyboard alone; and the way back of a returned paper."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, ViewportSize, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from operations.sample import applications as sample
from operations.sample import people
from registration.domain import application as applications
from registration.domain import terms
from registration.models import (
    Application,
    ApplicationState,
    Counter,
    DocumentCheck,
    DocumentCode,
    User,
)
from tests.factories.application import a_paper
from tests.flows.bidder import sign_in
from tests.flows.eyes import Eyes
from tests.flows.test_account_pages import Visitor
from tests.pages.registration.people import with_app

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDE = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=360, height=780)


@pytest.fixture
def wati(page: Page, live_server: LiveServer, settings: Settings) -> User:
    """The verifier of the sample office, signed in."""
    settings.SAMPLE_INSTALLATION, settings.ALLOWED_HOSTS = True, ["localhost"]
    settings.BASE_URL = live_server.url
    sample.load(people.load())
    first = terms.ensure()
    user = User.objects.get(username="wati")
    with_app(user)
    for person in User.objects.filter(is_sample=True):
        if first is not None:
            terms.accept(person, first)
    sign_in(page.context, user, live_server.url)
    page.set_viewport_size(WIDE)
    return user


def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("LPSE_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png")


def tab_to(page: Page, name: str) -> None:
    """Go on with the Tab key until the control of this name has the focus."""
    for _stop in range(200):
        page.keyboard.press("Tab")
        text = page.evaluate(
            "() => { const e = document.activeElement;"
            " return (e.labels?.[0]?.textContent ?? e.textContent ?? '').trim(); }"
        )
        if text.startswith(name):
            return
    pytest.fail(f"the keyboard does not reach {name}")


def check_all_by_keyboard(page: Page, application: Application) -> None:
    """Copy received, original seen, fits: for each paper, in the order of the page."""
    page.evaluate("() => { document.activeElement?.blur(); }")
    for _paper in application.documents.filter(removed_at=None):
        tab_to(page, "Copy received")
        page.keyboard.press("Space")
        tab_to(page, "Original seen")
        page.keyboard.press("Space")
        tab_to(page, "Fits")
        page.keyboard.press("Space")
    tab_to(page, "Save the checks")
    page.keyboard.press("Enter")
    page.wait_for_url("**#decision")


def test_a_verifier_works_the_queue_without_leaving_the_keyboard(
    page: Page, live_server: LiveServer, wati: User
) -> None:
    page.goto(live_server.url + reverse("verifications"))
    page.keyboard.press("Tab")
    tab_to(page, "Begin with the longest waiting")
    page.keyboard.press("Enter")
    first = Application.objects.get(applicant__username="citra")
    page.wait_for_url(f"**{first.get_absolute_url()}")

    check_all_by_keyboard(page, first)
    tab_to(page, "Approve")
    page.keyboard.press("Enter")
    second = Application.objects.get(applicant__username="danu")
    page.wait_for_url(f"**{second.get_absolute_url()}")  # the next one is there at once

    first.refresh_from_db()
    assert first.state == ApplicationState.APPROVED
    assert DocumentCheck.objects.filter(document__application=first).count() == 5


def test_single_keys_work_once_switched_on_and_never_inside_fields(
    page: Page, live_server: LiveServer, wati: User
) -> None:
    page.goto(live_server.url + reverse("verifications"))
    queue = page.url
    page.keyboard.press("n")
    expect(page).to_have_url(queue)  # off until switched on
    page.get_by_label("Single keys work on these pages").check()
    page.keyboard.press("c")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("n")
    expect(page.get_by_role("searchbox")).to_have_value("n")
    page.get_by_role("searchbox").blur()
    page.keyboard.press("n")
    page.wait_for_url(
        f"**{Application.objects.get(applicant__username='citra').get_absolute_url()}"
    )
    page.keyboard.press("r")  # it is remembered from page to page
    page.wait_for_url("**/return/")


def test_a_returned_application_is_completed_and_approved(
    page: Page, live_server: LiveServer, wati: User
) -> None:
    application = Application.objects.get(applicant__username="farid")
    desk = live_server.url + application.get_absolute_url()
    page.goto(f"{desk}return/")
    page.get_by_label("Deed of establishment").fill("Halaman 3 akta tidak terbaca.")
    page.get_by_role("button", name="Return with this list").press("Enter")
    page.wait_for_url("**/verifications/**")

    application.refresh_from_db()
    assert application.state == ApplicationState.RETURNED
    page.context.clear_cookies()
    sign_in(page.context, application.applicant, live_server.url)
    first = terms.in_force()
    if first is not None:
        terms.accept(application.applicant, first)
    page.goto(live_server.url + reverse("application"))
    expect(page.get_by_text("Halaman 3 akta tidak terbaca.").first).to_be_visible()
    application.documents.filter(code=DocumentCode.DEED).update(removed_at=application.started_at)
    a_paper(application, DocumentCode.DEED)
    applications.submit(application, by=application.applicant)

    page.context.clear_cookies()
    sign_in(page.context, wati, live_server.url)
    page.goto(desk)
    check_all_by_keyboard(page, application)
    tab_to(page, "Approve")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: application.code not in url)
    application.refresh_from_db()
    assert application.state == ApplicationState.APPROVED


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "360"])
def test_the_pages_of_verification_bear_a_strict_eye(
    page: Page, live_server: LiveServer, wati: User, size: ViewportSize
) -> None:
    eyes, by_user = Eyes(), {a.applicant.username: a for a in _all()}
    visitor = Visitor(page.context, page, "wati", size)
    eyes.begins(visitor)  # type: ignore[arg-type]
    counter = Counter.objects.all()[0]
    addresses = {
        "verifications": reverse("verifications"),
        "verification": by_user["endah"].get_absolute_url(),
        "verification-doubt": by_user["danu"].get_absolute_url(),
        "verification-approved": by_user["kamil"].get_absolute_url(),
        "verification-return": f"{by_user['citra'].get_absolute_url()}return/",
        "verification-reject": f"{by_user['citra'].get_absolute_url()}reject/",
        "visits": reverse("visits"),
        "counters": reverse("counters"),
        "counter-new": reverse("counter_new"),
        "counter-hours": reverse("counter_hours", kwargs={"pk": counter.pk}),
    }
    for name, address in addresses.items():
        page.set_viewport_size(size)
        page.goto(live_server.url + address)
        picture(page, f"{name}-{size['width']}")
        eyes.sees(visitor, name)  # type: ignore[arg-type]
    citra = by_user["citra"].applicant
    first = terms.in_force()
    if first is not None:
        terms.accept(citra, first)
    page.context.clear_cookies()
    sign_in(page.context, citra, live_server.url)
    page.set_viewport_size(size)
    page.goto(live_server.url + reverse("visit"))
    picture(page, f"visit-{size['width']}")
    eyes.sees(visitor, "visit")  # type: ignore[arg-type]

    assert eyes.faults == []


def _all() -> list[Application]:
    return list(Application.objects.select_related("applicant"))
