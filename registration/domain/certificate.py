"""Certificates of procurement competence, recorded by the agency of their holder.

Only members of a committee need one, where the law of their tender says so. Nobody of the LPSE
does (P13(4)): no office asks for a certificate.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from lpse.audit.events import Event
from lpse.audit.log import record
from lpse.clock import database_now, office_zone
from lpse.errors import Refused
from registration.domain import agency as agencies
from registration.models import Agency, Certificate, User


def valid_on(day: dt.date, users: Iterable[User]) -> QuerySet[Certificate]:
    """The certificates of ``users`` that count on ``day``."""
    return Certificate.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=day),
        user__in=list(users),
        issued_on__lte=day,
        removed_at=None,
    )


def without_one(users: Iterable[User], day: dt.date) -> list[User]:
    """Those of ``users`` who have no valid certificate on ``day``."""
    people = list(users)
    holders = set(valid_on(day, people).values_list("user_id", flat=True))
    return [user for user in people if user.pk not in holders]


def agencies_of(person: User) -> QuerySet[Agency]:
    """Whose administrator answers for the papers of ``person``."""
    offices = person.assignments.in_force()
    return Agency.objects.filter(
        Q(pk__in=offices.values("agency"))
        | Q(procurement_units__committees__in=offices.values("committee"))
    ).distinct()


def may_keep(user: User, person: User) -> bool:
    """Whether ``user`` administers an agency at which ``person`` holds an office."""
    own = agencies.administered_by(user)
    return user.pk != person.pk and agencies_of(person).filter(pk__in=own.values("pk")).exists()


def may_see(user: User, person: User) -> bool:
    return (
        user.pk == person.pk
        or user.has_perm("registration.view_users")
        or agencies_of(person).filter(pk__in=agencies.administered_by(user).values("pk")).exists()
    )


@transaction.atomic
def add(certificate: Certificate, *, by: User) -> Certificate:
    """Record ``certificate``, which is not saved yet, of one of the agency's people."""
    if not may_keep(by, certificate.user):
        raise PermissionDenied
    today = database_now().astimezone(office_zone()).date()
    if certificate.issued_on > today:
        raise Refused(_("A certificate is recorded when it has been issued."), field="issued_on")
    if certificate.valid_until is not None and certificate.valid_until < certificate.issued_on:
        raise Refused(_("The last day lies before the first."), field="valid_until")
    certificate.recorded_by = by
    try:
        with transaction.atomic():
            certificate.save(force_insert=True)
    except IntegrityError:
        raise Refused(_("This certificate is recorded already."), field="number") from None
    record(Event.CERTIFICATE_RECORDED, subject=certificate, by=by, **_facts(certificate))
    return certificate


@transaction.atomic
def remove(certificate: Certificate, *, by: User) -> None:
    """Take a certificate out that was recorded wrongly or withdrawn; its row stays."""
    locked = Certificate.objects.select_for_update(of=("self",)).get(pk=certificate.pk)
    if not may_keep(by, locked.user):
        raise PermissionDenied
    if locked.removed_at is not None:
        raise Refused(_("This certificate has been taken out already."))
    locked.removed_at = database_now()
    locked.save(update_fields=["removed_at"])
    record(Event.CERTIFICATE_REMOVED, subject=locked, by=by, **_facts(locked))


@transaction.atomic
def read(certificate: Certificate, *, by: User) -> None:
    """Record that ``by`` looked at the copy; one's own needs no record."""
    if not may_see(by, certificate.user):
        raise PermissionDenied
    if certificate.user_id != by.pk:
        record(Event.IDENTITY_DOCUMENT_READ, subject=certificate, by=by, document="certificate")


def _facts(certificate: Certificate) -> dict[str, Any]:
    return {
        "user": certificate.user.username,
        "number": certificate.number,
        "issuer": certificate.issuer,
        "valid_until": certificate.valid_until,
        "copy": certificate.copy.sha256 if certificate.copy else None,
    }
