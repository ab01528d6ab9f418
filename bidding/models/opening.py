from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bidding.models.bid import Bid
from lpse.audit.models import AuditEntry
from lpse.files.models import StoredFile
from lpse.models import AppendOnly
from procurement.models import Tender


class Box(AppendOnly):
    """The closed box: the Merkle root over the manifests in it, fixed at the deadline."""

    tender = models.OneToOneField(Tender, on_delete=models.PROTECT, related_name="box")
    root = models.CharField(max_length=64)
    count = models.PositiveIntegerField()
    closed_at = models.DateTimeField()
    entry = models.OneToOneField(AuditEntry, on_delete=models.PROTECT, related_name="+")

    class Meta(AppendOnly.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.tender_id} {self.root[:12]}"


class BoxedBid(AppendOnly):
    """A bid in the box, at its place among the leaves (manifest digests, ascending)."""

    box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="bids")
    bid = models.OneToOneField(Bid, on_delete=models.PROTECT, related_name="boxed")
    position = models.PositiveIntegerField()

    class Meta(AppendOnly.Meta):
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["box", "position"], name="one_bid_per_place")
        ]

    def __str__(self) -> str:
        return f"{self.box} #{self.position}"


class ShareAct(AppendOnly):
    """One member's one act at the opening: the shares of all bids, or objections, signed.

    ``body`` is the JCS text of ``lpse-share-act/1``; ``signature`` the member's over it.
    """

    box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="acts")
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    body = models.TextField()
    signature = models.CharField(max_length=88)
    posted_at = models.DateTimeField()

    class Meta(AppendOnly.Meta):
        ordering = ["posted_at"]
        constraints = [
            models.UniqueConstraint(fields=["box", "member"], name="one_act_per_member")
        ]

    def __str__(self) -> str:
        return f"{self.box} {self.member}"


class PostedShare(AppendOnly):
    """A share as the member's browser decrypted it, or the reasoned objection in its place."""

    act = models.ForeignKey(ShareAct, on_delete=models.PROTECT, related_name="shares")
    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="posted")
    share = models.TextField(blank=True)  # the JCS text of lpse-share/1
    objection = models.CharField(max_length=40, blank=True)  # the code of the reason
    disputed = models.CharField(max_length=40, blank=True)  # what the server found wrong with it

    class Meta(AppendOnly.Meta):
        constraints = [
            models.UniqueConstraint(fields=["act", "bid"], name="one_share_per_act_and_bid"),
            models.CheckConstraint(
                condition=(Q(share="") & ~Q(objection="")) | (~Q(share="") & Q(objection="")),
                name="a_share_or_an_objection",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.bid}"


class Opening(models.Model):
    """The progress of an opening: phase one gathers shares, phase two decrypts, all together.

    ``waits_until`` is set when so many members have acted that bids could be opened: until
    then the others may still act, after it phase one ends without them.
    """

    box = models.OneToOneField(Box, on_delete=models.PROTECT, related_name="opening")
    waits_until = models.DateTimeField(null=True, blank=True)
    shares_complete_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.box)


class OpeningOutcome(models.TextChoices):
    OPENED = "opened", _("Opened")
    UNOPENABLE = "unopenable", _("Could not be opened")


class OpenedBid(AppendOnly):
    """What came out of an envelope, or why nothing did, with the evidence.

    ``total_rupiah`` is what the bidder stated, ``computed_rupiah`` the same recomputed from the
    lines; ``arithmetic`` lists where the two part.
    """

    bid = models.OneToOneField(Bid, on_delete=models.PROTECT, related_name="result")
    outcome = models.CharField(max_length=16, choices=OpeningOutcome.choices)
    reason = models.CharField(max_length=40, blank=True)  # the code of the fault
    evidence = models.JSONField(default=dict)
    content = models.JSONField(default=dict)  # bid.json
    total_rupiah = models.DecimalField(max_digits=20, decimal_places=2, null=True, blank=True)
    computed_rupiah = models.DecimalField(max_digits=20, decimal_places=2, null=True, blank=True)
    arithmetic = models.JSONField(default=dict)
    opened_at = models.DateTimeField()

    class Meta(AppendOnly.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="opened", reason="")
                | (Q(outcome="unopenable") & ~Q(reason="")),
                name="an_unopenable_bid_has_its_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bid} {self.outcome}"


class OpenedFile(AppendOnly):
    """One file of an opened bid, with what was found about it."""

    opened = models.ForeignKey(OpenedBid, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=255)
    kind = models.CharField(max_length=32, blank=True)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    file = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    verdict = models.CharField(max_length=40)  # "ok", or the code of what is wrong

    class Meta(AppendOnly.Meta):
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class Minutes(models.Model):
    """A *berita acara*. It is sealed as a PDF once a majority of the committee approved it.

    ``content`` is the record as it was when the minutes were drawn up; ``code`` stands in the
    address of the QR code.
    """

    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="minutes")
    kind = models.CharField(max_length=16, choices=[("opening", _("Minutes of the opening"))])
    number = models.CharField(max_length=60, unique=True)
    code = models.CharField(max_length=32, unique=True)
    content = models.JSONField()
    remarks = models.TextField(_("remarks"), blank=True)
    prepared_at = models.DateTimeField()
    sealed_at = models.DateTimeField(null=True, blank=True)
    file = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tender", "kind"], name="one_minutes_of_a_kind"),
            models.CheckConstraint(
                condition=Q(sealed_at=None, file=None)
                | Q(sealed_at__isnull=False, file__isnull=False),
                name="minutes_sealed_with_a_file",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class MinutesApproval(AppendOnly):
    """A member's approval of exactly this text, and how the member had signed in."""

    minutes = models.ForeignKey(Minutes, on_delete=models.PROTECT, related_name="approvals")
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    method = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)  # of content and remarks
    approved_at = models.DateTimeField()

    class Meta(AppendOnly.Meta):
        ordering = ["approved_at"]
        constraints = [
            models.UniqueConstraint(fields=["minutes", "member"], name="one_approval_per_member")
        ]

    def __str__(self) -> str:
        return f"{self.minutes} {self.member}"
