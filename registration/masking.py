"""Personal data as views and exports show it to whom it does not need in full (UU 27/2022).

Enough stays for a person to recognise the own number, and too little to use it.
"""

from __future__ import annotations

HIDDEN = "•"
SHOWN_DIGITS = 4


def number(digits: str, *, shown: int = SHOWN_DIGITS) -> str:
    """``•••••••••••••0001``: of an NPWP or NIK its last digits. The front tells a birthday."""
    if len(digits) <= shown:
        return HIDDEN * len(digits)
    return HIDDEN * (len(digits) - shown) + digits[-shown:]


def email(address: str) -> str:
    """``m•••@contoh.example``; how long the name is, is hidden too."""
    name, at, domain = address.rpartition("@")
    return f"{name[:1]}{HIDDEN * 3}{at}{domain}" if name else ""


def phone(text: str) -> str:
    """``••••••••123``."""
    return number(text, shown=3)
