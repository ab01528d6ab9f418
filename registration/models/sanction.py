from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lpse.audit.models import ClockTimestamp
from lpse.files.models import StoredFile
from registration.models.agency import Agency, WorkUnit
from registration.models.assignment import Role, office_date
from registration.models.provider import Provider, ProviderKind


class Ground(models.TextChoices):
    """Why a User ID is deactivated; P10(4) knows these two."""

    VIOLATION = "violation", _("Violation of the terms of use")
    BLACKLIST = "blacklist", _("Request concerning a blacklist")


REQUESTERS = (Role.PA, Role.PPK, Role.POKJA, Role.PP)  # who may ask for one (P10(4))
_REQUESTERS = [role.value for role in REQUESTERS]


class Deactivation(models.Model):
    """A User ID that may not sign in, from–until (P10(4)). Sessions end with it at once."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="deactivations"
    )
    ground = models.CharField(_("ground"), max_length=16, choices=Ground.choices)
    facts = models.TextField(_("what happened"))
    requester_role = models.CharField(
        _("office of the requester"), max_length=16, choices=Role.choices, blank=True
    )
    requester_name = models.CharField(_("requester"), max_length=150, blank=True)
    letter_number = models.CharField(_("number of the letter"), max_length=100, blank=True)
    letter_date = models.DateField(_("date of the letter"), null=True, blank=True)
    letter = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    since = models.DateTimeField()
    until = models.DateField(_("until"), null=True, blank=True)  # its last day; empty: by decision
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    answer = models.TextField(_("answer of the holder"), blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    reply = models.TextField(_("decision on the answer"), blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    lift_reason = models.CharField(_("reason for lifting"), max_length=300, blank=True)

    class Meta:
        ordering = ["-since"]
        constraints = [
            models.CheckConstraint(condition=~Q(facts=""), name="deactivation_says_what_happened"),
            models.CheckConstraint(
                condition=Q(ground=Ground.VIOLATION)
                | (
                    Q(requester_role__in=_REQUESTERS, letter_date__isnull=False)
                    & ~Q(requester_name="")
                    & ~Q(letter_number="")
                    & Q(letter__isnull=False)
                ),
                name="deactivation_by_request_has_its_letter",  # P10(4)
            ),
            models.CheckConstraint(
                condition=Q(replied_at=None, replied_by=None)
                | Q(replied_at__isnull=False, replied_by__isnull=False, answered_at__isnull=False),
                name="deactivation_answer_decided_on",
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(lifted_at=None), name="one_deactivation_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.since:%Y-%m-%d}"


class Violation(models.TextChoices):
    """The kinds of violation, each with its term in the rule set (section blacklist)."""

    FRAUD = "fraud", _("Forgery, collusion or corruption")
    WITHDRAWAL = "withdrawal", _("Withdrawal or non-performance")


class SanctionQuerySet(models.QuerySet["Sanction"]):
    def in_force(self) -> SanctionQuerySet:
        """What counts today, by the office's calendar and the database's clock."""
        today = office_date()
        return self.filter(since__lte=today, until__gte=today, withdrawn_at=None)


class Status(models.TextChoices):
    """What the public list says of an entry; it follows from its dates and is kept nowhere."""

    SHOWN = "shown", _("In force")
    WITHDRAWN = "withdrawn", _("Withdrawn by decree")
    OVER = "over", _("Over")


class Sanction(models.Model):
    """An entry of the *daftar hitam*: public, from–until, by decree of PA/KPA.

    What is known at the time of the entry is written down here and stays: a provider may be
    unknown to this LPSE, or change its name afterwards.
    """

    provider = models.ForeignKey(
        Provider, null=True, blank=True, on_delete=models.PROTECT, related_name="sanctions"
    )
    # Whether the NPWP is a person's own, which the public list does not spell out (UU 27/2022).
    kind = models.CharField(_("kind"), max_length=16, choices=ProviderKind.choices)
    name = models.CharField(_("name"), max_length=200)
    npwp = models.CharField(_("NPWP"), max_length=16)
    address = models.CharField(_("address"), max_length=300)
    region = models.CharField(_("regency or city"), max_length=5)
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("agency")
    )
    work_unit = models.ForeignKey(
        WorkUnit,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("work unit"),
    )
    decree_number = models.CharField(_("number of the decree"), max_length=100)
    decree_date = models.DateField(_("date of the decree"))
    decree = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    violation = models.CharField(_("kind of violation"), max_length=16, choices=Violation.choices)
    description = models.TextField(_("description of the violation"))
    rule_set = models.CharField(max_length=40)  # the law that the term is counted by
    since = models.DateField(_("from"))
    until = models.DateField(_("until"))
    published_at = models.DateTimeField(db_default=ClockTimestamp())
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    withdrawal_number = models.CharField(_("number of the withdrawal"), max_length=100, blank=True)
    withdrawal_date = models.DateField(_("date of the withdrawal"), null=True, blank=True)
    withdrawal_reason = models.CharField(_("reason of the withdrawal"), max_length=300, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    is_sample = models.BooleanField(default=False)

    objects = SanctionQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gte=F("since")), name="sanction_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ProviderKind.values), name="sanction_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(violation__in=Violation.values), name="sanction_violation_known"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None)
                | (
                    Q(withdrawn_by__isnull=False, withdrawal_date__isnull=False)
                    & ~Q(withdrawal_number="")
                ),
                name="sanction_withdrawn_by_a_decree",
            ),
        ]
        indexes = [
            GinIndex(fields=["name"], name="sanction_name", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["npwp"], name="sanction_npwp"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.since}–{self.until}"

    def get_absolute_url(self) -> str:
        return reverse("sanction", kwargs={"pk": self.pk})
