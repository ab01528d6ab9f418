"""The law as data: one TOML file a rule set, every number with its source.

A value whose source is not *confirmed* advises and never blocks, and every page that shows it
says so. A tender carries the code and the digest of its rule set for life; when a file changes,
the old one moves to ``rule_sets/superseded`` and the tenders that carry it go on by it.
"""

# ruff: noqa: RUF009 - ``_rule`` declares a field with its label and units, as ``field`` does

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lpse.errors import Refused
from lpse.sealing import jcs
from procurement.models import StageCode, Tender

FOLDER = Path(__file__).resolve().parent.parent / "rule_sets"
POST_ONE = "tender-post-one"  # open tender, post-qualification, one file
START = "start"
EDGES = tuple(f"{code}.{end}" for code in StageCode.values for end in ("starts", "ends"))
A_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class RuleSetError(ValueError):
    """A rule set's file is not what it must be; the message says where and why."""


class Unit(StrEnum):
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    MINUTES = "minutes"
    YEARS = "years"
    RUPIAH = "rupiah"
    PERCENT = "percent"
    PERSONS = "persons"
    BIDDERS = "bidders"
    TIME = "time"
    YES_NO = "yes_no"
    WORD = "word"
    EDGES = "edges"


SPANS = (Unit.WORKING_DAYS, Unit.CALENDAR_DAYS, Unit.MINUTES)
WHOLE = (*SPANS, Unit.YEARS, Unit.RUPIAH, Unit.PERSONS, Unit.BIDDERS)

WORDS: dict[str, str | Promise] = {
    "majority": _("majority (more than half)"),
    "fail": _("the tender fails"),
    "continue": _("the tender goes on"),
    "negotiate": _("the tender goes on, with negotiation"),
    "divide": _("price ÷ (1 + preference)"),
    "subtract": _("price × (1 − preference)"),
}


@dataclass(frozen=True, slots=True)
class Value:
    """One rule: what it says, in what it counts, and where it is written."""

    value: int | bool | str | tuple[str, ...]
    unit: Unit
    source: str
    confirmed: bool

    @property
    def number(self) -> int:
        return int(self._as(int, WHOLE))

    @property
    def holds(self) -> bool:
        return bool(self._as(bool, (Unit.YES_NO,)))

    @property
    def text(self) -> str:
        return str(self._as(str, (Unit.WORD, Unit.TIME)))

    @property
    def percent(self) -> Decimal:
        return Decimal(self._as(str, (Unit.PERCENT,)))

    @property
    def time(self) -> dt.time:
        return dt.time.fromisoformat(self._as(str, (Unit.TIME,)))

    @property
    def edges(self) -> tuple[str, ...]:
        return tuple(self._as(tuple, (Unit.EDGES,)))

    def _as(self, kind: type[Any], units: Sequence[Unit]) -> Any:
        if self.unit not in units or not isinstance(self.value, kind):
            raise RuleSetError(f"{self.value!r} in {self.unit} is not used so")
        return self.value


def _rule(label: str | Promise, *units: Unit) -> Any:
    return field(metadata={"label": label, "units": units})


