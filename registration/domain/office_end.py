"""Offices and certificates that end by their date: holder and agency are told once, beforehand.

An office ends by itself with its last day; nothing here takes it away.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.urls import reverse

from lpse.clock import database_now, office_zone
from lpse.mail import notify
from registration.domain import agency as agencies
from registration.domain import certificate as certificates
from registration.domain import law
from registration.models import LPSE_ROLES, Assignment, Certificate, User


def remind() -> int:
    """Tell of offices and certificates that end soon; how many."""
    today = database_now().astimezone(office_zone()).date()
    soon = today + dt.timedelta(days=law.current().validity.remind_before.number)
    offices = Assignment.objects.filter(
        since__lte=today, until__range=(today, soon), ended_at=None, reminded_at=None
    )
    told = sum(_office(key, person) for key, person in offices.values_list("pk", "user_id"))
    papers = Certificate.objects.filter(
        valid_until__range=(today, soon), removed_at=None, reminded_at=None
    )
    return told + sum(_certificate(key) for key in papers.values_list("pk", flat=True))


@transaction.atomic
def _office(key: int, person: int) -> bool:
    """In the order of locks of every verb about an office: the person, then the office."""
    User.objects.select_for_update(no_key=True).get(pk=person)
    office = (
        Assignment.objects.select_for_update(of=("self",))
        .select_related("user", "agency", "committee__unit__agency")
        .filter(pk=key, ended_at=None, reminded_at=None)
        .first()
    )
    if office is None:
        return False
    office.reminded_at = database_now()
    office.save(update_fields=["reminded_at"])
    agency = None if office.role in LPSE_ROLES else office.agency
    if office.committee is not None:
        agency = office.committee.unit.agency
    notify([office.user], "office_ends", url=reverse("account"), assignment=office)
    notify(
        agencies.administrators(agency).exclude(pk=office.user_id),
        "office_ends_agency",
        url=reverse("agencies"),
        assignment=office,
    )
    return True


@transaction.atomic
def _certificate(key: int) -> bool:
    paper = (
        Certificate.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(pk=key, removed_at=None, reminded_at=None)
        .first()
    )
    if paper is None:
        return False
    paper.reminded_at = database_now()
    paper.save(update_fields=["reminded_at"])
    holder = paper.user
    notify([holder], "certificate_ends", url=reverse("account"), certificate=paper)
    for agency in certificates.agencies_of(holder):
        notify(
            agencies.administrators(agency).exclude(pk=holder.pk),
            "certificate_ends_agency",
            url=reverse("agency", kwargs={"pk": agency.pk}),
            certificate=paper,
        )
    return True
