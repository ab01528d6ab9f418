"""A committee (Pokja) as its agency keeps it: who sits on it, and what it lacks.

How many members the law asks for and whether they are certified stands in the rule set of a
tender, which applications above know: they say it here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from registration.models import Assignment, Committee, Role, User


@dataclass(frozen=True, slots=True)
class Lack:
    """What a committee lacks, and where that is written."""

    text: str
    blocks: bool  # an announcement waits for it; else it is advice
    article: str = ""


Examiner = Callable[[list[User], dt.date], Iterable[Lack]]

_examiners: list[Examiner] = []


def examiner(look: Examiner) -> Examiner:
    """Let an application above say what the law finds lacking (from its ``ready``)."""
    _examiners.append(look)
    return look


def members(committee: Committee, day: dt.date) -> list[User]:
    """Who holds the office ``POKJA`` at it on ``day``."""
    offices = Assignment.objects.current(day).filter(role=Role.POKJA, committee=committee)
    return list(User.objects.filter(pk__in=offices.values("user")))


def lacks(people: list[User], day: dt.date) -> list[Lack]:
    """What a committee of these ``people`` lacks on ``day``."""
    return [lack for look in _examiners for lack in look(people, day)]
