"""The one writer of the ledger: entries become leaves, leaves tiles, tiles a checkpoint.

Each step is repeated harmlessly. A crash between any two of them leaves work for the next run,
never a second truth: the order of the leaves is committed before anything is computed from it,
and a checkpoint is stored before anybody sees it.
"""

from __future__ import annotations

import datetime as dt
import secrets

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from lpse.audit.log import log_entry
from lpse.audit.models import AuditEntry
from lpse.clock import database_now
from lpse.files.storage import storage
from lpse.ledger import log, note, timestamp, tree, witness
from lpse.ledger.models import Checkpoint, Leaf, Log, Publication
from lpse.ledger.tiles import ENTRIES, WIDTH, Corrupt, Tile, Tiles, bundle, growth, unbundle

AT_ONCE = 4096
RECENT = dt.timedelta(hours=1)


def sequence(*, everything: bool = True) -> Checkpoint:
    """Bring what was committed since the last time into the ledger, and publish it.

    Without ``everything`` only the last hour is searched for entries without a leaf, which costs
    the same however long the history is; an entry committed later than that waits for the next
    search of everything, once an hour.
    """
    while True:
        size, is_last = _append(everything=everything)
        checkpoint = _checkpoint(size)
        _publish(checkpoint)
        timestamp.stamp(checkpoint)
        if is_last:
            return checkpoint


@transaction.atomic
def _append(*, everything: bool) -> tuple[int, bool]:
    """Give the next batch its leaves; the size of the log then, and whether that was all.

    "The next" are entries that have no leaf, not those after the last that has one: an entry
    becomes visible when its transaction commits, which may be after later entries did.
    """
    log.lock()
    log.require_continuity()
    current = log.current() or log.start()
    size, shown = _leaf_count(current), log.last_publication(current)
    if size > (shown.checkpoint.size if shown else 0):
        return size, False  # an earlier run stopped before it had published these
    entries = list(_without_leaf(everything=everything)[: AT_ONCE + 1])
    batch: list[tuple[AuditEntry | None, bytes]] = [
        (entry, log_entry(entry)) for entry in entries[:AT_ONCE]
    ]
    # Always a whole number of batches, and one even for nothing, so that growth tells little.
    missing = -len(batch) % settings.LEDGER_BATCH if batch else settings.LEDGER_BATCH
    batch += [(None, log.cover()) for _cover in range(missing)]
    secrets.SystemRandom().shuffle(batch)  # a place in the batch tells nothing either
    Leaf.objects.bulk_create(
        Leaf(log=current, index=size + at, entry=entry, log_entry=content)
        for at, (entry, content) in enumerate(batch)
    )
    return size + len(batch), len(entries) <= AT_ONCE


def _without_leaf(*, everything: bool) -> QuerySet[AuditEntry]:
    entries = AuditEntry.objects.filter(leaf=None).order_by("at", "id")
    return entries if everything else entries.filter(at__gte=database_now() - RECENT)


def _leaf_count(current: Log) -> int:
    last = current.leaves.order_by("index").last()
    return last.index + 1 if last else 0


def _checkpoint(size: int) -> Checkpoint:
    """Write the tiles up to ``size``, read them back, and sign what was read."""
    current = log.current()
    assert current is not None  # noqa: S101 - _append started it
    root = write_tiles(current, size)
    with transaction.atomic():
        log.lock()
        held = current.checkpoints.filter(size=size).first()
        if held is None:
            text = note.sign(note.Head(current.origin, size, root))
            return Checkpoint.objects.create(log=current, size=size, root=root, note=text)
        if bytes(held.root) != root:
            raise Corrupt(
                f"the tiles of {current} at {size} no longer give the root signed for it"
            )
        return held


