"""The alarm clock. PostgreSQL knows what is due; a task only asks it, and may be lost or repeated.

Every entry of the schedule therefore names a task that looks into the database for its work,
and everything due still happens after the broker was emptied.
"""

from __future__ import annotations

import os
from typing import Any

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lpse.conf.settings")

MINUTE = 60.0
HOUR = 60 * MINUTE


def every(seconds: float, task: str) -> dict[str, Any]:
    """An alarm that nobody heard in time is dropped: a worker that was down must not find a
    queue of the same question.
    """
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "sequence the ledger": every(
        float(os.environ.get("LEDGER_INTERVAL_SECONDS", "30")),
        "lpse.ledger.tasks.sequence_ledger",
    ),
    "sequence what was late": every(HOUR, "lpse.ledger.tasks.sequence_everything"),
    "send mail": every(10, "lpse.mail.tasks.send_due_messages"),
    "sweep private files": every(HOUR, "lpse.files.tasks.sweep_private_files"),
    "end lapsed sessions": every(MINUTE, "registration.tasks.end_lapsed_sessions"),
    "lift expired deactivations": every(MINUTE, "registration.tasks.lift_expired_deactivations"),
    "close due boxes": every(3, "bidding.tasks.close_due_boxes"),
    "open boxes": every(5, "bidding.tasks.open_boxes"),
    "seal minutes": every(15, "bidding.tasks.seal_minutes"),
    "expire uploads": every(HOUR, "bidding.tasks.expire_uploads"),
    "destroy ended bids": every(MINUTE, "bidding.tasks.destroy_ended_bids"),
    "render receipts": every(MINUTE, "bidding.tasks.render_receipts"),
    "remind of expiry": every(HOUR, "registration.tasks.remind_of_expiry"),
    "remind of ends": every(HOUR, "registration.tasks.remind_of_ends"),
    "end applications": every(HOUR, "registration.tasks.end_applications"),
    "tidy accounts": every(HOUR, "registration.tasks.tidy_accounts"),
}

app = Celery("lpse")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
