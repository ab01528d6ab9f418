"""Which log is written, and whether it may go on."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import connection, transaction

from lpse.audit.events import Event
from lpse.audit.log import log_entry, record
from lpse.files.storage import storage
from lpse.ledger import note
from lpse.ledger.models import Checkpoint, Leaf, Log, Publication

LOCK = 0x4C45444745525F31  # "LEDGER_1": whoever changes the log holds it until the commit


class Halted(Exception):
    """The log must not go on by itself: going on could show two histories to the world."""


def lock() -> None:
    """Wait for the only pen. Writers of audit entries never take it, so they never wait."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def current() -> Log | None:
    return Log.objects.order_by("number").last()


def last_checkpoint(log: Log) -> Checkpoint | None:
    return log.checkpoints.order_by("size").last()


def last_publication(log: Log) -> Publication | None:
    published = Publication.objects.filter(checkpoint__log=log).select_related("checkpoint")
    return published.order_by("checkpoint__size").last()


def published_note(prefix: str) -> str | None:
    """The checkpoint that the world can see, if there is one."""
    try:
        return storage().read(f"{prefix}/checkpoint").decode()
    except FileNotFoundError:
        return None


def discontinuity() -> str | None:
    """Why the log may not go on, or ``None``: it must still hold its last published checkpoint.

    The database and the storage are restored separately, and each of them alone can have lost
    what the world has already seen. Nothing is repaired here: a person decides.
    """
    log = current()
    if log is None:
        if published_note("ledger") is None:
            return None
        return "a ledger is published, but the database knows of none: it is not its database"
    if log.origin != settings.LEDGER_ORIGIN:
        return (
            f"the ledger is {log.origin}, but LEDGER_ORIGIN says {settings.LEDGER_ORIGIN}; "
            "if a new one is meant, start it with: manage.py ledger_new_origin --reason …"
        )
    return _broken_off(log)


def _broken_off(log: Log) -> str | None:
    published, text = last_publication(log), published_note(log.prefix)
    if text is None:
        if published is None:
            return None
        return (
            f"the checkpoint at {published.checkpoint.size} was published and is no longer in the "
            "storage; if the storage was lost, write it again with: manage.py ledger_rebuild"
        )
    try:
        head = note.read(text)
    except ValueError as error:
        return f"the published checkpoint is not ours: {error}"
    held = log.checkpoints.filter(size=head.size).first()
    if head.origin != log.origin or held is None or bytes(held.root) != head.root:
        return (
            f"the published checkpoint at {head.size} is not in the database, which was restored "
            "from before it; set LEDGER_ORIGIN to a new origin, and start it with: "
            "manage.py ledger_new_origin --reason …"
        )
    if published and published.checkpoint.size > head.size:
        return (
            f"the storage is older than the database ({head.size} < {published.checkpoint.size}); "
            "write it again with: manage.py ledger_rebuild"
        )
    return None


def require_continuity() -> None:
    if reason := discontinuity():
        raise Halted(reason)


@transaction.atomic
def start(*, reason: str = "") -> Log:
    """Start the log that ``LEDGER_ORIGIN`` names. Its first leaf says what it follows, if it does.

    What the old log showed beyond what the database still holds is lost, and is said to be.
    """
    lock()
    old = current()
    number, shown = _next_number(old)
    if settings.LEDGER_ORIGIN in {old and old.origin, shown and shown.partition("\n")[0]}:
        raise Halted(f"{settings.LEDGER_ORIGIN} exists; set LEDGER_ORIGIN to a new origin first")
    entry = record(
        Event.LEDGER_STARTED,
        subject=("ledger.Log", settings.LEDGER_ORIGIN),
        by=None,
        origin=settings.LEDGER_ORIGIN,
        held=_last_held(old),
        published=shown,
        reason=reason,
    )
    log = Log.objects.create(number=number, origin=settings.LEDGER_ORIGIN)
    Leaf.objects.create(log=log, index=0, entry=entry, log_entry=log_entry(entry))
    Leaf.objects.bulk_create(
        Leaf(log=log, index=index, log_entry=cover()) for index in range(1, settings.LEDGER_BATCH)
    )
    return log


def cover() -> bytes:
    """A log entry that stands for nothing, and that nobody can tell from one that does."""
    return secrets.token_bytes(32)


def _next_number(old: Log | None) -> tuple[int, str | None]:
    """The first number whose place is free, and the checkpoint that the world sees before it."""
    number = old.number + 1 if old else 1
    shown = published_note(old.prefix) if old else None
    while later := published_note(Log(number=number).prefix):
        number, shown = number + 1, later
    return number, shown


def _last_held(old: Log | None) -> dict[str, object] | None:
    held = last_checkpoint(old) if old else None
    if old is None or held is None:
        return None
    return {"origin": old.origin, "size": held.size, "root": bytes(held.root).hex()}
