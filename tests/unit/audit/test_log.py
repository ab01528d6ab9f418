from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from lpse.audit.events import Event
from lpse.audit.log import body, log_entry, record
from lpse.audit.models import AuditEntry
from lpse.clock import database_now
from lpse.sealing import jcs
from registration.models import User

pytestmark = pytest.mark.django_db

SUBJECT = ("procurement.Tender", "1234901")


@pytest.fixture
def budi() -> User:
    return User.objects.create(username="budi", full_name="Budi")


def test_an_entry_says_what_happened_to_what_by_whom_and_when(budi: User) -> None:
    before = database_now()

    entry = record(Event.TENDER_ANNOUNCED, subject=SUBJECT, by=budi, code="1234901")

    assert before <= entry.at <= database_now()
    assert body(AuditEntry.objects.get()) == {
        "format": "lpse-entry/1",
        "id": str(entry.id),
        "event": "tender:announced",
        "subject": ["procurement.Tender", "1234901"],
        "actor": "budi",
        "at": entry.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "data": {"code": "1234901"},
    }


def test_an_entry_about_a_row_names_its_model_and_key(budi: User) -> None:
    entry = record(Event.ACCOUNT_CREATED, subject=budi, by=None)

    assert body(entry)["subject"] == ["registration.User", str(budi.pk)]
    assert body(entry)["actor"] is None


def test_a_verb_that_read_the_clock_with_its_deadline_says_that_instant() -> None:
    moment = dt.datetime(2026, 11, 24, 7, 0, 0, 123456, tzinfo=dt.UTC)

    entry = record(Event.BID_SUBMITTED, subject=SUBJECT, by=None, at=moment)

    assert body(entry)["at"] == "2026-11-24T07:00:00.123456Z"


def test_what_is_read_back_from_the_database_gives_the_same_commitment(budi: User) -> None:
    entry = record(
        Event.TENDER_SCHEDULE_CHANGED,
        subject=SUBJECT,
        by=budi,
        until=dt.datetime(2026, 11, 24, 14, tzinfo=dt.timezone(dt.timedelta(hours=7))),
        day=dt.date(2026, 11, 24),
        amount=Decimal("1500000.00"),
        file=uuid.UUID(int=7),
        what=Event.KEY_CREATED,
        nested={"b": [1, True, None, "é"], "a": {}},
    )
    stored = AuditEntry.objects.get(pk=entry.pk)

    assert stored.data == {
        "until": "2026-11-24T07:00:00.000000Z",
        "day": "2026-11-24",
        "amount": "1500000.00",
        "file": "00000000-0000-0000-0000-000000000007",
        "what": "key:created",
        "nested": {"b": [1, True, None, "é"], "a": {}},
    }
    assert log_entry(stored) == log_entry(entry)
    assert (
        log_entry(entry) == hashlib.sha256(bytes(entry.salt) + jcs.canonical(body(entry))).digest()
    )


def test_two_entries_of_one_content_have_two_commitments() -> None:
    first, second = (record(Event.SAMPLE_LOADED, subject=SUBJECT, by=None) for _ in range(2))

    assert bytes(first.salt) != bytes(second.salt)
    assert log_entry(first) != log_entry(second)


@pytest.mark.parametrize("value", [1.5, b"bytes", object(), {1, 2}, 2**53])
def test_what_has_no_exact_spelling_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        record(Event.TENDER_CHANGED, subject=SUBJECT, by=None, value=value)

    assert not AuditEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="must commit together"):
        record(Event.TENDER_CHANGED, subject=SUBJECT, by=None)


@pytest.mark.django_db(transaction=True)
def test_an_entry_is_undone_with_what_it_describes() -> None:
    def fail_after_recording() -> None:
        with transaction.atomic():
            record(Event.TENDER_CHANGED, subject=SUBJECT, by=None)
            raise LookupError

    with pytest.raises(LookupError):
        fail_after_recording()

    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditentry SET event = 'tender:cancelled'",
        "DELETE FROM audit_auditentry",
        "TRUNCATE audit_auditentry CASCADE",
    ],
)
def test_the_application_cannot_change_an_entry(statement: str) -> None:
    record(Event.TENDER_ANNOUNCED, subject=SUBJECT, by=None)

    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert AuditEntry.objects.get().event == "tender:announced"


def test_a_short_salt_is_refused_by_the_database() -> None:
    with pytest.raises(IntegrityError, match="audit_salt_is_32_bytes"), transaction.atomic():
        AuditEntry.objects.create(event=Event.TENDER_ANNOUNCED, salt=b"short")
