"""Offices that agencies ask for, by letter of assignment or decree (P22(1)b, P22(7)).

The agency's administrator writes down what the decree says; a verifier sees the original and
decides (P10(3)). Whoever stands at the counter without one is registered there directly: both
ways end in :func:`registration.domain.assignment.assign`, which knows the exclusions.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lpse.audit.events import Event
from lpse.audit.log import record
from lpse.clock import database_now
from lpse.errors import Refused
from lpse.mail import notify, notify_address
from lpse.workflow import Transition, Workflow
from registration.domain import account, assignment, terms
from registration.models import (
    LPSE_ROLES,
    Agency,
    Assignment,
    OfficeRequest,
    RequestState,
    Role,
    User,
)

REQUEST = Workflow(
    "state",
    (
        Transition(
            name="approve",
            sources=(RequestState.ASKED,),
            target=RequestState.APPROVED,
            permission="registration.decide_request",
            event=Event.REQUEST_APPROVED,
            article="P22(1)b",
        ),
        Transition(
            name="reject",
            sources=(RequestState.ASKED,),
            target=RequestState.REJECTED,
            permission="registration.decide_request",
            event=Event.REQUEST_REJECTED,
            article="P10(3)",
        ),
    ),
)

# What an agency may ask for its people; the observer of LKPP is no agency's.
AGENCY_ROLES = (
    Role.PA,
    Role.PPK,
    Role.POKJA,
    Role.PP,
    Role.AUDITOR,
    Role.AGENCY,
    Role.ENTITY,
)


def waiting() -> QuerySet[OfficeRequest]:
    """The verifiers' queue, who waits longest first."""
    return _requests().filter(state=RequestState.ASKED).order_by("asked_at", "pk")


def asked_by_or_for(user: User) -> QuerySet[OfficeRequest]:
    """What ``user`` may look back at, the newest first."""
    agencies = [o.agency_id for o in user.offices if o.role == Role.AGENCY]
    asked = _requests().filter(asked_by=user)
    if agencies:
        asked |= _requests().filter(agency__in=agencies).exclude(role__in=LPSE_ROLES)
    if user.has_perm("registration.ask_staff_office"):
        asked |= _requests().filter(role__in=LPSE_ROLES)
    return asked.order_by("-asked_at", "-pk")


def visible(user: User) -> QuerySet[OfficeRequest]:
    return _requests() if user.has_perm("registration.view_requests") else asked_by_or_for(user)


def agencies_of(user: User) -> QuerySet[Agency]:
    """For which agencies ``user`` may ask."""
    if user.has_perm("registration.ask_staff_office"):
        return Agency.objects.all()
    return Agency.objects.filter(
        pk__in=[o.agency_id for o in user.offices if o.role == Role.AGENCY]
    )


def roles_of(user: User) -> Sequence[Role]:
    """Which offices ``user`` may ask for."""
    administers = any(o.role == Role.AGENCY for o in user.offices)
    leads = user.has_perm("registration.ask_staff_office")
    return (*(AGENCY_ROLES if administers else ()), *(LPSE_ROLES if leads else ()))


def entities() -> list[str]:
    """Who else may become a user: what the terms of use in force name (P22(7))."""
    current = terms.in_force()
    lines = current.entities.splitlines() if current else []
    return [line.strip() for line in lines if line.strip()]


@transaction.atomic
def ask(request: OfficeRequest, *, by: User) -> OfficeRequest:
    """Ask for the office that ``request``, which is not saved yet, describes."""
    _may_ask(request, by)
    request.email = request.email.lower()
    if request.role == Role.ENTITY and request.entity not in entities():
        raise Refused(_("The terms of use in force do not name this entity."), field="entity")
    if request.role != Role.ENTITY:
        request.entity = ""
    assignment.check_place(_office(request))
    if request.committee and request.committee.unit.agency_id != request.agency_id:
        raise Refused(_("This committee belongs to another agency."), field="committee")
    Agency.objects.select_for_update(no_key=True).get(pk=request.agency_id)
    same = OfficeRequest.objects.filter(
        state=RequestState.ASKED,
        email=request.email,
        role=request.role,
        agency=request.agency,
        work_unit=request.work_unit,
        committee=request.committee,
    )
    if same.exists():
        raise Refused(_("This office has been asked for already and waits."), field="role")
    request.asked_by = by
    request.save(force_insert=True)
    record(
        Event.REQUEST_ASKED,
        subject=request,
        by=by,
        role=request.role,
        agency=request.agency_id,
        decree_number=request.decree_number,
        decree_date=request.decree_date,
        decree_copy=request.decree_copy.sha256,
    )
    return request


