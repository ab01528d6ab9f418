"""Small secrets that the application itself must read again, such as a TOTP seed.

Against whoever has a copy of the database and not the configuration: a backup, a replica, an
SQL injection. It is no help against the running server, and no bid is ever kept this way.
"""

from __future__ import annotations

import base64
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

VERSION = "1:"
NONCE_LENGTH = 12


def lock(text: str, purpose: str) -> str:
    """``text`` unreadable without SECRET_KEY; it opens for the same ``purpose`` only."""
    nonce = secrets.token_bytes(NONCE_LENGTH)
    sealed = _cipher(settings.SECRET_KEY, purpose).encrypt(nonce, text.encode(), None)
    return VERSION + base64.b64encode(nonce + sealed).decode()


def unlock(locked: str, purpose: str) -> str:
    """The inverse of :func:`lock`, also after SECRET_KEY was replaced and kept as a fallback."""
    if not locked.startswith(VERSION):
        raise ValueError("this was not locked here")
    raw = base64.b64decode(locked.removeprefix(VERSION), validate=True)
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            opened = _cipher(key, purpose).decrypt(raw[:NONCE_LENGTH], raw[NONCE_LENGTH:], None)
        except InvalidTag:
            continue
        return opened.decode()
    raise ValueError("no SECRET_KEY opens this")


def _cipher(secret: str | bytes, purpose: str) -> ChaCha20Poly1305:
    material = secret if isinstance(secret, bytes) else secret.encode()
    derived = HKDF(
        algorithm=SHA256(), length=32, salt=None, info=f"lpse at rest: {purpose}".encode()
    ).derive(material)
    return ChaCha20Poly1305(derived)
