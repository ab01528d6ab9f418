"""The reference sealer: everything a bidder's browser does to a bid, in Python.

It seals the bids of the sample installation and those of tests, in the full format; nothing here
knows that they are samples. Real bids are sealed by ``static/js/sealing``, and the two open
each other's work in ``tests/``.
"""

from __future__ import annotations

import io
import shutil
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from lpse.sealing import archive, content, jcs, shamir, shares, sign
from lpse.sealing import manifest as manifests
from lpse.sealing import statement as statements
from lpse.sealing.age_file import encrypt, encrypt_bytes, make_identity
from lpse.sealing.digests import CHUNK, Digested, digest_of, sha256, to_base64
from lpse.sealing.manifest import Manifest
from lpse.sealing.padding import padded
from lpse.sealing.statement import Statement

RECOVERY_FORMAT = "lpse-recovery-key/1"
_DATE = (2010, 1, 1, 0, 0, 0)  # when a file was last saved is nobody's business
_PER_ENTRY = 30 + 46  # local header and its copy in the directory, each with the name
_AT_THE_END = 22


@dataclass(frozen=True, slots=True)
class File:
    """A file to be sealed: its name in the bid, its slot, and where it lies."""

    name: str
    kind: str
    path: Path

    @property
    def size(self) -> int:
        return self.path.stat().st_size


@dataclass(frozen=True, slots=True)
class SealedShare:
    member: str
    commitment: str
    sealed: bytes
    plain: bytes  # secret: only the member's browser ever has it


@dataclass(frozen=True, slots=True)
class SealedBid:
    """What a bidder sends, and ``recovery``, which only the bidder keeps."""

    manifest: Manifest
    signature: str
    shares: tuple[SealedShare, ...]
    recovery: Mapping[str, str]


def seal(
    terms: Mapping[str, Any],
    files: Sequence[File],
    target: Path,
    *,
    statement: Statement,
    envelope: str,
    provider: str,
    tender_seed: bytes,
    bundle: str,
) -> SealedBid:
    """Seal a bid into the file ``target``.

    ``terms`` are the bidder's part of ``bid.json``: lines, amounts, validity, statements. What
    names the bid is added here.
    """
    named = {
        "tender": statement["tender"],
        "envelope": envelope,
        "provider": provider,
        "bidder": sign.public_key(tender_seed),
        "statement": statements.digest(statement),
    }
    identity, recipient = make_identity()
    with tempfile.TemporaryFile() as plain, target.open("wb") as sealed:
        write_zip(plain, {**terms, **named}, files)
        plain.seek(0)
        encrypt(plain, sealed, recipient)
    with target.open("rb") as file:
        ciphertext = digest_of(file)
    sealed_shares = make_shares(
        identity,
        recipient,
        ciphertext,
        statement=statement,
        envelope=envelope,
        provider=provider,
        bidder=named["bidder"],
    )
    manifest = {
        **named,
        "format": manifests.FORMAT,
        "bundle": bundle,
        "recipient": recipient,
        "ciphertext": ciphertext._asdict(),
        "k": statement["k"],
        "n": statement["n"],
        "shares": [
            {"member": s.member, "commitment": s.commitment, "sealed": sha256(s.sealed)}
            for s in sealed_shares
        ],
    }
    manifests.check(manifest)
    recovery = {
        "format": RECOVERY_FORMAT,
        "tender": manifest["tender"],
        "envelope": envelope,
        "provider": provider,
        "identity": identity,
        "recipient": recipient,
        "ciphertext": ciphertext.sha256,
        "tender_seed": to_base64(tender_seed),
        "bidder": named["bidder"],
    }
    signature = sign.sign_object(tender_seed, manifest)
    return SealedBid(manifest, signature, tuple(sealed_shares), recovery)


def write_zip(target: BinaryIO, terms: Mapping[str, Any], files: Sequence[File]) -> None:
    """bid.json, files/…, padding: stored, and of a padded length."""
    listed = [{"name": file.name, "kind": file.kind, "size": file.size} for file in files]
    bid = jcs.canonical({**terms, "format": content.FORMAT, "files": listed})
    names = [archive.BID, *(archive.FOLDER + file.name for file in files), archive.PADDING]
    overhead = sum(_PER_ENTRY + 2 * len(name.encode()) for name in names) + _AT_THE_END
    bare = overhead + len(bid) + sum(file.size for file in files)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as packed:
        _store(packed, archive.BID, io.BytesIO(bid), len(bid))
        for file in files:
            with file.path.open("rb") as source:
                _store(packed, archive.FOLDER + file.name, source, file.size)
        zeros = padded(bare) - bare
        _store(packed, archive.PADDING, _Zeros(zeros), zeros)
    if target.tell() != padded(bare):
        raise ValueError("a file changed while it was being sealed")


def make_shares(
    identity: str,
    recipient: str,
    ciphertext: Digested,
    *,
    statement: Statement,
    envelope: str,
    provider: str,
    bidder: str,
) -> list[SealedShare]:
    """The bid key in shares, each bound to this bid and its bidder, and sealed to its member."""
    bound = {
        "format": shares.FORMAT,
        "tender": statement["tender"],
        "envelope": envelope,
        "provider": provider,
        "bidder": bidder,
        "recipient": recipient,
        "ciphertext": ciphertext.sha256,
        "size": ciphertext.size,
        "statement": statements.digest(statement),
    }
    parts = shamir.split(identity.encode(), statement["n"], statement["k"])
    made = []
    for member, part in zip(statement["members"], parts, strict=True):
        plain = jcs.canonical({**bound, "member": member["member"], "share": to_base64(part)})
        sealed = encrypt_bytes(plain, member["recipient"])
        made.append(SealedShare(member["member"], sha256(plain), sealed, plain))
    return made


def _store(packed: zipfile.ZipFile, name: str, source: Any, size: int) -> None:
    entry = zipfile.ZipInfo(name, _DATE)
    entry.file_size = size
    with packed.open(entry, "w") as target:
        shutil.copyfileobj(source, target, CHUNK)


class _Zeros:
    """A file of zero bytes that lies nowhere."""

    def __init__(self, size: int) -> None:
        self._left = size

    def read(self, size: int) -> bytes:
        size = min(size, self._left)
        self._left -= size
        return bytes(size)
