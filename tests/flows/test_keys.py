"""Keys are made, tested and checked in a real browser; nothing secret leaves it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect
from pytest_django.live_server_helper import LiveServer

from lpse.sealing import member_key
from procurement.domain import member_key as domain
from procurement.models import CommitteeKey
from registration.models import Agency, AgencyKind, Committee, ProcurementUnit, User
from tests.factories.committee import a_member
from tests.flows.committee import SLOW, MemberPages

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def budi() -> User:
    agency = Agency.objects.create(name="Dinas Kunci", kind=AgencyKind.REGIONAL)
    unit = ProcurementUnit.objects.create(agency=agency, name="ULP Kunci")
    return a_member("budi", Committee.objects.create(unit=unit, name="Pokja Kunci"))


@pytest.fixture
def member(
    live_server: LiveServer, context: BrowserContext, budi: User, tmp_path: Path
) -> Iterator[MemberPages]:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    pages = MemberPages(context, budi, live_server.url, tmp_path)
    yield pages
    pages.leave()


def test_a_member_makes_keys_tests_the_backup_and_checks_them(
    member: MemberPages, budi: User
) -> None:
    sent: list[str] = []
    member.page.on("request", lambda request: sent.append(request.post_data or ""))
    passphrase, backup = member.at_keys().make_keys()
    key = CommitteeKey.objects.get()
    assert backup.read_bytes() == base64.b64decode(key.wrapped)
    assert domain.fault(key, key.created_at) is not None

    member.test_backup(backup, passphrase)

    member.part("backup").wait_for(state="detached")
    key.refresh_from_db()
    assert domain.fault(key, key.created_at) is None

    check = member.part("check")
    member.unlock(check.locator("[data-unlock]"), passphrase)
    expect(check.locator("[data-result]")).to_be_visible(timeout=SLOW)

    opened = member_key.unwrap(backup.read_bytes(), passphrase)
    assert opened["member"] == "budi"
    everything = "\n".join(sent)
    for secret in (passphrase, opened["identity"], opened["signing_seed"]):
        assert secret not in everything


def test_a_wrong_passphrase_is_said_and_changes_nothing(member: MemberPages) -> None:
    _passphrase, backup = member.at_keys().make_keys()
    form = member.part("backup").locator("[data-unlock]")
    error = form.locator("[data-error]")

    member.test_backup(backup, "abadi abjad abon")
    expect(error).to_contain_text("seven words")

    member.unlock(form, "abadi abjad abon absen acara aceh lpse")
    expect(error).to_contain_text("lpse")

    member.unlock(form, "abadi abjad abon absen acara aceh adab")
    expect(error).to_contain_text("does not open", timeout=SLOW)
    expect(form.locator("[data-passphrase]")).to_be_focused()
    assert CommitteeKey.objects.get().backup_tested_at is None


def test_words_typed_wrong_make_no_keys(member: MemberPages) -> None:
    section = member.at_keys().part("make")
    section.locator("[data-begin]").click()
    section.locator("[data-passphrase]").fill("abadi abjad abon absen acara aceh adab")
    section.locator("[type=submit]").click()

    expect(section.locator("[data-error]")).to_contain_text("not the words")
    assert not CommitteeKey.objects.exists()
    member.page.on("dialog", lambda dialog: dialog.accept())


def test_another_members_file_is_not_taken_for_the_own(
    member: MemberPages, tmp_path: Path
) -> None:
    _passphrase, _backup = member.at_keys().make_keys()
    stranger = member_key.make("budi", created_at="2026-01-01T00:00:00.000000Z")

    member.test_backup(member.key_file(stranger), "abadi abjad abon absen acara aceh adab")

    error = member.part("backup").locator("[data-error]")
    expect(error).to_contain_text("not the registered one", timeout=SLOW)


def test_a_passkey_opens_the_keys_as_well(member: MemberPages, context: BrowserContext) -> None:
    cdp = context.new_cdp_session(member.page)
    cdp.send("WebAuthn.enable", {"enableUI": False})
    options = {
        "protocol": "ctap2",
        "ctap2Version": "ctap2_1",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
        "hasPrf": True,
    }
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    passphrase, backup = member.at_keys().make_keys()
    member.test_backup(backup, passphrase)
    member.part("backup").wait_for(state="detached")

    section = member.part("passkey")
    section.wait_for()
    section.locator("summary").first.click()
    member.unlock(section.locator("[data-unlock]"), passphrase)
    section.wait_for(state="detached")
    assert CommitteeKey.objects.get().passkey_wrapped

    member.part("check").locator("[data-passkey]").click()
    expect(member.part("check").locator("[data-result]")).to_be_visible(timeout=SLOW)
