"""The counters of the verification room (P23(1)) and the hours in which they take visitors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lpse.audit.events import Event
from lpse.audit.log import record
from lpse.errors import Refused
from registration.models import Counter, CounterHours, User

CHANGE = "registration.change_counters"


@transaction.atomic
def save(counter: Counter | None, *, name: str, room: str, is_open: bool, by: User) -> Counter:
    """Set a counter up, or correct it. Visits booked at one that closes stay booked."""
    _permit(by)
    kept = counter or Counter()
    kept.name, kept.room, kept.is_open = name, room, is_open
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError as error:
        raise Refused(_("There is a counter of this name already."), field="name") from error
    record(Event.COUNTER_CHANGED, subject=kept, by=by, counter=name, room=room, is_open=is_open)
    return kept


@transaction.atomic
def add_hours(
    counter: Counter,
    weekdays: Iterable[int],
    *,
    opens: dt.time,
    closes: dt.time,
    minutes: int,
    by: User,
) -> None:
    """Take visitors on these days of the week (Monday is 0), from ``opens`` to ``closes``."""
    _permit(by)
    locked = Counter.objects.select_for_update().get(pk=counter.pk)
    wanted = sorted(set(weekdays))
    if opens >= closes:
        raise Refused(_("A counter closes after it opens."), field="closes")
    if locked.hours.filter(weekday__in=wanted, opens__lt=closes, closes__gt=opens).exists():
        raise Refused(_("The counter is open at a part of this time already."), field="opens")
    for weekday in wanted:
        CounterHours.objects.create(
            counter=locked, weekday=weekday, opens=opens, closes=closes, minutes=minutes
        )
    record(
        Event.COUNTER_CHANGED,
        subject=locked,
        by=by,
        counter=locked.name,
        weekdays=wanted,
        opens=opens.isoformat(),
        closes=closes.isoformat(),
        minutes=minutes,
    )


@transaction.atomic
def remove_hours(hours: CounterHours, *, by: User) -> None:
    """No further bookings then; those that are there stay."""
    _permit(by)
    record(
        Event.COUNTER_CHANGED,
        subject=hours.counter,
        by=by,
        counter=hours.counter.name,
        removed=[hours.weekday, hours.opens.isoformat(), hours.closes.isoformat()],
    )
    hours.delete()


def _permit(by: User) -> None:
    if not by.has_perm(CHANGE):
        raise PermissionDenied
