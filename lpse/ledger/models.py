from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from lpse.audit.models import AuditEntry, ClockTimestamp
from lpse.models import AppendOnly


def _is_a_hash(field: str, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Exact(Length(field), 32), name=name)


class Log(AppendOnly):
    """One log, known by its origin. There is a second one only after something was lost."""

    number = models.PositiveSmallIntegerField(unique=True)
    origin = models.CharField(max_length=200, unique=True)
    started_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta(AppendOnly.Meta):
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(origin__regex=r"^[^\s+]+$"), name="ledger_origin_is_a_key_name"
            ),
        ]

    def __str__(self) -> str:
        return self.origin

    @property
    def prefix(self) -> str:
        """Where its files are kept, and the path they are served under; it never changes."""
        return "ledger" if self.number == 1 else f"ledger/{self.number}"


class Leaf(AppendOnly):
    """The place of a log entry in a log. One without an audit entry hides how many there are."""

    log = models.ForeignKey(Log, on_delete=models.PROTECT, related_name="leaves")
    index = models.PositiveBigIntegerField()
    entry = models.OneToOneField(
        AuditEntry, null=True, on_delete=models.PROTECT, related_name="leaf"
    )
    log_entry = models.BinaryField(max_length=32, unique=True)

    class Meta(AppendOnly.Meta):
        ordering = ["log", "index"]
        constraints = [
            models.UniqueConstraint(fields=["log", "index"], name="ledger_one_leaf_at_an_index"),
            _is_a_hash("log_entry", "ledger_log_entry_is_32_bytes"),
        ]

    def __str__(self) -> str:
        return f"{self.log_id}/{self.index}"


class Checkpoint(AppendOnly):
    """A signed statement of size and root, kept before anybody else sees it.

    Two rows for one size cannot be, so neither can two roots for it, whatever is restarted when.
    """

    log = models.ForeignKey(Log, on_delete=models.PROTECT, related_name="checkpoints")
    size = models.PositiveBigIntegerField()
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta(AppendOnly.Meta):
        ordering = ["log", "size"]
        constraints = [
            models.UniqueConstraint(fields=["log", "size"], name="ledger_one_root_for_a_size"),
            _is_a_hash("root", "ledger_root_is_32_bytes"),
        ]

    def __str__(self) -> str:
        return f"{self.log_id}@{self.size}"


class Publication(AppendOnly):
    """That a checkpoint was published, with the signature lines of witnesses, if any."""

    checkpoint = models.OneToOneField(
        Checkpoint, on_delete=models.PROTECT, related_name="publication"
    )
    cosignatures = models.TextField(blank=True)
    at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta(AppendOnly.Meta):
        ordering = ["at"]

    def __str__(self) -> str:
        return str(self.checkpoint)


class Timestamp(AppendOnly):
    """An independent authority's word (RFC 3161) that a checkpoint existed at ``at``."""

    checkpoint = models.OneToOneField(
        Checkpoint, on_delete=models.PROTECT, related_name="timestamp"
    )
    token = models.BinaryField()
    at = models.DateTimeField()

    class Meta(AppendOnly.Meta):
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.checkpoint} {self.at}"
