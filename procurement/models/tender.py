from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registration.models import Agency, Assignment, Committee, Role, User, WorkUnit

if TYPE_CHECKING:
    import datetime as dt


class TenderState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    HANDED_OVER = "handed_over", _("Being prepared by the committee")
    ANNOUNCED = "announced", _("Announced")
    CLOSED = "closed", _("Box closed")
    OPENED = "opened", _("Bids opened")
    CANCELLED = "cancelled", _("Cancelled")


PUBLIC_STATES = (
    TenderState.ANNOUNCED,
    TenderState.CLOSED,
    TenderState.OPENED,
)


class Category(models.TextChoices):
    """The kinds of work as SPSE lists them."""

    GOODS = "goods", _("Goods")
    WORKS = "works", _("Construction works")
    SERVICES = "services", _("Other services")
    CONSULTING = "consulting", _("Consultancy")


class ContractType(models.TextChoices):
    LUMP_SUM = "lump_sum", _("Lump sum")
    UNIT_PRICE = "unit_price", _("Unit price")
    COMBINED = "combined", _("Lump sum and unit price combined")


class TenderQuerySet(models.QuerySet["Tender"]):
    def public(self) -> TenderQuerySet:
        """What anyone may see without signing in: what has been announced, cancelled or not."""
        return self.exclude(announced_at=None)

    def visible_to(self, user: User | AnonymousUser) -> TenderQuerySet:
        """The public ones, and what ``user`` prepares as PPK or on the committee."""
        if not user.is_authenticated:
            return self.public()
        mine = Assignment.objects.in_force().filter(user=user, role=Role.POKJA)
        return self.filter(
            Q(announced_at__isnull=False)
            | Q(ppk=user)
            | (Q(committee__in=mine.values("committee")) & ~Q(state=TenderState.DRAFT))
        )


