from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from lpse.audit.models import ClockTimestamp
from registration.models.application import Application


class Counter(models.Model):
    """A desk of the verification room (P23(1)) at which one visitor is served at a time."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    room = models.CharField(_("room"), max_length=100)
    is_open = models.BooleanField(_("takes bookings"), default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CounterHours(models.Model):
    """When a counter takes visitors on one day of the week, in the office's zone."""

    counter = models.ForeignKey(Counter, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(_("day"), validators=[MaxValueValidator(6)])
    opens = models.TimeField(_("from"))
    closes = models.TimeField(_("until"))
    minutes = models.PositiveSmallIntegerField(
        _("minutes a visit"), validators=[MinValueValidator(5), MaxValueValidator(240)]
    )

    class Meta:
        ordering = ["counter", "weekday", "opens"]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="counter_day_of_a_week"),
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")), name="counter_closes_after_it_opens"
            ),
            models.CheckConstraint(
                condition=Q(minutes__gte=5, minutes__lte=240), name="counter_visit_has_a_length"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.counter} {self.weekday} {self.opens}–{self.closes}"


class Visit(models.Model):
    """An applicant comes to the counter with the originals, booked or walking in."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="visits")
    counter = models.ForeignKey(Counter, on_delete=models.PROTECT, related_name="visits")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    walked_in = models.BooleanField(default=False)
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    booked_at = models.DateTimeField(db_default=ClockTimestamp())
    arrived_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="visit_ends_after_it_begins"
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(arrived_at=None, cancelled_at=None),
                name="one_coming_visit_each",
            ),
            ExclusionConstraint(
                name="one_visitor_at_a_counter",
                expressions=[
                    ("counter", RangeOperators.EQUAL),
                    (
                        Func(
                            F("starts_at"),
                            F("ends_at"),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(cancelled_at=None, walked_in=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application} {self.starts_at:%Y-%m-%d %H:%M}"
