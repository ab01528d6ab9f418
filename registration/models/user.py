from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from registration.models.assignment import Assignment
    from registration.models.provider import Provider, ProviderOfficer

# Lower-case Latin letters only: two User IDs that look alike are two different ones.
USER_ID = r"^[a-z0-9][a-z0-9._-]*$"


class UserManager(BaseUserManager["User"]):
    def create_user(
        self, username: str, *, password: str | None = None, email: str = "", **fields: Any
    ) -> User:
        user = self.model(username=username.lower(), email=email.lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractUser):
    """A person with a User ID, which is unique for ever (P1(18)).

    What the person may do comes from an ``Assignment`` (an office held by decree) or from
    being an officer of a ``Provider``; never from flags here. There is no superuser: nobody
    stands above the separation of duties.
    """

    username = models.CharField(
        _("User ID"),
        max_length=30,
        unique=True,
        validators=[
            RegexValidator(USER_ID, _("Use lower-case letters, digits, dots and hyphens only."))
        ],
        error_messages={"unique": _("This User ID belongs to somebody already, for ever.")},
    )
    full_name = models.CharField(_("full name"), max_length=150)
    employee_number = models.CharField(_("NIP"), max_length=18, blank=True)
    language = models.CharField(
        _("language of messages"),
        max_length=2,
        choices=[("id", "Indonesia"), ("en", "English")],
        default="id",
    )
    is_sample = models.BooleanField(default=False)

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    is_staff = None
    is_superuser = None
    groups = None  # type: ignore[assignment]
    user_permissions = None  # type: ignore[assignment]

    objects = UserManager()  # type: ignore[misc, assignment]
    REQUIRED_FIELDS = ["email", "full_name"]

    class Meta(AbstractUser.Meta):
        ordering = ["full_name", "username"]
        constraints = [
            models.CheckConstraint(
                condition=Q(username__regex=USER_ID), name="user_id_in_lower_case"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="user_id_for_ever", fields=["username"]),
            pgtrigger.Protect(name="no_user_is_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return self.username

    @cached_property
    def offices(self) -> list[Assignment]:
        """The offices held today, by the office's calendar and the database's clock.

        Asked of the database once per request: ``request.user`` is a fresh object each time.
        """
        return list(self.assignments.in_force().select_related("agency", "work_unit", "committee"))

    @cached_property
    def officer(self) -> ProviderOfficer | None:
        """The person's place at a provider, if there is one now."""
        return self.officer_of.filter(left_at=None).select_related("provider").first()

    @property
    def provider(self) -> Provider | None:
        return self.officer.provider if self.officer else None

    @property
    def area(self) -> str:
        """Whose pages the person works on (``lpse.navigation.Area``)."""
        return "provider" if self.officer else "officer"

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        super().refresh_from_db(*args, **kwargs)
        self.__dict__.pop("offices", None)
        self.__dict__.pop("officer", None)
