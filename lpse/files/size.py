"""Sizes of files as people read them; ``static/js/ui/filesize.js`` writes the same."""

from __future__ import annotations

from babel.numbers import format_decimal
from django.utils.translation import get_language

UNITS = ("B", "KB", "MB", "GB")
KILO = 1024


def size_text(size: int) -> str:
    """``831 KB``, ``12,4 MB``: at most one decimal, in the numbers of the language."""
    value, step = float(size), 0
    while value >= KILO and step < len(UNITS) - 1:
        value, step = value / KILO, step + 1
    tenths = 10 if UNITS[step] in {"MB", "GB"} else 1
    rounded = int(value * tenths + 0.5) / tenths  # half up, as the browser rounds
    return f"{format_decimal(rounded, locale=get_language() or 'id')} {UNITS[step]}"
