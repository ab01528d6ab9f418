from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lpse.audit.models import ClockTimestamp
from lpse.files.models import StoredFile
from registration.models.agency import Agency, Committee, WorkUnit
from registration.models.assignment import Assignment, Role


class RequestState(models.TextChoices):
    ASKED = "asked", _("Waiting for verification")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")


class OfficeRequest(models.Model):
    """An agency asks for an office of one of its people, by letter or decree (P22(1)b, (7))."""

    full_name = models.CharField(_("full name"), max_length=150)
    employee_number = models.CharField(_("NIP"), max_length=18, blank=True)
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("office"), max_length=16, choices=Role.choices)
    entity = models.CharField(_("other entity, by the terms of use"), max_length=200, blank=True)
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("agency")
    )
    work_unit = models.ForeignKey(
        WorkUnit,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("work unit"),
    )
    committee = models.ForeignKey(
        Committee,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("committee (Pokja)"),
    )
    decree_number = models.CharField(_("number of the decree"), max_length=100)
    decree_date = models.DateField(_("date of the decree"))
    decree_copy = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    since = models.DateField(_("from"))
    until = models.DateField(_("until"), null=True, blank=True)
    state = models.CharField(
        max_length=16, choices=RequestState.choices, default=RequestState.ASKED
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(db_default=ClockTimestamp())
    original_seen = models.BooleanField(default=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.CharField(_("reason"), max_length=300, blank=True)
    assignment = models.OneToOneField(
        Assignment, null=True, blank=True, on_delete=models.PROTECT, related_name="request"
    )

    class Meta:
        ordering = ["asked_at", "pk"]
        verbose_name = _("request for an office")
        indexes = [
            models.Index(
                fields=["asked_at"],
                condition=Q(state=RequestState.ASKED),
                name="request_queue",
            ),
            models.Index(fields=["agency", "-asked_at"], name="request_of_an_agency"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=RequestState.APPROVED)
                | Q(original_seen=True, assignment__isnull=False),
                name="request_approved_by_its_original",  # P22(1)b
            ),
            models.CheckConstraint(
                condition=~Q(state=RequestState.REJECTED) | ~Q(decision_reason=""),
                name="request_rejected_with_a_reason",  # P10(3)
            ),
            models.CheckConstraint(
                condition=Q(state=RequestState.ASKED) | Q(decided_at__isnull=False),
                name="request_decided_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="request_decided_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
                name="request_not_decided_by_its_asker",
            ),
            models.CheckConstraint(
                condition=Q(role=Role.ENTITY) & ~Q(entity="")
                | ~Q(role=Role.ENTITY) & Q(entity=""),
                name="request_names_another_entity",  # P22(7)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.full_name}"

    def get_absolute_url(self) -> str:
        return reverse("office_request", kwargs={"pk": self.pk})

    @property
    def place(self) -> Committee | WorkUnit | Agency:
        """Where the office would be held, as narrowly as the decree says."""
        return self.committee or self.work_unit or self.agency


class Certificate(models.Model):
    """A certificate of procurement competence; a committee consists of holders of one."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="certificates"
    )
    number = models.CharField(_("number"), max_length=100)
    issuer = models.CharField(_("issuer"), max_length=150)
    issued_on = models.DateField(_("issued on"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    copy = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField(db_default=ClockTimestamp())
    reminded_at = models.DateTimeField(null=True, blank=True)  # of the day it ends
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-issued_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["number", "issuer"],
                condition=Q(removed_at=None),
                name="certificate_of_one_person",
            ),
        ]

    def __str__(self) -> str:
        return self.number
