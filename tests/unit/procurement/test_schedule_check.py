"""Proposing and checking: pure functions of a rule set and a calendar."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lpse.calendar.working import WorkingCalendar
from lpse.law import Unit, Value
from procurement.domain import schedule
from procurement.domain.rule_set import FOLDER, POST_ONE, parse
from procurement.domain.schedule import Level, Period, check, proposed
from procurement.models import StageCode

WIB = ZoneInfo("Asia/Jakarta")
LAWS = {p.stem: parse(p.read_bytes()) for p in FOLDER.glob("*.toml")}
OLD = LAWS["perpres-54-2010"]
NEW = LAWS["perpres-16-2018"]
NO_HOLIDAYS = WorkingCalendar(WIB, {})
MONDAY = dt.datetime(2026, 11, 30, 8, tzinfo=WIB)

FIRST, LAST = dt.datetime.fromisoformat("2024-01-01"), dt.datetime.fromisoformat("2030-01-01")
starts = st.datetimes(FIRST, LAST, timezones=st.just(WIB))
holidays = st.sets(st.dates(dt.date(2024, 1, 1), dt.date(2030, 12, 31)), max_size=200)


def plan(law=OLD, start=MONDAY, working=NO_HOLIDAYS):
    return proposed(law, law.procedures[POST_ONE], working, start)


def with_(stages, code, **changes):
    return [replace(s, **changes) if s.code == code else s for s in stages]


def found(stages, law=OLD, working=NO_HOLIDAYS, **options):
    return check(stages, law, working=working, **options)


def the(stages, code) -> Period:
    return next(s for s in stages if s.code == code)


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
@given(start=starts, days=holidays, zone=st.sampled_from(["Asia/Jakarta", "Asia/Jayapura"]))
def test_a_proposal_always_passes_its_own_check(law, start, days, zone):
    working = WorkingCalendar(ZoneInfo(zone), dict.fromkeys(days, "libur"))

    assert found(plan(law, start, working), law, working) == []


@pytest.mark.parametrize("law", [OLD, NEW], ids=["old", "new"])
@given(start=starts, days=holidays)
def test_no_proposed_stage_ends_on_a_day_off(law, start, days):
    working = WorkingCalendar(WIB, dict.fromkeys(days, "libur"))

    assert all(working.is_working(working.last_day(s.ends_at)) for s in plan(law, start, working))


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
@given(start=starts, days=holidays)
def test_a_proposal_honours_every_minimum_and_begins_when_asked_or_later(law, start, days):
    working = WorkingCalendar(WIB, dict.fromkeys(days, "libur"))
    stages = plan(law, start, working)
    edges = schedule.edges_of(stages)

    assert stages[0].starts_at >= start
    for limit in law.procedures[POST_ONE].limits:
        if not limit.is_minimum or limit.span.unit is not Unit.WORKING_DAYS:
            continue
        first, last = edges[limit.after].astimezone(WIB).date(), edges[limit.edge]
        between = {first + dt.timedelta(n) for n in range(1, 400)}
        passed = [d for d in between if d <= working.last_day(last) and working.is_working(d)]
        assert len(passed) >= limit.span.number


@given(start=starts)
def test_stages_are_in_order_and_each_has_a_length(start):
    for law in LAWS.values():
        stages = plan(law, start)
        assert [s.code for s in stages] == list(StageCode)
        assert all(s.starts_at < s.ends_at for s in stages)
        assert the(stages, "opening").starts_at >= the(stages, "submission").ends_at


def test_a_proposal_skips_the_weekend_and_a_holiday():
    working = WorkingCalendar(WIB, {dt.date(2026, 12, 1): "libur"})

    stages = plan(OLD, dt.datetime(2026, 11, 28, 10, tzinfo=WIB), working)

    assert the(stages, "announcement").starts_at == MONDAY
    # 4 working days after Monday: Wednesday, Thursday, Friday, Monday.
    assert the(stages, "clarification").starts_at == dt.datetime(2026, 12, 7, 9, tzinfo=WIB)


def test_training_proposes_in_minutes():
    law = LAWS["training"]
    start = dt.datetime(2026, 11, 28, 22, 59, 30, tzinfo=WIB)

    stages = plan(law, start)

    assert stages[0].starts_at == dt.datetime(2026, 11, 28, 23, 0, tzinfo=WIB)
    assert the(stages, "submission").ends_at == dt.datetime(2026, 11, 28, 23, 20, tzinfo=WIB)


def test_a_confirmed_minimum_blocks_with_its_article_and_the_earliest_legal_date():
    stages = plan()
    winner = the(stages, "winner").starts_at
    short = with_(stages, "objection", ends_at=winner + dt.timedelta(days=2))

    finding = next(f for f in found(short) if f.stage == StageCode.OBJECTION)

    assert finding.blocks
    assert finding.article == "Perpres 54/2010, Pasal 61 ayat (1)"
    assert finding.earliest is not None
    legal = with_(stages, "objection", ends_at=finding.earliest)
    assert not [f for f in found(legal) if f.stage == StageCode.OBJECTION]
    assert "5" in finding.message


def test_an_unconfirmed_minimum_advises_and_does_not_block():
    stages = plan()
    early = with_(
        stages,
        "clarification",
        starts_at=MONDAY + dt.timedelta(days=1, hours=1),
        ends_at=MONDAY + dt.timedelta(days=1, hours=3),
    )

    findings = [f for f in found(early) if f.stage == StageCode.CLARIFICATION]

    assert [f.level for f in findings] == [Level.ADVICE]


def test_the_opening_never_begins_before_the_deadline():
    stages = plan()
    deadline = the(stages, "submission").ends_at
    early = with_(stages, "opening", starts_at=deadline - dt.timedelta(seconds=1))

    findings = [f for f in found(early) if f.stage == StageCode.OPENING]

    assert findings[0].blocks
    assert findings[0].earliest == deadline


def test_an_end_on_a_holiday_names_the_holiday_and_the_next_working_day():
    stages = plan()
    day = the(stages, "announcement").ends_at.date()
    working = WorkingCalendar(WIB, {day: "Hari Contoh"})

    findings = [f for f in found(stages, working=working) if f.stage == StageCode.ANNOUNCEMENT]

    finding = next(f for f in findings if "Hari Contoh" in f.message)
    assert finding.blocks
    assert finding.earliest.date() == working.working_from(day)


def test_the_end_of_bids_lies_within_working_hours():
    stages = plan()
    end = the(stages, "submission").ends_at
    late = with_(stages, "submission", ends_at=end.replace(hour=22))
    late = with_(late, "opening", starts_at=end.replace(hour=23))

    findings = [f for f in found(late) if f.stage == StageCode.SUBMISSION]

    assert [f.level for f in findings] == [Level.ADVICE]  # the hours are the office's own
    assert "08:00–16:00" in findings[0].message


def test_a_stage_that_ends_before_it_begins_is_an_error_of_its_own():
    stages = plan()
    start = the(stages, "proof").starts_at
    broken = with_(stages, "proof", ends_at=start)

    assert any(f.stage == StageCode.PROOF and f.blocks for f in found(broken))


def test_missing_stages_are_named_one_by_one():
    stages = [s for s in plan() if s.code not in {StageCode.WINNER, StageCode.CONTRACT}]

    assert [f.stage for f in found(stages)] == [StageCode.WINNER, StageCode.CONTRACT]


def test_a_late_announcement_is_measured_from_now_and_not_from_its_planned_start():
    text = (FOLDER / "training.toml").read_text()
    least = 'edge = "announcement.ends", at_least = "announcement.starts", value = '
    law = parse(text.replace(f"{least}0", f"{least}7").encode())
    start = dt.datetime(2026, 11, 30, 9, tzinfo=WIB)
    stages = plan(law, start)

    assert found(stages, law, now=start + dt.timedelta(minutes=1)) == []
    late = found(stages, law, now=start + dt.timedelta(minutes=9))
    assert [(f.stage, f.blocks) for f in late] == [(StageCode.CLARIFICATION, True)]
    longer = with_(stages, "clarification", ends_at=start + dt.timedelta(minutes=12))
    longer = with_(longer, "submission", starts_at=start + dt.timedelta(minutes=12))
    short = found(longer, law, now=start + dt.timedelta(minutes=9))
    assert StageCode.ANNOUNCEMENT in [f.stage for f in short if f.blocks]


@given(start=starts, shift=st.integers(-20, 20), code=st.sampled_from(list(StageCode)))
def test_the_earliest_legal_date_of_a_finding_is_legal(start, shift, code):
    working = NO_HOLIDAYS
    stages = plan(OLD, start, working)
    one = the(stages, code)
    moved = with_(stages, code, ends_at=one.ends_at + dt.timedelta(days=shift))

    for finding in found(moved):
        if finding.earliest is None or finding.stage != code or finding.end != "ends":
            continue
        if finding.earliest <= one.starts_at:
            continue
        mended = with_(stages, code, ends_at=finding.earliest)
        left = [f for f in found(mended) if (f.stage, f.end) == (code, "ends")]
        assert [f for f in left if f.earliest is not None] == []


def test_rule_sets_agree_on_what_the_words_of_a_span_mean():
    span = Value(1, Unit.WORKING_DAYS, "x", confirmed=True)

    assert schedule.span_words(span)
