"""Numbers that identify providers and people: how they are typed, checked and shown.

The length is law; what else a number tells (check digit, region, date of birth) is evidence.
Old NPWP fail their check digit and regions are divided after a NIK was given, so a number that
does not fit raises a doubt for a verifier and is never refused here. The common libraries check
the region of a NIK by the statistical codes of BPS, and so refuse every NIK of five provinces.
"""

from __future__ import annotations

import datetime as dt
import re

from django.utils.translation import gettext as _

from registration import regions

SEPARATORS = re.compile(r"[\s.\-–/]")
NPWP_DIGITS = (15, 16)
NIK_DIGITS = 16
NIB_DIGITS = 13
CORE = 9  # of an NPWP: eight digits and their check digit
WOMEN = 40  # what a woman's NIK adds to the day of birth


class WrongNumber(ValueError):
    """Not such a number at all; the message says why, for the person who typed it."""


def npwp(text: str) -> str:
    """The 15 or 16 digits of a typed NPWP."""
    return _digits(text, NPWP_DIGITS, _("An NPWP has 15 or 16 digits."))


def nik(text: str) -> str:
    """The 16 digits of a typed NIK."""
    return _digits(text, (NIK_DIGITS,), _("A NIK has 16 digits."))


def nib(text: str) -> str:
    """The 13 digits of a typed NIB."""
    return _digits(text, (NIB_DIGITS,), _("A NIB has 13 digits."))


def npwp_fits(number: str) -> bool:
    """Whether the number agrees with itself.

    One of 16 digits is ``0`` before an older one of 15, or the NIK of a person.
    """
    if len(number) == NIK_DIGITS and not number.startswith("0"):
        return nik_fits(number)
    return _luhn_holds(number[-15:][:CORE])


def nik_fits(number: str) -> bool:
    """Whether the region exists and somebody can have been born on that day.

    The districts are not checked: they change often, and no table of them is kept here.
    """
    return regions.is_regency(f"{number[:2]}.{number[2:4]}") and _is_a_birthday(number[6:12])


def same_npwp(number: str) -> tuple[str, ...]:
    """The spellings under which the same tax payer may be known: with and without the ``0``."""
    if len(number) == NPWP_DIGITS[0]:
        return number, f"0{number}"
    return (number, number[1:]) if number.startswith("0") else (number,)


def format_npwp(number: str) -> str:
    """``01.312.166.0-091.000``, or ``0013 1216 6009 1000`` for one of 16 digits."""
    if len(number) == NPWP_DIGITS[0]:
        a, b, c, d, e, f = _parts(number, 2, 3, 3, 1, 3, 3)
        return f"{a}.{b}.{c}.{d}-{e}.{f}"
    return _in_groups(number)


def format_nik(number: str) -> str:
    """``9202 0141 0190 0001``."""
    return _in_groups(number)


def _digits(text: str, lengths: tuple[int, ...], refusal: str) -> str:
    digits = SEPARATORS.sub("", text)
    if not (digits.isascii() and digits.isdigit()):
        raise WrongNumber(_("Only digits; dots, hyphens and spaces between them may stay."))
    if len(digits) not in lengths:
        raise WrongNumber(f"{refusal} " + _("This has %(count)d.") % {"count": len(digits)})
    return digits


def _luhn_holds(digits: str) -> bool:
    doubled = (int(d) * (2 if place % 2 else 1) for place, d in enumerate(reversed(digits)))
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0


def _is_a_birthday(ddmmyy: str) -> bool:
    """In this century or the last: two digits do not tell, and only 29 February needs to know."""
    day, month, year = int(ddmmyy[:2]) % WOMEN, int(ddmmyy[2:4]), int(ddmmyy[4:])
    if int(ddmmyy[:2]) > 31 + WOMEN:
        return False
    return any(_exists(century + year, month, day) for century in (1900, 2000))


def _exists(year: int, month: int, day: int) -> bool:
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True


def _parts(digits: str, *lengths: int) -> list[str]:
    parts, start = [], 0
    for length in lengths:
        parts.append(digits[start : start + length])
        start += length
    return parts


def _in_groups(digits: str) -> str:
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))
