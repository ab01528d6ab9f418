from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction

from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.errors import Refused
from lpse.mail.models import Message
from registration import signals
from registration.domain import assignment as domain
from registration.models import Assignment, Role, Session, User
from tests.cast import Cast
from tests.factories.registration import (
    AssignmentFactory,
    ProcurementUnitFactory,
    UserFactory,
    WorkUnitFactory,
    today,
)

DECREE = {"decree_number": "800/12/2026", "decree_date": dt.date(2026, 1, 5)}
LPSE = [Role.HEAD, Role.SECRETARIAT, Role.SYSTEM, Role.VERIFIER, Role.DESK]


def give(cast: Cast, user: User, role: Role, **facts: object) -> Assignment:
    places = {}
    if role in {Role.PPK, Role.PP, Role.PA, Role.AGENCY}:
        places["agency"] = cast.agency
    if role == Role.POKJA:
        places["committee"] = cast.committee()
    facts = {"since": today(), **DECREE, **places, **facts}
    return domain.assign(Assignment(user=user, role=role, **facts), by=cast.wati)


def new_desk(user: User) -> Assignment:
    return Assignment(user=user, role=Role.DESK, since=today(), **DECREE)


@pytest.mark.clause("P22(1)b", "P22(7)")
@pytest.mark.parametrize("role", [r for r in Role if r != Role.AUDITOR])
def test_a_verifier_gives_every_office_by_decree(cast: Cast, role: Role) -> None:
    office = give(cast, cast.stranger, role)

    assert [o.role for o in User.objects.get(username="stranger").offices] == [role]
    entry = AuditEntry.objects.get(event=Event.ASSIGNMENT_MADE)
    assert entry.actor_uid == "wati"
    assert entry.data["decree_number"] == "800/12/2026"
    assert entry.data["role"] == role
    assert Message.objects.get(recipient=office.user).template == "office_assigned"
    assert mail.outbox == []


@pytest.mark.clause("P13(3)")
@pytest.mark.parametrize("lpse", LPSE)
@pytest.mark.parametrize("procurement", [Role.PPK, Role.POKJA, Role.PP])
@pytest.mark.parametrize("lpse_first", [True, False])
def test_an_office_of_the_lpse_excludes_one_of_procurement(
    cast: Cast, lpse: Role, procurement: Role, *, lpse_first: bool
) -> None:
    first, second = (lpse, procurement) if lpse_first else (procurement, lpse)
    give(cast, cast.stranger, first)

    with pytest.raises(Refused, match=r"Pasal 13\(3\)") as refusal:
        give(cast, cast.stranger, second)

    assert str(first.label) in str(refusal.value)
    assert refusal.value.field == "role"
    assert Assignment.objects.filter(user=cast.stranger).count() == 1


@pytest.mark.clause("P13(3)")
@pytest.mark.parametrize(("first_day", "is_refused"), [(9, True), (10, True), (11, False)])
def test_the_offices_may_not_share_even_one_day(
    cast: Cast, first_day: int, *, is_refused: bool
) -> None:
    give(cast, cast.stranger, Role.DESK, since=dt.date(2030, 1, 1), until=dt.date(2030, 1, 10))
    since = dt.date(2030, 1, first_day)

    if is_refused:
        with pytest.raises(Refused):
            give(cast, cast.stranger, Role.PPK, since=since)
    else:
        give(cast, cast.stranger, Role.PPK, since=since)


@pytest.mark.clause("P13(3)")
@pytest.mark.parametrize(("last_day", "is_refused"), [(9, False), (10, True)])
def test_a_new_office_ends_before_the_other_begins(
    cast: Cast, last_day: int, *, is_refused: bool
) -> None:
    give(cast, cast.stranger, Role.POKJA, since=dt.date(2030, 1, 10))
    days = {"since": dt.date(2030, 1, 1), "until": dt.date(2030, 1, last_day)}

    if is_refused:
        with pytest.raises(Refused):
            give(cast, cast.stranger, Role.HEAD, **days)
    else:
        give(cast, cast.stranger, Role.HEAD, **days)


