from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lpse.audit.models import ClockTimestamp


class EmailState(models.TextChoices):
    DUE = "due", _("E-mail waiting")
    SENT = "sent", _("E-mail sent")
    FAILED = "failed", _("E-mail not delivered")
    NONE = "none", _("No e-mail address")


class Message(models.Model):
    """A message to one person: in the inbox at once, by e-mail as soon as the server takes it.
    Whoever has no account yet is told by e-mail alone.

    It is written in the transaction of what it tells, so that neither exists without the other.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="inbox",
    )
    address = models.EmailField(blank=True)
    language = models.CharField(max_length=2, default="id")  # in which it is written
    template = models.CharField(max_length=64)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_default=ClockTimestamp())
    read_at = models.DateTimeField(null=True, blank=True)

    email_state = models.CharField(
        max_length=8, choices=EmailState.choices, default=EmailState.DUE
    )
    due_at = models.DateTimeField(db_default=ClockTimestamp())
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-created_at", "id"]
        verbose_name = _("message")
        constraints = [
            models.CheckConstraint(
                condition=Q(recipient__isnull=False, address="")
                | (Q(recipient=None) & ~Q(address="")),
                name="mail_recipient_or_address",
            ),
            models.CheckConstraint(
                condition=Q(email_state__in=EmailState.values), name="mail_email_state_known"
            ),
            models.CheckConstraint(
                condition=Q(email_state=EmailState.SENT, sent_at__isnull=False)
                | (~Q(email_state=EmailState.SENT) & Q(sent_at=None)),
                name="mail_sent_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["recipient", "-created_at"], name="mail_inbox"),
            models.Index(fields=["recipient"], condition=Q(read_at=None), name="mail_unread"),
            models.Index(
                fields=["due_at"], condition=Q(email_state=EmailState.DUE), name="mail_due"
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def to(self) -> str:
        """The address of today: who has an account may have changed it since."""
        return self.recipient.email if self.recipient else self.address
