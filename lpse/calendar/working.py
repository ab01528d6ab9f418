"""Working days and hours of the office: the table of holidays rules, in the office's own zone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from lpse.calendar.models import Holiday
from lpse.clock import office_zone
from lpse.law import Unit

SATURDAY = 5
A_DAY = dt.timedelta(days=1)
NOTHING = dt.timedelta()


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    zone: ZoneInfo
    holidays: Mapping[dt.date, str]

    def is_working(self, day: dt.date) -> bool:
        return day.weekday() < SATURDAY and day not in self.holidays

    def working_from(self, day: dt.date) -> dt.date:
        """``day`` itself or the first working day after it."""
        while not self.is_working(day):
            day += A_DAY
        return day

    def working_until(self, day: dt.date) -> dt.date:
        """``day`` itself or the last working day before it."""
        while not self.is_working(day):
            day -= A_DAY
        return day

    def later(self, day: dt.date, count: int, unit: Unit) -> dt.date:
        """The ``count``-th day after ``day``; working days skip what is none."""
        if unit is Unit.CALENDAR_DAYS:
            return day + count * A_DAY
        for _day in range(count):
            day = self.working_from(day + A_DAY)
        return day

    def working_time(
        self, start: dt.datetime, end: dt.datetime, opens: dt.time, closes: dt.time
    ) -> dt.timedelta:
        """How long the office was open between two instants; nothing if ``end`` comes first."""
        total, day = NOTHING, self.local_day(start)
        while day <= self.local_day(end):
            if self.is_working(day):
                since, until = max(start, self.at(day, opens)), min(end, self.at(day, closes))
                total += max(until - since, NOTHING)
            day += A_DAY
        return total

    def after_working_time(
        self, start: dt.datetime, span: dt.timedelta, opens: dt.time, closes: dt.time
    ) -> dt.datetime:
        """The first instant at which the office has been open for ``span`` since ``start``."""
        start = start.astimezone(self.zone)
        if not span:
            return start
        day = self.working_from(start.date())
        since = max(start, self.at(day, opens))
        while span > (today := max(self.at(day, closes) - since, NOTHING)):
            span -= today
            day = self.working_from(day + A_DAY)
            since = self.at(day, opens)
        return since + span

    def local_day(self, moment: dt.datetime) -> dt.date:
        return moment.astimezone(self.zone).date()

    def last_day(self, moment: dt.datetime) -> dt.date:
        """The day that an exclusive end belongs to: midnight still ends the day before."""
        return self.local_day(moment - dt.timedelta(microseconds=1))

    def at(self, day: dt.date, time: dt.time) -> dt.datetime:
        return dt.datetime.combine(day, time, tzinfo=self.zone)


def load(*, joint_leave: bool) -> WorkingCalendar:
    """The calendar of this office; ``joint_leave`` says whether such days are off."""
    days = Holiday.objects.all()
    if not joint_leave:
        days = days.filter(is_joint_leave=False)
    return WorkingCalendar(office_zone(), dict(days.values_list("day", "name")))
