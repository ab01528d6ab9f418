"""The forgotten User ID, and a new mailbox from the counter."""

from __future__ import annotations

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied

from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.clock import database_now
from lpse.errors import Refused
from lpse.mail.models import Message
from registration.domain import mailbox, signup, user_id
from registration.models import Session, SignUpRequest, User
from tests.cast import Cast

DEVICE = "d" * 64


def ask(address: str, device: str = DEVICE) -> None:
    user_id.ask.__wrapped__(address, device=device, language="id")


@pytest.mark.django_db
def test_the_user_id_goes_to_the_mailbox(cast: Cast) -> None:
    ask(cast.maju.email.upper())

    message = Message.objects.get()
    assert message.address == cast.maju.email
    assert "maju" in message.body
    assert "maju" not in message.subject


def test_an_address_without_an_account_is_told_so_and_counted_alike(cast: Cast) -> None:
    ask(cast.maju.email)
    ask("tidak.ada@contoh.example")

    known, unknown = Message.objects.order_by("created_at")
    assert (known.template, unknown.template) == ("user_id", "user_id_none")
    assert known.subject == unknown.subject
    assert SignUpRequest.objects.count() == 2


def test_an_address_gets_few_mails_and_a_device_is_told_when_it_asks_too_much(cast: Cast) -> None:
    for _time in range(signup.MOST_FOR_AN_ADDRESS + 2):
        ask(cast.maju.email)
    assert Message.objects.count() == signup.MOST_FOR_AN_ADDRESS
    for number in range(signup.MOST_BY_A_DEVICE - signup.MOST_FOR_AN_ADDRESS - 2):
        ask(f"orang{number}@contoh.example")

    with pytest.raises(Refused):
        ask("satu.lagi@contoh.example")
    ask("satu.lagi@contoh.example", device="e" * 64)


def test_asking_to_register_does_not_use_up_the_mails_that_name_the_user_id(cast: Cast) -> None:
    for number in range(signup.MOST_FOR_AN_ADDRESS + 1):
        signup.ask.__wrapped__(cast.maju.email, device=f"d{number}", language="id")

    ask(cast.maju.email)

    assert "maju" in Message.objects.get(template="user_id").body


# --- A new mailbox -----------------------------------------------------------------------------

TOLD = {
    "email": "Baru@contoh.example",
    "document": "KTP",
    "original_seen": True,
    "reason": "Kotak surat lama tidak dapat dibuka lagi.",
}


def replace(user: User, *, by: User, **changes: object) -> None:
    mailbox.replace(user, **(TOLD | changes), by=by)


def test_a_verifier_gives_the_account_a_new_address(cast: Cast) -> None:
    maju = cast.maju
    maju.set_password("sandi-contoh-panjang")
    maju.save()
    EmailAddress.objects.create(user=maju, email=maju.email, primary=True, verified=True)
    Session.objects.create(
        session_key="k" * 32,
        session_data="",
        expire_date=database_now() + dt.timedelta(days=1),
        user=maju,
        signed_in_at=database_now(),
    )

    replace(maju, by=cast.wati)

    maju = User.objects.get(username="maju")
    assert maju.email == "baru@contoh.example"
    assert not maju.has_usable_password()
    assert [a.email for a in maju.emailaddress_set.all()] == ["baru@contoh.example"]
    assert not Session.objects.exists()
    entry = AuditEntry.objects.get(event=Event.ACCOUNT_EMAIL_CHANGED)
    assert (entry.actor_uid, entry.data["document"]) == ("wati", "KTP")
    assert "@" not in str(entry.data)


def test_the_old_address_is_told_and_the_new_one_leads_to_a_password(cast: Cast) -> None:
    replace(cast.maju, by=cast.wati)

    assert Message.objects.get(template="mailbox_former").address == "maju@contoh.example"
    new = Message.objects.get(template="mailbox_new")
    assert new.to == "baru@contoh.example"
    assert new.url == "/accounts/password/reset/"


@pytest.mark.parametrize(
    "lacking",
    [
        {"original_seen": False},
        {"document": " "},
        {"reason": ""},
        {"email": "jaya@contoh.example"},
    ],
    ids=lambda lacking: next(iter(lacking)),
)
def test_without_original_reason_or_a_free_address_nothing_changes(
    cast: Cast, lacking: dict[str, object]
) -> None:
    assert cast.jaya.email == "jaya@contoh.example"

    with pytest.raises(Refused) as refusal:
        replace(cast.maju, by=cast.wati, **lacking)

    assert refusal.value.field == next(iter(lacking))
    assert User.objects.get(username="maju").email == "maju@contoh.example"


def test_an_address_that_another_only_typed_is_still_free(cast: Cast) -> None:
    taken = EmailAddress.objects.create(user=cast.jaya, email="baru@contoh.example")

    replace(cast.maju, by=cast.wati)

    assert User.objects.get(username="maju").email == "baru@contoh.example"
    EmailAddress.objects.filter(pk=taken.pk).update(verified=True)
    with pytest.raises(Refused) as refusal:
        replace(cast.karya, by=cast.wati)
    assert refusal.value.field == "email"


def test_nobody_but_another_verifier_does_it(cast: Cast) -> None:
    for by in (cast.lina, cast.maju, cast.putri):
        with pytest.raises(PermissionDenied):
            replace(cast.maju, by=by)
    with pytest.raises(PermissionDenied):
        replace(cast.wati, by=cast.wati)
