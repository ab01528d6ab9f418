from __future__ import annotations

from django.db import models
from django.db.models import Q

from lpse.audit.models import ClockTimestamp
from lpse.models import AppendOnly
from registration.models.application import DocumentCheck
from registration.models.house import QualificationVersion


class ExpiryReminder(AppendOnly):
    """That a firm was reminded of a paper that expires: of each version once, for ever."""

    version = models.OneToOneField(
        QualificationVersion, null=True, on_delete=models.PROTECT, related_name="reminder"
    )
    check_of_document = models.OneToOneField(
        DocumentCheck, null=True, on_delete=models.PROTECT, related_name="reminder"
    )
    sent_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta(AppendOnly.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(version__isnull=False, check_of_document=None)
                | Q(version=None, check_of_document__isnull=False),
                name="reminder_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return str(self.version or self.check_of_document)
