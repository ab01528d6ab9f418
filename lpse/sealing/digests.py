"""SHA-256 and base64 as the formats write them; decoders are strict: one value, one encoding."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from django.utils.translation import gettext as _

from lpse.sealing.errors import FormatRefused

CHUNK = 1024 * 1024


class Digested(NamedTuple):
    """What a file is, whatever its name: its SHA-256 (lower-case hex) and its size."""

    sha256: str
    size: int


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


def digest_of(file: BinaryIO) -> Digested:
    """Digest and size of everything from here to the end, in flat memory."""
    hasher, size = hashlib.sha256(), 0
    for chunk in chunks(file):
        hasher.update(chunk)
        size += len(chunk)
    return Digested(hasher.hexdigest(), size)


def to_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def from_base64(text: str) -> bytes:
    """Standard alphabet, padded, canonical; anything else is :class:`FormatRefused`."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError, TypeError) as error:
        raise FormatRefused("format:base64", _("This is not standard base64.")) from error
    if to_base64(data) != text:
        raise FormatRefused("format:base64", _("This is not standard base64."))
    return data
