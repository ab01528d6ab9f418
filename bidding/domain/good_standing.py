"""Whether a firm, and who acts for it, may bid at this moment.

The right to bind a firm is asked of ``bidding.rules``. What is asked here may change between two
clicks: a blacklist entry is published (P10(4)), a User ID is deactivated. What was sent before
stays in its box, and is opened and judged like every other bid.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import Q
from django.utils.translation import gettext as _

from lpse.errors import Refused
from registration.domain import sanction
from registration.identity_numbers import same_npwp
from registration.models import Provider, Sanction, User, office_date


def hold(provider: Provider, by: User) -> None:
    """Keep the standing of both as it is until the transaction ends.

    Whoever publishes an entry about ``provider`` or deactivates ``by`` locks the same row: so a
    bid is sent before that, with a receipt, or after it, and refused. The rows are locked alone,
    not shared, or a firm could keep a verifier waiting by asking again and again.
    """
    Provider.objects.select_for_update(no_key=True).get(pk=provider.pk)
    User.objects.select_for_update(no_key=True).get(pk=by.pk)


def sanction_of(provider: Provider) -> Sanction | None:
    return sanction.in_force(provider)


def is_in_use(by: User) -> bool:
    """Whether the User ID still is; asked of the database, not of the request."""
    return User.objects.filter(pk=by.pk, is_active=True).exists()


def require_in_use(by: User) -> None:
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if not is_in_use(by):
        raise Refused(_("This User ID is deactivated."))


def require(provider: Provider, by: User) -> None:
    """Hold the standing, and refuse unless it is good."""
    hold(provider, by)
    require_in_use(by)
    if found := sanction_of(provider):
        raise Refused(sanction.words(found))


def since_the_deadline(providers: Collection[Provider], deadline: dt.date) -> dict[int, Sanction]:
    """Who of ``providers`` is, or was after ``deadline``, under sanction: for the committee.

    One query however many there are.
    """
    numbers = [(n, p.pk) for p in providers for n in same_npwp(p.npwp)]
    known = Q(provider__in=providers) | Q(npwp__in={number for number, _pk in numbers})
    entries = Sanction.objects.filter(
        known, since__lte=office_date(), until__gte=deadline, withdrawn_at=None
    )
    about = [(p.pk, p.pk) for p in providers]
    return {
        pk: one
        for one in entries.select_related("agency").order_by("until")
        for key, pk in (*about, *numbers)
        if key in (one.provider_id, one.npwp)
    }
