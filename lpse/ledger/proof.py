"""What others need of the ledger: whether an entry is in it for all to see, and the proof."""

from __future__ import annotations

from django.db.models import QuerySet

from lpse.audit.models import AuditEntry
from lpse.files.storage import storage
from lpse.ledger import note, timestamp, tree, witness
from lpse.ledger.models import Leaf, Publication
from lpse.ledger.tiles import Tiles


def published(entry: AuditEntry) -> Publication | None:
    """The earliest published checkpoint that covers ``entry``.

    Where a witness is configured, only one that the witness has signed counts, and where a
    time-stamping authority is, only one that it has stamped: what rests on the ledger's word,
    such as posting shares, must rest on more than the LPSE's own.
    """
    leaf = Leaf.objects.filter(entry=entry).first()
    if leaf is None:
        return None
    covering = _covering(leaf).order_by("checkpoint__size")
    if timestamp.is_configured():
        covering = covering.filter(checkpoint__timestamp__isnull=False)
    return covering.first()


def tlog_proof(entry: AuditEntry) -> str | None:
    """The text of a ``.tlog-proof`` for ``entry``, or ``None`` while it is not yet published."""
    return _proof(Leaf.objects.filter(entry=entry).select_related("log").first())


def tlog_proof_of(log_entry: bytes) -> str | None:
    """The same for whoever knows only the 32 bytes, which are public anyway."""
    return _proof(Leaf.objects.filter(log_entry=log_entry).select_related("log").first())


def _proof(leaf: Leaf | None) -> str | None:
    latest = _covering(leaf).order_by("checkpoint__size").last() if leaf else None
    if leaf is None or latest is None:
        return None
    checkpoint = latest.checkpoint
    tiles = Tiles(storage(), leaf.log.prefix, checkpoint.size)
    path = tree.inclusion(tiles.node, leaf.index, checkpoint.size)
    return note.proof(leaf.index, path, checkpoint.note + latest.cosignatures)


def _covering(leaf: Leaf) -> QuerySet[Publication]:
    covering = Publication.objects.filter(
        checkpoint__log=leaf.log_id, checkpoint__size__gt=leaf.index
    ).select_related("checkpoint")
    return covering.exclude(cosignatures="") if witness.is_configured() else covering
