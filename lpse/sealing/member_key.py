"""Member key files, made on the server only for the sample installation and for tests.

A real member's key is made in the member's browser and comes here only wrapped.
"""

from __future__ import annotations

import secrets
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import pyrage
from django.utils.translation import gettext as _

from lpse.sealing import jcs, sign
from lpse.sealing.age_file import (
    SCRYPT_LOG_N,
    encrypt_by_passphrase,
    make_identity,
    recipient_of,
)
from lpse.sealing.digests import from_base64, to_base64
from lpse.sealing.errors import KeyRefused
from lpse.sealing.shape import (
    is_identity,
    is_instant,
    is_key,
    is_member,
    is_one_of,
    is_recipient,
    shaped,
)

FORMAT = "lpse-member-key/1"
PASSPHRASE_WORDS = 7

MemberKey = dict[str, Any]

_FIELDS = {
    "format": is_one_of(FORMAT),
    "member": is_member,
    "created_at": is_instant,
    "identity": is_identity,
    "recipient": is_recipient,
    "signing_seed": is_key,
    "signing_key": is_key,
}


@cache
def words() -> tuple[str, ...]:
    """The 2,048 words of generated passphrases."""
    return tuple((Path(__file__).parent / "words.txt").read_text().split())


def make_passphrase() -> str:
    return " ".join(secrets.choice(words()) for _word in range(PASSPHRASE_WORDS))


def make(member: str, *, created_at: str) -> MemberKey:
    identity, recipient = make_identity()
    seed = sign.make_seed()
    return {
        "format": FORMAT,
        "member": member,
        "created_at": created_at,
        "identity": identity,
        "recipient": recipient,
        "signing_seed": to_base64(seed),
        "signing_key": sign.public_key(seed),
    }


def public_half(key: MemberKey) -> dict[str, str]:
    """What a key statement names of ``key``."""
    return {name: key[name] for name in ("member", "recipient", "signing_key")}


def check(key: Any) -> None:
    """The form of a key file, and that its halves belong together."""
    shaped(key, _FIELDS, _bad_field)
    if recipient_of(key["identity"]) != key["recipient"]:
        raise KeyRefused("key:halves", _("The opening key and its public half differ."))
    if sign.public_key(from_base64(key["signing_seed"])) != key["signing_key"]:
        raise KeyRefused("key:halves", _("The signing key and its public half differ."))


def sign_statement(key: MemberKey, statement: dict[str, Any]) -> dict[str, str]:
    signature = sign.sign_object(from_base64(key["signing_seed"]), statement)
    return {"member": key["member"], "signature": signature}


def wrap(key: MemberKey, passphrase: str, *, log_n: int = SCRYPT_LOG_N) -> bytes:
    check(key)
    return encrypt_by_passphrase(jcs.canonical(key), passphrase, log_n=log_n)


def unwrap(wrapped: bytes, passphrase: str) -> MemberKey:
    try:
        plain = pyrage.passphrase.decrypt(wrapped, passphrase)
    except pyrage.DecryptError as error:
        raise KeyRefused("key:passphrase", _("The passphrase does not open this key.")) from error
    key = jcs.parse(plain)
    check(key)
    unwrapped: MemberKey = key
    return unwrapped


def _bad_field(field: str) -> NoReturn:
    raise KeyRefused("key:format", _("This is not a member's key file."), field=field)
