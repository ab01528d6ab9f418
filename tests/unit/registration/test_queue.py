from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from lpse.calendar.models import Holiday
from lpse.calendar.working import WorkingCalendar
from registration.domain import queue
from registration.domain.queue import Clock, Shown
from registration.models import ApplicationState
from tests.cast import Cast
from tests.factories.application import an_application

JAKARTA = ZoneInfo("Asia/Jakarta")
HOLIDAY = dt.date(2026, 8, 17)  # a Monday


def a_clock(hours: int = 16) -> Clock:
    calendar = WorkingCalendar(JAKARTA, {HOLIDAY: "Hari Kemerdekaan"})
    return Clock(calendar, dt.time(8), dt.time(16), dt.timedelta(hours=hours))


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, 8, day, hour, minute, tzinfo=JAKARTA)


@pytest.mark.parametrize(
    ("now", "cutoff"),
    [
        (at(13, 12), at(11, 12)),
        (at(13, 20), at(12, 8)),  # the office closed at four
        (at(18, 9), at(13, 9)),  # over a holiday and a weekend
        (at(16, 12), at(13, 8)),  # on a Sunday
    ],
)
def test_what_was_sent_two_working_days_ago_is_overdue(
    now: dt.datetime, cutoff: dt.datetime
) -> None:
    assert a_clock().overdue_since(now) == cutoff


@pytest.mark.parametrize("hours", [1, 8, 9, 16, 40])
def test_the_cutoff_of_the_query_and_the_clock_of_a_line_agree(hours: int) -> None:
    clock = a_clock(hours)
    for now in (at(13, 7), at(13, 12, 34), at(15, 3), at(17, 10), at(18, 15, 59)):
        cutoff = clock.overdue_since(now)

        def is_overdue(sent: dt.datetime, now: dt.datetime = now) -> bool:
            return clock.calendar.working_time(sent, now, clock.opens, clock.closes) >= clock.term

        assert is_overdue(cutoff)
        assert not is_overdue(cutoff + dt.timedelta(seconds=1))


@pytest.mark.django_db
def test_the_longest_waiting_come_first_and_holidays_stop_the_clock(cast: Cast) -> None:
    young = an_application(ago=dt.timedelta(minutes=1), with_papers=False)
    old = an_application(ago=dt.timedelta(days=30), with_papers=False)
    an_application(ApplicationState.RETURNED, with_papers=False)

    clock = queue.clock()
    assert list(queue.matching(Shown.WAITING, "", clock)) == [old, young]
    assert list(queue.overdue(clock)) == [old]

    for back in range(40):
        day = clock.calendar.local_day(young.submitted_at or dt.datetime.now(dt.UTC))
        Holiday.objects.create(day=day - dt.timedelta(days=back), name="Libur")
    assert not queue.overdue(queue.clock()).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed",
    ["{0}", "{1}", "  {0} ", "http://localhost/verifications/{2}/"],
)
def test_a_code_is_found_as_typed_or_as_scanned(typed: str) -> None:
    one = an_application(with_papers=False)
    words = typed.format(one.code.lower(), one.code.replace("-", ""), one.code)

    assert queue.by_code(words) == one


@pytest.mark.django_db
def test_a_name_or_the_beginning_of_an_npwp_finds_an_application(cast: Cast) -> None:
    one, _other = an_application(with_papers=False), an_application(with_papers=False)
    clock = queue.clock()

    assert list(queue.matching(Shown.ALL, one.name.lower(), clock)) == [one]
    assert list(queue.matching(Shown.ALL, one.npwp, clock)) == [one]
    assert queue.by_code(one.name) is None


@pytest.mark.django_db
def test_nobody_is_given_an_own_application_next(cast: Cast) -> None:
    an_application(applicant=cast.wati, with_papers=False)

    assert queue.next_for(cast.wati) is None
