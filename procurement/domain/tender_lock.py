"""One tender's lock: shared by whoever bids, alone for whoever moves its dates or closes it."""

from __future__ import annotations

from django.db import connection

from procurement.models import Tender

# The first half of the advisory lock's name, "TEND"; the second half is the tender's number.
GATE = 0x54454E44


def hold(tender: Tender) -> None:
    """Keep the tender's dates as they are until the transaction ends; others may hold them too.

    Take it before any other lock, and before any row that refers to the tender is written.

    PostgreSQL lets a new ``FOR SHARE`` past whoever already waits for ``FOR UPDATE``, so a flood
    of holders could keep a taker out, and the box open. Locks of its lock table stand in a queue:
    everybody passes such a gate first, and who comes after a taker waits behind it.
    """
    _lock(tender, gate="pg_advisory_xact_lock_shared", row="SHARE")


def take(tender: Tender) -> Tender:
    """Wait until nobody holds the tender, keep it alone, and give its row as it is by then."""
    _lock(tender, gate="pg_advisory_xact_lock", row="UPDATE")
    return Tender.objects.get(pk=tender.pk)


def _lock(tender: Tender, *, gate: str, row: str) -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("a lock holds no longer than its transaction")
    with connection.cursor() as cursor:
        # Two statements: the row is looked at after the wait.
        cursor.execute(f"SELECT {gate}(%s, %s)", [GATE, tender.pk])
        cursor.execute(
            f"SELECT 1 FROM procurement_tender WHERE id = %s FOR {row}",  # noqa: S608
            [tender.pk],
        )