@transaction.atomic
def approve(
    request: OfficeRequest, *, original_seen: bool, username: str = "", by: User
) -> Assignment:
    """Give the office: to whose address it is, or to a new account with the ID ``username``."""
    locked = _open(request, by)
    if not original_seen:
        raise Refused(
            _("See the original of the decree first (Perka LKPP 2/2010, Pasal 22(1)b)."),
            field="original_seen",
        )
    person = person_of(locked) or _register(locked, username, by)
    office = assignment.assign(_office(locked, person), by=by)
    request.original_seen, request.assignment = True, office
    request.decided_at, request.decided_by = database_now(), by
    request.save(update_fields=["original_seen", "assignment", "decided_at", "decided_by"])
    REQUEST.fire(request, "approve", by=by, assignment=office.pk, user=person.username)
    notify([locked.asked_by], "request_approved", url=locked.get_absolute_url())
    return office


@transaction.atomic
def reject(request: OfficeRequest, *, reason: str, by: User) -> None:
    """Refuse the request with a reason (P10(3)); both are told, and the reason is read here."""
    locked = _open(request, by)
    if not reason.strip():
        raise Refused(_("Say why the request is rejected (Pasal 10(3))."), field="reason")
    request.decision_reason = reason
    request.decided_at, request.decided_by = database_now(), by
    request.save(update_fields=["decision_reason", "decided_at", "decided_by"])
    REQUEST.fire(request, "reject", by=by, reason=reason)
    notify([locked.asked_by], "request_rejected", url=locked.get_absolute_url())
    person = person_of(locked)
    if person is not None:
        notify([person], "request_rejected_person", agency=locked.agency)
    else:
        notify_address(
            locked.email, "request_rejected_person", language="id", agency=locked.agency
        )


@transaction.atomic
def read_decree(request: OfficeRequest, *, by: User) -> None:
    """Record that ``by`` looked at the copy of the decree: it names people."""
    if not by.has_perm("registration.view_request", request):
        raise PermissionDenied
    record(
        Event.IDENTITY_DOCUMENT_READ,
        subject=request,
        by=by,
        document="decree",
        sha256=request.decree_copy.sha256,
    )


def person_of(request: OfficeRequest) -> User | None:
    """Who is known by the address of the request."""
    return User.objects.filter(email=request.email).first()


def objection(request: OfficeRequest) -> Refused | None:
    """What would refuse the office now, for the verifier to see before deciding."""
    person = person_of(request)
    return assignment.objection(_office(request, person)) if person else None


def _requests() -> QuerySet[OfficeRequest]:
    return OfficeRequest.objects.select_related(
        "agency", "work_unit", "committee__unit", "asked_by", "decided_by", "decree_copy"
    )


def _may_ask(request: OfficeRequest, by: User) -> None:
    if request.role in LPSE_ROLES:
        allowed = by.has_perm("registration.ask_staff_office")
    else:
        allowed = request.role in AGENCY_ROLES and by.has_perm(
            "registration.ask_office", request.agency
        )
    if not allowed:
        raise PermissionDenied


def _open(request: OfficeRequest, by: User) -> OfficeRequest:
    """The request under lock, with every other one for the same address: two verifiers at once
    must not make two accounts of one person.
    """
    same = OfficeRequest.objects.filter(email=request.email).order_by("pk")
    rows = {row.pk: row for row in same.select_for_update(of=("self",))}
    locked = rows[request.pk]
    if not by.has_perm("registration.decide_request", locked):
        raise PermissionDenied
    if locked.state != RequestState.ASKED:
        raise Refused(
            _("%(person)s has decided on this request already: %(state)s.")
            % {"person": locked.decided_by, "state": locked.get_state_display()}
        )
    return locked


def _register(request: OfficeRequest, username: str, by: User) -> User:
    if not username:
        raise Refused(_("Choose a User ID for the new account."), field="username")
    return account.register(
        username=username,
        full_name=request.full_name,
        email=request.email,
        employee_number=request.employee_number,
        by=by,
    )


def _office(request: OfficeRequest, person: User | None = None) -> Assignment:
    """A committee says which agency's it is, so its members' offices do not say it again."""
    return Assignment(
        user=person,
        role=request.role,
        agency=None if request.role == Role.POKJA else request.agency,
        work_unit=request.work_unit,
        committee=request.committee,
        decree_number=request.decree_number,
        decree_date=request.decree_date,
        decree_copy=request.decree_copy if request.decree_copy_id else None,
        since=request.since,
        until=request.until,
    )
