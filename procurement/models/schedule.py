from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lpse.models import AppendOnly
from procurement.models.tender import Tender


class StageCode(models.TextChoices):
    """The twelve stages of post-qualification, one file, in SPSE's words (template B)."""

    ANNOUNCEMENT = "announcement", _("Announcement of post-qualification")
    DOWNLOAD = "download", _("Download of the selection documents")
    CLARIFICATION = "clarification", _("Clarification meeting")
    SUBMISSION = "submission", _("Upload of bids")
    OPENING = "opening", _("Opening of bids")
    EVALUATION = "evaluation", _("Evaluation: administration, qualification, technical, price")
    PROOF = "proof", _("Proof of qualification")
    DETERMINATION = "determination", _("Determination of the winner")
    WINNER = "winner", _("Announcement of the winner")
    OBJECTION = "objection", _("Objection period")
    APPOINTMENT = "appointment", _("Letter of appointment (SPPBJ)")
    CONTRACT = "contract", _("Signing of the contract")


class Stage(models.Model):
    """One *tahap* of a tender's schedule. Several may be current at once.

    The deadline for bids is ``ends_at`` of the stage ``submission``; it is exclusive to the
    microsecond. Once passed on an announced tender it cannot be moved: the trigger asks the
    database's clock, so no verb, form or raw SQL can.
    """

    tender = models.ForeignKey(Tender, on_delete=models.CASCADE, related_name="stages")
    code = models.CharField(max_length=20, choices=StageCode.choices)
    number = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))

    class Meta:
        ordering = ["tender", "number"]
        constraints = [
            models.UniqueConstraint(fields=["tender", "code"], name="stage_once_per_tender"),
            models.CheckConstraint(
                condition=Q(code__in=StageCode.values), name="stage_code_known"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="stage_ends_after_it_starts"
            ),
        ]
        indexes = [models.Index(fields=["code", "ends_at"], name="stage_due")]
        triggers = [
            pgtrigger.Trigger(
                name="a_passed_deadline_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__code="submission"),
                func="""
                    IF EXISTS (SELECT 1 FROM procurement_tender t
                               WHERE t.id = OLD.tender_id AND t.announced_at IS NOT NULL)
                       AND OLD.ends_at <= clock_timestamp()
                       AND (TG_OP = 'DELETE' OR NEW.ends_at <> OLD.ends_at
                            OR NEW.code <> OLD.code OR NEW.tender_id <> OLD.tender_id)
                    THEN RAISE EXCEPTION 'the deadline has passed and cannot be moved';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.tender_id} {self.code}"

    @property
    def label(self) -> str:
        return str(StageCode(self.code).label)


class ScheduleChange(AppendOnly):
    """What a stage's dates were before, who changed them and why: public, for ever."""

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="changes")
    old_starts_at = models.DateTimeField()
    old_ends_at = models.DateTimeField()
    new_starts_at = models.DateTimeField()
    new_ends_at = models.DateTimeField()
    reason = models.TextField(_("reason"))
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta(AppendOnly.Meta):
        ordering = ["changed_at"]

    def __str__(self) -> str:
        return f"{self.stage} {self.changed_at:%Y-%m-%d}"
