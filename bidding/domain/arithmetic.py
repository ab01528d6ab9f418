"""The sums of an opened bid, computed anew from its lines. Pure: numbers in, findings out.

A bid is taken as it was written; where its sums part from its lines, both are shown and the
committee corrects by the law (*koreksi aritmatik*). Nothing here changes a bid.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from typing import Any

from lpse.money import as_text, rounded

AMOUNT = re.compile(r"(?:0|[1-9][0-9]{0,14})\.[0-9]{2}")
VOLUME = re.compile(r"(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,3})?")
PERCENT = re.compile(r"(?:0|[1-9][0-9]?|100)(?:\.[0-9]{1,2})?")
LARGEST = Decimal(10) ** 15
EXACT = Context(prec=60)  # no product of two such numbers has more digits


@dataclass(frozen=True, slots=True)
class Asked:
    """A line of the tender: what a bid has to price."""

    number: int
    volume: Decimal


@dataclass(frozen=True, slots=True)
class Sums:
    """``stated`` and ``computed`` totals, and every place where the bid is not what it should be.

    A finding is ``{"what": code, "line": number or None, "stated": …, "computed": …}``.
    """

    stated: Decimal | None
    computed: Decimal | None
    amounts: Mapping[int, Decimal]
    findings: Sequence[Mapping[str, Any]]

    def as_json(self) -> dict[str, Any]:
        return {
            "amounts": {str(line): as_text(amount) for line, amount in self.amounts.items()},
            "findings": [dict(finding) for finding in self.findings],
        }


def check(content: Mapping[str, Any], asked: Sequence[Asked], tax_percent: Decimal) -> Sums:
    """Compute ``content`` (``bid.json``) anew against the lines of the tender."""
    with localcontext(EXACT):
        return _check(content, asked, tax_percent)


def amount(text: Any) -> Decimal | None:
    """``text`` as an amount of a price form; ``None`` for any other spelling of a number."""
    return _number(text, AMOUNT) if isinstance(text, str) else None


def _check(content: Mapping[str, Any], asked: Sequence[Asked], tax_percent: Decimal) -> Sums:
    findings: list[dict[str, Any]] = []
    lines = _lines(content, asked, findings)
    amounts = {number: rounded(volume * price) for number, (volume, price) in lines.items()}
    subtotal = sum(amounts.values(), start=Decimal(0))
    tax = rounded(subtotal * tax_percent / 100)
    computed: Decimal | None = subtotal + tax
    if len(lines) != len(asked) or subtotal >= LARGEST:
        computed = None  # a sum over half of the lines would be a number without a meaning
    else:
        _compare("tax_percent", content, PERCENT, tax_percent, findings)
        _compare("subtotal", content, AMOUNT, subtotal, findings)
        _compare("tax", content, AMOUNT, tax, findings)
        _compare("total", content, AMOUNT, subtotal + tax, findings)
    return Sums(_number(content["total"], AMOUNT), computed, amounts, findings)


def _lines(
    content: Mapping[str, Any], asked: Sequence[Asked], findings: list[dict[str, Any]]
) -> dict[int, tuple[Decimal, Decimal]]:
    """Volume and unit price of every line that can be computed with, by its number."""
    lines: dict[int, tuple[Decimal, Decimal]] = {}
    wanted = {line.number: line.volume for line in asked}
    for line in content["lines"]:
        number = line["no"]
        volume = _number(line["volume"], VOLUME)
        price = _number(line["unit_price"], AMOUNT)
        if number not in wanted or number in lines:
            findings.append(_finding("line_unknown", number))
        elif price is None or volume is None:
            findings.append(_finding("line_unreadable", number))
        else:
            lines[number] = (wanted[number], price)
            if volume != wanted[number]:
                stated, computed = line["volume"], _plain(wanted[number])
                findings.append(_finding("volume", number, stated, computed))
    findings += [_finding("line_missing", number) for number in wanted if number not in lines]
    return lines


def _compare(
    what: str,
    content: Mapping[str, Any],
    form: re.Pattern[str],
    computed: Decimal,
    findings: list[dict[str, Any]],
) -> None:
    if _number(content[what], form) != computed:
        shown = _plain(computed) if form is PERCENT else as_text(computed)
        findings.append(_finding(what, None, str(content[what])[:40], shown))


def _number(text: str, form: re.Pattern[str]) -> Decimal | None:
    return Decimal(text) if form.fullmatch(text) else None


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _finding(what: str, line: int | None, stated: str = "", computed: str = "") -> dict[str, Any]:
    return {"what": what, "line": line, "stated": stated, "computed": computed}
