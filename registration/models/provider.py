from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registration import regions


class ProviderKind(models.TextChoices):
    COMPANY = "company", _("Company")
    SOLE = "sole", _("Sole proprietorship")
    PERSON = "person", _("Individual")


class Identity(models.Model):
    """What identifies a provider: told in an application, verified, then the provider's own.

    Nothing is asked beyond what P22(1)a needs (P22(3)).
    """

    kind = models.CharField(_("kind"), max_length=16, choices=ProviderKind.choices)
    name = models.CharField(_("name"), max_length=200)
    npwp = models.CharField(_("NPWP"), max_length=16)
    nib = models.CharField(_("NIB"), max_length=13, blank=True)
    address = models.CharField(_("address"), max_length=300)
    region = models.CharField(_("regency or city"), max_length=5, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=5, blank=True)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    responsible_name = models.CharField(_("responsible person"), max_length=150, blank=True)
    responsible_position = models.CharField(_("position"), max_length=100, blank=True)
    responsible_nik = models.CharField(
        _("NIK of the responsible person"), max_length=16, blank=True
    )
    contact_name = models.CharField(_("contact person"), max_length=150, blank=True)
    contact_phone = models.CharField(_("telephone of the contact"), max_length=20, blank=True)

    class Meta:
        abstract = True

    @property
    def city(self) -> str:
        return regions.name_of(self.region)

    @property
    def place(self) -> str:
        """Regency or city, and province."""
        return regions.full_name_of(self.region)


IDENTITY_FIELDS = tuple(field.name for field in Identity._meta.local_fields)


class Provider(Identity):
    """A *penyedia barang/jasa* (P1(12)): a firm or a person who may bid."""

    code = models.SlugField(max_length=32, unique=True)  # stands in sealed documents, for ever
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
