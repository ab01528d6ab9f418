"""What stands in the menus. The kernel knows no page: each application adds its own entries
in its ``navigation`` module, which is found when the server starts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise


class Area(StrEnum):
    """Whom a menu is for. The first three are also the three densities of the pages."""

    PUBLIC = "public"
    PROVIDER = "provider"
    OFFICER = "officer"
    ACCOUNT = "account"
    FOOTER = "footer"


def _everyone(_user: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Entry:
    label: str | Promise
    url: str  # the name of a URL that takes no arguments
    icon: str = ""
    order: int = 50
    shown: Callable[[Any], bool] = _everyone
    count: Callable[[Any], int] | None = None  # how many wait behind it; 0 is not shown


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the officer's queue "what waits today"."""

    label: str
    url: str  # an address
    icon: str = "clock"
    due_at: dt.datetime | None = None


_entries: dict[Area, list[Entry]] = {area: [] for area in Area}
_queues: list[Callable[[Any], Iterable[Waiting]]] = []


def add(area: Area, *entries: Entry) -> None:
    """Called once by an application's ``navigation`` module."""
    _entries[area] = sorted([*_entries[area], *entries], key=lambda entry: entry.order)


def waits(queue: Callable[[Any], Iterable[Waiting]]) -> Callable[[Any], Iterable[Waiting]]:
    """Register what an application has waiting for a person."""
    _queues.append(queue)
    return queue


def entries(area: Area, user: Any) -> list[Entry]:
    return [entry for entry in _entries[area] if entry.shown(user)]


def waiting(user: Any) -> list[Waiting]:
    """All that waits for ``user``; what has a time comes first, the nearest on top."""
    lines = [line for queue in _queues for line in queue(user)]
    far = dt.datetime.max.replace(tzinfo=dt.UTC)
    return sorted(lines, key=lambda line: line.due_at or far)
