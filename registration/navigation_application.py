"""What an applicant finds in the menu, and what waits for the applicant today."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lpse import navigation
from lpse.navigation import Area, Entry, Waiting
from registration.domain import application
from registration.models import ApplicationState, Purpose, User


def _applies(user: Any) -> bool:
    """Whoever holds no office and acts for no firm is here to become a provider."""
    return isinstance(user, User) and not user.offices and user.officer is None


navigation.add(
    Area.PUBLIC, Entry(_("Register as a provider"), "register", icon="building", order=40)
)
navigation.add(
    Area.OFFICER,
    Entry(_("Your application"), "application", icon="document", order=30, shown=_applies),
)
navigation.add(
    Area.PROVIDER,
    Entry(_("Verified data"), "application", icon="shield-check", order=70),
)


@navigation.waits
def applications(user: Any) -> Iterable[Waiting]:
    """The application that its applicant has to go on with, and until when."""
    if not isinstance(user, User) or user.offices:
        return
    mine = application.current(user)
    if mine is None:
        if application.may_start(user) == Purpose.REGISTRATION:
            yield Waiting(
                gettext("Begin your application"), reverse("application"), icon="document"
            )
    elif mine.state == ApplicationState.DRAFT:
        yield Waiting(
            gettext("Complete your application"),
            reverse("application"),
            icon="edit",
            due_at=mine.complete_by,
        )
    elif mine.state == ApplicationState.RETURNED:
        yield Waiting(
            gettext("Your application came back: complete what was asked for"),
            reverse("application"),
            icon="alert",
            due_at=mine.complete_by,
        )
    elif mine.state == ApplicationState.SUBMITTED:
        yield Waiting(
            gettext("Your application waits for verification"),
            reverse("application"),
            icon="clock",
        )
