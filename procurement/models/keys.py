from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lpse.models import AppendOnly
from procurement.models.tender import Tender


class CommitteeKey(models.Model):
    """A member's public keys and the wrapped key file; the server never sees more.

    ``wrapped`` is an age file (base64) that opens with the member's passphrase only;
    ``passkey_wrapped`` the same content wrapped by a passkey, in addition. A revoked key stays:
    bids that were sealed to it are opened with it, and whose it was can be asked for ever.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="committee_keys"
    )
    recipient = models.CharField(max_length=100, unique=True)
    signing_key = models.CharField(max_length=44, unique=True)  # base64 of 32 bytes
    wrapped = models.TextField()
    passkey_wrapped = models.TextField(blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    backup_tested_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(revoked_at=None), name="one_key_in_use_per_member"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="key_stays", operation=pgtrigger.Delete),
            # Whoever gets at the database cannot put other keys under a member's name.
            pgtrigger.ReadOnly(
                name="key_is_fixed",
                fields=["user", "recipient", "signing_key", "wrapped", "created_at", "expires_at"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.recipient[:12]}"


class KeyStatement(models.Model):
    """What bids of a tender are sealed to, signed by a majority of the committee.

    Signing it is approving the announcement: ``content`` is what is announced (title, schedule,
    items, documents) as JCS text, and the body names its digest. ``body`` is the JCS text, byte
    for byte as it was signed. ``schedule`` holds the stage dates that take effect when the
    statement becomes valid (version 2 and on: a later deadline).
    """

    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="statements")
    version = models.PositiveSmallIntegerField()
    body = models.TextField()
    digest = models.CharField(max_length=64)
    content = models.TextField()
    schedule = models.JSONField(default=dict, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    valid_at = models.DateTimeField(null=True, blank=True)
    discarded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["tender", "version", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["tender", "version"],
                condition=Q(discarded_at=None),
                name="one_statement_per_version",
            ),
            models.UniqueConstraint(
                fields=["digest"], condition=Q(discarded_at=None), name="statement_digest_unique"
            ),
            models.CheckConstraint(
                condition=Q(valid_at=None) | Q(discarded_at=None),
                name="statement_valid_or_discarded",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="statement_stays", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="statement_is_fixed",
                fields=[
                    *("tender", "version", "body", "digest", "content", "schedule", "reason"),
                    *("proposed_at", "proposed_by"),
                ],
            ),
            pgtrigger.Protect(
                name="statement_is_decided_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__valid_at__isnull=False)
                | pgtrigger.Q(old__discarded_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tender_id} v{self.version}"


class StatementSignature(AppendOnly):
    """A member's Ed25519 signature over a key statement: the approval of the announcement."""

    statement = models.ForeignKey(
        KeyStatement, on_delete=models.PROTECT, related_name="signatures"
    )
    key = models.ForeignKey(CommitteeKey, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    signature = models.CharField(max_length=88)  # base64 of 64 bytes
    signed_at = models.DateTimeField()

    class Meta(AppendOnly.Meta):
        ordering = ["signed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "member"], name="one_signature_per_member"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.statement} {self.member}"
