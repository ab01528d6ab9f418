from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Func
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from lpse.models import AppendOnly


class ClockTimestamp(Func):
    """The database's clock at this statement, not at the start of the transaction."""

    function = "clock_timestamp"
    output_field = models.DateTimeField()


class AuditEntry(AppendOnly):
    """One thing that happened, written in the transaction of what it describes.

    The subject is kept as text, never as a foreign key, and the actor's User ID beside the key,
    so that what the ledger is committed to can be read back from this row alone, for ever.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.CharField(max_length=64)
    subject_type = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=200)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    actor_uid = models.CharField(max_length=150, blank=True)
    at = models.DateTimeField(db_default=ClockTimestamp())
    data = models.JSONField(default=dict)
    salt = models.BinaryField(max_length=32)

    class Meta(AppendOnly.Meta):
        ordering = ["at", "id"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "at"], name="audit_subject"),
            models.Index(fields=["at"], name="audit_at"),
            models.Index(fields=["event", "at"], name="audit_event"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Exact(Length("salt"), 32), name="audit_salt_is_32_bytes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.subject_type}:{self.subject_id}"
