"""A second pair of eyes: a C2SP *tlog-witness*, which signs only what continues what it saw."""

from __future__ import annotations

import base64
import hashlib
import struct
import urllib.error
import urllib.request

import structlog
from django.conf import settings

from lpse.files.storage import storage
from lpse.ledger import tree
from lpse.ledger.log import Halted
from lpse.ledger.models import Checkpoint, Publication
from lpse.ledger.tiles import Tiles
from lpse.sealing import office_key

COSIGNATURE = b"\x04"
PATIENCE = 10  # seconds; a promise of inclusion is sixty
CONFLICT, UNPROVEN = 409, 422

logger = structlog.get_logger(__name__)


def is_configured() -> bool:
    return bool(settings.LEDGER_WITNESS_URL and settings.LEDGER_WITNESS_KEY)


def cosign(checkpoint: Checkpoint) -> str:
    """The signature lines of the witness under ``checkpoint``, or nothing.

    A witness that is away does not stop the log: the checkpoint is published and shown as not
    witnessed, and the next one asks again, with a proof from what the witness saw last. One that
    has seen another history does stop it: database and storage may be an old backup together.
    """
    if not is_configured():
        return ""
    try:
        answer = _ask(checkpoint, _last_cosigned(checkpoint))
    except (OSError, ValueError) as error:
        logger.warning("ledger_not_witnessed", size=checkpoint.size, reason=str(error))
        return ""
    lines = [line for line in answer.splitlines() if _is_by_our_witness(line, checkpoint)]
    if not lines:
        logger.warning("ledger_not_witnessed", size=checkpoint.size, reason="no known signature")
    return "".join(f"{line}\n" for line in lines)


def _ask(checkpoint: Checkpoint, old: int, *, again: bool = True) -> str:
    tiles = Tiles(storage(), checkpoint.log.prefix, checkpoint.size)
    path = tree.consistency(tiles.node, old, checkpoint.size)
    proof = "".join(f"{base64.b64encode(part).decode()}\n" for part in path)
    request = urllib.request.Request(  # noqa: S310 - an address the operator has set
        f"{settings.LEDGER_WITNESS_URL.rstrip('/')}/add-checkpoint",
        data=f"old {old}\n{proof}\n{checkpoint.note}".encode(),
        headers={"Content-Type": "text/plain; charset=utf-8"},
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as response:  # noqa: S310
            return str(response.read(65536).decode())
    except urllib.error.HTTPError as error:
        seen = error.read(64).decode().strip()
        if error.code == UNPROVEN or (error.code == CONFLICT and not seen.isdecimal()):
            raise Halted(f"to the witness {checkpoint} does not continue {old}") from error
        if error.code != CONFLICT or not again:
            raise
    if int(seen) > checkpoint.size:
        raise Halted(f"the witness has seen {seen} leaves, beyond {checkpoint}")
    return _ask(checkpoint, int(seen), again=False)


def _last_cosigned(checkpoint: Checkpoint) -> int:
    cosigned = Publication.objects.filter(checkpoint__log=checkpoint.log).exclude(cosignatures="")
    last = cosigned.select_related("checkpoint").order_by("checkpoint__size").last()
    return last.checkpoint.size if last else 0


def _is_by_our_witness(line: str, checkpoint: Checkpoint) -> bool:
    """Whether ``line`` is a valid C2SP *tlog-cosignature* of the configured key."""
    name, _id, encoded = settings.LEDGER_WITNESS_KEY.split("+", 2)
    key = base64.b64decode(encoded)[1:]
    mark, _space, rest = line.partition(" ")
    signer, _space, signature = rest.partition(" ")
    content = base64.b64decode(signature)
    key_id = hashlib.sha256(name.encode() + b"\n" + COSIGNATURE + key).digest()[:4]
    if mark != "—" or signer != name or content[:4] != key_id or len(content) != 4 + 8 + 64:
        return False
    (time,) = struct.unpack(">Q", content[4:12])
    text = checkpoint.note.partition("\n\n")[0] + "\n"
    message = f"cosignature/v1\ntime {time}\n{text}".encode()
    return office_key.verify(key, message, content[12:])
