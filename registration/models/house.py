from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lpse.audit.models import ClockTimestamp
from lpse.files.models import StoredFile
from lpse.models import AppendOnly
from registration.models.provider import OfficerRight, Provider


class Invitation(models.Model):
    """A firm's administrator asks a colleague to act for the firm, with a login of its own."""

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    full_name = models.CharField(_("full name"), max_length=150)
    right = models.CharField(_("right"), max_length=16, choices=OfficerRight.choices)
    digest = models.CharField(max_length=64, unique=True)  # of the secret in the link
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    invited_at = models.DateTimeField(db_default=ClockTimestamp())
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-invited_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "email"],
                condition=Q(accepted_at=None, revoked_at=None),
                name="one_open_invitation_each",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} ({self.provider})"


class QualificationKind(models.TextChoices):
    LICENCE = "licence", _("Business licence")
    DEED = "deed", _("Deed")
    OWNER = "owner", _("Owner")
    MANAGER = "manager", _("Manager")
    EXPERT = "expert", _("Expert")
    EQUIPMENT = "equipment", _("Equipment")
    EXPERIENCE = "experience", _("Experience")
    TAX = "tax", _("Tax")


class Qualification(models.Model):
    """One thing a provider says about itself (P22(5)); what it says is in its versions.

    Verification neither fills it in nor replaces it: the committee judges it in each tender.
    """

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="qualifications")
    kind = models.CharField(_("kind"), max_length=16, choices=QualificationKind.choices)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["kind", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=QualificationKind.values), name="qualification_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class QualificationVersion(AppendOnly):
    """What a provider said at one time. A later version never changes what a bid was sent with."""

    qualification = models.ForeignKey(
        Qualification, on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveIntegerField()
    title = models.CharField(_("title"), max_length=200)
    facts = models.JSONField(default=dict)  # the fields of its kind, as text
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    file = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    file_name = models.CharField(max_length=200, blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta(AppendOnly.Meta):
        ordering = ["qualification", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["qualification", "number"], name="qualification_version_once"
            ),
        ]
        indexes = [models.Index(fields=["valid_until"], name="qualification_expiry")]

    def __str__(self) -> str:
        return self.title
