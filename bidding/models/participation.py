from __future__ import annotations

from django.conf import settings
from django.db import models

from lpse.models import AppendOnly
from procurement.models import Tender
from registration.models import Provider


class Participation(models.Model):
    """A provider that joined a tender (*peserta*). Who joined is secret until the opening."""

    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="participations")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="participations")
    joined_at = models.DateTimeField()
    joined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["joined_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["tender", "provider"], name="provider_joins_a_tender_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} · {self.tender_id}"


class TenderKey(AppendOnly):
    """The public half of the Ed25519 key that the bidder's browser made for this tender.

    The latest one counts; a device that lost its key registers another, and that shows.
    """

    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="keys")
    public_key = models.CharField(max_length=44, unique=True)  # base64 of 32 bytes
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta(AppendOnly.Meta):
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.public_key
