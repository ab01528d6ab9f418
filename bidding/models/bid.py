from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bidding.models.participation import Participation, TenderKey
from lpse.files.models import StoredFile
from lpse.models import AppendOnly
from procurement.models import KeyStatement


class BidState(models.TextChoices):
    SUBMITTED = "submitted", _("Sent, sealed")
    REPLACED = "replaced", _("Replaced")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    OPENABLE = "openable", _("Can be opened")
    NEEDS_RECOVERY = "needs_recovery", _("Needs the bidder's recovery key")
    OPENED = "opened", _("Opened")
    UNOPENABLE = "unopenable", _("Could not be opened")


IN_THE_BOX = (
    BidState.SUBMITTED,
    BidState.OPENABLE,
    BidState.NEEDS_RECOVERY,
    BidState.OPENED,
    BidState.UNOPENABLE,
)


class Bid(models.Model):
    """One sealed envelope that was submitted. ``manifest`` is the JCS text as it was signed.

    At most one version counts per participant and envelope. The bytes and shares of replaced
    and withdrawn versions are destroyed, their digests stay.
    """

    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="bids")
    envelope = models.CharField(max_length=16)
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=16, choices=BidState.choices, default=BidState.SUBMITTED)
    manifest = models.TextField()
    manifest_digest = models.CharField(max_length=64, unique=True)
    signature = models.CharField(max_length=88)
    tender_key = models.ForeignKey(TenderKey, on_delete=models.PROTECT, related_name="+")
    statement = models.ForeignKey(KeyStatement, on_delete=models.PROTECT, related_name="+")
    recipient = models.CharField(max_length=100)
    ciphertext_sha256 = models.CharField(max_length=64)
    ciphertext_size = models.BigIntegerField()
    name = models.CharField(max_length=200)  # in the storage
    submitted_at = models.DateTimeField()
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)  # replaced or withdrawn
    destroyed_at = models.DateTimeField(null=True, blank=True)  # its bytes and shares

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["participation", "envelope", "version"], name="bid_version_unique"
            ),
            models.UniqueConstraint(
                fields=["participation", "envelope"],
                condition=~Q(state__in=[BidState.REPLACED, BidState.WITHDRAWN]),
                name="one_bid_counts_per_envelope",
            ),
        ]
        triggers = [
            # Only the opening moves a bid of a closed box on. Whether a box holds the bid is asked
            # too: the participation could have been exchanged before.
            pgtrigger.Trigger(
                name="closed_box_keeps_its_bids",
                operation=pgtrigger.UpdateOf("state"),
                when=pgtrigger.Before,
                condition=pgtrigger.Q(
                    old__state__df=pgtrigger.F("new__state"),
                    new__state__in=[BidState.SUBMITTED, BidState.REPLACED, BidState.WITHDRAWN],
                ),
                func="""
                    IF EXISTS (SELECT FROM bidding_boxedbid b WHERE b.bid_id = OLD.id)
                       OR EXISTS (SELECT FROM bidding_box b
                                  JOIN bidding_participation p ON p.tender_id = b.tender_id
                                  WHERE p.id = OLD.participation_id)
                    THEN RAISE EXCEPTION 'the box of this bid is closed';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.manifest_digest[:12]} v{self.version}"


class SealedShare(models.Model):
    """Share *i* of the bid key, encrypted by the bidder's browser to member *i*."""

    bid = models.ForeignKey(Bid, on_delete=models.CASCADE, related_name="shares")
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    commitment = models.CharField(max_length=64)
    sealed = models.BinaryField()

    class Meta:
        ordering = ["member__username"]
        constraints = [
            models.UniqueConstraint(fields=["bid", "member"], name="one_share_per_member")
        ]

    def __str__(self) -> str:
        return f"{self.bid} {self.member_id}"


class Outcome(models.TextChoices):
    ACCEPTED = "accepted", _("Accepted")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    REFUSED = "refused", _("Refused")


class Receipt(AppendOnly):
    """What the LPSE signed about a submission: accepted, withdrawn, or refused and why.

    ``body`` is the JCS text that ``signature`` (Ed25519 by the LPSE) covers.
    """

    participation = models.ForeignKey(
        Participation, on_delete=models.PROTECT, related_name="receipts"
    )
    bid = models.ForeignKey(
        Bid, null=True, blank=True, on_delete=models.PROTECT, related_name="receipts"
    )
    outcome = models.CharField(max_length=16, choices=Outcome.choices)
    manifest_digest = models.CharField(max_length=64)
    body = models.TextField()
    signature = models.CharField(max_length=88)
    code = models.CharField(max_length=32, unique=True)  # in the QR code of the PDF
    issued_at = models.DateTimeField()

    class Meta(AppendOnly.Meta):
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["participation", "manifest_digest", "outcome"],
                condition=~Q(outcome="refused"),
                name="one_receipt_per_manifest_and_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.code}"


class ReceiptDocument(AppendOnly):
    """The PDF of a receipt: rendered once, sealed, kept."""

    receipt = models.OneToOneField(Receipt, on_delete=models.PROTECT, related_name="document")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    class Meta(AppendOnly.Meta):
        pass

    def __str__(self) -> str:
        return str(self.receipt)
