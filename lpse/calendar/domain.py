"""What the office does with its table of holidays. Schedules proposed before stay as they are."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from lpse.audit.events import Event
from lpse.audit.log import record
from lpse.calendar.models import Holiday
from lpse.errors import Refused

CHANGE = "calendar.change_holidays"


@transaction.atomic
def add(day: dt.date, name: str, *, is_joint_leave: bool, by: AbstractUser) -> Holiday:
    if not by.has_perm(CHANGE):
        raise PermissionDenied
    holiday, is_new = Holiday.objects.get_or_create(
        day=day, defaults={"name": name, "is_joint_leave": is_joint_leave}
    )
    if not is_new:
        raise Refused(
            _("This day is in the table already: %(name)s.") % {"name": holiday.name}, field="day"
        )
    record(Event.HOLIDAY_ADDED, subject=holiday, by=by, **_facts(holiday))
    return holiday


@transaction.atomic
def remove(holiday: Holiday, *, by: AbstractUser) -> None:
    if not by.has_perm(CHANGE):
        raise PermissionDenied
    locked = Holiday.objects.select_for_update().filter(pk=holiday.pk).first()
    if locked is None:
        raise Refused(_("This day has been removed already."))
    record(Event.HOLIDAY_REMOVED, subject=locked, by=by, **_facts(locked))
    locked.delete()


def _facts(holiday: Holiday) -> dict[str, Any]:
    return {
        "day": holiday.day,
        "name": holiday.name,
        "is_joint_leave": holiday.is_joint_leave,
    }
