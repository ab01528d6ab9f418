"""The verifiers' queue: who has waited how long, in the hours that the office was open."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from lpse.calendar import working
from lpse.calendar.working import A_DAY, NOTHING, WorkingCalendar
from lpse.clock import database_now
from registration.domain import law
from registration.models import Application, ApplicationState, User

CODE = re.compile(r"(?:^|/)([0-9A-Z]{4})[ \-]?([0-9A-Z]{4})/?$")
NUMBER = re.compile(r"[0-9]{6,16}")


class Shown(StrEnum):
    """What of the queue is looked at: what waits, or the applications in another state."""

    WAITING = "waiting"
    OVERDUE = "overdue"
    RETURNED = "returned"
    APPROVED = "approved"
    REJECTED = "rejected"
    DRAFT = "draft"
    ARCHIVED = "archived"
    ALL = "all"


LABELS = {
    Shown.WAITING: _("Waiting for verification"),
    Shown.OVERDUE: _("Overdue"),
    Shown.RETURNED: ApplicationState.RETURNED.label,
    Shown.APPROVED: ApplicationState.APPROVED.label,
    Shown.REJECTED: ApplicationState.REJECTED.label,
    Shown.DRAFT: ApplicationState.DRAFT.label,
    Shown.ARCHIVED: ApplicationState.ARCHIVED.label,
    Shown.ALL: _("All applications"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One application with its clock; the clock runs only while it waits for a verifier."""

    application: Application
    waited: dt.timedelta | None = None
    due_at: dt.datetime | None = None
    is_overdue: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """The term within which a verifier decides, counted in working hours of the office."""

    calendar: WorkingCalendar
    opens: dt.time
    closes: dt.time
    term: dt.timedelta

    def line(self, application: Application, now: dt.datetime) -> Line:
        since = application.submitted_at
        if since is None or application.state != ApplicationState.SUBMITTED:
            return Line(application)
        due_at = self.calendar.after_working_time(since, self.term, self.opens, self.closes)
        waited = self.calendar.working_time(since, now, self.opens, self.closes)
        return Line(application, waited, due_at, is_overdue=waited >= self.term)

    def overdue_since(self, now: dt.datetime) -> dt.datetime:
        """Whatever was sent at this instant or before is overdue at ``now``."""
        left, day = self.term, self.calendar.local_day(now)
        while True:
            if self.calendar.is_working(day):
                opens = self.calendar.at(day, self.opens)
                until = min(now, self.calendar.at(day, self.closes))
                open_for = max(until - opens, NOTHING)
                if left <= open_for:
                    return until - left
                left -= open_for
            day -= A_DAY


def clock() -> Clock:
    """The clock of this office; joint leave is no working day of a public office."""
    rules = law.current()
    return Clock(
        calendar=working.load(joint_leave=True),
        opens=rules.office.opens.time,
        closes=rules.office.closes.time,
        term=dt.timedelta(hours=rules.verification.decide_within.number),
    )


def lines(applications: Iterable[Application], with_: Clock) -> list[Line]:
    now = database_now()
    return [with_.line(application, now) for application in applications]


def waiting() -> QuerySet[Application]:
    """What waits for a verifier, the longest first."""
    return Application.objects.filter(state=ApplicationState.SUBMITTED).order_by(
        "submitted_at", "pk"
    )


def overdue(with_: Clock) -> QuerySet[Application]:
    return waiting().filter(submitted_at__lte=with_.overdue_since(database_now()))


def matching(shown: Shown, words: str, with_: Clock) -> QuerySet[Application]:
    """The applications to list, the one to take first on top."""
    match shown:
        case Shown.WAITING:
            found = waiting()
        case Shown.OVERDUE:
            found = overdue(with_)
        case Shown.ALL:
            found = Application.objects.order_by("-started_at", "-pk")
        case _:
            found = Application.objects.filter(state=shown).order_by("-started_at", "-pk")
    if words:
        found = found.filter(_named(words))
    return found.select_related("applicant", "verifier")


def by_code(words: str) -> Application | None:
    """The application whose code was typed, or whose address was scanned from a form."""
    found = CODE.search(words.strip().upper())
    if found is None:
        return None
    return Application.objects.filter(code="-".join(found.groups())).first()


def next_for(user: User, *, after: Application | None = None) -> Application | None:
    """Who has waited longest; nobody verifies an own application."""
    others = waiting().exclude(applicant=user)
    return (others.exclude(pk=after.pk) if after else others).first()


def _named(words: str) -> Q:
    digits = re.sub(r"[ .\-]", "", words)
    if NUMBER.fullmatch(digits):
        return Q(npwp__startswith=digits)
    return Q(name__icontains=words) | Q(code__icontains=words)
