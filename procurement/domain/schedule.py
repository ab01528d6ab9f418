"""A tender's schedule: proposed from the rule set, checked against it, set and changed.

``propose`` and ``check`` are pure: stages in, stages or findings out. The verbs below them write.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from babel.dates import format_date
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lpse.audit.events import Event
from lpse.audit.log import record
from lpse.calendar.working import WorkingCalendar
from lpse.clock import database_now, instant, parse_instant
from lpse.errors import Refused
from lpse.law import Unit, span_words
from procurement.domain import calendar, notice, rule_set, tender_lock
from procurement.domain.rule_set import START, Limit, Procedure, RuleSet, StageTemplate
from procurement.models import ScheduleChange, Stage, StageCode, Tender, TenderState
from registration.models import User

DAY_UNITS = (Unit.WORKING_DAYS, Unit.CALENDAR_DAYS)
A_MINUTE = dt.timedelta(minutes=1)
BOX = (StageCode.SUBMISSION, StageCode.OPENING)  # whose dates the key statement names


class Planned(Protocol):
    """What a stage is to a check: a model's row, a form's line or a proposal."""

    @property
    def code(self) -> str: ...
    @property
    def starts_at(self) -> dt.datetime: ...
    @property
    def ends_at(self) -> dt.datetime: ...


@dataclass(frozen=True, slots=True)
class Period:
    """One stage with its dates, before or beside the row in the database."""

    code: StageCode
    starts_at: dt.datetime
    ends_at: dt.datetime

    @property
    def label(self) -> str:
        return str(self.code.label)

    @property
    def number(self) -> int:
        return list(StageCode).index(self.code) + 1


Changes = Mapping[str, tuple[dt.datetime, dt.datetime]]
"""Stage code → its new start and end."""


class Level(StrEnum):
    ERROR = "error"  # a confirmed rule: blocks
    ADVICE = "advice"  # a rule that the LPSE has yet to confirm


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with one end of one stage, by which article, and from when it is right."""

    stage: StageCode
    end: str  # "starts" or "ends"
    level: Level
    message: str
    article: str
    earliest: dt.datetime | None = None

    @property
    def blocks(self) -> bool:
        return self.level is Level.ERROR


# --- Proposing --------------------------------------------------------------------------------


def propose(tender: Tender, start: dt.datetime) -> list[Period]:
    """A legal schedule for ``tender`` that begins at ``start`` or as soon after as may be."""
    law = rule_set.of(tender)
    return proposed(law, law.procedures[tender.procedure], calendar.load(law), start)


def proposed(
    law: RuleSet, procedure: Procedure, working: WorkingCalendar, start: dt.datetime
) -> list[Period]:
    start = start.astimezone(working.zone)
    if start.second or start.microsecond:
        start = start.replace(second=0, microsecond=0) + A_MINUTE
    edges: dict[str, dt.datetime] = {START: start}
    rules = _Rules(law, procedure, working)
    for template in procedure.stages:
        starts, ends = _usual(template, procedure.unit, edges, working)
        edges[f"{template.code}.starts"] = starts = rules.moved(
            f"{template.code}.starts", starts, edges
        )
        edges[f"{template.code}.ends"] = rules.moved(
            f"{template.code}.ends", max(ends, starts + A_MINUTE), edges
        )
    return [
        Period(t.code, edges[f"{t.code}.starts"], edges[f"{t.code}.ends"])
        for t in procedure.stages
    ]


def _usual(
    template: StageTemplate, unit: Unit, edges: Mapping[str, dt.datetime], working: WorkingCalendar
) -> tuple[dt.datetime, dt.datetime]:
    """When the template would put the stage, before any rule has its say."""
    after = edges[template.after]
    if template.opens is None or template.closes is None:
        starts = after + template.distance * A_MINUTE
        return starts, starts + template.length * A_MINUTE
    first = working.later(working.last_day(after), template.distance, unit)
    if template.after == START:
        first = working.working_from(working.local_day(after))
        if working.at(first, template.opens) < after:
            first = working.later(first, 1, Unit.WORKING_DAYS)
    starts = max(working.at(first, template.opens), after)
    last = working.later(first, template.length, unit)
    return starts, working.at(last, template.closes)


