"""The holder of an office needs a second factor, whatever the page."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.mail.models import Message
from registration.domain import totp
from registration.models import Role
from tests.cast import MEMBERS, OFFICES, Cast, Client
from tests.factories.registration import AssignmentFactory
from tests.pages.registration.people import (
    PASSWORD,
    code,
    sign_in,
    signed_in_as,
    with_app,
    with_password,
)


def reauthenticate(client: Client, then: str) -> None:
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": then})


@pytest.mark.parametrize("name", [*OFFICES, MEMBERS["satu"][0]])
@pytest.mark.parametrize("page", ["home", "account", "inbox", "account_change_password"])
def test_every_office_is_led_to_set_one_up(
    cast: Cast, client: Client, name: str, page: str
) -> None:
    client.force_login(getattr(cast, name), second_factor=False)

    response = client.get(reverse(page))

    assert (response.status_code, response.url) == (302, reverse("mfa_index"))


@pytest.mark.parametrize("page", ["mfa_index", "account_reauthenticate", "account_logout"])
def test_the_way_to_set_one_up_is_open(cast: Cast, client: Client, page: str) -> None:
    client.force_login(with_password(cast.sari), second_factor=False)

    assert client.get(reverse(page)).status_code == 200


def test_a_provider_may_do_without(cast: Cast, client: Client) -> None:
    client.force_login(cast.maju, second_factor=False)

    assert client.get(reverse("account")).status_code == 200


def test_who_has_set_one_up_must_show_it_before_changing_it(cast: Cast, client: Client) -> None:
    """A session from before, or a stolen one, must not add a factor with the password alone."""
    client.force_login(with_app(cast.sari), second_factor=False)

    for page in ("account", "mfa_index", "mfa_add_webauthn", "account_reauthenticate"):
        response = client.get(reverse(page))
        assert response.url.startswith(reverse("mfa_reauthenticate")), page

    client.post(reverse("mfa_reauthenticate"), {"code": code(), "next": reverse("account")})
    assert client.get(reverse("account")).status_code == 200


def test_the_mark_of_one_person_is_none_for_another(cast: Cast, client: Client) -> None:
    client.force_login(cast.sari)
    session = client.session
    session["second_factor"] = {"user": str(cast.budi.pk), "kind": "totp"}
    session.save()

    assert client.get(reverse("account")).status_code == 302


def test_an_office_that_begins_today_asks_from_today(cast: Cast, client: Client) -> None:
    client.force_login(cast.stranger, second_factor=False)
    assert client.get(reverse("account")).status_code == 200

    AssignmentFactory(user=cast.stranger, role=Role.DESK)

    assert client.get(reverse("account")).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_the_app_is_set_up_with_the_password_and_a_code(cast: Cast, client: Client) -> None:
    client.force_login(with_password(cast.sari), second_factor=False)
    reauthenticate(client, reverse("mfa_activate_totp"))
    page = client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]
    assert "<svg" in page.text
    assert "data:image" not in page.text
    assert secret in page.text

    shown = totp.hotp(secret, int(time.time()) // 30)
    response = client.post(reverse("mfa_activate_totp"), {"code": shown})

    assert response.url == reverse("mfa_view_recovery_codes")
    codes = client.get(response.url)
    assert codes.text.count("<li><code>") == 10
    assert client.get(response.url).text.count("<li><code>") == 0
    assert client.get(reverse("account")).status_code == 200
    assert AuditEntry.objects.filter(event=Event.ACCOUNT_FACTOR_ADDED).count() == 1
    assert AuditEntry.objects.filter(event=Event.ACCOUNT_RECOVERY_CODES_MADE).count() == 1
    assert Message.objects.get(template="factor_changed").recipient == cast.sari


def test_a_wrong_code_sets_nothing_up(cast: Cast, client: Client) -> None:
    client.force_login(with_password(cast.sari), second_factor=False)
    reauthenticate(client, reverse("mfa_activate_totp"))
    client.get(reverse("mfa_activate_totp"))

    response = client.post(reverse("mfa_activate_totp"), {"code": "000000"})

    assert "error-summary" in response.text
    assert not Authenticator.objects.exists()


def test_an_officer_keeps_the_last_factor(cast: Cast, client: Client) -> None:
    client.force_login(with_app(cast.sari))
    reauthenticate(client, reverse("mfa_deactivate_totp"))

    client.post(reverse("mfa_deactivate_totp"))

    assert Authenticator.objects.filter(user=cast.sari).exists()


def test_a_provider_may_remove_the_last_factor(cast: Cast, client: Client) -> None:
    client.force_login(with_app(cast.maju))
    reauthenticate(client, reverse("mfa_deactivate_totp"))

    client.post(reverse("mfa_deactivate_totp"))

    assert not Authenticator.objects.filter(user=cast.maju).exists()
    assert AuditEntry.objects.get(event=Event.ACCOUNT_FACTOR_REMOVED).data == {"kind": "totp"}


def test_new_recovery_codes_replace_the_old_ones(cast: Cast, client: Client) -> None:
    client.force_login(with_app(cast.maju))
    reauthenticate(client, reverse("mfa_generate_recovery_codes"))

    assert client.get(reverse("mfa_generate_recovery_codes")).status_code == 200
    client.post(reverse("mfa_generate_recovery_codes"))
    page = client.get(reverse("mfa_view_recovery_codes"))

    assert page.text.count("<li><code>") == 10


@pytest.mark.parametrize(
    "page", ["mfa_add_webauthn", "mfa_activate_totp", "mfa_generate_recovery_codes"]
)
def test_changing_factors_asks_for_the_password_again(
    cast: Cast, client: Client, page: str
) -> None:
    client.force_login(with_password(cast.maju))

    response = client.get(reverse(page))

    assert response.url.startswith(reverse("account_reauthenticate"))


def test_the_password_is_asked_again_without_a_way_to_lock_out(cast: Cast, client: Client) -> None:
    """Wrong passwords at the door, by others, do not stop a session that is there."""
    with_password(cast.maju)
    sign_in(client, "maju")
    for n in range(20):
        sign_in(Client(), "maju", f"salah-{n}")

    reauthenticate(client, reverse("mfa_add_webauthn"))

    assert client.get(reverse("mfa_add_webauthn")).status_code == 200
    assert signed_in_as(client) == "maju"


@pytest.mark.parametrize(
    "page", ["mfa_index", "mfa_list_webauthn", "mfa_add_webauthn", "mfa_activate_totp"]
)
def test_the_pages_are_ours_and_carry_no_script_of_others(
    cast: Cast, client: Client, page: str
) -> None:
    client.force_login(with_password(cast.maju))
    reauthenticate(client, reverse(page))

    text = client.get(reverse(page)).text

    assert "site-head" in text
    assert "/static/mfa/" not in text
    assert "/static/account/" not in text
