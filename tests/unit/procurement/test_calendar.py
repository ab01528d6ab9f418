"""Working days: the table of holidays rules."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command

from procurement.domain import calendar, rule_set
from procurement.domain.calendar import WorkingCalendar
from procurement.domain.rule_set import Unit
from procurement.models import Holiday

WIB = ZoneInfo("Asia/Jakarta")
NYEPI = dt.date(2026, 3, 19)
A_CALENDAR = WorkingCalendar(WIB, {NYEPI: "Hari Suci Nyepi"})


@pytest.mark.parametrize(
    ("start", "count", "unit", "expected"),
    [
        (dt.date(2026, 3, 16), 1, Unit.WORKING_DAYS, dt.date(2026, 3, 17)),
        (dt.date(2026, 3, 18), 1, Unit.WORKING_DAYS, dt.date(2026, 3, 20)),
        (dt.date(2026, 3, 18), 2, Unit.WORKING_DAYS, dt.date(2026, 3, 23)),
        (dt.date(2026, 3, 18), 2, Unit.CALENDAR_DAYS, dt.date(2026, 3, 20)),
        (dt.date(2026, 3, 21), 0, Unit.WORKING_DAYS, dt.date(2026, 3, 21)),
    ],
)
def test_days_are_counted_from_the_day_after(start, count, unit, expected):
    assert A_CALENDAR.later(start, count, unit) == expected


def test_the_nearest_working_day_lies_on_either_side_of_a_holiday():
    assert A_CALENDAR.working_from(NYEPI) == dt.date(2026, 3, 20)
    assert A_CALENDAR.working_until(NYEPI) == dt.date(2026, 3, 18)


def test_an_end_at_midnight_belongs_to_the_day_before():
    midnight = dt.datetime(2026, 3, 19, tzinfo=WIB)

    assert A_CALENDAR.last_day(midnight) == dt.date(2026, 3, 18)
    assert A_CALENDAR.local_day(midnight) == NYEPI


def test_a_day_is_the_office_s_own_whatever_the_zone_of_the_instant():
    assert A_CALENDAR.local_day(dt.datetime(2026, 3, 18, 17, 30, tzinfo=dt.UTC)) == NYEPI


@pytest.mark.django_db
def test_seeding_knows_joint_leave_apart_and_leaves_a_looked_after_year_alone():
    Holiday.objects.create(day=dt.date(2025, 1, 2), name="Ditetapkan sendiri")

    call_command("seed_holidays", 2025, 2026, verbosity=0)

    assert Holiday.objects.filter(day__year=2025).count() == 1
    independence = Holiday.objects.get(day=dt.date(2026, 8, 17))
    assert not independence.is_joint_leave
    assert Holiday.objects.filter(day__year=2026, is_joint_leave=True).exists()


@pytest.mark.django_db
def test_the_rule_set_says_whether_joint_leave_counts(settings):
    settings.SAMPLE_INSTALLATION = True
    day = dt.date(2026, 3, 20)
    Holiday.objects.create(day=day, name="Cuti bersama", is_joint_leave=True)

    assert not calendar.load(rule_set.load("perpres-16-2018")).is_working(day)
    assert calendar.load(rule_set.load("training")).is_working(day)
