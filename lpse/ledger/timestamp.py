"""Having checkpoints time-stamped by an independent authority (RFC 3161), where one is named.

Not every one of them: an authority is asked once an hour, and at once for what must rest on
more than the LPSE's own clock, which is the closing of a box.
"""

from __future__ import annotations

import datetime as dt
import urllib.request

import structlog
from django.conf import settings

from lpse.audit.events import Event
from lpse.clock import database_now
from lpse.ledger.models import Checkpoint, Log, Timestamp
from lpse.sealing import timestamp

EVERY = dt.timedelta(hours=1)
PATIENCE = 10
LARGEST_ANSWER = 64 * 1024

logger = structlog.get_logger(__name__)


def is_configured() -> bool:
    return bool(settings.LEDGER_TSA_URL)


def latest(log: Log) -> Timestamp | None:
    stamps = Timestamp.objects.filter(checkpoint__log=log).select_related("checkpoint")
    return stamps.order_by("checkpoint__size").last()


def stamp(checkpoint: Checkpoint) -> Timestamp | None:
    """Have ``checkpoint`` time-stamped if it is time to; an authority that is away stops nothing.

    What is stamped is the text that the LPSE has signed: origin, size and root.
    """
    if not is_configured() or not _is_due(checkpoint):
        return None
    message = checkpoint.note.partition("\n\n")[0].encode() + b"\n"
    question, nonce = timestamp.request(message)
    request = urllib.request.Request(  # noqa: S310 - an address the operator has set
        settings.LEDGER_TSA_URL,
        data=question,
        headers={"Content-Type": "application/timestamp-query"},
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as response:  # noqa: S310
            found = timestamp.read(response.read(LARGEST_ANSWER), message, nonce)
    except (OSError, ValueError) as error:
        logger.warning("ledger_not_time_stamped", size=checkpoint.size, reason=str(error))
        return None
    stamped, _is_new = Timestamp.objects.get_or_create(
        checkpoint=checkpoint, defaults={"token": found.token, "at": found.at}
    )
    return stamped


def _is_due(checkpoint: Checkpoint) -> bool:
    last = latest(checkpoint.log)
    if last is None:
        return True
    if last.checkpoint.size >= checkpoint.size:
        return False
    fresh = checkpoint.log.leaves.filter(index__gte=last.checkpoint.size)
    boxes = fresh.filter(index__lt=checkpoint.size, entry__event=Event.TENDER_BOX_CLOSED)
    return last.at <= database_now() - EVERY or boxes.exists()
