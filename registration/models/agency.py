from __future__ import annotations

import pgtrigger
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
    """A ULP (P1(17)). It is never the unit that runs the LPSE (P5(2)).

    ``work_unit`` is the unit it is attached to, where it does not stand alone.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="procurement_units")
    work_unit = models.OneToOneField(
        WorkUnit, null=True, blank=True, on_delete=models.PROTECT, related_name="procurement_unit"
    )
    name = models.CharField(_("name"), max_length=200, unique=True)

    class Meta:
        ordering = ["name"]
        triggers = [
            pgtrigger.Trigger(
                name="ulp_is_no_lpse_unit",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__work_unit__isnull=False),
                func="""
                    PERFORM FROM registration_workunit
                    WHERE id = NEW.work_unit_id FOR NO KEY UPDATE;
                    IF EXISTS (SELECT FROM registration_assignment a
                               WHERE a.work_unit_id = NEW.work_unit_id AND a.side = 1
                                 AND a.ended_at IS NULL
                                 AND (a.until IS NULL OR a.until >= current_date))
                    THEN RAISE EXCEPTION 'the unit of the LPSE is not the unit of a ULP';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

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
