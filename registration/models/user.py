from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """A person with a User ID, which is unique for ever (P1(18)).

    What the person may do comes from an ``Assignment`` (an office held by decree) or from
    being an officer of a ``Provider``; never from flags here.
    """

    full_name = models.CharField(_("full name"), max_length=150)
    employee_number = models.CharField(_("NIP"), max_length=18, blank=True)
    language = models.CharField(max_length=2, choices=[("id", "Indonesia"), ("en", "English")], default="id")
    is_sample = models.BooleanField(default=False)

    first_name = None
    last_name = None

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(Lower("username"), name="user_id_unique_in_any_case"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return self.username
