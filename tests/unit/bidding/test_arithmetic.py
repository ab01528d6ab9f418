"""The sums of an opened bid: computed anew, compared, never changed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bidding.domain.arithmetic import Asked, check
from lpse.money import as_text, rounded

ASKED = [Asked(1, Decimal("10.500")), Asked(2, Decimal("20.000"))]


def a_bid(**changes: Any) -> dict[str, Any]:
    return {
        "lines": [
            {"no": 1, "volume": "10.5", "unit_price": "1000000.00"},
            {"no": 2, "volume": "20", "unit_price": "250000.50"},
        ],
        "subtotal": "15500010.00",
        "tax_percent": "11",
        "tax": "1705001.10",
        "total": "17205011.10",
        **changes,
    }


def found(bid: dict[str, Any]) -> list[tuple[str, int | None]]:
    return [(f["what"], f["line"]) for f in check(bid, ASKED, Decimal(11)).findings]


def test_a_bid_that_adds_up_has_no_finding() -> None:
    sums = check(a_bid(), ASKED, Decimal(11))

    assert sums.findings == []
    assert sums.stated == sums.computed == Decimal("17205011.10")
    assert sums.as_json()["amounts"] == {"1": "10500000.00", "2": "5000010.00"}


@pytest.mark.parametrize("field", ["subtotal", "tax", "total"])
def test_a_sum_that_is_not_its_parts_is_named_with_both_numbers(field: str) -> None:
    sums = check(a_bid(**{field: "1.00"}), ASKED, Decimal(11))

    (finding,) = sums.findings
    assert finding == {
        "what": field,
        "line": None,
        "stated": "1.00",
        "computed": a_bid()[field],
    }


def test_the_volume_is_the_tenders_whatever_the_bid_says() -> None:
    bid = a_bid()
    bid["lines"][0]["volume"] = "1"

    sums = check(bid, ASKED, Decimal(11))

    assert [(f["what"], f["line"]) for f in sums.findings] == [("volume", 1)]
    assert sums.computed == Decimal("17205011.10")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], [("line_missing", 1), ("line_missing", 2)]),
        ([{"no": 3, "volume": "1", "unit_price": "1.00"}], [
            ("line_unknown", 3), ("line_missing", 1), ("line_missing", 2)]),
        ([{"no": 1, "volume": "10.5", "unit_price": "NaN"}], [
            ("line_unreadable", 1), ("line_missing", 1), ("line_missing", 2)]),
        ([{"no": 1, "volume": "10.5", "unit_price": "-1.00"}], [
            ("line_unreadable", 1), ("line_missing", 1), ("line_missing", 2)]),
        ([{"no": 1, "volume": "10.5", "unit_price": "1.00"}] * 2, [
            ("line_unknown", 1), ("line_missing", 2)]),
    ],
)  # fmt: skip
def test_lines_that_cannot_be_computed_with_are_named(
    lines: list[dict[str, Any]], expected: list[tuple[str, int | None]]
) -> None:
    bid = a_bid(lines=lines)

    assert found(bid) == expected
    assert check(bid, ASKED, Decimal(11)).computed is None


def test_a_total_that_is_no_amount_is_no_number() -> None:
    for text in ("1e9", "1,00", "١٢٣.00", "1" * 16 + ".00", ""):
        assert check(a_bid(total=text), ASKED, Decimal(11)).stated is None


def test_prices_too_large_to_add_stop_nothing() -> None:
    huge = {"no": 1, "volume": "10.5", "unit_price": "9" * 15 + ".99"}
    asked = [Asked(1, Decimal("999999999999999.999"))]

    assert check(a_bid(lines=[huge]), asked, Decimal(11)).computed is None


prices = some.decimals(min_value=0, max_value=10**9, places=2)
volumes = some.decimals(min_value="0.001", max_value=10**5, places=3)


@given(some.lists(some.tuples(volumes, prices), min_size=1, max_size=20))
def test_computed_is_the_sum_of_rounded_lines_and_rounded_tax(
    rows: list[tuple[Decimal, Decimal]],
) -> None:
    asked = [Asked(number, volume) for number, (volume, _price) in enumerate(rows, start=1)]
    lines = [
        {"no": number, "volume": f"{volume.normalize():f}", "unit_price": as_text(price)}
        for number, (volume, price) in enumerate(rows, start=1)
    ]
    subtotal = sum((rounded(volume * price) for volume, price in rows), Decimal(0))
    tax = rounded(subtotal * 11 / 100)
    bid = a_bid(
        lines=lines,
        subtotal=as_text(subtotal),
        tax=as_text(tax),
        total=as_text(subtotal + tax),
    )

    sums = check(bid, asked, Decimal(11))

    assert sums.findings == []
    assert sums.computed == subtotal + tax
