from __future__ import annotations

import datetime as dt
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lpse.audit.models import ClockTimestamp
from lpse.files.models import StoredFile
from registration.models.agency import Agency, Committee, WorkUnit


class Role(models.TextChoices):
    """The offices of the procedure and of the LPSE (P6(1), P22(7))."""

    PA = "pa", _("Budget authority (PA/KPA)")
    PPK = "ppk", _("Commitment officer (PPK)")
    POKJA = "pokja", _("Committee member (Pokja ULP)")
    PP = "pp", _("Procurement officer (Pejabat Pengadaan)")
    AUDITOR = "auditor", _("Auditor")
    AGENCY = "agency", _("Administrator of the agency")
    ENTITY = "entity", _("Other entity, by the terms of use")
    HEAD = "head", _("Head of LPSE")
    SECRETARIAT = "secretariat", _("Secretariat")
    SYSTEM = "system", _("System administrator")
    VERIFIER = "verifier", _("Verifier")
    DESK = "desk", _("Service desk")
    OBSERVER = "observer", _("LKPP observer")


LPSE_ROLES = (Role.HEAD, Role.SECRETARIAT, Role.SYSTEM, Role.VERIFIER, Role.DESK)
PROCUREMENT_ROLES = (Role.PPK, Role.POKJA, Role.PP)
LPSE_VALUES = [role.value for role in LPSE_ROLES]
PROCUREMENT_VALUES = [role.value for role in PROCUREMENT_ROLES]

_LPSE_SQL = ", ".join(f"'{value}'" for value in LPSE_VALUES)


def office_date() -> Cast:
    """Today by the calendar of the office, read from the database's clock."""
    zone = Value(settings.LPSE_TIME_ZONE)
    local = Func(zone, ClockTimestamp(), function="timezone", output_field=models.DateTimeField())
    return Cast(local, models.DateField())


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def current(self, on: dt.date | Cast) -> AssignmentQuerySet:
        """The offices held on ``on``; an office ends by itself with its last day."""
        return self.filter(Q(until=None) | Q(until__gte=on), since__lte=on, ended_at=None)

    def in_force(self) -> AssignmentQuerySet:
        """The offices held now."""
        return self.current(office_date())


def _days() -> Func:
    return Func(
        F("since"), F("until"), Value("[]"), function="daterange", output_field=DateRangeField()
    )


class Assignment(models.Model):
    """An office held at a unit, by letter of assignment or decree, from–until (P22(1)b).

    P13(3): nobody holds an office of the LPSE and one of PPK, ULP or Pejabat Pengadaan on the
    same day. The database refuses it, whoever asks (``lpse_apart_from_procurement``). It also
    refuses an office to a provider's officer, and an LPSE office at a unit that runs a ULP
    (P5(2)).

    An office that is ended early keeps its row: ``until`` becomes its last day. One that is
    ended before its first day was never held (``is_void``).
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments"
    )
    role = models.CharField(_("office"), max_length=16, choices=Role.choices)
    agency = models.ForeignKey(
        Agency,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("agency"),
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
        related_name="assignments",
        verbose_name=_("committee (Pokja)"),
    )
    decree_number = models.CharField(_("number of the decree"), max_length=100)
    decree_date = models.DateField(_("date of the decree"))
    decree_copy = models.ForeignKey(
        StoredFile,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("copy of the decree"),
    )
    since = models.DateField(_("from"))
    until = models.DateField(_("until"), null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)  # of the day it ends by itself
    is_void = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    end_reason = models.CharField(_("reason for ending"), max_length=200, blank=True)
    side = models.GeneratedField(
        expression=Case(
            When(role__in=LPSE_VALUES, then=Value(1)),
            When(role__in=PROCUREMENT_VALUES, then=Value(2)),
            default=None,
            output_field=models.SmallIntegerField(),
        ),
        output_field=models.SmallIntegerField(null=True),
        db_persist=True,
    )

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["role", "since"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=Role.values), name="assignment_role_known"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="assignment_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(role=Role.POKJA, committee__isnull=False)
                | (~Q(role=Role.POKJA) & Q(committee=None)),
                name="assignment_pokja_has_a_committee",
            ),
            models.CheckConstraint(
                condition=~Q(role__in=[Role.PPK, Role.PP, Role.PA, Role.AGENCY])
                | Q(agency__isnull=False),
                name="assignment_agency_office_has_an_agency",
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.AUDITOR) | Q(until__isnull=False),
                name="assignment_auditor_letter_expires",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="assignment_ended_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(is_void=False) | Q(ended_at__isnull=False),
                name="assignment_void_was_ended",
            ),
            ExclusionConstraint(
                name="lpse_apart_from_procurement",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("side", RangeOperators.NOT_EQUAL),
                    (_days(), RangeOperators.OVERLAPS),
                ],
                condition=Q(is_void=False),
            ),
            ExclusionConstraint(
                name="office_held_once",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (Coalesce("agency", Value(0)), RangeOperators.EQUAL),
                    (Coalesce("work_unit", Value(0)), RangeOperators.EQUAL),
                    (Coalesce("committee", Value(0)), RangeOperators.EQUAL),
                    (_days(), RangeOperators.OVERLAPS),
                ],
                condition=Q(is_void=False),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="no_office_for_a_provider",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__ended_at__isnull=True),
                func="""
                    PERFORM FROM registration_user WHERE id = NEW.user_id FOR NO KEY UPDATE;
                    IF (NEW.until IS NULL OR NEW.until >= current_date) AND EXISTS (
                        SELECT FROM registration_providerofficer o
                        WHERE o.user_id = NEW.user_id AND o.left_at IS NULL)
                    THEN RAISE EXCEPTION 'a provider''s account holds no office';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="lpse_unit_is_no_ulp",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Condition(f"NEW.role IN ({_LPSE_SQL})"),
                func="""
                    PERFORM FROM registration_workunit
                    WHERE id = NEW.work_unit_id FOR NO KEY UPDATE;
                    IF EXISTS (SELECT FROM registration_procurementunit u
                               WHERE u.work_unit_id = NEW.work_unit_id)
                    THEN RAISE EXCEPTION 'the unit of the LPSE is not the unit of a ULP';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="no_assignment_is_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.user}"

    def get_absolute_url(self) -> str:
        return reverse("user", kwargs={"username": self.user.username}) + f"#assignment-{self.pk}"

    @property
    def place(self) -> Any:
        """Where the office is held, as narrowly as the decree says."""
        return self.committee or self.work_unit or self.agency

    def is_held_on(self, day: dt.date) -> bool:
        return (
            self.ended_at is None
            and self.since <= day
            and (self.until is None or self.until >= day)
        )
