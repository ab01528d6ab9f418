"""The shapes of fields: a reader takes exactly the fields a format names, no more and no fewer,
so that an older or newer format never passes for this one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from lpse.clock import parse_instant
from lpse.sealing.digests import from_base64
from lpse.sealing.errors import FormatRefused
from lpse.sealing.jcs import LARGEST_INTEGER

Predicate = Callable[[Any], bool]

_DIGEST = re.compile(r"[0-9a-f]{64}")
# An X25519 recipient and nothing else: a tagged or post-quantum prefix has another length or a 1.
_RECIPIENT = re.compile(r"age1[02-9ac-hj-np-z]{58}")
_IDENTITY = re.compile(r"AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}")
_MEMBER = re.compile(r"[\x21-\x7e]{1,150}")  # visible ASCII sorts alike in every language
_CODE = re.compile(r"[\x21-\x7e]{1,64}")
_ENVELOPE = re.compile(r"[a-z][a-z0-9-]{0,31}")
_KIND = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)


def _matches(pattern: re.Pattern[str]) -> Predicate:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


is_digest = _matches(_DIGEST)
is_recipient = _matches(_RECIPIENT)
is_identity = _matches(_IDENTITY)
is_member = _matches(_MEMBER)
is_code = _matches(_CODE)
is_envelope = _matches(_ENVELOPE)
is_kind = _matches(_KIND)  # of a file in a bid: the slot it is meant for


def is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def is_count(value: object) -> bool:
    return type(value) is int and 0 <= value <= LARGEST_INTEGER


def is_object(value: object) -> bool:
    return isinstance(value, dict)


def is_instant(value: object) -> bool:
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        return False
    try:
        parse_instant(value)
    except ValueError:
        return False
    return True


def is_base64_of(length: int) -> Predicate:
    def predicate(value: object) -> bool:
        try:
            return isinstance(value, str) and len(from_base64(value)) == length
        except FormatRefused:
            return False

    return predicate


is_key = is_base64_of(32)  # an Ed25519 public key, or a seed
is_signature = is_base64_of(64)


def is_one_of(*values: object) -> Predicate:
    return lambda value: any(value == known and type(value) is type(known) for known in values)


def list_of(predicate: Predicate) -> Predicate:
    return lambda value: isinstance(value, list) and all(map(predicate, value))


def shaped(
    value: object, fields: Mapping[str, Predicate], refuse: Callable[[str], NoReturn]
) -> None:
    """``refuse(field)`` unless ``value`` is an object with exactly ``fields``."""
    if not isinstance(value, dict):
        refuse("")
    for name in value:
        if name not in fields:
            refuse(str(name))
    for name, predicate in fields.items():
        if name not in value or not predicate(value[name]):
            refuse(name)
