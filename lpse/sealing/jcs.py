"""The JSON Canonicalization Scheme (RFC 8785), for the subset that signed documents use.

There are no floats: amounts are decimal strings, so that no language rounds them on the way.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from lpse.sealing.errors import FormatRefused

LARGEST_INTEGER = 2**53 - 1  # beyond it JavaScript would read another number


def canonical(value: object) -> bytes:
    """``value`` in the one spelling that is signed and hashed; ``TypeError`` if it has none."""
    return _text(value).encode()


def digest(value: object) -> str:
    """SHA-256 over the canonical spelling, as lower-case hex."""
    return hashlib.sha256(canonical(value)).hexdigest()


def parse(data: bytes) -> Any:
    """The value of bytes that are canonical already.

    No doubled name, float, blank or other order can hide behind an equal meaning.
    """
    try:
        value = json.loads(data)
        spelling = canonical(value)
    except (ValueError, TypeError, RecursionError) as error:
        raise FormatRefused("format:json", _("This is not canonical JSON.")) from error
    if spelling != data:
        raise FormatRefused("format:json", _("This is not canonical JSON."))
    return value


def _text(value: object) -> str:
    match value:
        case None | bool() | str():
            return json.dumps(value, ensure_ascii=False)
        case int():
            if abs(value) > LARGEST_INTEGER:
                raise TypeError(f"{value} is not exact in JavaScript; write it as text")
            return str(int(value))
        case list() | tuple():
            return f"[{','.join(map(_text, value))}]"
        case Mapping():
            return f"{{{','.join(_member(key, value[key]) for key in _sorted(value))}}}"
    raise TypeError(f"{type(value).__name__} has no canonical JSON here")


def _member(key: str, value: object) -> str:
    return f"{json.dumps(key, ensure_ascii=False)}:{_text(value)}"


def _sorted(members: Mapping[object, object]) -> list[str]:
    """The keys in the order of their UTF-16 code units, which is what RFC 8785 §3.2.3 asks."""
    keys = [key for key in members if isinstance(key, str)]
    if len(keys) != len(members):
        raise TypeError("the names in a JSON object are strings")
    return sorted(keys, key=lambda key: key.encode("utf-16-be"))
