"""Ed25519 signatures. Every signed object carries its format name inside, which keeps a signature
made for one purpose from serving another."""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lpse.sealing import jcs
from lpse.sealing.digests import from_base64, to_base64
from lpse.sealing.shape import is_key, is_signature


def make_seed() -> bytes:
    return secrets.token_bytes(32)


def public_key(seed: bytes) -> str:
    """The public half as the formats write it."""
    return to_base64(Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw())


def is_public_key(text: object) -> bool:
    return is_key(text)


def sign_bytes(seed: bytes, data: bytes) -> str:
    return to_base64(Ed25519PrivateKey.from_private_bytes(seed).sign(data))


def verify_bytes(key: str, data: bytes, signature: str) -> bool:
    """Whether the holder of ``key`` has signed ``data``; a malformed key or signature has not."""
    if not is_key(key) or not is_signature(signature):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(from_base64(key)).verify(from_base64(signature), data)
    except (InvalidSignature, ValueError):
        return False
    return True


def sign_object(seed: bytes, value: object) -> str:
    return sign_bytes(seed, jcs.canonical(value))


def verify_object(key: str, value: object, signature: str) -> bool:
    return verify_bytes(key, jcs.canonical(value), signature)
