"""Names of files inside an envelope: plain, and the same on every system."""

from __future__ import annotations

import unicodedata

LONGEST = 200  # bytes
_FORBIDDEN = set('/\\:*?"<>|')


def is_file_name(name: object) -> bool:
    """No folder, no dot in front, nothing that a file system or a screen reads otherwise."""
    return (
        isinstance(name, str)
        and 0 < len(name.encode("utf-8", "surrogatepass")) <= LONGEST
        and unicodedata.is_normalized("NFC", name)
        and not any(_is_unfit(letter) for letter in name)
        and name[0] not in ". "
        and name[-1] not in ". "
    )


def _is_unfit(letter: str) -> bool:
    category = unicodedata.category(letter)
    return letter in _FORBIDDEN or category.startswith("C") or category in {"Zl", "Zp"}
