from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class AgencyKind(models.TextChoices):
    MINISTRY = "ministry", _("Ministry")
    INSTITUTION = "institution", _("Institution")
    REGIONAL = "regional", _("Regional government")
    OTHER = "other", _("Other institution")
    ENTERPRISE = "enterprise", _("State or regional enterprise")  # P3(2)
    NONGOVERNMENT = "nongovernment", _("Non-government organisation")  # P3(2)


class Agency(models.Model):
    """A K/L/D/I (P1(1)) or another body that the LPSE serves (P3(2), P29(2))."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    kind = models.CharField(max_length=16, choices=AgencyKind.choices)
    address = models.CharField(_("address"), max_length=300, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("agency")

    def __str__(self) -> str:
        return self.name


class WorkUnit(models.Model):
    """A *satuan kerja* of an agency: who spends the money of a package."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="work_units")
    name = models.CharField(_("name"), max_length=200)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["agency", "name"], name="work_unit_unique")]

    def __str__(self) -> str:
        return self.name


class ProcurementUnit(models.Model):
    """A ULP (P1(17)). It is never the unit that runs the LPSE (P5(2))."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="procurement_units")
    name = models.CharField(_("name"), max_length=200, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Committee(models.Model):
    """A *Pokja* of a ULP. Its members are the holders of the office ``POKJA`` at it."""

    unit = models.ForeignKey(ProcurementUnit, on_delete=models.PROTECT, related_name="committees")
    name = models.CharField(_("name"), max_length=200, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
