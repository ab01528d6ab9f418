from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ProviderKind(models.TextChoices):
    COMPANY = "company", _("Company")
    SOLE = "sole", _("Sole proprietorship")
    PERSON = "person", _("Individual")


class Provider(models.Model):
    """A *penyedia barang/jasa* (P1(12)): a firm or a person who may bid."""

    code = models.SlugField(max_length=32, unique=True)  # stands in sealed documents, for ever
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(max_length=16, choices=ProviderKind.choices)
    npwp = models.CharField(_("NPWP"), max_length=16)
    address = models.CharField(_("address"), max_length=300)
    city = models.CharField(_("city or regency"), max_length=100, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(npwp__regex=r"^[0-9]{15,16}$"), name="provider_npwp_has_its_digits"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OfficerRight(models.TextChoices):
    ADMINISTRATOR = "administrator", _("Administrator")
    BIDDER = "bidder", _("Bidder")
    READER = "reader", _("Reader")


class ProviderOfficer(models.Model):
    """A person who acts for a provider, with a login of the person's own."""

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="officers")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="officer_of"
    )
    right = models.CharField(max_length=16, choices=OfficerRight.choices)
    joined_at = models.DateTimeField(auto_now_add=True)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(left_at=None),
                name="officer_of_one_provider_at_a_time",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="no_provider_for_an_office",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    PERFORM FROM registration_user WHERE id = NEW.user_id FOR NO KEY UPDATE;
                    IF NEW.left_at IS NULL AND EXISTS (
                        SELECT FROM registration_assignment a
                        WHERE a.user_id = NEW.user_id AND a.ended_at IS NULL
                          AND (a.until IS NULL OR a.until >= current_date))
                    THEN RAISE EXCEPTION 'the holder of an office cannot act for a provider';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.provider})"
