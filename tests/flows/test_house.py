"""A colleague joins the firm on a phone; a paper of the firm goes into a bid and stays in it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Request, expect
from pytest_django.live_server_helper import LiveServer

from bidding.domain import participation as participations
from bidding.models import Bid
from lpse.mail.models import Message
from registration.domain import terms
from registration.models import OfficerRight, User
from tests.factories.bidding import Announced, a_firm, an_announced_tender
from tests.factories.house import PDF as PAPER
from tests.factories.house import a_licence, place_of
from tests.flows.bidder import SealingPage, content_of, listen, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 360, "height": 740}
PASSWORD = "sandi-contoh-panjang"


def test_a_colleague_is_invited_accepts_on_a_phone_and_is_a_bidder(
    live_server: LiveServer, browser: Browser, context: BrowserContext
) -> None:
    maju, first = a_firm("maju"), terms.ensure()
    assert first is not None
    terms.accept(maju, first)
    sign_in(context, maju, live_server.url)
    page = context.new_page()
    heard = listen(page)
    page.goto(f"{live_server.url}/firm/")
    page.click("a[href='/firm/invite/']")
    page.fill("#id_full_name", "Baru Contoh")
    page.fill("#id_email", "baru@contoh.example")
    page.check("input[name=right][value=bidder]")
    page.click("main button[type=submit]")
    expect(page.locator("#invitations")).to_contain_text("baru@contoh.example")

    phone = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    hers = phone.new_page()
    heard_there = listen(hers)
    hers.goto(live_server.url + Message.objects.get(template="officer_invited").url)
    hers.fill("#id_wish", "baru")
    hers.fill("#id_password1", PASSWORD)
    hers.fill("#id_password2", PASSWORD)
    hers.check("#id_terms")
    hers.click("main form[method=post] button[type=submit]")
    hers.wait_for_url("**/firm/")
    assert hers.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    phone.close()

    user = User.objects.get(email="baru@contoh.example")
    assert re.fullmatch(r"baru\d{4}", user.username)
    assert place_of(user).right == OfficerRight.BIDDER
    assert heard + heard_there == []


@pytest.fixture
def made() -> Announced:
    return an_announced_tender()


@pytest.fixture
def maju(made: Announced) -> User:
    user = a_firm("maju")
    participations.join(made.tender, pact_accepted=True, by=user)
    return user


@pytest.fixture
def bidder(
    live_server: LiveServer, context: BrowserContext, made: Announced, maju: User, tmp_path: Path
) -> Iterator[SealingPage]:
    sign_in(context, maju, live_server.url)
    page = context.new_page()
    heard = listen(page)
    yield SealingPage(page, live_server.url, made.tender.code, tmp_path)
    assert heard == []


@pytest.mark.clause("P22(5)")
def test_a_paper_of_the_firm_goes_into_the_bid_and_a_later_version_does_not_touch_it(
    bidder: SealingPage, made: Announced, maju: User
) -> None:
    version = a_licence(maju)
    page = bidder.page
    asked: list[Request] = []
    page.on("request", lambda r: asked.append(r) if "/firm/" in r.url else None)
    bidder.open().check_keys().type_prices("1.250.000", "2.500.000,50")
    page.click("[data-papers] summary")
    page.check("#paper-0")
    page.click("[data-papers-add]")
    name = page.locator("[data-slot=qualification] .file-row-name")
    expect(name).to_have_text("izin.pdf")
    expect(page.locator("#price-2")).to_have_value("2.500.000,50")
    # The address of this page names the tender: what it fetches must not be joined to it.
    assert [r.all_headers().get("referer") for r in asked] == [None, None]
    for box in page.locator("[data-statement]").all():
        box.check()
    bidder.choose("letter", "surat penawaran.pdf").choose("technical", "metode teknis.pdf")
    bidder.finish_offer().seal().wait_for_proof()
    bidder.take_recovery_key()
    bidder.send()
    bid = Bid.objects.get()

    a_licence(maju, content=PAPER.replace(b"1.7", b"1.6"), replaces=version.qualification)

    assert content_of(bid, made)["files/izin.pdf"] == PAPER
    assert hashlib.sha256(PAPER).hexdigest() == version.file.sha256