# --- Checking ---------------------------------------------------------------------------------


def check(
    stages: Iterable[Planned],
    law: RuleSet,
    *,
    procedure: str = rule_set.POST_ONE,
    working: WorkingCalendar | None = None,
    now: dt.datetime | None = None,
) -> list[Finding]:
    """What is wrong with ``stages`` under ``law``, in the order of the stages.

    With ``now``, a start that has passed already is taken to be now: a late signature must not
    shorten what the law gives to the bidders.
    """
    rules = _Rules(law, law.procedures[procedure], working or calendar.load(law))
    edges = edges_of(stages)
    missing = [code for code in StageCode if f"{code}.starts" not in edges]
    if missing:
        return [_missing(code) for code in missing]
    if now is not None:
        passed = [code for code in StageCode if edges[f"{code}.ends"] <= now]
        if passed:
            return [_over(code) for code in passed]
        edges |= {f"{c}.starts": max(edges[f"{c}.starts"], now) for c in StageCode}
    return [finding for code in StageCode for finding in rules.findings(code, edges)]


def edges_of(stages: Iterable[Planned]) -> dict[str, dt.datetime]:
    edges = {}
    for stage in stages:
        edges[f"{stage.code}.starts"] = stage.starts_at
        edges[f"{stage.code}.ends"] = stage.ends_at
    return edges


