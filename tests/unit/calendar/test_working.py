"""Working days: the table of holidays rules."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from lpse.audit.models import AuditEntry
from lpse.calendar import domain
from lpse.calendar.models import Holiday
from lpse.calendar.working import WorkingCalendar
from lpse.errors import Refused
from lpse.law import Unit

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


# --- Working hours ----------------------------------------------------------------------------

OPENS, CLOSES = dt.time(8), dt.time(16)
HOUR = dt.timedelta(hours=1)
moments = st.datetimes(
    dt.datetime.fromisoformat("2026-01-01"),
    dt.datetime.fromisoformat("2026-12-01"),
    timezones=st.sampled_from([WIB, ZoneInfo("Asia/Jayapura"), dt.UTC]),
)
spans = st.timedeltas(dt.timedelta(), dt.timedelta(days=5))
calendars = st.builds(
    lambda days: WorkingCalendar(WIB, dict.fromkeys(days, "libur")),
    st.sets(st.dates(dt.date(2026, 1, 1), dt.date(2027, 1, 31)), max_size=60),
)


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    """In March 2026, where Thursday 19 is a holiday."""
    return dt.datetime(2026, 3, day, hour, minute, tzinfo=WIB)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        (at(16, 9), at(16, 11), 2),
        (at(16, 7), at(16, 9), 1),
        (at(16, 15), at(17, 9), 2),
        (at(18, 15), at(20, 9), 2),
        (at(20, 15), at(23, 9), 2),
        (at(21, 9), at(21, 15), 0),
        (at(16, 11), at(16, 9), 0),
    ],
)
def test_only_the_hours_in_which_the_office_is_open_count(start, end, hours):
    assert A_CALENDAR.working_time(start, end, OPENS, CLOSES) == hours * HOUR


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (at(16, 9), 2, at(16, 11)),
        (at(16, 8), 8, at(16, 16)),
        (at(16, 15), 2, at(17, 9)),
        (at(18, 20), 1, at(20, 9)),
        (at(20, 16), 16, at(24, 16)),
        (at(21, 12), 0, at(21, 12)),
    ],
)
def test_a_term_of_working_hours_ends_in_working_hours(start, hours, end):
    assert A_CALENDAR.after_working_time(start, hours * HOUR, OPENS, CLOSES) == end


@given(working=calendars, start=moments, span=spans)
def test_a_term_has_lasted_exactly_its_working_time_when_it_ends(working, start, span):
    end = working.after_working_time(start, span, OPENS, CLOSES)

    assert working.working_time(start, end, OPENS, CLOSES) == span


@given(working=calendars, start=moments, end=moments)
def test_no_instant_before_has_seen_so_much_working_time(working, start, end):
    start, end = min(start, end), max(start, end)
    passed = working.working_time(start, end, OPENS, CLOSES)

    assert start <= working.after_working_time(start, passed, OPENS, CLOSES) <= end


@given(working=calendars, start=moments, first=spans, second=spans)
def test_a_longer_term_ends_later_and_terms_add_up(working, start, first, second):
    middle = working.after_working_time(start, first, OPENS, CLOSES)
    end = working.after_working_time(start, first + second, OPENS, CLOSES)

    assert start <= middle <= end
    assert working.after_working_time(middle, second, OPENS, CLOSES) == end


@given(working=calendars, moments=st.lists(moments, min_size=3, max_size=3))
def test_working_time_grows_with_the_end_and_adds_up(working, moments):
    a, b, c = sorted(moments)

    def passed(start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        return working.working_time(start, end, OPENS, CLOSES)

    assert dt.timedelta() <= passed(a, b) <= passed(a, c) == passed(a, b) + passed(b, c)


# --- The table --------------------------------------------------------------------------------

DAY = dt.date(2026, 12, 28)


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["nanda", "lina", "oki"])
def test_the_lpse_adds_and_removes_a_day_and_both_are_recorded(cast, who):
    person = getattr(cast, who)

    holiday = domain.add(DAY, "Cuti bersama Natal", is_joint_leave=True, by=person)
    domain.remove(holiday, by=person)

    added, removed = AuditEntry.objects.filter(event__startswith="holiday:").order_by("at")
    assert (added.event, removed.event) == ("holiday:added", "holiday:removed")
    assert added.data == removed.data
    assert added.data == {
        "day": "2026-12-28",
        "name": "Cuti bersama Natal",
        "is_joint_leave": True,
    }
    assert not Holiday.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["wati", "putri", "budi", "sari", "maju"])
def test_nobody_else_changes_the_table(cast, who):
    person = getattr(cast, who)
    holiday = Holiday.objects.create(day=DAY, name="Cuti bersama")

    with pytest.raises(PermissionDenied):
        domain.add(dt.date(2026, 12, 29), "Libur", is_joint_leave=False, by=person)
    with pytest.raises(PermissionDenied):
        domain.remove(holiday, by=person)


@pytest.mark.django_db
def test_a_day_stands_once_and_is_removed_once(cast):
    holiday = domain.add(DAY, "Cuti bersama", is_joint_leave=True, by=cast.nanda)

    with pytest.raises(Refused, match="Cuti bersama"):
        domain.add(DAY, "Libur", is_joint_leave=False, by=cast.lina)
    domain.remove(Holiday.objects.get(), by=cast.nanda)
    with pytest.raises(Refused):
        domain.remove(holiday, by=cast.nanda)
