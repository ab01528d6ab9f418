from __future__ import annotations

import datetime as dt

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.utils.translation import gettext_lazy as _

from registration.models.agency import Agency, Committee, WorkUnit


class Role(models.TextChoices):
    """The offices of the procedure and of the LPSE (P6(1), P22(7))."""

    PA = "pa", _("Budget authority (PA/KPA)")
    PPK = "ppk", _("Commitment officer (PPK)")
    POKJA = "pokja", _("Committee member (Pokja ULP)")
    PP = "pp", _("Procurement officer (Pejabat Pengadaan)")
    AUDITOR = "auditor", _("Auditor")
    HEAD = "head", _("Head of LPSE")
    SECRETARIAT = "secretariat", _("Secretariat")
    SYSTEM = "system", _("System administrator")
    VERIFIER = "verifier", _("Verifier")
    DESK = "desk", _("Service desk")
    OBSERVER = "observer", _("LKPP observer")


LPSE_ROLES = (Role.HEAD, Role.SECRETARIAT, Role.SYSTEM, Role.VERIFIER, Role.DESK)
PROCUREMENT_ROLES = (Role.PPK, Role.POKJA, Role.PP)


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def current(self, on: dt.date) -> AssignmentQuerySet:
        """The offices held on ``on``; an office ends by itself with its last day."""
        return self.filter(Q(until=None) | Q(until__gte=on), since__lte=on, ended_at=None)


class Assignment(models.Model):
    """An office held at a unit, by letter of assignment or decree, from–until (P22(1)b).

    P13(3): nobody holds an office of the LPSE and one of PPK, ULP or Pejabat Pengadaan on the
    same day. The database refuses it, whoever asks (``lpse_apart_from_procurement``), and
    refuses an office to a provider's officer (trigger).
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(_("office"), max_length=16, choices=Role.choices)
    agency = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    work_unit = models.ForeignKey(WorkUnit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    committee = models.ForeignKey(Committee, null=True, blank=True, on_delete=models.PROTECT, related_name="assignments")
    decree_number = models.CharField(_("number of the decree"), max_length=100)
    decree_date = models.DateField(_("date of the decree"))
    since = models.DateField(_("from"))
    until = models.DateField(_("until"), null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    side = models.GeneratedField(
        expression=Case(
            When(role__in=[r.value for r in LPSE_ROLES], then=Value(1)),
            When(role__in=[r.value for r in PROCUREMENT_ROLES], then=Value(2)),
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
            models.CheckConstraint(condition=Q(role__in=Role.values), name="assignment_role_known"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="assignment_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(role=Role.POKJA, committee__isnull=False)
                | (~Q(role=Role.POKJA) & Q(committee=None)),
                name="assignment_pokja_has_a_committee",
            ),
            models.CheckConstraint(
                condition=~Q(role__in=[Role.PPK, Role.PP, Role.PA]) | Q(agency__isnull=False),
                name="assignment_agency_office_has_an_agency",
            ),
            ExclusionConstraint(
                name="lpse_apart_from_procurement",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("side", RangeOperators.NOT_EQUAL),
                    (
                        Func(
                            F("since"), F("until"), Value("[]"),
                            function="daterange", output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(ended_at=None),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="no_office_for_a_provider",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    PERFORM 1 FROM registration_user WHERE id = NEW.user_id FOR UPDATE;
                    IF EXISTS (SELECT 1 FROM registration_providerofficer o
                               WHERE o.user_id = NEW.user_id AND o.left_at IS NULL)
                    THEN RAISE EXCEPTION 'a provider''s account holds no office';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.user}"