@dataclass(frozen=True, slots=True)
class _Rules:
    """The rules of one procedure, asked about one edge at a time."""

    law: RuleSet
    procedure: Procedure
    working: WorkingCalendar

    def findings(self, code: StageCode, edges: Mapping[str, dt.datetime]) -> Iterable[Finding]:
        starts, ends = edges[f"{code}.starts"], edges[f"{code}.ends"]
        if ends <= starts:
            yield Finding(
                code,
                "ends",
                Level.ERROR,
                _("The stage ends before it begins."),
                _("Order of time"),
            )
            return
        for limit in self.procedure.limits:
            if limit.edge.startswith(f"{code}."):
                finding = self._limit(limit, edges)
                if finding:
                    yield finding
        for end in ("starts", "ends"):
            yield from self._office(code, end, edges)

    def moved(
        self, edge: str, usual: dt.datetime, edges: Mapping[str, dt.datetime]
    ) -> dt.datetime:
        """``usual``, or the first instant after it that breaks no rule looking back."""
        earliest = self.earliest(edge, edges)
        moment = usual if earliest is None else max(usual, earliest)
        return self._in_office(edge, moment)

    def earliest(self, edge: str, edges: Mapping[str, dt.datetime]) -> dt.datetime | None:
        """The earliest legal instant for ``edge``, given the edges it is counted from."""
        bounds = [
            self._bound(limit, edges[limit.after])
            for limit in self.procedure.limits
            if limit.edge == edge and limit.is_minimum and limit.after in edges
        ]
        return self._in_office(edge, max(bounds)) if bounds else None

    def _limit(self, limit: Limit, edges: Mapping[str, dt.datetime]) -> Finding | None:
        moment = edges[limit.edge]
        bound = self._bound(limit, edges[limit.after])
        if moment >= bound if limit.is_minimum else moment <= bound:
            return None
        stage, end = _split(limit.edge)
        earliest = self.earliest(limit.edge, edges) if limit.is_minimum else None
        return Finding(
            stage,
            end,
            _level(confirmed=limit.span.confirmed),
            _limit_words(limit) + " " + self._legal_words(limit, earliest or bound),
            f"{self.law.title}, {limit.span.source}",
            earliest,
        )

    def _bound(self, limit: Limit, after: dt.datetime) -> dt.datetime:
        """The first legal instant, or for a maximum the last one."""
        span = limit.span
        if span.unit is Unit.MINUTES:
            return after + span.number * A_MINUTE
        ends = limit.after.endswith(".ends")
        origin = self.working.last_day(after) if ends else self.working.local_day(after)
        count = span.number - (1 if self.law.days.first_day_counts.holds else 0)
        day = self.working.later(origin, max(count, 0), span.unit)
        if limit.is_minimum:
            # An end is exclusive: what must last through a day may not end when it begins.
            least = (
                dt.timedelta(microseconds=1) if limit.edge.endswith(".ends") else dt.timedelta()
            )
            return self.working.at(day, dt.time()) + least
        return self.working.at(day + dt.timedelta(days=1), dt.time())

    def _office(
        self, code: StageCode, end: str, edges: Mapping[str, dt.datetime]
    ) -> Iterable[Finding]:
        edge, moment = f"{code}.{end}", edges[f"{code}.{end}"]
        by_hours = edge in self.procedure.office_hours.edges
        by_day = end == "ends" and self.law.days.stages_end_on_working_days.holds
        day = self._day(edge, moment)
        if (by_hours or by_day) and not self.working.is_working(day):
            rules = [self.law.days.stages_end_on_working_days] if by_day else []
            rules += [self.procedure.office_hours] if by_hours else []
            rule = next((r for r in rules if r.confirmed), rules[0])
            legal = self.moved(edge, moment, edges)
            yield Finding(
                code,
                end,
                _level(confirmed=rule.confirmed),
                _("%(day)s is not a working day (%(why)s).")
                % {"day": _date(day), "why": self.working.holidays.get(day) or _("weekend")}
                + " "
                + _("The earliest legal date is %(date)s.") % {"date": self._shown(legal)},
                f"{self.law.title}, {rule.source}",
                legal,
            )
        elif by_hours and not self._within_hours(edge, moment):
            days = self.law.days
            hours = (days.office_opens, days.office_closes)
            yield Finding(
                code,
                end,
                _level(
                    confirmed=self.procedure.office_hours.confirmed
                    and all(h.confirmed for h in hours)
                ),
                _("This must lie within working hours, %(opens)s–%(closes)s.")
                % {"opens": hours[0].text, "closes": hours[1].text},
                f"{self.law.title}, {self.procedure.office_hours.source}",
                self.moved(edge, moment, edges),
            )

    def _in_office(self, edge: str, moment: dt.datetime) -> dt.datetime:
        """``moment``, or the next one at which ``edge`` may be."""
        by_hours = edge in self.procedure.office_hours.edges
        by_day = edge.endswith(".ends") and self.law.days.stages_end_on_working_days.holds
        if not (by_hours or by_day):
            return moment
        day = self._day(edge, moment)
        legal = self.working.working_from(day)
        if legal != day:
            moment += dt.timedelta(days=(legal - day).days)
        if by_hours and not self._within_hours(edge, moment):
            opens, closes = self.law.days.office_opens.time, self.law.days.office_closes.time
            if moment < self.working.at(legal, opens):
                return self.working.at(legal, opens)
            following = self.working.later(legal, 1, Unit.WORKING_DAYS)
            return self.working.at(following, opens if edge.endswith(".starts") else closes)
        return moment

    def _within_hours(self, edge: str, moment: dt.datetime) -> bool:
        day, days = self._day(edge, moment), self.law.days
        opens = self.working.at(day, days.office_opens.time)
        return opens <= moment <= self.working.at(day, days.office_closes.time)

    def _day(self, edge: str, moment: dt.datetime) -> dt.date:
        ends = edge.endswith(".ends")
        return self.working.last_day(moment) if ends else self.working.local_day(moment)

    def _legal_words(self, limit: Limit, legal: dt.datetime) -> str:
        in_days = limit.span.unit in DAY_UNITS
        if limit.is_minimum:
            shown = self._shown(legal, in_days=in_days)
            return _("The earliest legal date is %(date)s.") % {"date": shown}
        last = self._shown(legal - dt.timedelta(microseconds=1), in_days=in_days)
        return _("The latest legal date is %(date)s.") % {"date": last}

    def _shown(self, moment: dt.datetime, *, in_days: bool = True) -> str:
        """The day where days are counted; else the minute, rounded to what is surely legal."""
        local = moment.astimezone(self.working.zone)
        if in_days:
            return _date(local.date())
        if local.second or local.microsecond:
            local = local.replace(second=0, microsecond=0) + A_MINUTE
        return f"{_date(local.date())} {local:%H:%M} {local.tzname()}"


def _missing(code: StageCode) -> Finding:
    words = _("The stage “%(stage)s” has no dates yet.") % {"stage": code.label}
    return Finding(code, "starts", Level.ERROR, words, _("Order of time"))


