from __future__ import annotations

import os

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core import mail
from django.urls import reverse

from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from registration.domain import sample as sample_people
from registration.models import KnownDevice, Session, SignInFailure, User
from tests.cast import Cast, Client
from tests.pages.registration.people import (
    PASSWORD,
    code,
    sign_in,
    signed_in_as,
    with_app,
    with_password,
)

WRONG = 10_000 if os.environ.get("LPSE_PROVE") else 30
ADDRESSES = 200


def flood(user_id: str) -> None:
    """A rival types wrong passwords, from many addresses, each time like a fresh browser."""
    rival = Client()
    for n in range(WRONG):
        rival.cookies.clear()
        sign_in(rival, user_id, f"salah-{n}", address=f"10.1.{n % ADDRESSES}.7")


@pytest.mark.clause("P1(5)", "P1(11)")
def test_a_provider_signs_in_by_user_id_and_password(cast: Cast, client: Client) -> None:
    with_password(cast.maju)

    response = sign_in(client, "maju")

    assert response.status_code == 302
    assert response.url == reverse("home")
    assert signed_in_as(client) == "maju"
    assert AuditEntry.objects.get(event=Event.ACCOUNT_SIGNED_IN).data == {"factor": "password"}


def test_a_user_id_is_typed_in_any_case(cast: Cast, client: Client) -> None:
    with_password(cast.maju)

    sign_in(client, " MAJU ")

    assert signed_in_as(client) == "maju"


@pytest.mark.parametrize("user_id", ["maju", "nobody"])
def test_a_wrong_password_is_recorded_and_tells_nothing(
    cast: Cast, client: Client, user_id: str
) -> None:
    with_password(cast.maju)

    response = sign_in(client, user_id, "salah", address="10.0.0.9")

    assert signed_in_as(client) is None
    assert "User ID" in response.text
    failure = SignInFailure.objects.get()
    assert (failure.factor, failure.device, failure.address) == ("password", "", "10.0.0.9")


def test_a_deactivated_user_id_does_not_sign_in(cast: Cast, client: Client) -> None:
    user = with_password(cast.maju)
    User.objects.filter(pk=user.pk).update(is_active=False)

    response = sign_in(client, "maju")

    assert response.url == reverse("account_inactive")
    assert client.get(response.url).status_code == 200
    assert signed_in_as(client) is None


def test_a_session_knows_whose_it_is_and_from_where(cast: Cast, client: Client) -> None:
    with_password(cast.maju)
    client.defaults["HTTP_USER_AGENT"] = "Mozilla/5.0 (Android 14) Firefox/140.0"

    sign_in(client, "maju", address="10.0.0.9")

    session = Session.objects.get(user=cast.maju)
    assert session.address == "10.0.0.9"
    assert "Firefox" in session.user_agent
    assert session.signed_in_at is not None


def test_a_session_of_the_day_before_lives_past_the_deadline(cast: Cast, client: Client) -> None:
    with_password(cast.maju)

    sign_in(client, "maju")

    assert client.session.get_expiry_age() > 2 * 24 * 60 * 60


def test_nothing_stays_on_a_computer_that_is_not_ones_own(cast: Cast, client: Client) -> None:
    with_password(cast.maju)

    response = sign_in(client, "maju", shared="on")

    assert client.session.get_expire_at_browser_close()
    assert "device" not in response.cookies
    assert not KnownDevice.objects.exists()


