"""The alarm clock. PostgreSQL knows what is due; a task only asks it, and may be lost or repeated.

Every entry of the schedule therefore names a task that looks into the database for its work,
and everything due still happens after the broker was emptied.
"""

from __future__ import annotations

import os
from typing import Any

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lpse.conf.settings")

# Name -> task, seconds between two runs. An alarm that nobody heard in time is dropped
# ("expires"), so that a worker which was down does not find a queue of the same question.
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {}

app = Celery("lpse")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
