"""What a firm's house adds to the menus, and what waits there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from lpse import navigation
from lpse.navigation import Area, Entry, Waiting
from registration.domain import officer, qualification
from registration.models import User

# Translators: the entry "Perusahaan" of a provider's menu.
navigation.add(Area.PROVIDER, Entry(_("The firm"), "firm", icon="building", order=30))


@navigation.waits
def invitations_to_firms(user: Any) -> Iterable[Waiting]:
    """Firms that ask somebody who is free to act for them."""
    if not isinstance(user, User) or user.officer or user.offices:
        return
    for invitation in officer.invitations_of(user):
        yield Waiting(
            gettext("Invitation to act for %(firm)s") % {"firm": invitation.provider},
            reverse("invitations"),
            icon="building",
            due_at=invitation.expires_at,
        )


@navigation.waits
def papers_to_renew(user: Any) -> Iterable[Waiting]:
    if not isinstance(user, User) or user.provider is None:
        return
    lines = qualification.lines(user.provider)
    count = sum(line.validity in qualification.TO_RENEW for line in lines)
    if count:
        yield Waiting(
            ngettext(
                "%(count)d entry of the qualification data expires or has expired",
                "%(count)d entries of the qualification data expire or have expired",
                count,
            )
            % {"count": count},
            reverse("qualifications"),
            icon="calendar",
        )
