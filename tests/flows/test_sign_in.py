"""Passkeys, codes and the password, in a real browser with a virtual authenticator."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import ConsoleMessage, Page, expect
from pytest_django.live_server_helper import LiveServer

from registration.domain import limits, totp
from registration.models import SignInFailure, User
from tests.cast import Cast
from tests.pages.registration.people import PASSWORD, with_app, with_password

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AUTHENTICATOR = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
    "hasPrf": True,
}
PHONE = {"width": 360, "height": 780}


class Door:
    """The pages of signing in, as a person meets them."""

    def __init__(self, page: Page, server: LiveServer) -> None:
        self.page = page
        self.server = server

    def go(self, name: str) -> None:
        self.page.goto(f"{self.server.url}{reverse(name)}")

    def type_password(self, user_id: str, password: str = PASSWORD) -> None:
        self.go("account_login")
        self.page.fill("#id_login", user_id)
        self.page.fill("#id_password", password)
        self.page.click("main form[action*=login] button[type=submit]")

    def prove_by_password(self) -> None:
        self.page.fill("#id_password", PASSWORD)
        self.page.click("main button[type=submit]")

    def press_passkey(self) -> None:
        self.page.click("[data-passkey-button]")

    def sign_out(self) -> None:
        self.go("account_logout")
        self.page.click("main button[type=submit]")

    def expect_at(self, name: str) -> None:
        expect(self.page).to_have_url(re.compile(re.escape(reverse(name))))

    def look(self, name: str) -> None:
        """Keep a picture where somebody wants to look at it."""
        if folder := os.environ.get("LPSE_PICTURES"):
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.fixture
def violations() -> list[str]:
    return []


@pytest.fixture
def door(page: Page, live_server: LiveServer, violations: list[str]) -> Iterator[Door]:
    """Any error on the console fails the test: a blocked script or style is one."""

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            violations.append(message.text)

    page.on("console", hear)
    page.set_viewport_size(PHONE)
    cdp: Any = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable", {"enableUI": False})
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    yield Door(page, live_server)
    assert violations == []


def test_an_officer_sets_up_a_passkey_and_signs_in_with_it_alone(door: Door) -> None:
    """Sari is led to a second factor, adds a passkey, and later needs neither User ID nor
    password, not even while somebody types wrong ones for her.
    """
    cast = Cast()
    with_password(cast.sari)
    door.look("sign-in")
    door.type_password("sari")
    door.expect_at("mfa_index")
    door.look("second-factor")

    door.page.click("text=/Add a passkey|Tambah/i")
    door.prove_by_password()
    door.expect_at("mfa_add_webauthn")
    door.look("passkey-add")
    door.press_passkey()

    door.expect_at("mfa_view_recovery_codes")
    expect(door.page.locator(".recovery-codes li")).to_have_count(10)
    door.look("recovery-codes")
    door.go("account")
    door.expect_at("account")
    door.look("account")
    door.go("mfa_list_webauthn")
    door.look("passkeys")
    door.sign_out()

    for _ in range(limits.MOST_FAILURES + 2):
        limits.failed("sari", "password", limits.UNKNOWN, "10.0.0.1")
    door.page.context.clear_cookies()
    door.go("account_login")
    door.press_passkey()

    door.expect_at("home")


def test_a_passkey_is_the_second_factor_beside_a_password(door: Door) -> None:
    cast = Cast()
    with_password(cast.maju)
    door.type_password("maju")
    door.expect_at("home")
    door.go("mfa_add_webauthn")
    door.prove_by_password()
    door.press_passkey()
    door.expect_at("mfa_view_recovery_codes")
    door.sign_out()

    door.type_password("maju")
    door.expect_at("mfa_authenticate")
    door.look("second-factor-asked")
    door.press_passkey()

    door.expect_at("home")


def test_an_officer_sets_up_an_app_and_signs_in_with_its_code(door: Door) -> None:
    cast = Cast()
    with_password(cast.budi)
    door.type_password("budi")
    door.go("mfa_activate_totp")
    door.prove_by_password()
    door.look("app-add")
    secret = door.page.inner_text("#authenticator_secret")
    door.page.fill("#id_code", totp.hotp(secret, int(time.time()) // 30 - 1))
    door.page.click("main button[type=submit]")
    door.expect_at("mfa_view_recovery_codes")
    door.sign_out()

    door.type_password("budi")
    door.expect_at("mfa_authenticate")
    door.page.fill("#id_code", totp.hotp(secret, int(time.time()) // 30))
    door.page.click("main form button[type=submit]")

    door.expect_at("home")


def test_two_codes_in_a_row_open_a_flooded_account_on_a_new_device(door: Door) -> None:
    cast = Cast()
    with_app(cast.maju)
    for _ in range(limits.MOST_FAILURES):
        limits.failed("maju", "password", limits.UNKNOWN, "10.0.0.1")

    door.type_password("maju")
    expect(door.page.locator("#id_next_code")).to_be_visible()
    door.look("sign-in-flooded")
    now = int(time.time()) // 30
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    door.page.fill("#id_password", PASSWORD)
    door.page.fill("#id_code", totp.hotp(secret, now))
    door.page.fill("#id_next_code", totp.hotp(secret, now + 1))
    door.page.click("main form[action*=login] button[type=submit]")

    door.expect_at("home")


def test_a_browser_without_passkeys_says_so(door: Door) -> None:
    door.page.add_init_script("delete window.PublicKeyCredential")
    door.go("account_login")

    expect(door.page.locator("[data-passkey-missing]")).to_be_visible()
    expect(door.page.locator("[data-passkey-button]")).to_be_hidden()


def test_a_passkey_of_nobody_is_told_in_words(door: Door) -> None:
    """The device has none: the page says so and can be tried again."""
    door.go("account_login")
    door.press_passkey()

    expect(door.page.locator("[data-passkey-status]")).not_to_be_empty()
    expect(door.page.locator("[data-passkey-button]")).to_be_enabled(timeout=70_000)
    assert not SignInFailure.objects.exists()
    assert not User.objects.filter(sessions__isnull=False).exists()
