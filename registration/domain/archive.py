"""The archive of users (P10(2)d): everybody who ever was one, and who asked to become one.

What is found is shown masked. Whoever opens an entry sees it in full, and that is recorded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db.models import Prefetch, Q

from registration.identity_numbers import same_npwp
from registration.models import Application, Assignment, Provider, ProviderOfficer, User

MOST = 20  # of each kind: whoever searches narrows it down rather than turn pages


@dataclass(frozen=True, slots=True)
class Found:
    users: list[User]
    providers: list[Provider]
    applications: list[Application]

    @property
    def is_cut(self) -> bool:
        return MOST in {len(self.users), len(self.providers), len(self.applications)}


def search(text: str) -> Found:
    """Everything that has all words of ``text``; a fixed number of queries."""
    words = text.split()
    if not words:
        return Found([], [], [])
    digits = re.sub(r"[.\-\s]", "", text)
    if digits.isdecimal() and len(digits) in {15, 16}:
        return _by_number(digits)
    people, firms, applications = Q(), Q(), Q()
    for word in words:
        people &= Q(full_name__icontains=word) | Q(username__icontains=word)
        firms &= Q(name__icontains=word) | Q(code__icontains=word)
        applications &= (
            Q(name__icontains=word)
            | Q(code__icontains=word)
            | Q(applicant__username__icontains=word)
        )
    return _found(people, firms, applications)


def _by_number(digits: str) -> Found:
    """By an NPWP in either spelling, or by the NIK of a responsible person."""
    numbers = same_npwp(digits)
    firms = Q(npwp__in=numbers) | Q(responsible_nik=digits)
    officers = ProviderOfficer.objects.filter(provider__npwp__in=numbers).values("user")
    return _found(Q(pk__in=officers), firms, firms)


def _found(people: Q, firms: Q, applications: Q) -> Found:
    offices = Assignment.objects.order_by("-since")
    places = ProviderOfficer.objects.select_related("provider").order_by("-joined_at")
    return Found(
        list(
            User.objects.filter(people).prefetch_related(
                Prefetch("assignments", offices), Prefetch("officer_of", places)
            )[:MOST]
        ),
        list(Provider.objects.filter(firms)[:MOST]),
        list(
            Application.objects.filter(applications)
            .select_related("applicant")
            .order_by("-started_at")[:MOST]
        ),
    )
