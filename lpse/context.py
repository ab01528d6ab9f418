"""What every page knows of the office that shows it: its name, its clock, its menus."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localtime

from lpse import navigation
from lpse.clock import database_now
from lpse.navigation import Area, Entry, Waiting


class Office:
    """Evaluated when a template asks, once a page: most e-mails and fragments ask nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._user = getattr(request, "user", None)

    @property
    def name(self) -> str:
        return str(settings.LPSE_NAME)

    @property
    def is_sample(self) -> bool:
        return bool(settings.SAMPLE_INSTALLATION)

    @cached_property
    def now(self) -> dt.datetime:
        """The database's clock: the one that decides."""
        return database_now()

    @cached_property
    def zone(self) -> str:
        return localtime(self.now).tzname() or ""

    @property
    def zone_name(self) -> str:
        return str(settings.LPSE_TIME_ZONE)

    @cached_property
    def area(self) -> Area:
        """Whose page this is. A user model that knows better says so by its ``area``."""
        if self._user is None or not self._user.is_authenticated:
            return Area.PUBLIC
        return Area(getattr(self._user, "area", Area.OFFICER))

    @cached_property
    def menu(self) -> list[dict[str, Any]]:
        return [self._shown(entry) for entry in navigation.entries(self.area, self._user)]

    @cached_property
    def account(self) -> list[dict[str, Any]]:
        return [self._shown(entry) for entry in navigation.entries(Area.ACCOUNT, self._user)]

    @cached_property
    def footer(self) -> list[dict[str, Any]]:
        return [self._shown(entry) for entry in navigation.entries(Area.FOOTER, self._user)]

    @cached_property
    def waiting(self) -> list[Waiting]:
        return navigation.waiting(self._user)

    def _shown(self, entry: Entry) -> dict[str, Any]:
        href = reverse(entry.url)
        return {
            "label": entry.label,
            "href": href,
            "icon": entry.icon,
            "count": entry.count(self._user) if entry.count else 0,
            "is_current": self._request.path == href,
        }


def office(request: HttpRequest) -> dict[str, Office]:
    return {"office": Office(request)}