def _over(code: StageCode) -> Finding:
    words = _("The end of “%(stage)s” has passed already: propose new dates.")
    return Finding(code, "ends", Level.ERROR, words % {"stage": code.label}, _("Order of time"))


def _level(*, confirmed: bool) -> Level:
    return Level.ERROR if confirmed else Level.ADVICE


def _split(edge: str) -> tuple[StageCode, str]:
    code, end = edge.split(".")
    return StageCode(code), end


def _limit_words(limit: Limit) -> str:
    (_stage, end), (other, other_end) = _split(limit.edge), _split(limit.after)
    names = {"other": other.label, "span": span_words(limit.span)}
    return _sentence(limit, end, other_end) % names


def _sentence(limit: Limit, end: str, other_end: str) -> str:
    if limit.span.number == 0:
        return {
            ("starts", "starts"): _("This cannot begin before “%(other)s” begins."),
            ("starts", "ends"): _("This cannot begin before “%(other)s” has ended."),
            ("ends", "starts"): _("This cannot end before “%(other)s” begins."),
            ("ends", "ends"): _("This cannot end before “%(other)s” has ended."),
        }[end, other_end]
    if limit.is_minimum:
        return {
            ("starts", "starts"): _("This begins at least %(span)s after “%(other)s” begins."),
            ("starts", "ends"): _("This begins at least %(span)s after “%(other)s” ends."),
            ("ends", "starts"): _("This ends at least %(span)s after “%(other)s” begins."),
            ("ends", "ends"): _("This ends at least %(span)s after “%(other)s” ends."),
        }[end, other_end]
    return {
        ("starts", "starts"): _("This begins at most %(span)s after “%(other)s” begins."),
        ("starts", "ends"): _("This begins at most %(span)s after “%(other)s” ends."),
        ("ends", "starts"): _("This ends at most %(span)s after “%(other)s” begins."),
        ("ends", "ends"): _("This ends at most %(span)s after “%(other)s” ends."),
    }[end, other_end]


def _date(day: dt.date) -> str:
    return format_date(day, "EEEE, d MMMM y", locale=get_language() or "id")


# --- Setting and changing ---------------------------------------------------------------------


@transaction.atomic
def set_schedule(tender: Tender, changes: Changes, *, by: User) -> None:
    """Write the dates of a tender that is being prepared; they may still break the rules."""
    locked = tender_lock.take(tender)
    _may(by, "procurement.prepare_tender", locked)
    if locked.state != TenderState.HANDED_OVER:
        raise Refused(_("The schedule is announced: a change needs a reason."))
    for code, (starts_at, ends_at) in changes.items():
        if ends_at <= starts_at:
            raise Refused(
                _("“%(stage)s” ends before it begins.") % {"stage": StageCode(code).label},
                field=f"{code}-ends_at",
            )
        number = list(StageCode).index(StageCode(code)) + 1
        Stage.objects.update_or_create(
            tender=locked,
            code=code,
            defaults={"number": number, "starts_at": starts_at, "ends_at": ends_at},
        )
    record(Event.TENDER_SCHEDULE_SET, subject=locked, by=by, schedule=as_json(changes))


def moves_the_box(tender: Tender, changes: Changes) -> bool:
    """Whether ``changes`` move the bid deadline or the opening, which the committee signs."""
    stages = {stage.code: stage for stage in tender.stages.all()}
    return any(
        code in changes and changes[code][at] != (stages[code].starts_at, stages[code].ends_at)[at]
        for code, at in ((StageCode.SUBMISSION, 1), (StageCode.OPENING, 0))
    )


