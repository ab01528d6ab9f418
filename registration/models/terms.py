from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lpse.audit.models import ClockTimestamp
from lpse.models import AppendOnly


class Terms(AppendOnly):
    """A version of the LPSE's *Syarat dan Ketentuan Penggunaan SPSE* (P10(4), P22(7)).

    ``entities`` names, a line each, who else may become a user beside those of P22(7).
    """

    version = models.PositiveIntegerField(unique=True)
    text_id = models.TextField(_("text in Indonesian"))
    text_en = models.TextField(_("text in English"))
    entities = models.TextField(_("other entities that may become users"), blank=True)
    changes = models.CharField(_("what is new"), max_length=300, blank=True)
    in_force_from = models.DateTimeField(_("in force from"))
    written_at = models.DateTimeField(db_default=ClockTimestamp())
    published_by = models.ForeignKey(  # nobody: the installation itself
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta(AppendOnly.Meta):
        ordering = ["-version"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text_id="") & ~Q(text_en=""), name="terms_in_both_languages"
            ),
        ]

    def __str__(self) -> str:
        return str(self.version)

    @property
    def text(self) -> str:
        """In the language of the page."""
        return self.text_en if (get_language() or "id").startswith("en") else self.text_id


class TermsAcceptance(AppendOnly):
    """That somebody agreed, to which version, and when."""

    terms = models.ForeignKey(Terms, on_delete=models.PROTECT, related_name="acceptances")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="accepted_terms"
    )
    accepted_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta(AppendOnly.Meta):
        constraints = [
            models.UniqueConstraint(fields=["terms", "user"], name="terms_accepted_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.terms}"