@pytest.mark.clause("P23(1)")
def test_no_page_stays_on_a_computer_that_is_not_ones_own(cast: Cast, client: Client) -> None:
    with_password(cast.maju)
    sign_in(client, "maju", shared="on")

    page = client.get(reverse("account"))
    goodbye = client.post(reverse("account_logout"))

    assert page["Cache-Control"] == "no-store"
    assert goodbye["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in client.get("/")


def test_on_ones_own_computer_pages_stay(cast: Cast, client: Client) -> None:
    with_password(cast.maju)
    sign_in(client, "maju")

    assert "Cache-Control" not in client.get(reverse("account"))
    assert "Clear-Site-Data" not in client.post(reverse("account_logout"))


# --- Nobody locks a bidder out before a deadline (S6) -------------------------------------------


def test_a_flood_does_not_keep_out_a_known_device(cast: Cast) -> None:
    with_password(cast.maju)
    own = Client()
    sign_in(own, "maju")
    own.post(reverse("account_logout"))

    flood("maju")
    sign_in(own, "maju", address="10.1.0.7")

    assert signed_in_as(own) == "maju"


def test_a_flood_stops_at_the_tenth_guess_of_unknown_devices(cast: Cast, client: Client) -> None:
    with_password(cast.maju)

    flood("maju")
    response = sign_in(client, "maju")

    assert SignInFailure.objects.count() == 10
    assert signed_in_as(client) is None
    assert 'name="next_code"' in response.text


def test_two_codes_in_a_row_pass_a_flood_on_an_unknown_device(cast: Cast, client: Client) -> None:
    with_app(cast.maju)

    flood("maju")
    response = sign_in(client, "maju", code=code(-1), next_code=code())

    assert signed_in_as(client) == "maju"
    assert response.url == reverse("home")
    assert client.session["second_factor"] == {"user": str(cast.maju.pk), "kind": "totp"}


@pytest.mark.parametrize("codes", [{}, {"code": "123456", "next_code": "654321"}])
def test_without_the_codes_a_flooded_account_stays_shut_on_unknown_devices(
    cast: Cast, client: Client, codes: dict[str, str]
) -> None:
    with_app(cast.maju)

    flood("maju")
    sign_in(client, "maju", **codes)

    assert signed_in_as(client) is None


def test_two_codes_do_not_replace_the_password(cast: Cast, client: Client) -> None:
    with_app(cast.maju)

    flood("maju")
    sign_in(client, "maju", "salah", code=code(-1), next_code=code())

    assert signed_in_as(client) is None


def test_two_codes_of_one_account_open_no_other(cast: Cast, client: Client) -> None:
    with_app(cast.maju)
    with_password(cast.jaya)

    flood("jaya")
    sign_in(client, "jaya", code=code(-1), next_code=code())

    assert signed_in_as(client) is None


def test_a_link_from_the_own_mailbox_passes_a_flood(cast: Cast, client: Client) -> None:
    with_password(cast.maju)
    flood("maju")

    client.post(reverse("account_reset_password"), {"email": "maju@contoh.example"})
    link = next(line for line in mail.outbox[0].body.splitlines() if "://" in line)
    form = client.get(link.replace("http://testserver", ""), follow=True)
    new = {"password1": "sandi-lain-yang-panjang", "password2": "sandi-lain-yang-panjang"}
    client.post(form.request["PATH_INFO"], new)
    sign_in(client, "maju", "sandi-lain-yang-panjang")

    assert signed_in_as(client) == "maju"


def test_a_flood_from_an_office_does_not_keep_out_its_neighbours(cast: Cast) -> None:
    """The whole office stands behind one address."""
    with_password(cast.jaya)
    rival = Client()
    for n in range(WRONG):
        rival.cookies.clear()
        sign_in(rival, "maju", f"salah-{n}", address="10.0.0.1")
    neighbour = Client()

    sign_in(neighbour, "jaya", address="10.0.0.1")

    assert signed_in_as(neighbour) == "jaya"


def test_a_flooded_page_does_not_tell_which_user_ids_exist(cast: Cast) -> None:
    with_password(cast.maju)
    flood("maju")
    flood("nobody")

    def page_for(user_id: str) -> str:
        text = sign_in(Client(), user_id, "salah").text
        return text.partition("<main")[2].partition("</main>")[0].replace(user_id, "?")

    here, there = page_for("maju"), page_for("nobody")
    marks = ["next_code", "asks", "error-summary"]
    assert [mark in here for mark in marks] == [mark in there for mark in marks]
    assert len(here.splitlines()) == len(there.splitlines())


def test_the_cookie_of_a_device_is_out_of_reach_of_scripts(cast: Cast, client: Client) -> None:
    with_password(cast.maju)

    cookie = sign_in(client, "maju").cookies["device"]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not KnownDevice.objects.filter(device__contains=cookie.value).exists()


# --- The second factor --------------------------------------------------------------------------


def test_who_has_an_app_is_asked_for_its_code(cast: Cast, client: Client) -> None:
    with_app(cast.sari)

    response = sign_in(client, "sari")
    assert response.url == reverse("mfa_authenticate")
    assert signed_in_as(client) is None

    response = client.post(reverse("mfa_authenticate"), {"code": code()})
    assert signed_in_as(client) == "sari"
    assert client.get(reverse("account")).status_code == 200


def test_a_code_signs_in_once(cast: Cast) -> None:
    with_app(cast.sari)
    shown = code()
    clients = [Client(), Client()]
    for client in clients:
        sign_in(client, "sari")
        client.post(reverse("mfa_authenticate"), {"code": shown})

    assert [signed_in_as(client) for client in clients] == ["sari", None]


def test_a_recovery_code_signs_in_once(cast: Cast) -> None:
    sari = with_app(cast.sari)
    recovery = RecoveryCodes.activate(sari).get_unused_codes()[0]
    clients = [Client(), Client()]
    for client in clients:
        sign_in(client, "sari")
        client.post(reverse("mfa_authenticate"), {"code": recovery})

    assert [signed_in_as(client) for client in clients] == ["sari", None]
    assert Authenticator.objects.filter(user=sari).count() == 2


def test_wrong_codes_of_somebody_with_the_password_do_not_keep_the_owner_out(cast: Cast) -> None:
    with_app(cast.sari)
    thief = Client()
    sign_in(thief, "sari")
    for n in range(30):
        thief.post(reverse("mfa_authenticate"), {"code": f"{n:06}"})
    owner = Client()
    sign_in(owner, "sari")

    refused = owner.post(reverse("mfa_authenticate"), {"code": code()})
    assert 'name="next_code"' in refused.text
    owner.post(reverse("mfa_authenticate"), {"code": code(-1), "next_code": code()})

    assert signed_in_as(owner) == "sari"
    assert SignInFailure.objects.filter(factor="code").count() == 10


def test_a_single_guess_does_not_count_once_codes_are_used_up(cast: Cast, client: Client) -> None:
    """Else somebody with the password would guess a code in some hours."""
    with_app(cast.sari)
    sign_in(client, "sari")
    for n in range(12):
        client.post(reverse("mfa_authenticate"), {"code": f"{n:06}"})

    client.post(reverse("mfa_authenticate"), {"code": code()})

    assert signed_in_as(client) is None


# --- Sample people ------------------------------------------------------------------------------


@pytest.fixture
def sample(cast: Cast, client: Client, settings: object) -> None:
    settings.SAMPLE_INSTALLATION = True
    settings.BASE_URL, settings.ALLOWED_HOSTS = "http://localhost:8000", ["localhost"]
    client.defaults["HTTP_HOST"] = "localhost:8000"
    for name in ("sari", "maju"):
        User.objects.filter(pk=getattr(cast, name).pk).update(is_sample=True)


def test_a_sample_person_signs_in_with_one_click(cast: Cast, client: Client, sample: None) -> None:
    page = client.get(reverse("account_login")).text
    assert reverse("sample_sign_in", args=["sari"]) in page

    response = client.post(reverse("sample_sign_in", args=["sari"]))

    assert response.url == reverse("home")
    assert signed_in_as(client) == "sari"
    assert client.get(reverse("account")).status_code == 200
    assert AuditEntry.objects.get(event=Event.ACCOUNT_SIGNED_IN).data == {"factor": "sample"}


def test_sample_people_stand_by_the_side_they_are_on(
    cast: Cast, client: Client, sample: None
) -> None:
    groups = sample_people.groups()

    assert [[person.user.username for person in group.people] for group in groups] == [
        ["sari"],
        ["maju"],
    ]


def test_one_click_changes_from_one_sample_person_to_another(
    cast: Cast, client: Client, sample: None
) -> None:
    client.post(reverse("sample_sign_in", args=["sari"]))
    client.post(reverse("sample_sign_in", args=["maju"]))

    assert signed_in_as(client) == "maju"


def test_a_real_person_is_never_signed_in_with_one_click(
    cast: Cast, client: Client, sample: None
) -> None:
    assert cast.wati.is_sample is False

    assert client.post(reverse("sample_sign_in", args=["wati"])).status_code == 404
    assert signed_in_as(client) is None


@pytest.mark.parametrize(
    ("installation", "address", "hosts"),
    [
        (False, "http://localhost:8000", ["localhost"]),
        (True, "https://lpse.example", ["localhost"]),
        (True, "http://lpse.example", ["localhost"]),
        (True, "https://localhost.lpse.example", ["localhost"]),
        (True, "http://localhost@lpse.example", ["localhost"]),
        (True, "http://192.0.2.7:8000", ["localhost"]),
        (True, "http://localhost:8000", ["localhost", "lpse.example"]),
        (True, "http://localhost:8000", ["*"]),
        (True, "http://localhost:8000", ["localhost", "192.0.2.7"]),
    ],
)
def test_elsewhere_there_are_no_sample_people(
    cast: Cast,
    client: Client,
    sample: None,
    settings: object,
    installation: bool,
    address: str,
    hosts: list[str],
) -> None:
    settings.SAMPLE_INSTALLATION = installation
    settings.BASE_URL, settings.ALLOWED_HOSTS = address, hosts

    assert "sample-people" not in client.get(reverse("account_login")).text
    assert client.post(reverse("sample_sign_in", args=["sari"])).status_code == 404


def test_a_sample_installation_answers_to_no_other_name(
    cast: Cast, client: Client, sample: None
) -> None:
    """A page elsewhere whose name is made to lead to this machine is not let in either."""
    client.defaults["HTTP_HOST"] = "lpse.example"

    assert client.get(reverse("account_login")).status_code == 400
    assert client.post(reverse("sample_sign_in", args=["sari"])).status_code == 400


def test_one_click_is_a_deliberate_post(cast: Cast, client: Client, sample: None) -> None:
    assert client.get(reverse("sample_sign_in", args=["sari"])).status_code == 405


# --- The door is shut otherwise -----------------------------------------------------------------


def test_nobody_opens_an_account_alone(client: Client, db: None) -> None:
    page = client.get(reverse("account_signup"))

    assert page.status_code == 200
    assert "<form" not in page.text.partition("<main")[2].partition("</main>")[0]
    assert client.post(reverse("account_signup"), {"username": "x"}).status_code == 405


def test_signing_out_ends_the_session(cast: Cast, client: Client) -> None:
    with_password(cast.maju)
    sign_in(client, "maju")

    client.post(reverse("account_logout"))

    assert signed_in_as(client) is None
    assert not Session.objects.filter(user=cast.maju).exists()
    assert PASSWORD not in str(client.session.items())
