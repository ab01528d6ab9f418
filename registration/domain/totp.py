"""Codes of an authenticator app (RFC 6238), each taken once.

allauth remembers used codes in the cache for thirty seconds, which is shorter than they are
valid here and forgotten when the cache is flushed. The highest counter that was used is kept
beside the secret instead.
"""

from __future__ import annotations

import base64
import hmac
import struct
import time
from collections.abc import Iterator

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.db import transaction

from registration.models import User


@transaction.atomic
def accepts(user: User, code: str) -> Authenticator | None:
    """The authenticator of ``user`` whose code this is now, if it was not used before."""
    for authenticator, secret in _authenticators(user):
        for counter in _counters(authenticator):
            if _same(code, hotp(secret, counter)):
                return _used(authenticator, counter)
    return None


@transaction.atomic
def accepts_pair(user: User, first: str, second: str) -> Authenticator | None:
    """The authenticator that showed ``first`` and then, as the next one, ``second``.

    A single code is guessed by who may try a million times, so tries at it are counted, and who
    counts can be made to refuse the owner too. Two codes in a row cannot be guessed: they need
    no limit, and so nobody can use it up.
    """
    for authenticator, secret in _authenticators(user):
        for counter in _counters(authenticator):
            earlier = _same(first, hotp(secret, counter - 1))
            later = _same(second, hotp(secret, counter))
            if earlier & later:
                return _used(authenticator, counter)
    return None


def hotp(secret: str, counter: int) -> str:
    """The code at ``counter`` (RFC 4226)."""
    key = base64.b32decode(secret, casefold=True)
    digest = hmac.digest(key, struct.pack(">Q", counter), "sha1")
    offset = digest[-1] & 0x0F
    (number,) = struct.unpack(">I", digest[offset : offset + 4])
    return str((number & 0x7FFF_FFFF) % 10**app_settings.TOTP_DIGITS).zfill(
        app_settings.TOTP_DIGITS
    )


def _authenticators(user: User) -> Iterator[tuple[Authenticator, str]]:
    mine = Authenticator.objects.select_for_update().filter(
        user_id=user.pk, type=Authenticator.Type.TOTP
    )
    for authenticator in mine:
        yield authenticator, decrypt(authenticator.data["secret"])


def _counters(authenticator: Authenticator) -> Iterator[int]:
    """The counters that are valid now and not behind the last one used."""
    now = int(time.time()) // app_settings.TOTP_PERIOD
    last_used = authenticator.data.get("last_counter", 0)
    for counter in range(now - app_settings.TOTP_TOLERANCE, now + app_settings.TOTP_TOLERANCE + 1):
        if counter > last_used:
            yield counter


def _used(authenticator: Authenticator, counter: int) -> Authenticator:
    authenticator.data["last_counter"] = counter
    authenticator.save(update_fields=["data"])
    return authenticator


def _same(typed: str, code: str) -> bool:
    return hmac.compare_digest("".join(typed.split()).encode(), code.encode())
