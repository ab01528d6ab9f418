"""Alarms. PostgreSQL knows what is due; every task asks it and may be repeated or lost."""

from __future__ import annotations

from celery import shared_task

from bidding.domain import receipt_document, submission, upload


@shared_task
def expire_uploads() -> None:
    """Give up unfinished uploads whose time is over, and what is left of finished ones."""
    upload.expire()
    upload.sweep()


@shared_task
def destroy_ended_bids() -> None:
    """Destroy what is still here of replaced and withdrawn versions."""
    submission.destroy_ended()


@shared_task
def render_receipts() -> None:
    """Make the PDFs that nobody has asked for yet."""
    receipt_document.make_missing()