class Tender(models.Model):
    """One package put out to tender, from hand-over to contract.

    ``code`` is a running number followed by the LPSE's three digits, as every SPSE counts.
    Money is in whole rupiah. The lines of the HPS are secret, its total is public.
    """

    code = models.CharField(max_length=20, unique=True)
    title = models.CharField(_("name of the package"), max_length=300)
    description = models.TextField(_("description"), blank=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="tenders")
    work_unit = models.ForeignKey(WorkUnit, on_delete=models.PROTECT, related_name="tenders")
    rup_code = models.CharField(_("RUP code"), max_length=20, blank=True)
    budget_year = models.PositiveSmallIntegerField(_("budget year"))
    fund_source = models.CharField(_("source of funds"), max_length=50, default="APBD")
    category = models.CharField(_("category"), max_length=16, choices=Category.choices)
    contract_type = models.CharField(
        _("contract type"), max_length=16, choices=ContractType.choices
    )
    location = models.CharField(_("place of work"), max_length=200)
    budget_ceiling_rupiah = models.BigIntegerField(_("budget ceiling (pagu)"))
    hps_rupiah = models.BigIntegerField(_("owner's estimate (HPS), total"), default=0)
    hps_set_at = models.DateTimeField(null=True, blank=True)
    qualification_terms = models.TextField(_("qualification requirements"), blank=True)
    ppk = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    committee = models.ForeignKey(
        Committee, null=True, blank=True, on_delete=models.PROTECT, related_name="tenders"
    )
    procedure = models.CharField(max_length=32, blank=True)  # key of the rule set's procedures
    rule_set = models.CharField(max_length=32, blank=True)
    rule_set_digest = models.CharField(max_length=64, blank=True)
    is_training = models.BooleanField(default=False)  # under a rule set that is not the law
    state = models.CharField(max_length=16, choices=TenderState.choices, default=TenderState.DRAFT)
    created_at = models.DateTimeField(auto_now_add=True)
    handed_over_at = models.DateTimeField(null=True, blank=True)
    announced_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.TextField(_("reason"), blank=True)
    # Both configurations: the Indonesian stemmer parts some families of words
    # (rencana, perencanaan) that an exact word still finds.
    search = models.GeneratedField(
        expression=SearchVector("code", "title", "location", config="simple")
        + SearchVector("title", "location", config="indonesian"),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    is_sample = models.BooleanField(default=False)

    objects = TenderQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=TenderState.values), name="tender_state_known"
            ),
            models.CheckConstraint(
                condition=Q(budget_ceiling_rupiah__gt=0, hps_rupiah__gte=0),
                name="tender_money_positive",
            ),
            models.CheckConstraint(
                condition=Q(hps_rupiah__lte=models.F("budget_ceiling_rupiah")),
                name="tender_hps_within_the_ceiling",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[TenderState.DRAFT, TenderState.CANCELLED])
                | Q(committee__isnull=False),
                name="tender_beyond_draft_has_a_committee",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[s.value for s in PUBLIC_STATES])
                | Q(announced_at__isnull=False),
                name="tender_public_was_announced",
            ),
            models.CheckConstraint(
                condition=~Q(state=TenderState.CANCELLED) | Q(cancelled_at__isnull=False),
                name="tender_cancelled_at_a_time",
            ),
        ]
        indexes = [
            GinIndex(fields=["search"], name="tender_search", fastupdate=False),
            models.Index(
                F("announced_at").desc(),
                F("id").desc(),
                name="tender_newest",
                condition=Q(announced_at__isnull=False),
            ),
            models.Index(
                "agency",
                F("announced_at").desc(),
                F("id").desc(),
                name="tender_newest_of_agency",
                condition=Q(announced_at__isnull=False),
            ),
            models.Index(
                F("hps_rupiah").desc(),
                F("id").desc(),
                name="tender_largest",
                condition=Q(announced_at__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="ppk_apart_from_committee",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("ppk_id", "committee_id"),
                when=pgtrigger.Before,
                func="""
                    PERFORM FROM registration_user WHERE id = NEW.ppk_id FOR NO KEY UPDATE;
                    IF EXISTS (SELECT 1 FROM registration_assignment a
                               WHERE a.user_id = NEW.ppk_id AND a.role = 'pokja'
                                 AND a.committee_id = NEW.committee_id
                                 AND a.ended_at IS NULL
                                 AND (a.until IS NULL OR a.until >= current_date))
                    THEN RAISE EXCEPTION 'the PPK of a package is not on its committee';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("procurement:tender", kwargs={"code": self.code})

    @property
    def deadline(self) -> dt.datetime | None:
        """Until when bids are taken; asks nothing where the stages were fetched before."""
        return next((s.ends_at for s in self.stages.all() if s.code == "submission"), None)

    def get_workspace_url(self) -> str:
        return reverse("procurement:workspace", kwargs={"code": self.code})

    def members(self, on: dt.date) -> models.QuerySet[User]:
        """The committee's members on ``on``, in the order of their User IDs."""
        holders = Assignment.objects.current(on).filter(
            role=Role.POKJA, committee=self.committee_id
        )
        return User.objects.filter(pk__in=holders.values("user")).order_by("username")


def volume_shown(volume: Decimal) -> str:
    """``1.200,5``: no zeros that nobody wrote."""
    return f"{volume.normalize():,f}".translate(str.maketrans(",.", ".,"))


class Item(models.Model):
    """A line of the bill of quantities. The unit price of the HPS never leaves the office."""

    tender = models.ForeignKey(Tender, on_delete=models.CASCADE, related_name="items")
    number = models.PositiveSmallIntegerField()
    description = models.CharField(_("description"), max_length=300)
    volume = models.DecimalField(_("volume"), max_digits=18, decimal_places=3)
    unit = models.CharField(_("unit"), max_length=30)
    hps_unit_price = models.DecimalField(
        _("unit price (HPS, secret)"), max_digits=20, decimal_places=2
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["tender", "number"], name="item_number_unique"),
            models.CheckConstraint(
                condition=Q(volume__gt=0, hps_unit_price__gte=0), name="item_amounts_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.description}"

    @property
    def volume_shown(self) -> str:
        return volume_shown(self.volume)
