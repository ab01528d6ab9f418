"""The LPSE's own Ed25519 key: it signs receipts and checkpoints, and nothing else.

It proves who said something, never that it is true: whoever holds it can sign a false receipt,
which is why what it signs must also be in the ledger.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

FILE = "lpse.key"


def sign(message: bytes) -> bytes:
    """The 64 bytes of an Ed25519 signature over ``message``."""
    return _key(_path()).sign(message)


def public_key() -> bytes:
    """The 32 bytes that others check with."""
    return _key(_path()).public_key().public_bytes_raw()


def verify(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the holder of the public ``key`` has signed ``message``."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def exists() -> bool:
    return _path().exists()


def create() -> Path:
    """Make the key at the first start of an installation; one that is there is never replaced."""
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    return path


def _path() -> Path:
    return Path(settings.KEY_DIR) / FILE


@cache
def _key(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError as error:
        raise ImproperlyConfigured(f"{path} is missing: run manage.py init_lpse") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ImproperlyConfigured(f"{path} is not an Ed25519 key")
    return key
