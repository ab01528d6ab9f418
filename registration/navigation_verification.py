"""What verification adds to the menus, and what waits for the verifiers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from lpse import navigation
from lpse.navigation import Area, Entry, Waiting
from registration.domain import queue
from registration.domain.counter import CHANGE
from registration.models import Override

QUEUE = "registration.view_queue"

navigation.add(
    Area.OFFICER,
    Entry(
        _("Verification"),
        "verifications",
        icon="shield-check",
        order=50,
        shown=lambda user: user.has_perm(QUEUE),
    ),
    Entry(
        _("Counters and hours"),
        "counters",
        icon="building",
        order=54,
        # Verifiers reach it from the visits: their menu is long.
        shown=lambda user: user.has_perm(CHANGE) and not user.has_perm(QUEUE),
    ),
)


@navigation.waits
def applications(user: Any) -> Iterable[Waiting]:
    """How many applications wait, how many of them too long, and whose second word is missing."""
    if not user.has_perm(QUEUE):
        return
    address = reverse("verifications")
    if late := queue.overdue(queue.clock()).count():
        words = ngettext("%(n)d application is overdue", "%(n)d applications are overdue", late)
        yield Waiting(words % {"n": late}, f"{address}?shown={queue.Shown.OVERDUE}", icon="alert")
    if waiting := queue.waiting().count():
        words = ngettext(
            "%(n)d application waits for verification",
            "%(n)d applications wait for verification",
            waiting,
        )
        yield Waiting(words % {"n": waiting}, address, icon="shield-check")
    unconfirmed = Override.objects.filter(
        confirmed_at=None, application__in=queue.waiting().exclude(applicant=user)
    ).exclude(asked_by=user)
    for override in unconfirmed.select_related("application")[:5]:
        yield Waiting(
            gettext("Confirm that a doubt is set aside: %(code)s")
            % {"code": override.application.code},
            f"{override.application.get_absolute_url()}#doubts",
            icon="check",
        )
