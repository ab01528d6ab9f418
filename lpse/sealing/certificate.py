"""The LPSE's certificate for sealing PDFs, made by itself at the first start.

A P-256 key, and a root that has signed it and whose own key is thrown away at once: nobody can
ever make a second seal under this root, not even from a copy of the server. An office that has a
certificate of a public authority puts it and its key in the same places.
"""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_ec_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.conf import settings

KEY, CERTIFICATE, ROOT = "seal.key", "seal.crt", "seal-root.crt"
VALIDITY = dt.timedelta(days=10 * 365)


def folder() -> Path:
    return Path(settings.KEY_DIR)


def exists() -> bool:
    return all((folder() / name).exists() for name in (KEY, CERTIFICATE, ROOT))


def create() -> Path:
    """Make key, certificate and root unless they are there; the folder they are in."""
    target = folder()
    if exists():
        return target
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    root_key, key = generate_ec_key(SECP256R1()), generate_ec_key(SECP256R1())
    root_name = _name(f"Akar segel {settings.LPSE_NAME}")
    root = _builder(root_name, root_name, root_key, now, ca=True).sign(root_key, SHA256())
    leaf_name = _name(f"Segel {settings.LPSE_NAME}")
    leaf = _builder(leaf_name, root_name, key, now, ca=False)
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    certificate = leaf.add_extension(authority, critical=False).sign(root_key, SHA256())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _write(target / KEY, pem)
    _write(target / ROOT, root.public_bytes(Encoding.PEM))
    _write(target / CERTIFICATE, certificate.public_bytes(Encoding.PEM))
    return target


def fingerprint() -> str:
    """SHA-256 of the root, by which people recognise the seal."""
    root = x509.load_pem_x509_certificate((folder() / ROOT).read_bytes())
    return root.fingerprint(SHA256()).hex()


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: EllipticCurvePrivateKey,
    now: dt.datetime,
    *,
    ca: bool,
) -> x509.CertificateBuilder:
    usage = x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=not ca,
        key_cert_sign=ca,
        crl_sign=ca,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    public = key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(minutes=5))
        .not_valid_after(now + VALIDITY)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=0 if ca else None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _name(common_name: str) -> x509.Name:
    attributes = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "ID"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, settings.LPSE_NAME[:64]),
        x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64]),
    ]
    return x509.Name(attributes)


def _write(path: Path, content: bytes) -> None:
    """Replace ``path`` as a whole: a crash between two files leaves nothing half made."""
    private = path.with_suffix(f"{path.suffix}.part")
    descriptor = os.open(private, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    private.replace(path)
