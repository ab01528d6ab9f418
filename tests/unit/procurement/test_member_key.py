"""A member's keys: only public halves come in, a tested backup counts, nothing is shown twice."""

from __future__ import annotations

import base64

import pytest
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, transaction

from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.clock import database_now, instant
from lpse.errors import Refused
from lpse.sealing import jcs, member_key
from procurement.domain import member_key as domain
from procurement.domain.member_key import Proof, Purpose
from procurement.models import CommitteeKey
from registration.models import Agency, AgencyKind, Committee, ProcurementUnit, User
from tests.factories.bidding import a_user, the_office
from tests.factories.committee import (
    PASSPHRASE,
    a_member,
    a_registered_key,
    proof_of,
    wrapped,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def budi() -> User:
    the_office()
    agency = Agency.objects.create(name="Dinas Kunci", kind=AgencyKind.REGIONAL)
    unit = ProcurementUnit.objects.create(agency=agency, name="ULP Kunci")
    return a_member("budi", Committee.objects.create(unit=unit, name="Pokja Kunci"))


def a_key_and_its_file(user: User) -> tuple[dict[str, str], bytes]:
    key = member_key.make(user.username, created_at=instant(database_now()))
    return key, wrapped(key, openable=False)


def test_what_is_kept_of_a_key_opens_nothing_without_the_passphrase(budi: User) -> None:
    key, kept = a_registered_key(budi, tested=False, openable=True)

    stored = " ".join(str(value) for value in CommitteeKey.objects.values_list().get())
    file = base64.b64decode(kept.wrapped)

    assert key["identity"] not in stored
    assert key["signing_seed"] not in stored
    assert key["signing_seed"].encode() not in file
    assert member_key.unwrap(file, PASSPHRASE) == key


def test_a_key_counts_only_once_its_backup_was_opened(budi: User) -> None:
    key, kept = a_registered_key(budi, tested=False)
    now = database_now()
    assert domain.fault(kept, now) == "has not tested the backup of the keys yet"

    file = base64.b64decode(kept.wrapped)
    domain.test(
        kept, by=budi, purpose=Purpose.BACKUP, proof=proof_of(budi, key, Purpose.BACKUP, file)
    )

    kept.refresh_from_db()
    assert domain.fault(kept, now) is None
    assert AuditEntry.objects.filter(event=Event.KEY_BACKUP_TESTED).count() == 1


def test_another_file_is_no_backup_of_the_key(budi: User) -> None:
    key, kept = a_registered_key(budi, tested=False)
    other = wrapped(key, openable=False)

    with pytest.raises(Refused, match="has not signed"):
        domain.test(
            kept, by=budi, purpose=Purpose.BACKUP, proof=proof_of(budi, key, Purpose.BACKUP, other)
        )


def test_a_check_is_no_test_of_the_backup(budi: User) -> None:
    key, kept = a_registered_key(budi, tested=False)
    file = base64.b64decode(kept.wrapped)

    with pytest.raises(Refused, match="has not signed"):
        domain.test(
            kept, by=budi, purpose=Purpose.BACKUP, proof=proof_of(budi, key, Purpose.CHECK, file)
        )


def test_a_proof_of_another_member_or_another_time_shows_nothing(budi: User) -> None:
    key, kept = a_registered_key(budi, tested=False)
    file = base64.b64decode(kept.wrapped)
    foreign = proof_of(budi, key, Purpose.BACKUP, file, challenge=domain.challenge(a_user("eko")))
    made_up = proof_of(budi, key, Purpose.BACKUP, file, challenge="made:up")

    for proof in (foreign, made_up):
        with pytest.raises(Refused):
            domain.test(kept, by=budi, purpose=Purpose.BACKUP, proof=proof)


def test_the_keys_of_somebody_else_cannot_be_registered(budi: User) -> None:
    key, file = a_key_and_its_file(budi)
    mine = member_key.make("budi", created_at=instant(database_now()))
    proof = proof_of(budi, {**mine, "signing_key": key["signing_key"]}, Purpose.REGISTER, file)

    with pytest.raises(Refused, match="has not signed"):
        domain.register(
            by=budi,
            recipient=key["recipient"],
            signing_key=key["signing_key"],
            wrapped=base64.b64encode(file).decode(),
            proof=proof,
        )

    assert not CommitteeKey.objects.exists()


@pytest.mark.parametrize("kind", ["weak", "bare", "broken"])
def test_a_file_that_is_wrapped_too_weakly_or_not_at_all_is_refused(budi: User, kind: str) -> None:
    key, file = a_key_and_its_file(budi)
    if kind == "weak":
        file = file.replace(b" 18\n", b" 17\n", 1)
    if kind == "bare":
        file = jcs.canonical(key)
    text = base64.b64encode(file).decode() if kind != "broken" else "%%%"

    with pytest.raises(Refused):
        domain.register(
            by=budi,
            recipient=key["recipient"],
            signing_key=key["signing_key"],
            wrapped=text,
            proof=proof_of(budi, key, Purpose.REGISTER, file),
        )


@pytest.mark.parametrize(
    "recipient",
    [
        "age1pq1",  # of another kind
        "age1qqq",  # its checksum does not fit
        # A point of low order: whatever is sealed to it, everybody can open, so age refuses it.
        "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z",
    ],
)
def test_a_recipient_to_which_no_bidder_can_seal_is_refused(budi: User, recipient: str) -> None:
    """One member would stop a tender: its committee is fixed with the announcement."""
    key, file = a_key_and_its_file(budi)
    key["recipient"] = recipient + key["recipient"][len(recipient) :]

    with pytest.raises(Refused, match="not a public key"):
        domain.register(
            by=budi,
            recipient=key["recipient"],
            signing_key=key["signing_key"],
            wrapped=base64.b64encode(file).decode(),
            proof=proof_of(budi, key, Purpose.REGISTER, file),
        )


def test_new_keys_take_the_place_of_the_old_which_stay(budi: User) -> None:
    _old_key, old = a_registered_key(budi)
    _new_key, new = a_registered_key(budi)

    old.refresh_from_db()
    assert old.revoked_at is not None
    assert domain.in_use(budi) == new
    entry = AuditEntry.objects.get(event=Event.KEY_REVOKED)
    assert entry.data == {"recipient": old.recipient, "replaced": True}


def test_a_revoked_key_is_out_of_use_for_good(budi: User) -> None:
    key, kept = a_registered_key(budi)

    domain.revoke(kept, by=budi)

    assert domain.in_use(budi) is None
    with pytest.raises(Refused, match="no longer in use"):
        domain.revoke(kept, by=budi)
    file = base64.b64decode(kept.wrapped)
    with pytest.raises(Refused, match="no longer in use"):
        domain.test(
            kept, by=budi, purpose=Purpose.CHECK, proof=proof_of(budi, key, Purpose.CHECK, file)
        )


def test_nobody_touches_the_keys_of_another_member(budi: User) -> None:
    _key, kept = a_registered_key(budi)
    rina = a_member("rina", budi.assignments.get().committee)

    with pytest.raises(PermissionDenied):
        domain.revoke(kept, by=rina)


def test_who_holds_no_office_of_the_procedure_has_no_keys(budi: User) -> None:
    stranger = a_user("stranger")

    with pytest.raises(PermissionDenied):
        domain.register(by=stranger, recipient="", signing_key="", wrapped="", proof=Proof("", ""))


@pytest.mark.parametrize(
    "change",
    [{"recipient": "age1x"}, {"signing_key": "x"}, {"wrapped": "x"}, {"expires_at": database_now}],
)
def test_the_database_lets_nobody_put_other_keys_under_a_name(
    budi: User, change: dict[str, object]
) -> None:
    _key, kept = a_registered_key(budi)
    values = {name: value() if callable(value) else value for name, value in change.items()}

    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        CommitteeKey.objects.filter(pk=kept.pk).update(**values)
    with pytest.raises(ProgrammingError, match="Cannot delete"), transaction.atomic():
        CommitteeKey.objects.filter(pk=kept.pk).delete()


def test_keys_expire_after_a_year(budi: User) -> None:
    _key, kept = a_registered_key(budi)

    assert kept.expires_at - kept.created_at == domain.VALIDITY
    assert domain.fault(kept, kept.expires_at) == "has keys that have expired and must be renewed"
