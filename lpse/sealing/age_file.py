"""Writing age files with exactly the header this system takes.

``pyrage`` adds a random unknown stanza to every header it writes ("grease"), which the gate
refuses on purpose, and it chooses its own work factor for passphrases, on a fast machine more than
a browser will do. So the header is written here, from the primitives of ``cryptography``; what is
written is read by pyrage and by age-encryption. Reading is always left to them.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import secrets
from collections.abc import Iterator
from typing import BinaryIO

import pyrage
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.utils.translation import gettext as _

from lpse.sealing.age_header import CHUNK, NONCE
from lpse.sealing.digests import to_base64
from lpse.sealing.errors import KeyRefused
from lpse.sealing.shape import is_identity, is_recipient

SCRYPT_LOG_N = 18
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_ZERO_NONCE = bytes(12)


def make_identity() -> tuple[str, str]:
    """A fresh X25519 identity and its recipient."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def recipient_of(identity: str) -> str:
    try:
        if is_identity(identity):
            return str(pyrage.x25519.Identity.from_str(identity).to_public())
    except pyrage.IdentityError:
        pass
    raise KeyRefused("key:identity", _("This is not an X25519 key."))


def takes(recipient: str) -> bool:
    """Whether something can be sealed to ``recipient``: form, checksum, and a point of the curve
    that gives a secret. To any other a bidder's browser could seal nothing.
    """
    try:
        X25519PrivateKey.generate().exchange(X25519PublicKey.from_public_bytes(_point(recipient)))
    except (KeyRefused, ValueError):
        return False
    return True


def encrypt(source: BinaryIO, target: BinaryIO, recipient: str) -> None:
    """Seal everything in ``source`` to ``recipient``, in flat memory."""
    file_key = secrets.token_bytes(16)
    point = _point(recipient)
    ephemeral = X25519PrivateKey.generate()
    share = ephemeral.public_key().public_bytes_raw()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(point))
    wrapping = _derive(shared, salt=share + point, info=b"age-encryption.org/v1/X25519")
    _write(source, target, file_key, f"X25519 {_unpadded(share)}", wrapping)


def encrypt_bytes(plain: bytes, recipient: str) -> bytes:
    target = io.BytesIO()
    encrypt(io.BytesIO(plain), target, recipient)
    return target.getvalue()


def decrypt_bytes(sealed: bytes, identity: str) -> bytes:
    """Open a small sealed text, such as a share; whole files go through ``opening``."""
    try:
        return pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(identity)])
    except pyrage.DecryptError as error:
        raise KeyRefused("key:sealed", _("This key does not open what was sealed.")) from error


def encrypt_by_passphrase(plain: bytes, passphrase: str, *, log_n: int = SCRYPT_LOG_N) -> bytes:
    file_key, salt = secrets.token_bytes(16), secrets.token_bytes(16)
    wrapping = Scrypt(
        salt=b"age-encryption.org/v1/scrypt" + salt, length=32, n=1 << log_n, r=8, p=1
    ).derive(passphrase.encode())
    target = io.BytesIO()
    _write(io.BytesIO(plain), target, file_key, f"scrypt {_unpadded(salt)} {log_n}", wrapping)
    return target.getvalue()


def _write(
    source: BinaryIO, target: BinaryIO, file_key: bytes, stanza: str, wrapping: bytes
) -> None:
    wrapped = ChaCha20Poly1305(wrapping).encrypt(_ZERO_NONCE, file_key, None)
    header = f"age-encryption.org/v1\n-> {stanza}\n{_unpadded(wrapped)}\n---".encode()
    mac_key = _derive(file_key, salt=None, info=b"header")
    mac = hmac.new(mac_key, header, hashlib.sha256).digest()
    nonce = secrets.token_bytes(NONCE)
    target.write(header + f" {_unpadded(mac)}\n".encode() + nonce)
    cipher = ChaCha20Poly1305(_derive(file_key, salt=nonce, info=b"payload"))
    for counter, (chunk, is_last) in enumerate(_chunks(source)):
        target.write(cipher.encrypt(counter.to_bytes(11) + bytes([is_last]), chunk, None))


def _chunks(source: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """Pieces of 64 KiB and whether it is the last; an empty source has one empty piece."""
    chunk = source.read(CHUNK)
    while following := source.read(CHUNK) if len(chunk) == CHUNK else b"":
        yield chunk, False
        chunk = following
    yield chunk, True


def _point(recipient: str) -> bytes:
    """The 32 bytes of an X25519 recipient, whose checksum pyrage has compared."""
    if not (is_recipient(recipient) and _has_checksum(recipient)):
        raise KeyRefused("key:recipient", _("This is not an X25519 recipient."))
    number = 0
    for letter in recipient.removeprefix("age1")[:-6]:
        number = number << 5 | _BECH32.index(letter)
    return (number >> 4).to_bytes(32)  # 52 letters are 260 bits


def _has_checksum(recipient: str) -> bool:
    try:
        pyrage.x25519.Recipient.from_str(recipient)
    except pyrage.RecipientError:
        return False
    return True


def _derive(material: bytes, *, salt: bytes | None, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(material)


def _unpadded(data: bytes) -> str:
    return to_base64(data).rstrip("=")
