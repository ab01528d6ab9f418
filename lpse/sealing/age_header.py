"""The gate for sealed files: what may be stored is an age file for exactly one X25519 recipient.

The server never decrypts here. It reads the first bytes and the size, and refuses every header
but the one this system writes: a second reader, a passphrase (which would let a bidder make the
opening burn hours of work), a post-quantum mixture, an unknown word. So what passes is known to
open with one X25519 key, if it opens at all.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from lpse.sealing.padding import is_padded

SIZE = 168  # of a header with one X25519 stanza; every byte of it is accounted for
NONCE, CHUNK, TAG = 16, 64 * 1024, 16
# 32 bytes in unpadded base64, whose last letter carries two zero bits: one spelling only.
_HASH = rb"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]"
_HEADER = re.compile(
    rb"age-encryption\.org/v1\n-> X25519 " + _HASH + rb"\n" + _HASH + rb"\n--- " + _HASH + rb"\n"
)
LARGEST_SHARE = 4 * 1024


def sealed_size(size: int) -> int:
    """The exact size of ``size`` bytes once they are sealed."""
    return SIZE + NONCE + size + TAG * max(1, -(-size // CHUNK))


def plain_size(size: int) -> int | None:
    """What was sealed into ``size`` bytes; ``None`` where nothing gives that size."""
    payload = size - SIZE - NONCE
    if payload < TAG:
        return None
    plain = payload - TAG * -(-payload // (CHUNK + TAG))
    return plain if plain >= 0 and sealed_size(plain) == size else None


def has_sole_recipient(head: bytes) -> bool:
    return _HEADER.fullmatch(head[:SIZE]) is not None


def fault_of_sealed_bid(head: bytes, size: int) -> str | None:
    """Why a file that begins with ``head`` is no sealed bid, in the user's language."""
    if not has_sole_recipient(head):
        return _("it is not encrypted to exactly one X25519 key")
    plain = plain_size(size)
    if plain is None or not is_padded(plain):
        return _("it has a size that no padded bid has; it was cut off or something was added")
    return None


def fault_of_sealed_share(sealed: bytes) -> str | None:
    """Why ``sealed`` is no sealed share, in the user's language."""
    if not has_sole_recipient(sealed):
        return _("it is not encrypted to exactly one X25519 key")
    if len(sealed) > LARGEST_SHARE or plain_size(len(sealed)) is None:
        return _("it has a size that no sealed share has")
    return None
