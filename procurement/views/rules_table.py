"""The rule sets as rows of a table: one row a rule, one cell a law."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from lpse.law import SPANS, WORDS, Unit, Value, span_words
from lpse.money import rupiah
from procurement.domain.rule_set import POST_ONE, RuleSet
from procurement.models import StageCode
from registration.domain.law import RegistrationLaw
from registration.models import DocumentCode

Law = RuleSet | RegistrationLaw


@dataclass(frozen=True, slots=True)
class Cell:
    """What one law says: in words, with its source, and whether that is confirmed."""

    law: str
    words: str = ""
    source: str = ""
    confirmed: bool = True


def sections(
    laws: Sequence[Law], kinds: Mapping[str, tuple[type[Any], str | Promise]]
) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "rows": [
                (
                    one.metadata["label"],
                    [_cell(law, getattr(getattr(law, name), one.name)) for law in laws],
                )
                for one in fields(kind)
            ],
        }
        for name, (kind, label) in kinds.items()
    ]


def limits(sets: Sequence[RuleSet]) -> list[tuple[str, list[Cell]]]:
    """The limits between stages, in the order of the stages; zero is only the order itself."""
    found: dict[tuple[str, str, bool], dict[str, Value]] = {}
    for rule_set in sets:
        for limit in rule_set.procedures[POST_ONE].limits:
            if limit.span.number:
                found.setdefault(limit.key, {})[rule_set.code] = limit.span
    order = list(StageCode.values)
    keys = sorted(found, key=lambda key: (order.index(key[0].split(".")[0]), key))
    return [(_limit_words(*key), [_cell(r, found[key].get(r.code)) for r in sets]) for key in keys]


def words(value: Value) -> str:
    """A value as people read it."""
    if value.unit in COUNTED:
        return span_words(value)
    spelt = WORDED.get(value.unit)
    return spelt(value) if spelt else str(value.value)


def _cell(law: Law, value: Value | None) -> Cell:
    if value is None:
        return Cell(law.title)
    return Cell(law.title, words(value), value.source, value.confirmed)


def _limit_words(edge: str, after: str, is_minimum: bool) -> str:  # noqa: FBT001
    shape = (
        _("%(edge)s, at least after %(after)s")
        if is_minimum
        else _("%(edge)s, at most after %(after)s")
    )
    return shape % {"edge": _edge_words(edge), "after": _edge_words(after)}


def _edge_words(edge: str) -> str:
    code, end = edge.split(".")
    shape = _("start of “%(stage)s”") if end == "starts" else _("end of “%(stage)s”")
    return shape % {"stage": StageCode(code).label}


COUNTED = (*SPANS, Unit.WORKING_HOURS, Unit.YEARS)
WORDED: dict[Unit, Callable[[Value], str]] = {
    Unit.YES_NO: lambda value: _("yes") if value.holds else _("no"),
    Unit.RUPIAH: lambda value: rupiah(value.number),
    Unit.PERCENT: lambda value: f"{value.percent}%".replace(".", ","),
    Unit.WORD: lambda value: str(WORDS[value.text]),
    Unit.EDGES: lambda value: ", ".join(map(_edge_words, value.edges)) or "–",
    Unit.DOCUMENTS: lambda value: "; ".join(str(DocumentCode(code).label) for code in value.codes),
}