def _optional_rule(label: str | Promise, *units: Unit) -> Any:
    return field(default=None, metadata={"label": label, "units": units})


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    first_day_counts: Value = _rule(_("The day of the event itself counts"), Unit.YES_NO)
    joint_leave_is_a_holiday: Value = _rule(_("Joint leave is not a working day"), Unit.YES_NO)
    stages_end_on_working_days: Value = _rule(_("Stages end on a working day"), Unit.YES_NO)
    office_opens: Value = _rule(_("Working hours begin"), Unit.TIME)
    office_closes: Value = _rule(_("Working hours end"), Unit.TIME)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitteeRules:
    members_minimum: Value = _rule(_("Members at least"), Unit.PERSONS)
    members_odd: Value = _rule(_("The number of members is odd"), Unit.YES_NO)
    opening_threshold: Value = _rule(_("Members who must open together"), Unit.WORD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hps:
    age_maximum: Value = _rule(_("Age at the bid deadline, at most"), *SPANS)
    is_a_ceiling: Value = _rule(_("A bid above it fails"), Unit.YES_NO)
    includes_tax: Value = _rule(_("Includes VAT (PPN)"), Unit.YES_NO)
    total_is_public: Value = _rule(_("Total public, lines secret"), Unit.YES_NO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tax:
    ppn: Value = _rule(_("VAT (PPN)"), Unit.PERCENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    direct_procurement: Value = _rule(_("Direct procurement up to"), Unit.RUPIAH)
    direct_procurement_consultancy: Value = _rule(
        _("Direct procurement of consultancy up to"), Unit.RUPIAH
    )
    simple_tender: Value | None = _optional_rule(_("Simple tender up to"), Unit.RUPIAH)
    small_business: Value = _rule(_("Reserved for small business up to"), Unit.RUPIAH)
    winner_by_budget_authority: Value = _rule(
        _("The budget authority decides the winner above"), Unit.RUPIAH
    )
    winner_by_budget_authority_consultancy: Value = _rule(
        _("The budget authority decides the winner of consultancy above"), Unit.RUPIAH
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bidders:
    minimum: Value = _rule(_("Bids needed"), Unit.BIDDERS)
    below_minimum: Value = _rule(_("With fewer bids"), Unit.WORD)


@dataclass(frozen=True, slots=True, kw_only=True)
class BidRules:
    validity_minimum: Value = _rule(_("Validity of a bid, at least"), Unit.CALENDAR_DAYS)
    bond_minimum: Value = _rule(_("Bid bond of the HPS, at least"), Unit.PERCENT)
    bond_maximum: Value = _rule(_("Bid bond of the HPS, at most"), Unit.PERCENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    formula: Value = _rule(_("Evaluated price (HEA)"), Unit.WORD)
    tkdn_minimum: Value = _rule(_("Local content (TKDN), at least"), Unit.PERCENT)
    maximum_goods: Value = _rule(_("Preference for goods, at most"), Unit.PERCENT)
    maximum_works: Value = _rule(_("Preference for works, at most"), Unit.PERCENT)
    from_value: Value | None = _optional_rule(_("Preference for packages above"), Unit.RUPIAH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    period: Value = _rule(_("Objections are filed within"), *SPANS)
    answer: Value = _rule(_("Objections are answered within"), *SPANS)
    appeal_possible: Value = _rule(_("Appeal is possible"), Unit.YES_NO)
    appeal_period: Value = _rule(_("Appeals are filed within"), *SPANS)
    appeal_answer: Value = _rule(_("Appeals are answered within"), *SPANS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractRules:
    low_bid: Value = _rule(_("Bond counted from the HPS below"), Unit.PERCENT)
    performance_bond: Value = _rule(_("Performance bond"), Unit.PERCENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blacklist:
    fraud: Value = _rule(_("Forgery and collusion"), Unit.YEARS)
    withdrawal: Value = _rule(_("Withdrawal and non-performance"), Unit.YEARS)


SECTIONS: dict[str, tuple[type[Any], str | Promise]] = {
    "days": (Days, _("Counting days")),
    "committee": (CommitteeRules, _("Committee")),
    "hps": (Hps, _("Owner's estimate (HPS)")),
    "tax": (Tax, _("Tax")),
    "thresholds": (Thresholds, _("Thresholds")),
    "bidders": (Bidders, _("Number of bids")),
    "bid": (BidRules, _("Bid")),
    "preference": (Preference, _("Domestic preference")),
    "objection": (Objection, _("Objection and appeal")),
    "contract": (ContractRules, _("Contract")),
    "blacklist": (Blacklist, _("Blacklist")),
}


@dataclass(frozen=True, slots=True)
class Limit:
    """``edge`` lies at least (or at most) ``span`` after the edge ``after``."""

    edge: str
    after: str
    is_minimum: bool
    span: Value

    @property
    def key(self) -> tuple[str, str, bool]:
        return self.edge, self.after, self.is_minimum


@dataclass(frozen=True, slots=True)
class StageTemplate:
    """How one stage is proposed: ``distance`` after the edge ``after``, then ``length``.

    With days, ``opens`` and ``closes`` are the times of the first and the last of them.
    """

    code: StageCode
    number: int
    after: str
    distance: int
    length: int
    opens: dt.time | None
    closes: dt.time | None


@dataclass(frozen=True, slots=True)
class Procedure:
    key: str
    title: str
    envelopes: tuple[str, ...]
    unit: Unit  # in which its stages are proposed
    office_hours: Value
    stages: tuple[StageTemplate, ...]
    limits: tuple[Limit, ...]


@dataclass(frozen=True, slots=True)
class RuleSet:
    code: str
    title: str
    citation: str
    in_force_from: dt.date
    in_force_until: dt.date | None
    training: bool
    days: Days
    committee: CommitteeRules
    hps: Hps
    tax: Tax
    thresholds: Thresholds
    bidders: Bidders
    bid: BidRules
    preference: Preference
    objection: Objection
    contract: ContractRules
    blacklist: Blacklist
    procedures: Mapping[str, Procedure]
    digest: str

    def __str__(self) -> str:
        return self.title

    def rules(self) -> Iterator[tuple[str, str, Value | None]]:
        """Every value outside the procedures: section, name, value."""
        for section, (kind, _label) in SECTIONS.items():
            for one in fields(kind):
                yield section, one.name, getattr(getattr(self, section), one.name)


# --- Finding them -----------------------------------------------------------------------------


def available() -> list[RuleSet]:
    """The rule sets a tender may be put under here, the newest law first."""
    return sorted(_current().values(), key=lambda r: (r.training, -r.in_force_from.toordinal()))


def load(code: str) -> RuleSet:
    """The current rule set ``code``."""
    try:
        return _current()[code]
    except KeyError:
        raise Refused(_("There is no rule set “%(code)s” here.") % {"code": code}) from None


def in_force(on: dt.date) -> RuleSet:
    """The law of the day ``on``; training is never the law."""
    return next(
        rule_set
        for rule_set in available()
        if not rule_set.training
        and rule_set.in_force_from <= on
        and (rule_set.in_force_until is None or on <= rule_set.in_force_until)
    )


def of(tender: Tender) -> RuleSet:
    """The very content that ``tender`` was put under, current or superseded."""
    found = _everything().get((tender.rule_set, tender.rule_set_digest))
    if found is None:
        raise RuleSetError(f"{tender.rule_set} {tender.rule_set_digest[:12]} is not kept here")
    return found


def _current() -> dict[str, RuleSet]:
    return {r.code: r for r in _allowed(_read("*.toml"))}


def _everything() -> dict[tuple[str, str], RuleSet]:
    return {(r.code, r.digest): r for r in _allowed(_read("**/*.toml"))}


def _allowed(rule_sets: Sequence[RuleSet]) -> list[RuleSet]:
    return [r for r in rule_sets if settings.SAMPLE_INSTALLATION or not r.training]


@lru_cache(maxsize=2)
def _read(pattern: str) -> tuple[RuleSet, ...]:
    """Read once a process: the files change only with the program."""
    return tuple(parse(path.read_bytes()) for path in sorted(FOLDER.glob(pattern)))


# --- Reading one ------------------------------------------------------------------------------


def parse(content: bytes) -> RuleSet:
    """The rule set in ``content``; ``RuleSetError`` for anything missing, unknown or misspelt."""
    try:
        raw = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RuleSetError(f"not TOML: {error}") from error
    table = _Table("", raw)
    procedures = table.table("procedures")
    rule_set = RuleSet(
        code=table.take("code", str),
        title=table.take("title", str),
        citation=table.take("citation", str),
        in_force_from=table.take("in_force_from", dt.date),
        in_force_until=table.take("in_force_until", dt.date, required=False),
        training=table.take("training", bool),
        **{
            section: _section(kind, table.table(section))
            for section, (kind, _label) in SECTIONS.items()
        },
        procedures={key: _procedure(key, procedures.table(key)) for key in list(procedures.raw)},
        digest=jcs.digest(_json(raw)),
    )
    table.finish()
    return rule_set


class _Table:
    """A TOML table that is read key by key and must be empty in the end."""

    def __init__(self, where: str, raw: Mapping[str, Any]) -> None:
        self.where = where
        self.raw = dict(raw)

    def take(self, key: str, kind: type[Any], *, required: bool = True) -> Any:
        if key not in self.raw:
            if required:
                raise RuleSetError(f"{self.where}{key} is missing")
            return None
        value = self.raw.pop(key)
        # In Python a bool is an int, and a datetime is a date; in a law neither is meant.
        if type(value) is not kind:
            raise RuleSetError(f"{self.where}{key} is not a {kind.__name__}: {value!r}")
        return value

    def table(self, key: str, *, required: bool = True) -> _Table:
        return _Table(f"{self.where}{key}.", self.take(key, dict, required=required))

    def finish(self) -> None:
        if self.raw:
            raise RuleSetError(f"unknown: {', '.join(f'{self.where}{key}' for key in self.raw)}")


def _section(kind: type[Any], table: _Table) -> Any:
    values = {}
    for one in fields(kind):
        if one.name in table.raw or one.default is MISSING:
            values[one.name] = _value(table.table(one.name), one.metadata["units"])
    table.finish()
    return kind(**values)


def _value(table: _Table, units: Sequence[Unit]) -> Value:
    unit = _unit(table, units)
    value = Value(
        _content(table, unit), unit, table.take("source", str), table.take("confirmed", bool)
    )
    if not value.source.strip():
        raise RuleSetError(f"{table.where}source is empty")
    table.finish()
    return value


def _unit(table: _Table, units: Sequence[Unit]) -> Unit:
    unit = table.take("unit", str)
    if unit not in units:
        raise RuleSetError(f"{table.where}unit is {unit!r}, not one of {', '.join(units)}")
    return Unit(unit)


def _content(table: _Table, unit: Unit) -> int | bool | str | tuple[str, ...]:
    if unit is Unit.YES_NO:
        return bool(table.take("value", bool))
    if unit is Unit.EDGES:
        return tuple(_edge(table, edge) for edge in table.take("value", list))
    if unit in WHOLE:
        number = int(table.take("value", int))
        if number < 0:
            raise RuleSetError(f"{table.where}value is negative")
        return number
    text = str(table.take("value", str))
    if not _is_spelt(text, unit):
        raise RuleSetError(f"{table.where}value is no {unit}: {text!r}")
    return text


def _is_spelt(text: str, unit: Unit) -> bool:
    if unit is Unit.TIME:
        return A_TIME.fullmatch(text) is not None
    if unit is Unit.WORD:
        return text in WORDS
    try:
        return Decimal(0) <= Decimal(text) <= Decimal(100)
    except InvalidOperation:
        return False


def _procedure(key: str, table: _Table) -> Procedure:
    unit = _unit(table, SPANS)
    stages = tuple(
        _stage(number, _Table(f"{table.where}stages[{number}].", raw), unit)
        for number, raw in enumerate(table.take("stages", list), start=1)
    )
    if [stage.code for stage in stages] != list(StageCode):
        raise RuleSetError(f"{table.where}stages are not {', '.join(StageCode.values)}")
    limits = tuple(
        _limit(_Table(f"{table.where}limits[{number}].", raw))
        for number, raw in enumerate(table.take("limits", list), start=1)
    )
    if len({limit.key for limit in limits}) != len(limits):
        raise RuleSetError(f"{table.where}limits say the same thing twice")
    procedure = Procedure(
        key,
        table.take("title", str),
        tuple(table.take("envelopes", list)),
        unit,
        _value(table.table("office_hours"), (Unit.EDGES,)),
        stages,
        limits,
    )
    table.finish()
    return procedure


def _stage(number: int, table: _Table, unit: Unit) -> StageTemplate:
    code = table.take("code", str)
    if code not in StageCode.values:
        raise RuleSetError(f"{table.where}code is unknown: {code!r}")
    after = table.take("after", str)
    in_days = unit is not Unit.MINUTES
    stage = StageTemplate(
        StageCode(code),
        number,
        after if after == START else _edge(table, after),
        table.take("distance", int),
        table.take("length", int),
        _clock(table, "opens") if in_days else None,
        _clock(table, "closes") if in_days else None,
    )
    table.finish()
    return stage


def _clock(table: _Table, key: str) -> dt.time:
    text = table.take(key, str)
    if not A_TIME.fullmatch(text):
        raise RuleSetError(f"{table.where}{key} is no time: {text!r}")
    return dt.time.fromisoformat(text)


def _limit(table: _Table) -> Limit:
    edge = _edge(table, table.take("edge", str))
    relation = "at_least" if "at_least" in table.raw else "at_most"
    after = _edge(table, table.take(relation, str))
    return Limit(edge, after, relation == "at_least", _value(table, SPANS))


def _edge(table: _Table, text: str) -> str:
    if text not in EDGES:
        raise RuleSetError(f"{table.where} names no edge of a stage: {text!r}")
    return text


def _json(raw: Any) -> Any:
    """TOML as JSON: dates as text. There are no floats; ``jcs`` would refuse them."""
    match raw:
        case dict():
            return {key: _json(value) for key, value in raw.items()}
        case list():
            return [_json(value) for value in raw]
        case dt.date():
            return raw.isoformat()
    return raw
