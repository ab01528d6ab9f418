from __future__ import annotations

import hashlib

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from lpse.audit.models import ClockTimestamp


class Session(AbstractBaseSession):
    """A sign-in that lasts, and whose: so that it can be listed to its person, and ended."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="sessions"
    )
    signed_in_at = models.DateTimeField(null=True)
    address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=200, blank=True)

    class Meta(AbstractBaseSession.Meta):
        ordering = ["-signed_in_at"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.signed_in_at}"

    @property
    def handle(self) -> str:
        """How a page names the session: its key is a credential and stands in no page."""
        return hashlib.sha256(f"handle {self.session_key}".encode()).hexdigest()[:32]


class KnownDevice(models.Model):
    """A browser on which the person once signed in completely.

    Wrong passwords typed elsewhere do not keep it out: a rival must not be able to lock a
    bidder out before a deadline. ``device`` is the digest of what its cookie holds.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="devices"
    )
    device = models.CharField(max_length=64)
    user_agent = models.CharField(max_length=200, blank=True)
    first_used_at = models.DateTimeField(db_default=ClockTimestamp())
    last_used_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        ordering = ["-last_used_at"]
        constraints = [
            models.UniqueConstraint(fields=["user", "device"], name="device_known_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.device[:8]}"


class SignInFailure(models.Model):
    """A wrong password or code. What was typed as the User ID is kept as a digest only: people
    type their password there.
    """

    account = models.CharField(max_length=64)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="failures"
    )
    factor = models.CharField(max_length=8)  # "password" or "code"
    device = models.CharField(max_length=64, blank=True)  # empty: a device not known for it
    address = models.GenericIPAddressField(null=True)
    failed_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        ordering = ["-failed_at"]
        indexes = [
            models.Index(fields=["account", "factor", "device", "failed_at"], name="failures"),
            models.Index(fields=["user", "-failed_at"], name="failures_of_a_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.failed_at}"
