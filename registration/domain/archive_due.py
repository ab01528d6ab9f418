"""Applications that nobody completes: reminded before the period of the SOP ends, then archived.

The clock takes these steps. Each looks again under the lock, so that two clocks, or one that
begins anew, remind and archive once.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.urls import reverse

from lpse.audit.events import Event
from lpse.audit.log import record
from lpse.clock import database_now
from lpse.mail import notify
from registration.domain import law
from registration.domain.application import APPLICATION, EDITABLE
from registration.models import Application


def remind() -> int:
    """Tell everybody whose period ends soon, once; how many were told."""
    soon = database_now() + dt.timedelta(days=law.current().application.remind_before.number)
    due = Application.objects.filter(
        state__in=EDITABLE, reminded_at=None, complete_by__lte=soon, complete_by__gt=database_now()
    )
    return sum(_remind(pk) for pk in due.values_list("pk", flat=True))


def archive() -> int:
    """Archive what was not completed in time; how many were archived."""
    due = Application.objects.filter(state__in=EDITABLE, complete_by__lte=database_now())
    return sum(_archive(pk) for pk in due.values_list("pk", flat=True))


@transaction.atomic
def _remind(pk: int) -> bool:
    application = _locked(pk)
    if application.state not in EDITABLE or application.reminded_at is not None:
        return False
    application.reminded_at = database_now()
    application.save(update_fields=["reminded_at"])
    record(Event.APPLICATION_REMINDED, subject=application, by=None, code=application.code)
    notify(
        [application.applicant],
        "application_reminded",
        url=reverse("application"),
        complete_by=application.complete_by,
    )
    return True


@transaction.atomic
def _archive(pk: int) -> bool:
    application = _locked(pk)
    if application.state not in EDITABLE or application.complete_by > database_now():
        return False
    APPLICATION.fire(application, "archive", by=None, code=application.code)
    notify([application.applicant], "application_archived", url=reverse("application"))
    return True


def _locked(pk: int) -> Application:
    found = Application.objects.select_for_update(of=("self",)).select_related("applicant")
    return found.get(pk=pk)
