from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Holiday(models.Model):
    """A day on which the office does not work. Seeded from a library, but the table rules:
    the joint decree on holidays changes within the year.
    """

    day = models.DateField(_("day"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    is_joint_leave = models.BooleanField(_("joint leave"), default=False)  # cuti bersama

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
