"""Agencies and what belongs to them: work units, procurement units (ULP) and committees.

The LPSE takes an agency in; from then on its own administrator keeps its units. A unit is
renamed, and removed only while nothing was ever held or done there.
"""

from __future__ import annotations

from enum import StrEnum

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import ProtectedError, Q, QuerySet
from django.utils.translation import gettext as _

from lpse.audit.events import Event
from lpse.audit.log import record
from lpse.errors import Refused
from registration.models import (
    LPSE_ROLES,
    Agency,
    Assignment,
    Committee,
    ProcurementUnit,
    Role,
    User,
    WorkUnit,
    office_date,
)

Unit = WorkUnit | ProcurementUnit | Committee


class UnitKind(StrEnum):
    WORK_UNIT = "work-unit"
    PROCUREMENT_UNIT = "procurement-unit"
    COMMITTEE = "committee"


MODELS: dict[UnitKind, type[Unit]] = {
    UnitKind.WORK_UNIT: WorkUnit,
    UnitKind.PROCUREMENT_UNIT: ProcurementUnit,
    UnitKind.COMMITTEE: Committee,
}


def agency_of(unit: Unit) -> Agency:
    return unit.unit.agency if isinstance(unit, Committee) else unit.agency


def administered_by(user: User) -> QuerySet[Agency]:
    return Agency.objects.filter(
        pk__in=[o.agency_id for o in user.offices if o.role == Role.AGENCY]
    )


def administrators(agency: Agency | None) -> QuerySet[User]:
    """Who runs ``agency`` here today; without an agency, who leads the LPSE."""
    offices = Assignment.objects.in_force()
    if agency is None:
        offices = offices.filter(role=Role.HEAD)
    else:
        offices = offices.filter(role=Role.AGENCY, agency=agency)
    return User.objects.filter(pk__in=offices.values("user"))


def offices_at(agency: Agency) -> QuerySet[Assignment]:
    """The offices of the agency's people, held today or to come; the LPSE's own are not its."""
    return (
        Assignment.objects.filter(
            Q(agency=agency) | Q(committee__unit__agency=agency),
            Q(until=None) | Q(until__gte=office_date()),
            ended_at=None,
        )
        .exclude(role__in=LPSE_ROLES)
        .select_related("user", "agency", "work_unit", "committee")
        .order_by("user__full_name", "user__username", "role", "since")
    )


@transaction.atomic
def create(*, name: str, kind: str, address: str, by: User) -> Agency:
    """Take an agency in; its first administrator is registered by decree like anybody."""
    if not by.has_perm("registration.create_agency"):
        raise PermissionDenied
    agency = Agency(name=name, kind=kind, address=address)
    _save(agency)
    record(Event.UNIT_CREATED, subject=agency, by=by, kind=kind, name=name)
    return agency


@transaction.atomic
def change(agency: Agency, *, name: str, kind: str, address: str, by: User) -> None:
    if not by.has_perm("registration.change_agency", agency):
        raise PermissionDenied
    locked = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    former = locked.name
    locked.name, locked.kind, locked.address = name, kind, address
    _save(locked)
    record(Event.UNIT_CHANGED, subject=locked, by=by, kind=kind, name=name, former=former)


@transaction.atomic
def add_unit(unit: Unit, *, by: User) -> Unit:
    """Set up ``unit``, which is not saved yet, at one of the administrator's agencies."""
    _may_manage(unit, by)
    _fits(unit)
    _save(unit)
    record(Event.UNIT_CREATED, subject=unit, by=by, name=unit.name, agency=agency_of(unit).pk)
    return unit


@transaction.atomic
def change_unit(unit: Unit, *, by: User) -> None:
    """Keep the new name of ``unit``, and of a ULP the work unit it is attached to."""
    former = type(unit)._default_manager.select_for_update(of=("self",)).get(pk=unit.pk)
    _may_manage(former, by)
    if agency_of(former) != agency_of(unit):
        raise PermissionDenied
    _fits(unit)
    _save(unit)
    record(
        Event.UNIT_CHANGED,
        subject=unit,
        by=by,
        name=unit.name,
        former=former.name,
        agency=agency_of(unit).pk,
    )


@transaction.atomic
def remove_unit(unit: Unit, *, by: User) -> None:
    """Take away what was set up by mistake; what was ever used stays."""
    _may_manage(unit, by)
    agency, key, name = agency_of(unit), unit.pk, unit.name
    try:
        with transaction.atomic():
            unit.delete()
    except (ProtectedError, IntegrityError):
        raise Refused(
            _("“%(unit)s” has been used, so it stays. It can be renamed.") % {"unit": name}
        ) from None
    record(
        Event.UNIT_CHANGED,
        subject=(type(unit)._meta.label, str(key)),
        by=by,
        name=name,
        agency=agency.pk,
        removed=True,
    )


def _may_manage(unit: Unit, by: User) -> None:
    if not by.has_perm("registration.manage_agency", agency_of(unit)):
        raise PermissionDenied


def _fits(unit: Unit) -> None:
    """P5(2): the ULP is not run by the unit that runs the LPSE."""
    if not isinstance(unit, ProcurementUnit) or unit.work_unit is None:
        return
    if unit.work_unit.agency_id != unit.agency_id:
        raise Refused(_("This work unit belongs to another agency."), field="work_unit")
    lpse = Assignment.objects.filter(
        Q(until=None) | Q(until__gte=office_date()),
        role__in=LPSE_ROLES,
        work_unit=unit.work_unit,
        ended_at=None,
    )
    if office := lpse.select_related("user").first():
        raise Refused(
            _(
                "At %(work_unit)s, %(person)s holds the office “%(office)s” of the LPSE. The "
                "unit of the LPSE is kept apart from the unit of a ULP (Perka LKPP 2/2010, "
                "Pasal 5(2))."
            )
            % {
                "work_unit": unit.work_unit,
                "person": office.user,
                "office": office.get_role_display(),
            },
            field="work_unit",
        )


def _save(thing: Agency | Unit) -> None:
    """Write it; who was quicker with the same name or the same unit is told of at the field."""
    try:
        with transaction.atomic():
            thing.save()
    except IntegrityError as error:
        if "work_unit_id" in str(error):
            raise Refused(
                _("Another ULP is attached to this work unit."), field="work_unit"
            ) from None
        raise Refused(_("This name is taken already."), field="name") from None
    except DatabaseError:
        if isinstance(thing, ProcurementUnit):
            _fits(thing)
        raise
