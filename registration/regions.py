"""Provinces, regencies and cities by Kemendagri's codes (Kepmendagri 300.2.2-2138 of 2025).

Not the statistical codes of BPS: those are other numbers for the same places, and tables that
confound them refuse valid NIK of five provinces.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).parent / "regions.csv"


@lru_cache(maxsize=1)
def names() -> dict[str, str]:
    """Every code (``92`` or ``92.02``) with its name, in the order of the decree."""
    with FILE.open(newline="", encoding="utf-8") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file)}


def name_of(code: str) -> str:
    """``Kabupaten Manokwari`` for ``92.02``; the code itself where it is unknown."""
    return names().get(code, code)


def full_name_of(code: str) -> str:
    """``Kabupaten Manokwari, Papua Barat`` for ``92.02``."""
    province = code.partition(".")[0]
    return name_of(code) if code == province else f"{name_of(code)}, {name_of(province)}"


def is_province(code: str) -> bool:
    return code in names() and "." not in code


def is_regency(code: str) -> bool:
    """A regency or city: what an address names."""
    return code in names() and "." in code


def by_province() -> list[tuple[str, list[tuple[str, str]]]]:
    """The choices of an address: each province with its regencies and cities."""
    return [
        (province, [(c, n) for c, n in names().items() if c.startswith(f"{code}.")])
        for code, province in names().items()
        if "." not in code
    ]
