from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from lpse import navigation
from lpse.navigation import Area, Entry, Waiting
from lpse.templatetags.indonesia import tanggal_pendek
from registration import (  # each adds its own
    navigation_application,  # noqa: F401
    navigation_house,  # noqa: F401
    navigation_verification,  # noqa: F401
)
from registration.domain import agency, committee, deactivation, request
from registration.models import Committee
from registration.rules import is_agency_administrator

MOST_WAITING = 20

navigation.add(Area.ACCOUNT, Entry(_("My account"), "account", icon="user", order=20))
navigation.add(
    Area.OFFICER,
    Entry(
        _("Users and offices"),
        "users",
        icon="people",
        order=60,
        shown=lambda user: user.has_perm("registration.view_users"),
    ),
)
navigation.add(
    Area.OFFICER,
    Entry(
        _("Archive"),
        "archive",
        icon="box",
        order=62,
        shown=lambda user: user.has_perm("registration.view_users"),
    ),
    Entry(
        _("Blacklist"),
        "sanctions",
        icon="gavel",
        order=64,
        shown=lambda user: user.has_perm("registration.publish_sanction"),
    ),
    Entry(
        _("Terms of use"),
        "terms_publish",
        icon="document",
        order=66,
        shown=lambda user: user.has_perm("registration.publish_terms"),
    ),
)
navigation.add(
    Area.FOOTER,
    Entry(_("Blacklist"), "sanctions", order=36),
    Entry(_("Terms of use"), "terms", order=40),
    Entry(_("Personal data"), "privacy", order=42),
)


@navigation.waits
def answers_to_deactivations(user: Any) -> Iterable[Waiting]:
    """P10(4): whoever was deactivated may answer, and is not left waiting."""
    if not user.has_perm("registration.publish_sanction"):
        return
    for one in deactivation.answered():
        yield Waiting(
            gettext("%(person)s has answered the deactivation") % {"person": one.user},
            reverse("user", kwargs={"username": one.user.username}) + "#deactivations",
            icon="alert",
        )


navigation.add(
    Area.OFFICER,
    Entry(
        _("Requests for offices"),
        "requests",
        icon="people",
        order=55,
        shown=lambda user: (
            user.has_perm("registration.view_requests")
            or user.has_perm("registration.ask_offices")
        ),
    ),
    Entry(
        _("Agencies"),
        "agencies",
        icon="building",
        order=58,
        shown=lambda user: (
            user.has_perm("registration.view_agencies") or is_agency_administrator(user)
        ),
    ),
)


@navigation.waits
def office_requests(user: Any) -> Iterable[Waiting]:
    """The verifiers' queue of offices: how many, and since when the first one waits."""
    if not user.has_perm("registration.view_requests"):
        return
    queue = request.waiting().exclude(asked_by=user)
    first = queue.first()
    if first is not None:
        count = queue.count()
        text = ngettext(
            "%(n)d request for an office, waiting since %(day)s",
            "%(n)d requests for offices, the first waiting since %(day)s",
            count,
        )
        yield Waiting(
            text % {"n": count, "day": tanggal_pendek(first.asked_at)},
            reverse("requests"),
            icon="people",
        )


@navigation.waits
def committees_of_the_agency(user: Any) -> Iterable[Waiting]:
    """What an agency's administrator should mend: committees that the law finds lacking."""
    if not is_agency_administrator(user):
        return
    today = localdate()
    own = agency.administered_by(user)
    for pokja in Committee.objects.filter(unit__agency__in=own)[:MOST_WAITING]:
        if committee.lacks(committee.members(pokja, today), today):
            yield Waiting(
                gettext("Complete the committee: %(name)s") % {"name": pokja.name},
                reverse("agency_committee", kwargs={"pk": pokja.pk}),
                icon="gavel",
            )
