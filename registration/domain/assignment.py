"""Offices: given and ended by the LPSE's verifier on the strength of a decree (P22(1)b)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from lpse.audit.events import Event
from lpse.audit.log import record
from lpse.clock import database_now, office_zone
from lpse.errors import Refused
from lpse.mail import notify
from lpse.templatetags.indonesia import tanggal_pendek
from registration import signals
from registration.domain import session
from registration.models import (
    LPSE_ROLES,
    PROCUREMENT_ROLES,
    Assignment,
    ProcurementUnit,
    ProviderOfficer,
    Role,
    User,
)
from registration.models.assignment import AssignmentQuerySet

Guard = Callable[[Assignment], str | None]
"""Why an office may not be given, in the user's language, or ``None``."""

_guards: list[Guard] = []


def guard(check: Guard) -> Guard:
    """Let an application above refuse an office for what only it knows (from its ``ready``)."""
    _guards.append(check)
    return check


@transaction.atomic
def assign(office: Assignment, *, by: User | None) -> Assignment:
    """Give the person of ``office``, which is not saved yet, this office.

    ``by`` is ``None`` for the installation itself. What excludes the office is looked for first,
    so that the refusal can name it; whoever comes between is refused by the database, and then
    told the same.
    """
    user = office.user
    if by is not None and not by.has_perm("registration.assign_office", user):
        raise PermissionDenied
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    check_place(office)
    _not_excluded(office)
    try:
        with transaction.atomic():
            office.save(force_insert=True)
    except DatabaseError:
        _not_excluded(office)  # says what was committed between looking and writing
        raise
    record(Event.ASSIGNMENT_MADE, subject=office, by=by, **_facts(office))
    notify([user], "office_assigned", url=reverse("account"), assignment=office)
    user.__dict__.pop("offices", None)
    return office


@transaction.atomic
def end(assignment: Assignment, *, reason: str, by: User) -> None:
    """End an office today, before its date; its holder is signed out everywhere."""
    user = User.objects.select_for_update(no_key=True).get(pk=assignment.user_id)
    locked = Assignment.objects.select_for_update(of=("self",)).get(pk=assignment.pk)
    if not by.has_perm("registration.end_office", user):
        raise PermissionDenied
    now = database_now()
    today = now.astimezone(office_zone()).date()
    if locked.ended_at is not None or (locked.until is not None and locked.until < today):
        raise Refused(_("This office has ended already."))
    locked.ended_at, locked.ended_by, locked.end_reason = now, by, reason
    if locked.since > today:
        locked.is_void = True
    else:
        locked.until = today
    locked.save(update_fields=["ended_at", "ended_by", "end_reason", "until", "is_void"])
    record(Event.ASSIGNMENT_ENDED, subject=locked, by=by, reason=reason, **_facts(locked))
    session.end_all(user)
    notify([user], "office_ended", url=reverse("account"), assignment=locked)
    signals.assignment_ended.send(sender=Assignment, assignment=locked)


def check_place(office: Assignment) -> None:
    """What can be said of an office before its person is known: where it is held, from–until."""
    _complete(office)
    _apart_from_the_ulp(office)


def objection(office: Assignment) -> Refused | None:
    """Why the person of ``office`` could not be given it now; nothing is written."""
    try:
        check_place(office)
        _not_excluded(office)
    except Refused as refusal:
        return refusal
    return None


def _complete(office: Assignment) -> None:
    """Every office says where it is held, as its kind asks."""
    if office.role == Role.POKJA and office.committee is None:
        raise Refused(_("A committee member belongs to a Pokja."), field="committee")
    if office.role != Role.POKJA and office.committee is not None:
        raise Refused(_("Only a committee member belongs to a Pokja."), field="committee")
    if office.role in {Role.PPK, Role.PP, Role.PA, Role.AGENCY} and office.agency is None:
        raise Refused(_("This office is held at an agency."), field="agency")
    if office.work_unit and office.agency and office.work_unit.agency_id != office.agency.pk:
        raise Refused(_("This work unit belongs to another agency."), field="work_unit")
    if office.role == Role.AUDITOR and office.until is None:
        raise Refused(_("The letter of assignment of an auditor expires."), field="until")
    if office.until is not None and office.until < office.since:
        raise Refused(_("The last day lies before the first."), field="until")


def _not_excluded(office: Assignment) -> None:
    _no_provider(office)
    _other_side(office)
    _held_already(office)
    _apart_from_the_ulp(office)
    for check in _guards:
        if reason := check(office):
            raise Refused(reason, field="role")


def _no_provider(office: Assignment) -> None:
    acting = ProviderOfficer.objects.filter(user=office.user, left_at=None)
    if place := acting.select_related("provider").first():
        raise Refused(
            _("%(person)s acts for %(provider)s. The account of a provider holds no office.")
            % {"person": office.user, "provider": place.provider},
            field="role",
        )


def _other_side(office: Assignment) -> None:
    """P13(3): not both an office of the LPSE and PPK, ULP or Pejabat Pengadaan."""
    others: tuple[Role, ...]
    if office.role in LPSE_ROLES:
        others = PROCUREMENT_ROLES
    elif office.role in PROCUREMENT_ROLES:
        others = LPSE_ROLES
    else:
        return
    conflict = _overlapping(office).filter(role__in=others).first()
    if conflict:
        raise Refused(
            _(
                "%(person)s holds the office “%(office)s” %(days)s. An employee of the LPSE may "
                "not also be PPK, member of a ULP or Pejabat Pengadaan, not even for one day "
                "(Perka LKPP 2/2010, Pasal 13(3))."
            )
            % {
                "person": office.user,
                "office": conflict.get_role_display(),
                "days": _days(conflict),
            },
            field="role",
        )


def _held_already(office: Assignment) -> None:
    same = _overlapping(office).filter(
        role=office.role,
        agency=office.agency,
        work_unit=office.work_unit,
        committee=office.committee,
    )
    if held := same.first():
        raise Refused(
            _("%(person)s holds this office already, %(days)s.")
            % {"person": office.user, "days": _days(held)},
            field="since",
        )


def _apart_from_the_ulp(office: Assignment) -> None:
    """P5(2): the unit that runs the LPSE is not the unit that runs the ULP."""
    if office.role not in LPSE_ROLES or office.work_unit is None:
        return
    if unit := ProcurementUnit.objects.filter(work_unit=office.work_unit).first():
        raise Refused(
            _(
                "%(work_unit)s runs %(unit)s. The unit of the LPSE is kept apart from the unit "
                "of a ULP (Perka LKPP 2/2010, Pasal 5(2))."
            )
            % {"work_unit": office.work_unit, "unit": unit},
            field="work_unit",
        )


def _overlapping(office: Assignment) -> AssignmentQuerySet:
    until = Q() if office.until is None else Q(since__lte=office.until)
    return Assignment.objects.filter(
        until, Q(until=None) | Q(until__gte=office.since), user=office.user, is_void=False
    )


def _facts(office: Assignment) -> dict[str, Any]:
    return {
        "user": office.user.username,
        "role": str(office.role),
        "agency": office.agency_id,
        "work_unit": office.work_unit_id,
        "committee": office.committee_id,
        "decree_number": office.decree_number,
        "decree_date": office.decree_date,
        "decree_copy": office.decree_copy.sha256 if office.decree_copy else None,
        "since": office.since,
        "until": office.until,
    }


def _days(office: Assignment) -> str:
    first = tanggal_pendek(office.since)
    if office.until is None:
        return _("since %(first)s") % {"first": first}
    last = tanggal_pendek(office.until)
    return _("from %(first)s to %(last)s") % {"first": first, "last": last}
