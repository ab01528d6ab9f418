"""The sample people, as whom anybody may sign in on a sample installation."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from registration.models import PROCUREMENT_ROLES, Assignment, ProviderOfficer, Role, User

FACTOR = "sample"
OWN_NAMES = {"localhost", "127.0.0.1", "::1", "[::1]"}
BUYERS = {Role.PA, Role.AGENCY, *PROCUREMENT_ROLES}


@dataclass(frozen=True, slots=True)
class SamplePerson:
    user: User
    place: str  # what the person is, in the words of the page


@dataclass(frozen=True, slots=True)
class SampleGroup:
    """People of one side of the procedure."""

    title: str
    people: list[SamplePerson]


def is_offered() -> bool:
    """Never at an address that others reach, whatever else the configuration says."""
    return settings.SAMPLE_INSTALLATION and is_on_own_machine()


def is_on_own_machine() -> bool:
    """Whether this LPSE answers to no name but those by which a machine calls itself.

    Both count: the address it gives out, and the names it is willing to be called by.
    """
    return {urlsplit(settings.BASE_URL).hostname, *settings.ALLOWED_HOSTS} <= OWN_NAMES


def groups() -> list[SampleGroup]:
    """Everybody in the order of the procedure: who asks, who offers, who keeps it running."""
    sides: dict[str, list[SamplePerson]] = {
        _("Who buys"): [],
        _("Who offers"): [],
        _("Who runs it and looks on"): [],
    }
    buys, offers, others = sides.values()
    for person in people():
        held = [office.role for office in person.user.assignments.all()]
        if person.user.officer_of.all():
            offers.append(person)
        elif held and held[0] in BUYERS:
            buys.append(person)
        else:
            others.append(person)
    return [SampleGroup(title, members) for title, members in sides.items() if members]


def people() -> list[SamplePerson]:
    """Everybody in the order of the procedure."""
    if not is_offered():
        return []
    offices = Assignment.objects.in_force().select_related("agency", "committee")
    firms = ProviderOfficer.objects.filter(left_at=None).select_related("provider")
    users = User.objects.filter(is_sample=True, is_active=True).prefetch_related(
        Prefetch("assignments", offices), Prefetch("officer_of", firms)
    )
    order = list(Role.values)
    order.insert(order.index(Role.AUDITOR), "provider")

    def rank(user: User) -> tuple[int, str]:
        offices = [office.role for office in user.assignments.all()]
        held = "provider" if user.officer_of.all() else (offices[0] if offices else "")
        return order.index(held) if held in order else len(order), user.username

    return [SamplePerson(user, _place(user)) for user in sorted(users, key=rank)]


def _place(user: User) -> str:
    if firms := user.officer_of.all():
        return str(firms[0].provider)
    return "; ".join(
        f"{office.get_role_display()}{f', {office.place}' if office.place else ''}"
        for office in user.assignments.all()
    ) or _("Registers a firm")
