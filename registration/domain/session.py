"""Sign-ins that last, and their end."""

from __future__ import annotations

from django.db.models.functions import TruncDate

from lpse.clock import database_now, office_zone
from registration.models import Assignment, Session, User, office_date


def of(user: User) -> list[Session]:
    """The sessions of ``user`` that are still good."""
    return list(Session.objects.filter(user=user, expire_date__gt=database_now()))


def end(session: Session) -> None:
    session.delete()


def end_all(user: User, *, but: str | None = None) -> int:
    """Sign ``user`` out everywhere, except in the session with the key ``but``."""
    return Session.objects.filter(user=user).exclude(session_key=but).delete()[0]


def end_lapsed() -> int:
    """Sign out who signed in while holding an office that has ended by its date since.

    What an office allows ends with its last day by itself; this ends the session too.
    """
    lapsed = Assignment.objects.filter(ended_at=None, until__lt=office_date())
    sessions = Session.objects.filter(
        user__assignments__in=lapsed,
        user__assignments__until__gte=TruncDate("signed_in_at", tzinfo=office_zone()),
    )
    return Session.objects.filter(pk__in=sessions.values("pk")).delete()[0]


def forget_expired() -> int:
    return Session.objects.filter(expire_date__lt=database_now()).delete()[0]
