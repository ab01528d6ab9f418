"""The machinery of laws as data: TOML in which every value says its unit and its source.

A value whose source is not *confirmed* advises and never blocks, and every page that shows it
says so. What the sections of a law are called and what stands in them is each application's own.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from lpse.sealing import jcs

A_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class RuleSetError(ValueError):
    """A rule set's file is not what it must be; the message says where and why."""


class Unit(StrEnum):
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    MINUTES = "minutes"
    YEARS = "years"
    WORKING_HOURS = "working_hours"
    RUPIAH = "rupiah"
    PERCENT = "percent"
    PERSONS = "persons"
    BIDDERS = "bidders"
    TIME = "time"
    YES_NO = "yes_no"
    WORD = "word"
    EDGES = "edges"  # beginnings and ends of stages
    DOCUMENTS = "documents"


SPANS = (Unit.WORKING_DAYS, Unit.CALENDAR_DAYS, Unit.MINUTES)
WHOLE = (*SPANS, Unit.WORKING_HOURS, Unit.YEARS, Unit.RUPIAH, Unit.PERSONS, Unit.BIDDERS)
LISTS = (Unit.EDGES, Unit.DOCUMENTS)

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

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(self._as(tuple, (Unit.DOCUMENTS,)))

    def _as(self, kind: type[Any], units: Sequence[Unit]) -> Any:
        if self.unit not in units or not isinstance(self.value, kind):
            raise RuleSetError(f"{self.value!r} in {self.unit} is not used so")
        return self.value


def rule(label: str | Promise, *units: Unit) -> Any:
    return field(metadata={"label": label, "units": units})


def optional_rule(label: str | Promise, *units: Unit) -> Any:
    return field(default=None, metadata={"label": label, "units": units})


def span_words(span: Value) -> str:
    """``7 working days``, ``3 minutes``."""
    count = span.number
    return {
        Unit.WORKING_DAYS: ngettext("%(n)d working day", "%(n)d working days", count),
        Unit.CALENDAR_DAYS: ngettext("%(n)d calendar day", "%(n)d calendar days", count),
        Unit.WORKING_HOURS: ngettext("%(n)d working hour", "%(n)d working hours", count),
        Unit.MINUTES: ngettext("%(n)d minute", "%(n)d minutes", count),
        Unit.YEARS: ngettext("%(n)d year", "%(n)d years", count),
    }[span.unit] % {"n": count}


# --- Reading one ------------------------------------------------------------------------------


def read(content: bytes) -> dict[str, Any]:
    """The TOML in ``content``; ``RuleSetError`` for what is none."""
    try:
        return tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RuleSetError(f"not TOML: {error}") from error


def digest(raw: Mapping[str, Any]) -> str:
    """Names what a law says, whatever its layout."""
    return jcs.digest(_json(raw))


class Table:
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

    def table(self, key: str, *, required: bool = True) -> Table:
        return Table(f"{self.where}{key}.", self.take(key, dict, required=required))

    def finish(self) -> None:
        if self.raw:
            raise RuleSetError(f"unknown: {', '.join(f'{self.where}{key}' for key in self.raw)}")


def section(kind: type[Any], table: Table) -> Any:
    """The dataclass ``kind``, whose fields are declared with :func:`rule`."""
    values = {}
    for one in fields(kind):
        if one.name in table.raw or one.default is MISSING:
            values[one.name] = value(table.table(one.name), one.metadata["units"])
    table.finish()
    return kind(**values)


def value(table: Table, units: Sequence[Unit]) -> Value:
    """One rule, in one of ``units``."""
    unit = unit_of(table, units)
    found = Value(
        _content(table, unit), unit, table.take("source", str), table.take("confirmed", bool)
    )
    if not found.source.strip():
        raise RuleSetError(f"{table.where}source is empty")
    table.finish()
    return found


def unit_of(table: Table, units: Sequence[Unit]) -> Unit:
    unit = table.take("unit", str)
    if unit not in units:
        raise RuleSetError(f"{table.where}unit is {unit!r}, not one of {', '.join(units)}")
    return Unit(unit)


def _content(table: Table, unit: Unit) -> int | bool | str | tuple[str, ...]:
    if unit is Unit.YES_NO:
        return bool(table.take("value", bool))
    if unit in LISTS:
        return _strings(table, table.take("value", list))
    if unit in WHOLE:
        number = int(table.take("value", int))
        if number < 0:
            raise RuleSetError(f"{table.where}value is negative")
        return number
    text = str(table.take("value", str))
    if not _is_spelt(text, unit):
        raise RuleSetError(f"{table.where}value is no {unit}: {text!r}")
    return text


def _strings(table: Table, members: list[Any]) -> tuple[str, ...]:
    if not all(isinstance(member, str) for member in members):
        raise RuleSetError(f"{table.where}value is not a list of strings")
    return tuple(members)


def _is_spelt(text: str, unit: Unit) -> bool:
    if unit is Unit.TIME:
        return A_TIME.fullmatch(text) is not None
    if unit is Unit.WORD:
        return text in WORDS
    try:
        return Decimal(0) <= Decimal(text) <= Decimal(100)
    except InvalidOperation:
        return False


def clock(table: Table, key: str) -> dt.time:
    text = table.take(key, str)
    if not A_TIME.fullmatch(text):
        raise RuleSetError(f"{table.where}{key} is no time: {text!r}")
    return dt.time.fromisoformat(text)


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
