"""Telling the people whom a tender concerns. Who bids is known above: it registers its people."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.timezone import localdate

from lpse.mail import notify
from procurement.models import Download, Tender
from registration.models import User

Audience = Callable[[Tender], Iterable[User]]
_audiences: list[Audience] = []


def audience(people: Audience) -> Audience:
    """Register who else follows a tender (from ``apps.ready`` of the application that knows)."""
    _audiences.append(people)
    return people


def followers(tender: Tender) -> list[User]:
    """Participants, and whoever fetched a document: they hear of every change."""
    people = {user.pk: user for user in _downloaders(tender)}
    for audience_ in _audiences:
        people |= {user.pk: user for user in audience_(tender)}
    return list(people.values())


def to_followers(tender: Tender, template: str, **context: Any) -> None:
    """Tell the followers, the committee and the PPK, each once."""
    people = [*followers(tender), *tender.members(localdate()), tender.ppk]
    notify(people, template, url=tender.get_absolute_url(), tender=tender, **context)


def to_committee(tender: Tender, template: str, *, url: str = "", **context: Any) -> None:
    notify(
        tender.members(localdate()),
        template,
        url=url or tender.get_absolute_url(),
        tender=tender,
        **context,
    )


def to_ppk(tender: Tender, template: str, **context: Any) -> None:
    notify([tender.ppk], template, url=tender.get_absolute_url(), tender=tender, **context)


def _downloaders(tender: Tender) -> Iterable[User]:
    fetched = Download.objects.filter(document__tender=tender).exclude(user=None)
    return User.objects.filter(pk__in=fetched.values("user"))
