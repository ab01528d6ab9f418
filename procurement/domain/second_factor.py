"""Whom tenders oblige to have a second factor."""

from __future__ import annotations

from django.db.models import Exists

from lpse.sealing import jcs
from procurement.models import PUBLIC_STATES, CommitteeKey, KeyStatement
from registration.domain import second_factor
from registration.models import User


@second_factor.duty
def opens_a_tender(user: User) -> bool:
    """Whether the key statement of an announced tender names ``user``.

    The statement decides who opens, reads what was opened and approves the minutes, not the
    office held today: with the office its second factor could go, and the password alone of
    somebody who has left would do. Who never had a key costs no search.
    """
    named = f'"member":{jcs.canonical(user.username).decode()}'
    return KeyStatement.objects.filter(
        Exists(CommitteeKey.objects.filter(user=user)),
        tender__state__in=PUBLIC_STATES,
        valid_at__isnull=False,
        body__contains=named,
    ).exists()
