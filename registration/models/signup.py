from __future__ import annotations

from django.db import models

from lpse.audit.models import ClockTimestamp


class SignUpRequest(models.Model):
    """That somebody asked for the link to register: only to count. Both are digests."""

    address = models.CharField(max_length=64)
    device = models.CharField(max_length=64)
    asked_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        ordering = ["-asked_at"]
        indexes = [
            models.Index(fields=["address", "asked_at"], name="sign_up_by_address"),
            models.Index(fields=["device", "asked_at"], name="sign_up_by_device"),
        ]

    def __str__(self) -> str:
        return f"{self.address[:8]} {self.asked_at}"
