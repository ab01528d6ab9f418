"""The law as data: one TOML file a rule set, every number with its source.

A value whose source is not *confirmed* advises and never blocks, and every page that shows it
says so. A tender carries the code and the digest of its rule set for life; when a file changes,
the old one moves to ``rule_sets/superseded`` and the tenders that carry it go on by it.
"""

# ruff: noqa: RUF009 - ``rule`` declares a field with its label and units, as ``field`` does

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lpse.errors import Refused
from lpse.law import (
    SPANS,
    RuleSetError,
    Table,
    Unit,
    Value,
    clock,
    digest,
    optional_rule,
    read,
    rule,
    section,
    unit_of,
    value,
)
from procurement.models import StageCode, Tender

FOLDER = Path(__file__).resolve().parent.parent / "rule_sets"
POST_ONE = "tender-post-one"  # open tender, post-qualification, one file
START = "start"
EDGES = tuple(f"{code}.{end}" for code in StageCode.values for end in ("starts", "ends"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    first_day_counts: Value = rule(_("The day of the event itself counts"), Unit.YES_NO)
    joint_leave_is_a_holiday: Value = rule(_("Joint leave is not a working day"), Unit.YES_NO)
    stages_end_on_working_days: Value = rule(_("Stages end on a working day"), Unit.YES_NO)
    office_opens: Value = rule(_("Working hours begin"), Unit.TIME)
    office_closes: Value = rule(_("Working hours end"), Unit.TIME)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitteeRules:
    members_minimum: Value = rule(_("Members at least"), Unit.PERSONS)
    members_odd: Value = rule(_("The number of members is odd"), Unit.YES_NO)
    members_certified: Value | None = optional_rule(
        _("Members hold a certificate of competence"), Unit.YES_NO
    )
    opening_threshold: Value = rule(_("Members who must open together"), Unit.WORD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hps:
    age_maximum: Value = rule(_("Age at the bid deadline, at most"), *SPANS)
    is_a_ceiling: Value = rule(_("A bid above it fails"), Unit.YES_NO)
    includes_tax: Value = rule(_("Includes VAT (PPN)"), Unit.YES_NO)
    total_is_public: Value = rule(_("Total public, lines secret"), Unit.YES_NO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tax:
    ppn: Value = rule(_("VAT (PPN)"), Unit.PERCENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    direct_procurement: Value = rule(_("Direct procurement up to"), Unit.RUPIAH)
    direct_procurement_consultancy: Value = rule(
        _("Direct procurement of consultancy up to"), Unit.RUPIAH
    )
    simple_tender: Value | None = optional_rule(_("Simple tender up to"), Unit.RUPIAH)
    small_business: Value = rule(_("Reserved for small business up to"), Unit.RUPIAH)
    winner_by_budget_authority: Value = rule(
        _("The budget authority decides the winner above"), Unit.RUPIAH
    )
    winner_by_budget_authority_consultancy: Value = rule(
        _("The budget authority decides the winner of consultancy above"), Unit.RUPIAH
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bidders:
    minimum: Value = rule(_("Bids needed"), Unit.BIDDERS)
    below_minimum: Value = rule(_("With fewer bids"), Unit.WORD)


@dataclass(frozen=True, slots=True, kw_only=True)
class BidRules:
    validity_minimum: Value = rule(_("Validity of a bid, at least"), Unit.CALENDAR_DAYS)
    bond_minimum: Value = rule(_("Bid bond of the HPS, at least"), Unit.PERCENT)
    bond_maximum: Value = rule(_("Bid bond of the HPS, at most"), Unit.PERCENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    formula: Value = rule(_("Evaluated price (HEA)"), Unit.WORD)
    tkdn_minimum: Value = rule(_("Local content (TKDN), at least"), Unit.PERCENT)
    maximum_goods: Value = rule(_("Preference for goods, at most"), Unit.PERCENT)
    maximum_works: Value = rule(_("Preference for works, at most"), Unit.PERCENT)
    from_value: Value | None = optional_rule(_("Preference for packages above"), Unit.RUPIAH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    period: Value = rule(_("Objections are filed within"), *SPANS)
    answer: Value = rule(_("Objections are answered within"), *SPANS)
    appeal_possible: Value = rule(_("Appeal is possible"), Unit.YES_NO)
    appeal_period: Value = rule(_("Appeals are filed within"), *SPANS)
    appeal_answer: Value = rule(_("Appeals are answered within"), *SPANS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractRules:
    low_bid: Value = rule(_("Bond counted from the HPS below"), Unit.PERCENT)
    performance_bond: Value = rule(_("Performance bond"), Unit.PERCENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blacklist:
    fraud: Value = rule(_("Forgery and collusion"), Unit.YEARS)
    withdrawal: Value = rule(_("Withdrawal and non-performance"), Unit.YEARS)


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
        for name, (kind, _label) in SECTIONS.items():
            for one in fields(kind):
                yield name, one.name, getattr(getattr(self, name), one.name)


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
    raw = read(content)
    table = Table("", raw)
    procedures = table.table("procedures")
    rule_set = RuleSet(
        code=table.take("code", str),
        title=table.take("title", str),
        citation=table.take("citation", str),
        in_force_from=table.take("in_force_from", dt.date),
        in_force_until=table.take("in_force_until", dt.date, required=False),
        training=table.take("training", bool),
        **{name: section(kind, table.table(name)) for name, (kind, _label) in SECTIONS.items()},
        procedures={key: _procedure(key, procedures.table(key)) for key in list(procedures.raw)},
        digest=digest(raw),
    )
    table.finish()
    return rule_set


def _procedure(key: str, table: Table) -> Procedure:
    unit = unit_of(table, SPANS)
    stages = tuple(
        _stage(number, Table(f"{table.where}stages[{number}].", raw), unit)
        for number, raw in enumerate(table.take("stages", list), start=1)
    )
    if [stage.code for stage in stages] != list(StageCode):
        raise RuleSetError(f"{table.where}stages are not {', '.join(StageCode.values)}")
    limits = tuple(
        _limit(Table(f"{table.where}limits[{number}].", raw))
        for number, raw in enumerate(table.take("limits", list), start=1)
    )
    if len({limit.key for limit in limits}) != len(limits):
        raise RuleSetError(f"{table.where}limits say the same thing twice")
    procedure = Procedure(
        key,
        table.take("title", str),
        tuple(table.take("envelopes", list)),
        unit,
        _office_hours(table.table("office_hours")),
        stages,
        limits,
    )
    table.finish()
    return procedure


def _office_hours(table: Table) -> Value:
    hours = value(table, (Unit.EDGES,))
    for edge in hours.edges:
        _edge(table, edge)
    return hours


def _stage(number: int, table: Table, unit: Unit) -> StageTemplate:
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
        clock(table, "opens") if in_days else None,
        clock(table, "closes") if in_days else None,
    )
    table.finish()
    return stage


def _limit(table: Table) -> Limit:
    edge = _edge(table, table.take("edge", str))
    relation = "at_least" if "at_least" in table.raw else "at_most"
    after = _edge(table, table.take(relation, str))
    return Limit(edge, after, relation == "at_least", value(table, SPANS))


def _edge(table: Table, text: str) -> str:
    if text not in EDGES:
        raise RuleSetError(f"{table.where} names no edge of a stage: {text!r}")
    return text
