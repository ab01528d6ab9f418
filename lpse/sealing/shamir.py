"""Shamir's secret sharing over GF(2^8), byte by byte, as npm ``shamir-secret-sharing`` does it.

A part is the ordinates followed by the abscissa; the polynomial of the field is 0x11b. This is
the only cryptography of our own, because no maintained library for Python exists; the vectors
in ``tests/vectors`` hold it to the audited one. Nothing here notices a damaged part: callers
compare commitments before and the recipient after.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import reduce

_POLYNOMIAL = 0x11B
_GENERATOR = 3
_ORDER = 255


def _multiply_slowly(a: int, b: int) -> int:
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 0x100:
            a ^= _POLYNOMIAL
        b >>= 1
    return product


_POWERS = [1]
for _step in range(_ORDER - 1):
    _POWERS.append(_multiply_slowly(_POWERS[-1], _GENERATOR))
_LOGARITHMS = {power: exponent for exponent, power in enumerate(_POWERS)}


def _multiply(a: int, b: int) -> int:
    if a == 0 or b == 0:
        return 0
    return _POWERS[(_LOGARITHMS[a] + _LOGARITHMS[b]) % _ORDER]


def _divide(a: int, b: int) -> int:
    if a == 0:
        return 0
    return _POWERS[(_LOGARITHMS[a] - _LOGARITHMS[b]) % _ORDER]


def split(secret: bytes, n: int, k: int) -> list[bytes]:
    """``n`` parts, any ``k`` of which give ``secret``."""
    if not 1 <= k <= n <= _ORDER:
        raise ValueError(f"{k} of {n} is no threshold")
    abscissae = secrets.SystemRandom().sample(range(1, _ORDER + 1), n)
    polynomials = [bytes([byte]) + secrets.token_bytes(k - 1) for byte in secret]
    return [bytes([*(_value(polynomial, x) for polynomial in polynomials), x]) for x in abscissae]


def combine(parts: Sequence[bytes]) -> bytes:
    """The secret at nought of the polynomial through ``parts``, right or wrong."""
    abscissae = [part[-1] for part in parts]
    if len(set(abscissae)) != len(parts) or 0 in abscissae or len({*map(len, parts)}) != 1:
        raise ValueError("these parts do not belong together")
    weights = [_weight(x, [other for other in abscissae if other != x]) for x in abscissae]
    ordinates = zip(*(part[:-1] for part in parts), strict=True)
    return bytes(
        reduce(lambda sum_, pair: sum_ ^ _multiply(*pair), zip(column, weights, strict=True), 0)
        for column in ordinates
    )


def _value(polynomial: bytes, x: int) -> int:
    return reduce(
        lambda value, coefficient: _multiply(value, x) ^ coefficient, polynomial[::-1], 0
    )


def _weight(x: int, others: Sequence[int]) -> int:
    """Lagrange's basis polynomial of ``x``, at nought."""
    return reduce(lambda weight, other: _multiply(weight, _divide(other, other ^ x)), others, 1)
