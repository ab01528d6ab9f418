from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from bidding.models.participation import Participation


class Upload(models.Model):
    """A sealed file on its way up (tus 1.0). Every byte below ``offset`` is durable.

    Its name says nothing; neither does its metadata. After the last piece the server joins
    the pieces under the file's digest, re-reads them, and writes ``sha256``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    participation = models.ForeignKey(
        Participation, on_delete=models.PROTECT, related_name="uploads"
    )
    envelope = models.CharField(max_length=16)
    length = models.BigIntegerField()
    offset = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    expires_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64, blank=True)
    name = models.CharField(max_length=200, blank=True)  # in the storage, once joined
    terminated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(length__gt=0, offset__gte=0, offset__lte=F("length")),
                name="upload_offset_within_its_length",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class UploadPiece(models.Model):
    """One PATCH, verified by its checksum and durable before this row was written."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="pieces")
    offset = models.BigIntegerField()
    length = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)

    class Meta:
        ordering = ["offset"]
        constraints = [
            models.UniqueConstraint(fields=["upload", "offset"], name="piece_once_per_offset")
        ]

    def __str__(self) -> str:
        return f"{self.upload_id}@{self.offset}"
