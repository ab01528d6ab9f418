from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lpse.files.models import StoredFile
from lpse.models import AppendOnly
from procurement.models.tender import Tender


class DocumentKind(models.TextChoices):
    SELECTION = "selection", _("Selection document")
    TERMS = "terms", _("Specification / terms of reference (KAK)")
    DRAFT_CONTRACT = "draft_contract", _("Draft contract")
    DRAWING = "drawing", _("Drawings")
    OTHER = "other", _("Other document")


class TenderDocument(models.Model):
    """A file that belongs to the announcement; its digest is shown and signed with it."""

    tender = models.ForeignKey(Tender, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(_("kind"), max_length=16, choices=DocumentKind.choices)
    name = models.CharField(_("file name"), max_length=200)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["kind", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="document_removed_at_and_by",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Download(AppendOnly):
    """Who fetched which document when: the register by which addenda are announced."""

    document = models.ForeignKey(
        TenderDocument, on_delete=models.PROTECT, related_name="downloads"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    downloaded_at = models.DateTimeField()

    class Meta(AppendOnly.Meta):
        ordering = ["-downloaded_at"]

    def __str__(self) -> str:
        return f"{self.document} {self.downloaded_at:%Y-%m-%d}"
