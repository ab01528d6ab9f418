"""Working days of the office: the table of holidays rules, in the office's own zone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from lpse.clock import office_zone
from procurement.domain.rule_set import RuleSet, Unit
from procurement.models import Holiday

SATURDAY = 5
A_DAY = dt.timedelta(days=1)


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

    def local_day(self, moment: dt.datetime) -> dt.date:
        return moment.astimezone(self.zone).date()

    def last_day(self, moment: dt.datetime) -> dt.date:
        """The day that an exclusive end belongs to: midnight still ends the day before."""
        return self.local_day(moment - dt.timedelta(microseconds=1))

    def at(self, day: dt.date, time: dt.time) -> dt.datetime:
        return dt.datetime.combine(day, time, tzinfo=self.zone)


def load(rule_set: RuleSet) -> WorkingCalendar:
    """The calendar as ``rule_set`` reads the table: with or without joint leave."""
    days = Holiday.objects.all()
    if not rule_set.days.joint_leave_is_a_holiday.holds:
        days = days.filter(is_joint_leave=False)
    return WorkingCalendar(office_zone(), dict(days.values_list("day", "name")))