@transaction.atomic
def apply(tender: Tender, changes: Changes, *, reason: str, by: User) -> list[ScheduleChange]:
    """Put changed dates of an announced tender into force, for ever on record.

    Called by :func:`procurement.domain.amendment.change` for what the key statement does not
    name, and by the statement of a later deadline once a majority has signed it. The order of
    the two statements is the point: the row first, then the clock, so that a submission that
    holds the row decides on the dates it has read.
    """
    locked = tender_lock.take(tender)
    now = database_now()
    _may(by, "procurement.change_schedule", locked)
    if not reason.strip():
        raise Refused(_("Say why the schedule changes: everybody will read it."), field="reason")
    check_change(locked, changes, now=now)
    stages = {stage.code: stage for stage in locked.stages.all()}
    written = []
    for code, (starts_at, ends_at) in changes.items():
        stage = stages[code]
        if (stage.starts_at, stage.ends_at) == (starts_at, ends_at):
            continue
        written.append(
            ScheduleChange.objects.create(
                stage=stage,
                old_starts_at=stage.starts_at,
                old_ends_at=stage.ends_at,
                new_starts_at=starts_at,
                new_ends_at=ends_at,
                reason=reason,
                changed_at=now,
                changed_by=by,
            )
        )
        Stage.objects.filter(pk=stage.pk).update(starts_at=starts_at, ends_at=ends_at)
    if not written:
        raise Refused(_("Nothing would change."))
    record(
        Event.TENDER_SCHEDULE_CHANGED,
        subject=locked,
        by=by,
        at=now,
        schedule=as_json({c.stage.code: (c.new_starts_at, c.new_ends_at) for c in written}),
        before=as_json({c.stage.code: (c.old_starts_at, c.old_ends_at) for c in written}),
        reason=reason,
    )
    notice.to_followers(locked, "schedule_changed", changes=written, reason=reason)
    return written


def check_change(tender: Tender, changes: Changes, *, now: dt.datetime | None = None) -> None:
    """Refuse dates that lie behind, that break a confirmed rule, or that move what is over.

    ``tender`` is locked and ``now`` was read after the lock. That a passed deadline stays is
    refused by the database too, whoever asks (``a_passed_deadline_stays``).
    """
    if tender.state != TenderState.ANNOUNCED:
        raise Refused(_("Only the schedule of an announced tender is changed this way."))
    now = now or database_now()
    for stage in tender.stages.all():
        starts_at, ends_at = changes.get(stage.code, (stage.starts_at, stage.ends_at))
        if (starts_at, ends_at) != (stage.starts_at, stage.ends_at):
            _refuse_what_is_over(stage, starts_at, ends_at, now)
    law = rule_set.of(tender)
    working = calendar.load(law)
    before, later = (
        check(stages, law, procedure=tender.procedure, working=working)
        for stages in (tender.stages.all(), after(tender, changes))
    )
    for finding in later:
        if finding.blocks and finding not in before:
            words = f"{finding.stage.label}: {finding.message} ({finding.article})"
            raise Refused(words, field=f"{finding.stage}-{finding.end}_at")


def _refuse_what_is_over(
    stage: Stage, starts_at: dt.datetime, ends_at: dt.datetime, now: dt.datetime
) -> None:
    names = {"stage": stage.label}
    if stage.ends_at <= now:
        over = _("“%(stage)s” is over and stays as it was.") % names
        if stage.code == StageCode.SUBMISSION:
            over = _("The deadline for bids has passed and can never be moved.")
        raise Refused(over, field=f"{stage.code}-ends_at")
    if ends_at <= max(starts_at, now):
        raise Refused(
            _("The new end of “%(stage)s” has passed already, or lies before its start.") % names,
            field=f"{stage.code}-ends_at",
        )
    if starts_at != stage.starts_at and min(starts_at, stage.starts_at) <= now:
        raise Refused(
            _("“%(stage)s” has begun: only its end can be changed.") % names,
            field=f"{stage.code}-starts_at",
        )


def after(tender: Tender, changes: Changes) -> list[Period]:
    """The whole schedule as it would be with ``changes``."""
    return [
        Period(StageCode(stage.code), *changes.get(stage.code, (stage.starts_at, stage.ends_at)))
        for stage in tender.stages.all()
    ]


def as_json(changes: Changes) -> dict[str, list[str]]:
    """``changes`` as a key statement, an announcement and the log keep them."""
    return {
        str(code): [instant(starts), instant(ends)] for code, (starts, ends) in changes.items()
    }


def from_json(saved: Mapping[str, list[str]]) -> Changes:
    return {
        code: (parse_instant(starts), parse_instant(ends))
        for code, (starts, ends) in saved.items()
    }


def _may(by: User, permission: str, tender: Tender) -> None:
    if not by.has_perm(permission, tender):
        raise PermissionDenied
