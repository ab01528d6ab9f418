from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.errors import Refused
from registration.domain import agency as domain
from registration.models import (
    Agency,
    Assignment,
    Committee,
    ProcurementUnit,
    Role,
    WorkUnit,
)
from tests.cast import Cast
from tests.factories.registration import (
    AssignmentFactory,
    ProcurementUnitFactory,
    UserFactory,
    WorkUnitFactory,
    today,
)


@pytest.mark.parametrize("name", ["wati", "lina"])
def test_the_lpse_takes_an_agency_in(cast: Cast, name: str) -> None:
    facts = {"name": "Kota Contoh", "kind": "regional", "address": "Jalan 1"}

    made = domain.create(**facts, by=getattr(cast, name))

    assert Agency.objects.get() == made
    assert AuditEntry.objects.get(event=Event.UNIT_CREATED).data["name"] == "Kota Contoh"
    with pytest.raises(Refused) as refusal:
        domain.create(**facts, by=getattr(cast, name))
    assert refusal.value.field == "name"


@pytest.mark.parametrize("name", ["umi", "sari", "nanda", "oki", "stranger"])
def test_nobody_else_takes_one_in_or_renames_it(cast: Cast, name: str) -> None:
    by, own = getattr(cast, name), cast.agency
    facts = {"name": "Kota Contoh", "kind": "regional", "address": ""}

    with pytest.raises(PermissionDenied):
        domain.create(**facts, by=by)
    with pytest.raises(PermissionDenied):
        domain.change(own, **facts, by=by)


def test_the_administrator_sets_up_and_renames_the_units(cast: Cast) -> None:
    own, umi = cast.agency, cast.umi
    work_unit = domain.add_unit(WorkUnit(agency=own, name="Dinas A"), by=umi)
    ulp = domain.add_unit(ProcurementUnit(agency=own, name="ULP A", work_unit=work_unit), by=umi)
    pokja = domain.add_unit(Committee(unit=ulp, name="Pokja A"), by=umi)

    for unit in (work_unit, ulp, pokja):
        unit.name += " baru"
        domain.change_unit(unit, by=umi)

    assert Committee.objects.get(name="Pokja A baru").unit.work_unit.name == "Dinas A baru"
    changes = AuditEntry.objects.filter(event=Event.UNIT_CHANGED)
    assert {(c.data["former"], c.data["name"]) for c in changes} == {
        ("Dinas A", "Dinas A baru"),
        ("ULP A", "ULP A baru"),
        ("Pokja A", "Pokja A baru"),
    }


@pytest.mark.parametrize("name", ["vina", "wati", "lina", "sari", "budi", "stranger"])
def test_nobody_else_touches_the_units(cast: Cast, name: str) -> None:
    by, unit = getattr(cast, name), WorkUnitFactory(agency=cast.agency)

    with pytest.raises(PermissionDenied):
        domain.add_unit(WorkUnit(agency=cast.agency, name="Dinas B"), by=by)
    with pytest.raises(PermissionDenied):
        domain.change_unit(unit, by=by)
    with pytest.raises(PermissionDenied):
        domain.remove_unit(unit, by=by)


def test_a_unit_is_not_carried_off_to_another_agency(cast: Cast) -> None:
    unit = WorkUnitFactory(agency=cast.other_agency)
    unit.agency = cast.agency

    with pytest.raises(PermissionDenied):
        domain.change_unit(unit, by=cast.umi)


def test_what_was_never_used_is_removed_and_what_was_used_stays(cast: Cast) -> None:
    unused = WorkUnitFactory(agency=cast.agency)
    used = WorkUnitFactory(agency=cast.agency)
    office = AssignmentFactory(role=Role.PPK, agency=cast.agency, work_unit=used)
    assert office

    domain.remove_unit(unused, by=cast.umi)
    with pytest.raises(Refused):
        domain.remove_unit(used, by=cast.umi)

    assert list(WorkUnit.objects.all()) == [used]
    assert AuditEntry.objects.get(event=Event.UNIT_CHANGED).data["removed"] is True


def test_names_are_taken_once(cast: Cast) -> None:
    ulp = cast.ulp

    with pytest.raises(Refused) as refusal:
        domain.add_unit(ProcurementUnit(agency=cast.agency, name=ulp.name), by=cast.umi)

    assert refusal.value.field == "name"


