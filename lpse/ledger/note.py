"""Checkpoints as signed notes (C2SP *signed-note*, *tlog-checkpoint*), and proofs with them."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from lpse.sealing import office_key

ED25519 = b"\x01"
PROOF_FORMAT = "c2sp.org/tlog-proof@v1"
CHECKPOINT = re.compile(r"(?P<origin>[^\n]+)\n(?P<size>0|[1-9][0-9]*)\n(?P<root>[^\n]+)\n\n— ")


@dataclass(frozen=True, slots=True)
class Head:
    """What a checkpoint says."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"


def key_id(name: str, public_key: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public_key).digest()[:4]


def verifier_key(name: str) -> str:
    """The LPSE's public key as tools that read signed notes take it."""
    key = office_key.public_key()
    return f"{name}+{key_id(name, key).hex()}+{_base64(ED25519 + key)}"


def sign(head: Head) -> str:
    """``head`` as a note signed with the LPSE's key, whose name in the log is the origin."""
    signature = key_id(head.origin, office_key.public_key()) + office_key.sign(head.text.encode())
    return f"{head.text}\n— {head.origin} {_base64(signature)}\n"


def read(note: str) -> Head:
    """What ``note`` says, if the LPSE has signed it; ``ValueError`` if not."""
    found = CHECKPOINT.match(note)
    if not found:
        raise ValueError("not a checkpoint")
    head = Head(
        found["origin"], int(found["size"]), base64.b64decode(found["root"], validate=True)
    )
    if sign(head).splitlines()[-1] not in note.splitlines():  # Ed25519 is deterministic
        raise ValueError("the checkpoint is not signed with the key of this LPSE")
    return head


def proof(index: int, path: Sequence[bytes], note: str) -> str:
    """C2SP *tlog-proof*: that a log entry is in the tree of a checkpoint, checkable offline."""
    lines = [PROOF_FORMAT, f"index {index}", *map(_base64, path)]
    return "\n".join(lines) + f"\n\n{note}"


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
