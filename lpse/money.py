"""Rupiah: exact decimals inside, Indonesian spelling outside."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from num2words import num2words

CENT = Decimal("0.01")


def rounded(amount: Decimal) -> Decimal:
    """``amount`` to the sen, half up, as a price form adds it."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def as_text(amount: Decimal) -> str:
    """``amount`` as signed documents write it: plain digits, two decimals."""
    return f"{rounded(amount):f}"


def rupiah(amount: Decimal | int) -> str:
    """``Rp 5.605.297.000,00``: dots for thousands, a comma for the sen."""
    english = f"{rounded(Decimal(amount)):,.2f}"
    return "Rp " + english.translate(str.maketrans(",.", ".,"))


def rupiah_short(amount: Decimal | int) -> str:
    """``390,6 Jt``, ``1,3 M``, ``9,9 T``: the short form lists have always used."""
    value = Decimal(amount)
    for size, unit in ((10**12, "T"), (10**9, "M"), (10**6, "Jt")):
        if abs(value) >= size:
            return f"Rp {value / size:.1f} {unit}".replace(".", ",")
    return rupiah(value)


def terbilang(amount: Decimal | int) -> str:
    """``amount`` in Indonesian words, as law texts and letters write it; sen are named too."""
    value = rounded(Decimal(amount))
    whole, sen = int(value), int((value % 1) * 100)
    words = f"{num2words(whole, lang='id')} rupiah"
    return f"{words} {num2words(sen, lang='id')} sen" if sen else words
