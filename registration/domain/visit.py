"""Visits: the applicant shows the originals at a counter (P22(1)a.2), by appointment or without.

A counter serves one visitor at a time. Two who choose one time at once are told apart by the
database (``one_visitor_at_a_counter``).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from lpse.audit.events import Event
from lpse.audit.log import record
from lpse.calendar import working
from lpse.calendar.working import A_DAY, WorkingCalendar
from lpse.clock import UTC, database_now
from lpse.errors import Refused
from lpse.mail import notify
from registration.domain import law
from registration.models import (
    Application,
    ApplicationState,
    Counter,
    CounterHours,
    User,
    Visit,
)

BOOKABLE = (ApplicationState.SUBMITTED, ApplicationState.RETURNED)
WALK_IN = dt.timedelta(minutes=30)
LONGEST_LINE = 74  # of RFC 5545, without the space that goes on


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A time at which a counter is free."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    counter_id: int


# --- What can be booked -----------------------------------------------------------------------


def free_by_day(now: dt.datetime) -> dict[dt.date, list[Slot]]:
    """One slot for each time, from now on for as long as the law lets one book ahead."""
    calendar = working.load(joint_leave=True)
    first = calendar.local_day(now)
    last = first + law.current().visit.book_ahead.number * A_DAY
    hours = _hours()
    taken = _taken(calendar.at(first, dt.time.min), calendar.at(last + A_DAY, dt.time.min))
    days: dict[dt.date, list[Slot]] = {}
    day = first
    while day <= last:
        times: dict[dt.datetime, Slot] = {}
        for slot in _slots(calendar, day, hours[day.weekday()]):
            if slot.starts_at > now and _is_free(slot, taken):
                times.setdefault(slot.starts_at, slot)
        if times:
            days[day] = [times[at] for at in sorted(times)]
        day += A_DAY
    return days


def _hours() -> dict[int, list[CounterHours]]:
    found: dict[int, list[CounterHours]] = defaultdict(list)
    for hours in CounterHours.objects.filter(counter__is_open=True).order_by("counter__name"):
        found[hours.weekday].append(hours)
    return found


def _slots(calendar: WorkingCalendar, day: dt.date, hours: list[CounterHours]) -> Iterator[Slot]:
    if not calendar.is_working(day):
        return
    for one in hours:
        length = dt.timedelta(minutes=one.minutes)
        at, closes = calendar.at(day, one.opens), calendar.at(day, one.closes)
        while at + length <= closes:
            yield Slot(at, at + length, one.counter_id)
            at += length


def _taken(since: dt.datetime, until: dt.datetime) -> dict[int, list[tuple[dt.datetime, ...]]]:
    taken: dict[int, list[tuple[dt.datetime, ...]]] = defaultdict(list)
    booked = Visit.objects.filter(
        cancelled_at=None, walked_in=False, starts_at__lt=until, ends_at__gt=since
    )
    for counter, starts_at, ends_at in booked.values_list("counter", "starts_at", "ends_at"):
        taken[counter].append((starts_at, ends_at))
    return taken


def _is_free(slot: Slot, taken: dict[int, list[tuple[dt.datetime, ...]]]) -> bool:
    return all(
        slot.ends_at <= starts_at or ends_at <= slot.starts_at
        for starts_at, ends_at in taken[slot.counter_id]
    )


def coming(application: Application) -> Visit | None:
    """The visit that is booked and has not happened."""
    booked = application.visits.filter(arrived_at=None, cancelled_at=None)
    return booked.select_related("counter").first()


def on(day: dt.date) -> QuerySet[Visit]:
    """Who comes on ``day``, in the order of the clock."""
    calendar = working.load(joint_leave=True)
    return (
        Visit.objects.filter(
            cancelled_at=None,
            starts_at__gte=calendar.at(day, dt.time.min),
            starts_at__lt=calendar.at(day + A_DAY, dt.time.min),
        )
        .select_related("application", "counter")
        .order_by("starts_at", "counter__name")
    )


# --- Acts -------------------------------------------------------------------------------------


@transaction.atomic
def book(application: Application, starts_at: dt.datetime, *, by: User) -> Visit:
    """Book the time; a visit booked before gives way to it."""
    locked = _bookable(application, by)
    wanted = _free_at(starts_at, database_now())
    _cancel(coming(locked), by=by)
    for slot in wanted:
        try:
            with transaction.atomic():
                visit = Visit.objects.create(
                    application=locked,
                    counter_id=slot.counter_id,
                    starts_at=slot.starts_at,
                    ends_at=slot.ends_at,
                    booked_by=by,
                )
        except IntegrityError:
            continue
        _record(Event.VISIT_BOOKED, visit, by=by)
        notify([locked.applicant], "visit_booked", url=reverse("visit"), visit=visit)
        return visit
    raise Refused(_("This time has just been taken. Please choose another one."))


def _free_at(starts_at: dt.datetime, now: dt.datetime) -> list[Slot]:
    """Every counter that is free at this time: one serves as well as another."""
    calendar = working.load(joint_leave=True)
    day = calendar.local_day(starts_at)
    last = calendar.local_day(now) + law.current().visit.book_ahead.number * A_DAY
    if starts_at <= now or day > last:
        return []
    taken = _taken(calendar.at(day, dt.time.min), calendar.at(day + A_DAY, dt.time.min))
    slots = _slots(calendar, day, _hours()[day.weekday()])
    return [slot for slot in slots if slot.starts_at == starts_at and _is_free(slot, taken)]


@transaction.atomic
def cancel(application: Application, *, by: User) -> None:
    """Give the booked time back."""
    locked = _locked(application, by)
    visit = coming(locked)
    if visit is None:
        raise Refused(_("No visit is booked."))
    _cancel(visit, by=by)
    notify([locked.applicant], "visit_cancelled", url=reverse("visit"), visit=visit)


@transaction.atomic
def arrive(visit: Visit, *, by: User) -> None:
    """The applicant is at the counter."""
    application = _verified(visit.application, by)
    locked = Visit.objects.select_for_update(of=("self",)).get(pk=visit.pk)
    if locked.arrived_at is not None:
        raise Refused(_("The applicant has arrived already."))
    if locked.cancelled_at is not None:
        raise Refused(_("This visit was cancelled."))
    locked.arrived_at = visit.arrived_at = database_now()
    locked.save(update_fields=["arrived_at"])
    locked.application = application
    _record(Event.VISIT_ARRIVED, locked, by=by)


@transaction.atomic
def walk_in(application: Application, counter: Counter, *, by: User) -> Visit:
    """The applicant came without an appointment, or not at the time of it."""
    locked = _verified(application, by)
    if locked.state not in BOOKABLE:
        raise Refused(_("This application needs no visit now."))
    _cancel(coming(locked), by=by)
    now = database_now()
    visit = Visit.objects.create(
        application=locked,
        counter=counter,
        starts_at=now,
        ends_at=now + WALK_IN,
        walked_in=True,
        booked_by=by,
        arrived_at=now,
    )
    _record(Event.VISIT_ARRIVED, visit, by=by)
    return visit


def cancel_coming(application: Application, *, by: User) -> None:
    """Nobody need come any more; part of deciding."""
    _cancel(coming(application), by=by)


def invitation(visit: Visit, now: dt.datetime) -> str:
    """The visit for the applicant's own calendar (RFC 5545)."""
    place = f"{visit.counter.name}, {visit.counter.room}, {settings.LPSE_NAME}"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//LPSE//visit//ID",
        "BEGIN:VEVENT",
        f"UID:visit-{visit.pk}@{settings.LEDGER_ORIGIN}",
        f"DTSTAMP:{_stamp(now)}",
        f"DTSTART:{_stamp(visit.starts_at)}",
        f"DTEND:{_stamp(visit.ends_at)}",
        f"SUMMARY:{_escaped(_('Verification at the LPSE'))}",
        f"LOCATION:{_escaped(place)}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _stamp(moment: dt.datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    for sign in "\\;,":
        text = text.replace(sign, f"\\{sign}")
    return text


