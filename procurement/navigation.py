"""What procurement adds to the menus, and what it has waiting for whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lpse import navigation
from lpse.clock import database_now
from lpse.navigation import Area, Entry, Waiting
from procurement.domain import statement
from procurement.models import KeyStatement, Tender, TenderState
from registration.models import Role, User
from registration.rules import is_pokja, is_ppk

MOST_WAITING = 20
SOON = dt.timedelta(days=3)

navigation.add(
    Area.PUBLIC, Entry(gettext_lazy("Tenders"), "procurement:tender_list", icon="search", order=10)
)
navigation.add(
    Area.PROVIDER,
    Entry(gettext_lazy("Tenders"), "procurement:tender_list", icon="search", order=20),
)
navigation.add(
    Area.OFFICER,
    Entry(
        gettext_lazy("My packages"), "procurement:packages", icon="package", order=20, shown=is_ppk
    ),
    Entry(
        gettext_lazy("Committee"),
        "procurement:workspaces",
        icon="gavel",
        order=20,
        shown=is_pokja,
    ),
    Entry(
        gettext_lazy("My keys"),
        "procurement:keys",
        icon="key",
        order=30,
        shown=is_pokja,
    ),
    Entry(gettext_lazy("Tenders"), "procurement:tender_list", icon="search", order=40),
)
navigation.add(Area.FOOTER, Entry(gettext_lazy("Rules"), "procurement:rules", order=30))


@navigation.waits
def packages(user: Any) -> Iterable[Waiting]:
    """The PPK's drafts."""
    if not is_ppk(user):
        return
    drafts = Tender.objects.filter(ppk=user, state=TenderState.DRAFT).order_by("pk")
    for tender in drafts[:MOST_WAITING]:
        yield Waiting(
            _("Complete and hand over: %(title)s") % {"title": tender.title},
            reverse("procurement:package", kwargs={"code": tender.code}),
            icon="edit",
        )


@navigation.waits
def committee(user: Any) -> Iterable[Waiting]:
    """The committee's preparations, and what waits for this member's signature."""
    if not isinstance(user, User) or not is_pokja(user):
        return
    committees = [o.committee_id for o in user.offices if o.role == Role.POKJA]
    now = database_now()
    unsigned = {statement_.tender_id for statement_ in _unsigned(user, committees)}
    tenders = Tender.objects.filter(
        committee__in=committees, state__in=[TenderState.HANDED_OVER, TenderState.ANNOUNCED]
    ).prefetch_related("stages")
    for tender in tenders.order_by("pk")[: 5 * MOST_WAITING]:
        if tender.pk in unsigned:
            yield Waiting(
                _("Sign the key statement: %(title)s") % {"title": tender.title},
                reverse("procurement:statement", kwargs={"code": tender.code}),
                icon="key",
            )
        elif tender.state == TenderState.HANDED_OVER:
            yield Waiting(
                _("Prepare the announcement: %(title)s") % {"title": tender.title},
                tender.get_workspace_url(),
                icon="edit",
            )
        elif tender.deadline and now < tender.deadline <= now + SOON:
            yield Waiting(
                _("Bids close: %(title)s") % {"title": tender.title},
                tender.get_absolute_url(),
                icon="clock",
                due_at=tender.deadline,
            )


def _unsigned(user: User, committees: list[int | None]) -> Iterable[KeyStatement]:
    """Proposals of the user's committees that name the user and lack the user's signature."""
    proposals = KeyStatement.objects.filter(
        tender__committee__in=committees, valid_at=None, discarded_at=None
    ).exclude(signatures__member=user)
    return [proposal for proposal in proposals if statement.names(proposal, user)]
