"""What bidding adds to the menus, and what it has waiting for whom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bidding.models import Minutes, ShareAct
from lpse import navigation
from lpse.clock import database_now
from lpse.navigation import Area, Entry, Waiting
from procurement.domain import statement
from procurement.models import Tender, TenderState
from registration.models import Role, User

MOST_WAITING = 20

navigation.add(
    Area.PROVIDER, Entry(_("My bids"), "bidding:bids", icon="envelope-sealed", order=20)
)
navigation.add(Area.FOOTER, Entry(_("Check a receipt"), "bidding:check_receipt", order=30))


@navigation.waits
def openings(user: Any) -> Iterable[Waiting]:
    """Boxes that wait for this member's shares, and minutes for this member's approval."""
    if not isinstance(user, User):
        return
    committees = [office.committee_id for office in user.offices if office.role == Role.POKJA]
    if not committees:
        return
    yield from _boxes(user, committees)
    unapproved = Minutes.objects.filter(tender__committee__in=committees, sealed_at=None)
    for minutes in unapproved.exclude(approvals__member=user).select_related("tender"):
        yield Waiting(
            gettext("Approve the minutes: %(title)s") % {"title": minutes.tender.title},
            reverse("bidding:minutes", kwargs={"code": minutes.tender.code}),
            icon="document",
        )


def _boxes(user: User, committees: list[int | None]) -> Iterable[Waiting]:
    acted = ShareAct.objects.filter(member=user).values("box__tender")
    closed = Tender.objects.filter(
        committee__in=committees,
        state=TenderState.CLOSED,
        box__count__gt=0,
        box__opening__shares_complete_at=None,
    ).exclude(pk__in=acted)
    now = database_now()
    for tender in closed.order_by("pk")[:MOST_WAITING]:
        valid = statement.latest_valid(tender)
        if valid is None or not statement.names(valid, user):
            continue
        opens_at = statement.opening_at(valid)
        yield Waiting(
            gettext("Open the bids: %(title)s") % {"title": tender.title},
            reverse("bidding:opening", kwargs={"code": tender.code}),
            icon="key",
            due_at=opens_at if opens_at > now else None,
        )