def _folded(line: str) -> str:
    """No line is longer than 75 octets; names of an office are, at times."""
    pieces, piece = [], ""
    for letter in line:
        if len((piece + letter).encode()) > LONGEST_LINE:
            pieces.append(piece)
            piece = ""
        piece += letter
    return "\r\n ".join([*pieces, piece])


def _cancel(visit: Visit | None, *, by: User) -> None:
    if visit is None:
        return
    visit.cancelled_at = database_now()
    visit.save(update_fields=["cancelled_at"])
    _record(Event.VISIT_CANCELLED, visit, by=by)


def _record(event: Event, visit: Visit, *, by: User) -> None:
    record(
        event,
        subject=visit,
        by=by,
        code=visit.application.code,
        counter=visit.counter.name,
        starts_at=visit.starts_at,
        walked_in=visit.walked_in,
    )


def _locked(application: Application, by: User) -> Application:
    locked = (
        Application.objects.select_for_update(of=("self",))
        .select_related("applicant")
        .get(pk=application.pk)
    )
    if not by.has_perm("registration.book_visit", locked):
        raise PermissionDenied
    return locked


def _bookable(application: Application, by: User) -> Application:
    locked = _locked(application, by)
    if locked.state not in BOOKABLE:
        raise Refused(_("A visit is booked once the application has been sent."))
    return locked


def _verified(application: Application, by: User) -> Application:
    locked = _locked(application, by)
    if not by.has_perm("registration.verify_application", locked):
        raise PermissionDenied
    return locked
