"""What the law asks of a committee: how many, an odd number, certified."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from procurement.domain import rule_set
from procurement.domain.rule_set import RuleSet
from registration.domain import certificate, committee
from registration.domain.committee import Lack
from registration.models import User


@committee.examiner
def by_the_law_in_force(members: list[User], day: dt.date) -> Iterable[Lack]:
    """Before there is a tender, what the law of the day asks."""
    return lacks(members, rule_set.in_force(day), day)


def lacks(members: list[User], law: RuleSet, day: dt.date) -> Iterable[Lack]:
    """What a committee of ``members`` lacks on ``day`` by ``law``."""
    number = len(members)
    if number == 0:
        yield Lack(_("The committee has no members."), blocks=True)
        return
    least = law.committee.members_minimum
    if number < least.number:
        text = ngettext(
            "The committee has %(n)d member; at least %(least)d are needed.",
            "The committee has %(n)d members; at least %(least)d are needed.",
            number,
        )
        yield Lack(
            text % {"n": number, "least": least.number},
            least.confirmed,
            f"{law.title}, {least.source}",
        )
    odd = law.committee.members_odd
    if odd.holds and number % 2 == 0:
        yield Lack(
            _("The number of committee members must be odd."),
            odd.confirmed,
            f"{law.title}, {odd.source}",
        )
    yield from _uncertified(members, law, day)


def _uncertified(members: list[User], law: RuleSet, day: dt.date) -> Iterable[Lack]:
    """A rule set that was superseded before the rule was written knows nothing of it."""
    certified = law.committee.members_certified
    if certified is None or not certified.holds:
        return
    without = certificate.without_one(members, day)
    if without:
        yield Lack(
            _("Without a valid certificate of competence: %(people)s.")
            % {"people": ", ".join(map(str, without))},
            certified.confirmed,
            f"{law.title}, {certified.source}",
        )
