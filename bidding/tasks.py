"""Alarms. PostgreSQL knows what is due; every task asks it and may be repeated or lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import structlog
from celery import Task, shared_task
from django.db import transaction

from bidding.domain import (
    box,
    decryption,
    minutes,
    opening,
    receipt_document,
    submission,
    upload,
)
from lpse.errors import Refused

T = TypeVar("T")

logger = structlog.get_logger(__name__)


def each(due: Iterable[T], act: Callable[[T], object]) -> None:
    """Do ``act`` with all that is due; one that fails does not keep the others waiting."""
    for one in due:
        try:
            act(one)
        except Refused as refusal:
            logger.warning("refused", task=act.__name__, subject=str(one), reason=str(refusal))
        except Exception:
            logger.exception("failed", task=act.__name__, subject=str(one))


def alarm(task: Task) -> None:
    """Ring once for what has just become due; if the broker is down, the schedule asks again."""
    transaction.on_commit(lambda: task.apply_async(retry=False), robust=True)


@shared_task
def expire_uploads() -> None:
    """Give up unfinished uploads whose time is over, and what is left of finished ones."""
    upload.expire()
    each(upload.leftovers(), upload.discard_pieces)


@shared_task
def destroy_ended_bids() -> None:
    """Destroy what is still here of replaced and withdrawn versions."""
    each(submission.undestroyed(), submission.destroy)


@shared_task
def render_receipts() -> None:
    """Make the PDFs that nobody has asked for yet."""
    each(receipt_document.missing(), receipt_document.of)


@shared_task
def close_due_boxes() -> None:
    """Close every box whose deadline has passed."""
    each(box.due(), box.close)


@shared_task
def open_boxes() -> None:
    """End the waiting that is over, and open every box whose shares are complete."""
    each(opening.due_to_advance(), opening.end_waiting)
    each(decryption.due(), decryption.open_all)


@shared_task
def seal_minutes() -> None:
    """Seal the minutes that a majority has approved."""
    each(minutes.due(), minutes.seal)