def write_tiles(current: Log, size: int, *, since: int | None = None) -> bytes:
    """Grow the stored tree from the last checkpoint to ``size`` leaves; the root it has then.

    Nothing is believed because it was written: the old edge must still give the signed root, and
    what is new is read back and hashed again. One flipped bit under a signature can not be
    undone: it has ended certificate logs.
    """
    store, old = storage(), log.last_checkpoint(current)
    start = since if since is not None else (old.size if old else 0)
    before = Tiles(store, current.prefix, start)
    if old and old.size == start and before.root() != bytes(old.root):
        raise Corrupt(f"the stored tiles of {current} do not give the root signed at {start}")
    first = start - start % WIDTH
    entries = _log_entries(current, first, size)
    leaves = [tree.leaf_hash(entry) for entry in entries[start - first :]]
    written = growth(before, leaves)
    for tile, content in written.items():
        store.write(f"{current.prefix}/{tile.path}", content)
    for tile in [tile for tile in written if tile.level == 0]:
        under = entries[tile.index * WIDTH - first :][: tile.width]
        store.write(f"{current.prefix}/{_bundle_of(tile).path}", bundle(under))
    return _read_back(current, size, written, before)


def _read_back(current: Log, size: int, written: dict[Tile, bytes], before: Tiles) -> bytes:
    store = storage()
    after = Tiles(store, current.prefix, size)
    for tile, content in written.items():
        if b"".join(after.hashes(tile)) != content:
            raise Corrupt(f"{current.prefix}/{tile.path} is not what was written")
        if tile.level == 0:
            under = unbundle(store.read(f"{current.prefix}/{_bundle_of(tile).path}"))
            if [tree.leaf_hash(entry) for entry in under] != after.hashes(tile):
                raise Corrupt(f"{current.prefix}/{_bundle_of(tile).path} is not what was written")
    if before.size and after.root(before.size) != before.root():
        raise Corrupt(f"{current} at {size} does not continue {before.size}")
    return after.root()


def _bundle_of(tile: Tile) -> Tile:
    return Tile(ENTRIES, tile.index, tile.width)


def _log_entries(current: Log, start: int, end: int) -> list[bytes]:
    rows = current.leaves.filter(index__gte=start, index__lt=end).order_by("index")
    entries = [bytes(entry) for entry in rows.values_list("log_entry", flat=True)]
    if len(entries) != end - start:
        raise Corrupt(f"leaves are missing in {current} between {start} and {end}")
    return entries


def _publish(checkpoint: Checkpoint) -> None:
    """Show ``checkpoint`` to the world, with a witness's signature where there is a witness."""
    cosignatures = witness.cosign(checkpoint)
    with transaction.atomic():
        log.lock()
        shown = log.last_publication(checkpoint.log)
        if shown and shown.checkpoint.size >= checkpoint.size:
            return
        show(checkpoint, cosignatures)
        Publication.objects.create(checkpoint=checkpoint, cosignatures=cosignatures)
    if shown:
        forget_partial_tiles(checkpoint.log, shown.checkpoint.size, checkpoint.size)


def show(checkpoint: Checkpoint, cosignatures: str) -> None:
    note_text = checkpoint.note + cosignatures
    storage().write(f"{checkpoint.log.prefix}/checkpoint", note_text.encode())


def forget_partial_tiles(current: Log, before: int, now: int) -> None:
    """Delete the partial tiles of a tile that is full now, and begins with each of them."""
    filled = before // WIDTH
    if now // WIDTH == filled:
        return
    store = storage()
    sizes = current.checkpoints.filter(size__gt=filled * WIDTH, size__lt=(filled + 1) * WIDTH)
    for size in sizes.values_list("size", flat=True):
        for level in (0, ENTRIES):
            store.delete(f"{current.prefix}/{Tile(level, filled, size % WIDTH).path}")


def rebuild() -> Checkpoint | None:
    """Write the files again from the database, checkpoint by checkpoint, checking each root.

    For a storage that was lost. It signs nothing: what is shown again is what was shown.
    """
    current = log.current()
    published = log.last_publication(current) if current else None
    if current is None or published is None:
        return None
    size = 0
    for checkpoint in current.checkpoints.order_by("size"):
        if write_tiles(current, checkpoint.size, since=size) != bytes(checkpoint.root):
            raise Corrupt(f"the leaves of {current} do not give the root at {checkpoint.size}")
        forget_partial_tiles(current, size, checkpoint.size)
        size = checkpoint.size
    with transaction.atomic():
        log.lock()
        show(published.checkpoint, published.cosignatures)
    return published.checkpoint
