"""Padding: the length of a sealed bid tells its size to a few percent only (Padmé), and nothing
at all below 64 KiB."""

from __future__ import annotations

SMALLEST = 64 * 1024


def padme(size: int) -> int:
    """Keep only as many leading bits of the length as its exponent needs (PURBs, 2019)."""
    if size < 2:  # noqa: PLR2004 - it has no exponent
        return size
    exponent = size.bit_length() - 1
    unit = 1 << max(0, exponent - exponent.bit_length())
    return -(-size // unit) * unit


def padded(size: int) -> int:
    return max(SMALLEST, padme(size))


def is_padded(size: int) -> bool:
    return padded(size) == size
