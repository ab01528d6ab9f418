from __future__ import annotations

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.core.management.base import CommandError, SystemCheckError
from django.db import DatabaseError, IntegrityError, transaction

from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.errors import Refused
from lpse.mail.models import Message
from registration.domain import account, device, session
from registration.models import KnownDevice, Role, Session, User
from tests.cast import Cast
from tests.factories.registration import AssignmentFactory, today

NEW = {"username": "doni", "full_name": "Doni Contoh", "email": "doni@contoh.example"}


@pytest.mark.clause("P1(18)")
def test_a_user_id_is_unique_in_any_case_and_for_ever(cast: Cast) -> None:
    user = account.register(**NEW, by=cast.wati)

    with pytest.raises(Refused) as refusal:
        account.register(**NEW | {"username": "DONI", "email": "x@contoh.example"}, by=cast.wati)
    assert refusal.value.field == "username"
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username="Doni", full_name="Other")
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        User.objects.filter(pk=user.pk).update(username="lain")
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        User.objects.filter(pk=user.pk).delete()


@pytest.mark.clause("P1(5)", "P1(11)")
def test_a_registered_person_gets_a_link_and_nobody_else_a_password(cast: Cast) -> None:
    user = account.register(**NEW, by=cast.wati)

    assert not user.has_usable_password()
    assert EmailAddress.objects.get(user=user).primary
    assert Message.objects.get(recipient=user).template == "account_registered"
    assert AuditEntry.objects.get(event=Event.ACCOUNT_CREATED).actor_uid == "wati"


def test_an_address_belongs_to_one_account(cast: Cast) -> None:
    account.register(**NEW, by=cast.wati)

    with pytest.raises(Refused) as refusal:
        account.register(**NEW | {"username": "dono"}, by=cast.wati)

    assert refusal.value.field == "email"


@pytest.mark.parametrize("name", ["sari", "budi", "oki", "lina", "maju", "stranger"])
def test_only_a_verifier_registers_and_corrects(cast: Cast, name: str) -> None:
    by = getattr(cast, name)
    with pytest.raises(PermissionDenied):
        account.register(**NEW, by=by)
    with pytest.raises(PermissionDenied):
        account.correct(cast.jaya, full_name="X", employee_number="", by=by)


def test_a_correction_says_what_was_changed(cast: Cast) -> None:
    account.correct(cast.sari, full_name="Sari Baru", employee_number="", by=cast.wati)

    assert User.objects.get(username="sari").full_name == "Sari Baru"
    assert AuditEntry.objects.get(event=Event.ACCOUNT_CHANGED).data == {"fields": ["full_name"]}


def test_a_correction_of_nothing_is_no_entry(cast: Cast) -> None:
    sari = cast.sari

    account.correct(sari, full_name=sari.full_name, employee_number="", by=cast.wati)

    assert not AuditEntry.objects.filter(event=Event.ACCOUNT_CHANGED).exists()


def test_nobody_stands_above_the_rules(cast: Cast) -> None:
    assert not cast.wati.has_perm("registration.no_such_permission")
    assert {f.name for f in User._meta.get_fields()}.isdisjoint(
        {"is_superuser", "is_staff", "groups", "user_permissions"}
    )


def test_passwords_are_hashed_with_the_small_argon2id() -> None:
    assert make_password("contoh").startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def a_session(user: User, key: str, signed_in_at: dt.datetime | None = None) -> Session:
    far = dt.datetime(2099, 1, 1, tzinfo=dt.UTC)
    return Session.objects.create(
        session_key=key * 32,
        session_data="",
        expire_date=far,
        user=user,
        signed_in_at=signed_in_at,
    )


def test_a_new_password_ends_every_other_session(cast: Cast) -> None:
    kept, _other = a_session(cast.maju, "a"), a_session(cast.maju, "b")
    a_session(cast.jaya, "c")

    account.set_password(cast.maju, "sandi-baru-panjang", session_key=kept.session_key)

    assert sorted(s.session_key[0] for s in Session.objects.all()) == ["a", "c"]
    assert AuditEntry.objects.get(event=Event.ACCOUNT_PASSWORD_CHANGED).actor_uid == "maju"


def test_the_sessions_of_a_lapsed_office_end(cast: Cast) -> None:
    """Two days after the last day; a session opened since then is none of that office."""
    last = today() - dt.timedelta(days=2)
    AssignmentFactory(user=cast.stranger, role=Role.DESK, until=last)
    noon = dt.time(12, tzinfo=dt.UTC)
    a_session(cast.stranger, "a", dt.datetime.combine(last, noon))
    a_session(cast.stranger, "b", dt.datetime.combine(last + dt.timedelta(days=2), noon))
    a_session(cast.wati, "c", dt.datetime.combine(last, noon))

    assert session.end_lapsed() == 1
    assert sorted(s.session_key[0] for s in Session.objects.all()) == ["b", "c"]


def test_a_device_is_new_only_beside_known_ones(cast: Cast) -> None:
    assert not device.remember(cast.maju, "a" * 64, "Firefox")
    assert not device.remember(cast.maju, "a" * 64, "Firefox")
    assert device.remember(cast.maju, "b" * 64, "Chrome")
    assert KnownDevice.objects.filter(user=cast.maju).count() == 2


def test_the_account_does_not_know_the_device_of_somebody_else(cast: Cast) -> None:
    device.remember(cast.maju, "a" * 64, "Firefox")

    assert device.is_known("MAJU", "a" * 64)
    assert not device.is_known("jaya", "a" * 64)


@pytest.mark.parametrize(
    ("sample", "address", "hosts", "deploy", "is_refused"),
    [
        (True, "https://lpse.example", ["lpse.example"], False, True),
        (True, "http://lpse.example", ["localhost"], False, True),
        (True, "http://localhost:8000", ["localhost", "lpse.example"], False, True),
        (True, "http://localhost:8000", ["*"], False, True),
        (True, "http://localhost:8000", ["localhost"], True, True),
        (True, "http://localhost:8000", ["localhost", "127.0.0.1"], False, False),
        (True, "http://127.0.0.1:8100", ["localhost", "127.0.0.1"], False, False),
        (False, "https://lpse.example", ["lpse.example"], True, False),
    ],
)
def test_a_sample_installation_is_never_deployed(
    settings: object,
    sample: bool,
    address: str,
    hosts: list[str],
    deploy: bool,
    is_refused: bool,
) -> None:
    settings.SAMPLE_INSTALLATION = sample
    settings.BASE_URL, settings.ALLOWED_HOSTS = address, hosts
    try:
        call_command("check", deploy=deploy, tags=["security"], fail_level="ERROR")
    except SystemCheckError as error:
        assert is_refused == ("registration.E001" in str(error))  # noqa: PT017
    else:
        assert not is_refused


VERIFIER = ["doni", "Doni Contoh", "doni@contoh.example", "--decree=800/1", "--date=2026-01-05"]


def test_a_new_installation_gets_its_first_verifier_once(db: None, capsys: object) -> None:
    call_command("first_verifier", *VERIFIER)

    [office] = User.objects.get(username="doni").offices
    assert office.role == Role.VERIFIER
    assert "doni" in capsys.readouterr().out
    with pytest.raises(CommandError, match="already"):
        call_command("first_verifier", "dono", *VERIFIER[1:])
