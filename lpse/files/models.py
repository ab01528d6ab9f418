from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lpse.audit.models import ClockTimestamp
from lpse.models import AppendOnly


class FileKind(models.TextChoices):
    """What a file is, found by looking into it; never by its name or what a browser says."""

    PDF = "pdf", _("PDF")
    DOCX = "docx", _("Word document")
    XLSX = "xlsx", _("Excel workbook")
    ODT = "odt", _("OpenDocument text")
    JPEG = "jpeg", _("JPEG picture")
    PNG = "png", _("PNG picture")
    ZIP = "zip", _("ZIP archive")


class StoredFile(AppendOnly):
    """Bytes that are kept under their digest, once, however often they were uploaded."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=8, choices=FileKind.choices)
    created_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta(AppendOnly.Meta):
        verbose_name = _("file")

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:12]}"

    @property
    def name(self) -> str:
        """Where the store keeps it."""
        return f"files/{self.sha256[:2]}/{self.sha256[2:4]}/{self.sha256}"
