"""Approving an announcement in a real browser: what is signed is what is shown, or nothing is."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Route, expect
from pytest_django.live_server_helper import LiveServer

from lpse.sealing import member_key
from procurement.domain import member_key as keys
from procurement.domain import statement
from procurement.models import StatementSignature, TenderState
from tests.factories.committee import Waiting, a_complete_tender, a_registered_key
from tests.flows.committee import MemberPages

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def waiting() -> Waiting:
    """Budi's key file opens as in life; the others have signed, or will, by program."""
    waiting = a_complete_tender()
    waiting.keys["budi"], _kept = a_registered_key(waiting.members[0], openable=True)
    return waiting


@pytest.fixture
def budi(
    live_server: LiveServer, context: BrowserContext, waiting: Waiting, tmp_path: Path
) -> Iterator[MemberPages]:
    pages = MemberPages(context, waiting.members[0], live_server.url, tmp_path)
    yield pages
    pages.leave()


def sign(pages: MemberPages) -> None:
    with pages.page.expect_navigation():
        pages.unlock(pages.part("sign").locator("[data-unlock]"))


def test_the_last_signature_needed_announces_the_tender(
    budi: MemberPages, waiting: Waiting
) -> None:
    budi.at_statement(waiting.tender.code)
    with budi.page.expect_navigation():
        budi.page.get_by_role("button", name="Propose for signature").click()
    proposed = statement.pending(waiting.tender)
    assert proposed is not None
    waiting.sign(proposed, waiting.members[2])
    budi.page.reload()
    expect(budi.part("sign")).to_be_visible()

    sign(budi)

    waiting.tender.refresh_from_db()
    assert waiting.tender.state == TenderState.ANNOUNCED
    assert {s.member.username for s in proposed.signatures.all()} == {"budi", "rina"}
    expect(budi.page.locator(".pill", has_text="Valid")).to_be_visible()


def test_what_is_shown_is_read_by_the_browser_from_what_is_signed(
    budi: MemberPages, waiting: Waiting
) -> None:
    """The server writes another deadline into the page; the browser writes the signed one."""
    waiting.tender.items.filter(number=1).update(volume="1050.5")
    proposed = waiting.propose()
    shown = statement.deadline(proposed)

    def another_page(route: Route) -> None:
        answer = route.fetch()
        text = answer.text().replace(waiting.tender.title, "Paket lain")
        marker = 'data-signed="statement.deadline"'
        assert marker in text
        before, after = text.split(marker, 1)
        start, end = after.index(">"), after.index("<")
        text = f"{before}{marker}{after[: start + 1]}1 January 2020{after[end:]}"
        text = text.replace(">1.050,5<", ">9<")
        # The content that is signed stays as it is: only what a person reads was changed.
        text = text.replace('"title": "Paket lain"', f'"title": "{waiting.tender.title}"')
        route.fulfill(response=answer, body=text)

    budi.page.route("**/statement/", another_page)
    budi.at_statement(waiting.tender.code)

    deadline = budi.page.locator('[data-signed="statement.deadline"]')
    expect(deadline).to_contain_text(str(shown.year))
    expect(deadline).not_to_contain_text("2020")
    expect(budi.page.locator('[data-signed="title"]')).to_have_text(waiting.tender.title)
    expect(budi.page.locator('[data-signed="items.0.volume"]')).to_have_text("1.050,5")


def _altered(pages: MemberPages, change: Callable[[dict[str, Any]], None]) -> None:
    """Let the data in the page be changed, as root could change them at their source."""

    def another_page(route: Route) -> None:
        answer = route.fetch()
        pattern = re.compile(
            r'(<script id="statement" type="application/json">)(.*?)(</script>)', re.DOTALL
        )

        def rewritten(found: re.Match[str]) -> str:
            data = json.loads(found[2])
            change(data)
            return found[1] + json.dumps(data).replace("<", "\\u003C") + found[3]

        route.fulfill(response=answer, body=pattern.sub(rewritten, answer.text()))

    pages.page.route("**/statement/", another_page)


def _another_title(data: dict[str, Any]) -> None:
    data["content"]["title"] = "Paket lain"


def _a_document_less(data: dict[str, Any]) -> None:
    data["content"]["documents"] = []


def _another_deadline(data: dict[str, Any]) -> None:
    data["statement"]["deadline"] = "2020-01-01T00:00:00.000000Z"
    data["statement"]["opening_at"] = "2020-01-01T00:00:00.000000Z"


def _an_unknown_format(data: dict[str, Any]) -> None:
    data["statement"]["format"] = "lpse-key-statement/0"


def _an_unknown_recipient(data: dict[str, Any]) -> None:
    data["statement"]["members"][0]["recipient"] = "age1pq1" + "q" * 58


@pytest.mark.parametrize(
    "change", [_another_title, _a_document_less, _an_unknown_format, _an_unknown_recipient]
)
def test_a_page_that_shows_other_than_what_is_signed_offers_no_signing(
    budi: MemberPages, waiting: Waiting, change: Callable[[dict[str, Any]], None]
) -> None:
    waiting.propose()
    _altered(budi, change)

    budi.at_statement(waiting.tender.code)

    expect(budi.part("alarm")).to_be_visible()
    expect(budi.part("sign")).to_have_count(0)


def test_a_signature_under_something_else_counts_for_nothing(
    budi: MemberPages, waiting: Waiting
) -> None:
    """A signature under another deadline is of no use to the server that asked for it."""
    waiting.propose()
    _altered(budi, _another_deadline)
    budi.at_statement(waiting.tender.code)
    form = budi.part("sign").locator("[data-unlock]")

    budi.unlock(form)

    expect(form.locator("[data-error]")).to_contain_text("Another proposal", timeout=60_000)
    assert not StatementSignature.objects.exists()
    budi.heard.clear()  # the refusal is a 409, which Chromium calls an error


def test_a_browser_does_not_sign_when_other_keys_stand_under_its_members_name(
    budi: MemberPages, waiting: Waiting
) -> None:
    proposed = waiting.propose()
    other = copy.deepcopy(statement.body_of(proposed))
    stranger = member_key.make("budi", created_at="2020-01-01T00:00:00.000000Z")

    def swapped(data: dict[str, Any]) -> None:
        data["statement"] = other
        other["members"][0]["recipient"] = stranger["recipient"]

    _altered(budi, swapped)
    budi.at_statement(waiting.tender.code)
    form = budi.part("sign").locator("[data-unlock]")

    budi.unlock(form)

    expect(form.locator("[data-error]")).to_contain_text("own keys", timeout=60_000)
    assert not StatementSignature.objects.exists()


def test_an_untested_backup_is_named_on_the_page(budi: MemberPages, waiting: Waiting) -> None:
    dewi = waiting.members[1]
    keys.revoke(keys.in_use(dewi), by=dewi)

    budi.at_statement(waiting.tender.code)

    expect(budi.page.locator("main")).to_contain_text("Dewi has not made keys yet")
    expect(budi.page.get_by_role("button", name="Propose")).to_have_count(0)