@pytest.mark.clause("P5(2)")
def test_a_ulp_is_not_attached_to_the_unit_of_the_lpse(cast: Cast) -> None:
    unit = WorkUnitFactory(agency=cast.agency)
    AssignmentFactory(user=cast.stranger, role=Role.HEAD, work_unit=unit)

    with pytest.raises(Refused, match=r"Pasal 5\(2\)") as refusal:
        domain.add_unit(
            ProcurementUnit(agency=cast.agency, name="ULP B", work_unit=unit), by=cast.umi
        )

    assert "Stranger" in str(refusal.value)
    assert refusal.value.field == "work_unit"


def test_the_people_of_an_agency_are_those_of_its_units_and_committees(cast: Cast) -> None:
    assert [cast.sari, cast.budi, cast.tono, cast.umi, cast.vina]
    staff = AssignmentFactory(role=Role.DESK, agency=cast.agency)
    gone = AssignmentFactory(
        role=Role.PPK, agency=cast.agency, until=today() - dt.timedelta(days=1)
    )

    people = {office.user for office in domain.offices_at(cast.agency)}

    assert people == {cast.sari, cast.budi, cast.umi}
    assert not people & {staff.user, gone.user}


def race(*acts: object) -> list[str]:
    """Each of ``acts`` in its own connection, all begun before any commits."""
    barrier = threading.Barrier(len(acts), timeout=20)
    outcomes: list[str] = []

    def run(act: object) -> None:
        try:
            with transaction.atomic():
                barrier.wait()
                act()
            outcomes.append("written")
        except DatabaseError:
            outcomes.append("stopped")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(outcomes)


@pytest.mark.clause("P5(2)")
@pytest.mark.django_db(transaction=True)
def test_a_unit_does_not_become_lpse_and_ulp_at_the_same_moment() -> None:
    unit, person = WorkUnitFactory(), UserFactory()

    outcomes = race(
        lambda: AssignmentFactory(user=person, role=Role.HEAD, work_unit=unit),
        lambda: ProcurementUnitFactory(agency=unit.agency, work_unit=unit),
    )

    assert outcomes == ["stopped", "written"]


@pytest.mark.clause("P5(2)")
@pytest.mark.django_db(transaction=True)
def test_two_existing_ones_are_not_moved_together_at_the_same_moment() -> None:
    """By UPDATE, as somebody would write who has got hold of the application."""
    unit = WorkUnitFactory()
    office = AssignmentFactory(role=Role.DESK)
    ulp = ProcurementUnitFactory(agency=unit.agency)

    outcomes = race(
        lambda: Assignment.objects.filter(pk=office.pk).update(work_unit=unit),
        lambda: ProcurementUnit.objects.filter(pk=ulp.pk).update(work_unit=unit),
    )

    assert outcomes == ["stopped", "written"]


@pytest.mark.clause("P13(3)")
@pytest.mark.django_db(transaction=True)
def test_nobody_takes_an_office_and_a_firm_at_the_same_moment() -> None:
    cast = Cast()
    person, firm = UserFactory(), cast.provider("maju")

    outcomes = race(
        lambda: AssignmentFactory(user=person, role=Role.DESK),
        lambda: person.officer_of.create(provider=firm, right="bidder"),
    )

    assert outcomes == ["stopped", "written"]


@pytest.mark.clause("P13(3)")
@pytest.mark.parametrize(
    "change",
    [
        "role = 'ppk', agency_id = %(agency)s",
        "role = 'pokja', committee_id = %(committee)s",
        "since = %(today)s, until = NULL",
        "until = %(today)s",
        "ended_at = NULL, ended_by_id = NULL, is_void = FALSE",
    ],
)
def test_no_update_by_hand_makes_a_double_office(cast: Cast, change: str) -> None:
    """The PPK's office ends yesterday; the LPSE's of the same person begins today."""
    person, day = cast.stranger, dt.timedelta(days=1)
    if change.startswith("ended_at"):
        moved = AssignmentFactory(
            user=person,
            role=Role.PPK,
            agency=cast.agency,
            is_void=True,
            ended_at="2026-01-01T00:00Z",
            ended_by=cast.wati,
        )
    elif change.startswith("role"):
        moved = AssignmentFactory(user=person, role=Role.SECRETARIAT)
    else:
        moved = AssignmentFactory(
            user=person, role=Role.PPK, agency=cast.agency, until=today() - day
        )
    AssignmentFactory(user=person, role=Role.DESK, since=today())

    with (
        pytest.raises(DatabaseError, match="lpse_apart_from_procurement"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            f"UPDATE registration_assignment SET {change} WHERE id = %(pk)s",
            {
                "agency": cast.agency.pk,
                "committee": cast.committee().pk,
                "today": today(),
                "pk": moved.pk,
            },
        )