@pytest.mark.clause("P13(3)")
def test_the_database_refuses_the_double_office_whoever_asks(cast: Cast) -> None:
    """Raw SQL, as somebody would write who has got hold of the application."""
    holder = cast.oki
    insert = """
        INSERT INTO registration_assignment
            (user_id, role, agency_id, decree_number, decree_date, since, is_void, end_reason)
        VALUES (%s, 'ppk', %s, 'x', '2026-01-01', %s, %s, '')
    """
    for is_void in (False, True):
        with (
            pytest.raises(IntegrityError, match=r"lpse_apart_from_procurement|void_was_ended"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(insert, [holder.pk, cast.agency.pk, today(), is_void])


@pytest.mark.clause("P13(3)")
def test_history_cannot_be_rewritten_into_a_double_office(cast: Cast) -> None:
    """An ended office still excludes the other side on the days it was held."""
    office = AssignmentFactory(user=cast.stranger, role=Role.DESK)
    domain.end(office, reason="mutasi", by=cast.wati)

    with pytest.raises(Refused, match="13"):
        give(cast, cast.stranger, Role.PPK)

    give(cast, cast.stranger, Role.PPK, since=today() + dt.timedelta(days=1))


def test_an_office_ended_before_its_first_day_was_never_held(cast: Cast) -> None:
    soon = today() + dt.timedelta(days=5)
    office = give(cast, cast.stranger, Role.DESK, since=soon)

    domain.end(office, reason="batal", by=cast.wati)

    office.refresh_from_db()
    assert office.is_void
    give(cast, cast.stranger, Role.PPK, since=soon)


@pytest.mark.clause("P5(2)")
def test_the_unit_of_the_lpse_is_not_the_unit_of_a_ulp(cast: Cast) -> None:
    unit = WorkUnitFactory(agency=cast.agency)
    ProcurementUnitFactory(agency=cast.agency, work_unit=unit)

    with pytest.raises(Refused, match=r"Pasal 5\(2\)") as refusal:
        give(cast, cast.stranger, Role.HEAD, work_unit=unit)

    assert refusal.value.field == "work_unit"


@pytest.mark.clause("P5(2)")
def test_the_database_keeps_the_two_units_apart_from_both_sides(cast: Cast) -> None:
    lpse, ulp = WorkUnitFactory(agency=cast.agency), WorkUnitFactory(agency=cast.agency)
    AssignmentFactory(user=cast.stranger, role=Role.HEAD, work_unit=lpse)
    ProcurementUnitFactory(agency=cast.agency, work_unit=ulp)

    with pytest.raises(DatabaseError, match="not the unit of a ULP"), transaction.atomic():
        ProcurementUnitFactory(agency=cast.agency, work_unit=lpse)
    with pytest.raises(DatabaseError, match="not the unit of a ULP"), transaction.atomic():
        AssignmentFactory(role=Role.DESK, work_unit=ulp)


def test_the_account_of_a_provider_holds_no_office(cast: Cast) -> None:
    with pytest.raises(Refused, match="PT Maju Contoh"):
        give(cast, cast.maju, Role.AUDITOR, until=today())

    with pytest.raises(DatabaseError, match="holds no office"), transaction.atomic():
        AssignmentFactory(user=cast.maju, role=Role.OBSERVER)


def test_the_holder_of_an_office_does_not_act_for_a_provider(cast: Cast) -> None:
    with pytest.raises(DatabaseError, match="cannot act for a provider"), transaction.atomic():
        cast.sari.officer_of.create(provider=cast.provider("maju"), right="bidder")


@pytest.mark.parametrize(
    ("role", "facts", "field"),
    [
        (Role.POKJA, {"committee": None}, "committee"),
        (Role.PPK, {"agency": None}, "agency"),
        (Role.AUDITOR, {"until": None}, "until"),
        (Role.DESK, {"until": dt.date(2020, 1, 1)}, "until"),
    ],
)
def test_an_incomplete_office_is_refused_at_its_field(
    cast: Cast, role: Role, facts: dict[str, object], field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        give(cast, cast.stranger, role, **facts)

    assert refusal.value.field == field


def test_a_work_unit_belongs_to_its_agency(cast: Cast) -> None:
    elsewhere = WorkUnitFactory(agency=cast.other_agency)

    with pytest.raises(Refused) as refusal:
        give(cast, cast.stranger, Role.PPK, work_unit=elsewhere)

    assert refusal.value.field == "work_unit"


def test_the_same_office_is_given_once(cast: Cast) -> None:
    give(cast, cast.stranger, Role.PPK)

    with pytest.raises(Refused, match=r"already|sudah") as refusal:
        give(cast, cast.stranger, Role.PPK)

    assert refusal.value.field == "since"


@pytest.mark.parametrize("name", ["sari", "budi", "oki", "lina", "nanda", "putri", "agus", "maju"])
def test_nobody_but_a_verifier_gives_or_ends_an_office(cast: Cast, name: str) -> None:
    by = getattr(cast, name)
    office = AssignmentFactory(user=cast.stranger, role=Role.OBSERVER)

    with pytest.raises(PermissionDenied):
        domain.assign(new_desk(cast.stranger), by=by)
    with pytest.raises(PermissionDenied):
        domain.end(office, reason="x", by=by)


def test_nobody_appoints_oneself(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        domain.assign(new_desk(cast.wati), by=cast.wati)


def test_ending_an_office_takes_the_power_at_once_and_signs_out(cast: Cast) -> None:
    heard: list[Assignment] = []

    def listen(assignment: Assignment, **_: object) -> None:
        heard.append(assignment)

    signals.assignment_ended.connect(listen)
    office = cast.budi.assignments.get()
    Session.objects.create(
        session_key="s" * 32, session_data="", expire_date="2099-01-01T00:00Z", user=cast.budi
    )

    domain.end(office, reason="mutasi", by=cast.wati)

    signals.assignment_ended.disconnect(listen)
    office.refresh_from_db()
    assert (office.until, office.ended_by, office.end_reason) == (today(), cast.wati, "mutasi")
    assert User.objects.get(username="budi").offices == []
    assert not Session.objects.exists()
    assert heard == [office]
    assert AuditEntry.objects.get(event=Event.ASSIGNMENT_ENDED).data["reason"] == "mutasi"


def test_an_office_ends_once(cast: Cast) -> None:
    office = cast.budi.assignments.get()
    domain.end(office, reason="mutasi", by=cast.wati)

    with pytest.raises(Refused):
        domain.end(office, reason="lagi", by=cast.wati)


def test_an_office_ends_by_itself_after_its_last_day(cast: Cast) -> None:
    AssignmentFactory(user=cast.stranger, role=Role.DESK, until=today() - dt.timedelta(days=1))
    AssignmentFactory(user=cast.stranger, role=Role.OBSERVER, until=today())

    assert [o.role for o in User.objects.get(username="stranger").offices] == [Role.OBSERVER]


@pytest.mark.parametrize(("zone", "offset"), [("Etc/GMT+12", -12), ("Pacific/Kiritimati", 14)])
def test_today_is_the_day_of_the_office_not_of_the_server(
    cast: Cast, settings: object, zone: str, offset: int
) -> None:
    settings.LPSE_TIME_ZONE = zone
    there = dt.datetime.now(dt.timezone(dt.timedelta(hours=offset))).date()
    AssignmentFactory(user=cast.stranger, role=Role.DESK, since=there, until=there)

    assert [o.role for o in User.objects.get(username="stranger").offices] == [Role.DESK]


def test_no_assignment_is_ever_deleted(cast: Cast) -> None:
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        cast.wati.assignments.all().delete()


def test_an_application_above_may_refuse_an_office(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(domain, "_guards", [lambda office: f"not {office.user.username}"])

    with pytest.raises(Refused, match="not stranger"):
        give(cast, cast.stranger, Role.DESK)


@pytest.fixture
def two_threads(transactional_db: None) -> threading.Barrier:
    return threading.Barrier(2, timeout=20)


@pytest.mark.clause("P13(3)")
def test_two_verifiers_at_once_give_one_of_two_exclusive_offices(
    two_threads: threading.Barrier,
) -> None:
    """A real race: the second waits for the first, and is told what the first has done."""
    cast = Cast()
    person, by, agency = cast.stranger, cast.wati, cast.agency
    outcomes: list[str] = []

    def run(role: Role) -> None:
        try:
            two_threads.wait()
            place = {"agency": agency} if role == Role.PPK else {}
            user = User.objects.get(pk=person.pk)
            office = Assignment(user=user, role=role, since=today(), **place, **DECREE)
            domain.assign(office, by=User.objects.get(pk=by.pk))
            outcomes.append("given")
        except Refused as refusal:
            outcomes.append(str(refusal).partition("Pasal ")[2])
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[role]) for role in (Role.DESK, Role.PPK)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(outcomes) == ["13(3)).", "given"]
    assert Assignment.objects.filter(user=person).count() == 1


@pytest.mark.clause("P13(3)")
def test_a_race_past_the_verb_is_stopped_by_the_database(two_threads: threading.Barrier) -> None:
    """Two raw inserts that see nothing of each other: one commits, one does not."""
    person, agency = UserFactory(), Cast().agency
    outcomes: list[str] = []

    def run(role: Role) -> None:
        try:
            with transaction.atomic():
                two_threads.wait()
                AssignmentFactory(
                    user=person, role=role, agency=agency if role == Role.PPK else None
                )
            outcomes.append("written")
        except DatabaseError:
            outcomes.append("stopped")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[role]) for role in (Role.HEAD, Role.PPK)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(outcomes) == ["stopped", "written"]
