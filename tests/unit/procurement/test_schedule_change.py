"""Changing an announced schedule: at once, by a new key statement, or not at all."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.clock import database_now
from lpse.errors import Refused
from lpse.mail.models import Message
from procurement.domain import amendment, document, schedule, statement
from procurement.models import ScheduleChange, Stage, TenderDocument
from tests.factories import procurement as make

pytestmark = pytest.mark.django_db

A_DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _sample(settings):
    settings.SAMPLE_INSTALLATION = True


def later(tender, code, **shift):
    stage = tender.stages.get(code=code)
    starts = stage.starts_at + shift.get("starts", dt.timedelta())
    return {code: (starts, stage.ends_at + shift.get("ends", dt.timedelta()))}


def test_a_change_keeps_the_old_dates_who_and_why_and_tells_the_followers(cast):
    tender = make.an_announced_tender(law="training")
    document.fetch(TenderDocument.objects.select_related("tender").get(), by=cast.maju)
    before = tender.stages.get(code="evaluation")

    waits = amendment.change(
        tender, later(tender, "evaluation", ends=A_DAY), reason="Anggota sakit.", by=cast.rina
    )

    change = ScheduleChange.objects.get()
    assert waits is None
    assert (change.old_ends_at, change.new_ends_at) == (before.ends_at, before.ends_at + A_DAY)
    assert (change.reason, change.changed_by) == ("Anggota sakit.", cast.rina)
    assert Stage.objects.get(pk=before.pk).ends_at == before.ends_at + A_DAY
    told = Message.objects.filter(template="schedule_changed")
    assert {m.recipient.username for m in told} == {"maju", "sari", "budi", "rina", "dewi"}
    entry = AuditEntry.objects.get(event=Event.TENDER_SCHEDULE_CHANGED)
    assert list(entry.data["schedule"]) == ["evaluation"]
    assert entry.at == change.changed_at


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_change_without_a_reason_is_refused(cast, reason):
    tender = make.an_announced_tender(law="training")

    with pytest.raises(Refused) as refusal:
        amendment.change(
            tender, later(tender, "evaluation", ends=A_DAY), reason=reason, by=cast.budi
        )

    assert refusal.value.field == "reason"
    assert not ScheduleChange.objects.exists()


@pytest.mark.clause("P3(3)")
@pytest.mark.parametrize(
    "name", ["sari", "eko", "lina", "nanda", "oki", "wati", "putri", "agus", "maju"]
)
def test_nobody_but_its_committee_changes_a_schedule(cast, name):
    tender = make.an_announced_tender(law="training")

    with pytest.raises(PermissionDenied):
        schedule.apply(
            tender, later(tender, "evaluation", ends=A_DAY), reason="x", by=getattr(cast, name)
        )


@pytest.mark.parametrize(
    ("code", "shift", "moves"),
    [
        ("submission", {"ends": A_DAY}, True),
        ("opening", {"starts": A_DAY}, True),
        ("opening", {"ends": A_DAY}, False),
        ("submission", {"starts": dt.timedelta(minutes=1)}, False),
        ("contract", {"ends": A_DAY}, False),
        ("submission", {}, False),
    ],
)
def test_deadline_and_opening_are_what_the_committee_signs(cast, code, shift, moves):
    tender = make.an_announced_tender(law="training")

    assert schedule.moves_the_box(tender, later(tender, code, **shift)) is moves


def test_a_later_deadline_goes_to_the_committee_and_changes_nothing_yet(cast, monkeypatch):
    tender = make.an_announced_tender(law="training")
    asked = {}
    monkeypatch.setattr(
        statement, "propose_change", lambda tender, **given: asked.update(given) or "proposal"
    )

    waits = amendment.change(
        tender, later(tender, "submission", ends=A_DAY), reason="Banjir.", by=cast.budi
    )

    assert waits == "proposal"
    assert (asked["reason"], asked["by"], list(asked["dates"])) == (
        "Banjir.",
        cast.budi,
        ["submission"],
    )
    assert not ScheduleChange.objects.exists()


def test_dates_that_were_signed_meanwhile_are_not_taken_back_by_who_read_the_old_ones(cast):
    """One member alone would move opening or deadline to what they were before."""
    tender = make.an_announced_tender(law="training")
    read_before = type(tender).objects.prefetch_related("stages").get(pk=tender.pk)
    opening = next(s for s in read_before.stages.all() if s.code == "opening")
    changes = {"opening": (opening.starts_at, opening.ends_at + A_DAY)}
    signed = opening.starts_at + dt.timedelta(minutes=1)
    Stage.objects.filter(pk=opening.pk).update(starts_at=signed)

    with pytest.raises(Refused):
        amendment.change(read_before, changes, reason="Ruang rapat.", by=cast.budi)

    assert Stage.objects.get(pk=opening.pk).starts_at == signed


def test_a_deadline_that_has_passed_is_refused_in_clear_words(cast):
    tender = make.an_announced_tender(ends_in=-make.HOUR, law="training")

    with pytest.raises(Refused, match="deadline for bids has passed"):
        schedule.apply(tender, later(tender, "submission", ends=A_DAY), reason="x", by=cast.budi)


def test_a_stage_that_is_over_stays_as_it_was(cast):
    tender = make.an_announced_tender(law="training")

    with pytest.raises(Refused, match="is over"):
        schedule.apply(
            tender, later(tender, "clarification", ends=A_DAY), reason="x", by=cast.budi
        )


def test_of_a_stage_that_has_begun_only_the_end_is_changed(cast):
    tender = make.an_announced_tender(law="training")

    with pytest.raises(Refused, match="only its end") as refusal:
        schedule.apply(tender, later(tender, "download", starts=A_DAY), reason="x", by=cast.budi)
    assert refusal.value.field == "download-starts_at"


def test_a_change_into_the_past_or_against_a_confirmed_rule_is_refused(cast):
    tender = make.an_announced_tender(law="training")
    now = database_now()

    with pytest.raises(Refused, match="passed already"):
        schedule.apply(
            tender,
            {"download": (tender.stages.get(code="download").starts_at, now)},
            reason="x",
            by=cast.budi,
        )
    opening = tender.stages.get(code="opening")
    with pytest.raises(Refused, match="cannot begin before"):
        schedule.apply(
            tender,
            {"opening": (tender.deadline - make.HOUR, opening.ends_at)},
            reason="x",
            by=cast.budi,
        )


def test_a_change_of_nothing_is_refused(cast):
    tender = make.an_announced_tender(law="training")

    with pytest.raises(Refused, match="Nothing would change"):
        schedule.apply(tender, later(tender, "proof"), reason="x", by=cast.budi)


def test_an_announced_schedule_is_not_set_without_a_reason(cast):
    tender = make.an_announced_tender(law="training")

    with pytest.raises(Refused, match="needs a reason"):
        schedule.set_schedule(tender, later(tender, "proof", ends=A_DAY), by=cast.budi)


def test_dates_survive_the_way_through_json_to_the_microsecond(cast):
    tender = make.an_announced_tender(law="training")
    dates = later(tender, "submission", ends=dt.timedelta(microseconds=1))

    assert schedule.from_json(schedule.as_json(dates)) == dates


# --- The database, whoever asks ---------------------------------------------------------------


@pytest.mark.parametrize(
    "statement_",
    [
        "UPDATE procurement_stage SET ends_at = ends_at + interval '1 hour'",
        "UPDATE procurement_stage SET ends_at = ends_at - interval '1 second'",
        "UPDATE procurement_stage SET code = 'proof', number = 13",
        "DELETE FROM procurement_stage",
    ],
)
def test_raw_sql_does_not_move_a_passed_deadline(cast, statement_):
    make.an_announced_tender(ends_in=-dt.timedelta(seconds=1))

    with (
        pytest.raises(DatabaseError, match="cannot be moved"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"{statement_} WHERE code = 'submission'")


def test_raw_sql_moves_a_deadline_that_lies_ahead(cast):
    make.an_announced_tender(law="training")

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procurement_stage SET ends_at = ends_at + interval '1 hour'"
            " WHERE code = 'submission'"
        )
        assert cursor.rowcount == 1


@pytest.mark.parametrize(
    "verb",
    [
        "UPDATE procurement_schedulechange SET reason = 'x'",
        "DELETE FROM procurement_schedulechange",
    ],
)
def test_the_history_of_changes_cannot_be_rewritten(cast, verb):
    tender = make.an_announced_tender(law="training")
    schedule.apply(tender, later(tender, "contract", ends=A_DAY), reason="x", by=cast.budi)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb)
