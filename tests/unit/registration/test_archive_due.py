from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.clock import database_now
from lpse.mail.models import Message
from registration.domain import application as domain
from registration.domain import archive_due
from registration.models import Application, ApplicationState
from registration.tasks import end_applications
from tests.cast import Cast
from tests.factories.applying import a_draft, a_sent_application

pytestmark = pytest.mark.clause("P22(1)a.1")
A_DAY = dt.timedelta(days=1)


def ends(application: Application, left: dt.timedelta) -> None:
    Application.objects.filter(pk=application.pk).update(complete_by=database_now() + left)


def told(template: str) -> int:
    return Message.objects.filter(template=template).count()


@pytest.mark.django_db
class TestTheClock:
    def test_a_week_before_the_end_the_applicant_is_reminded_once(self, cast: Cast) -> None:
        made = a_draft(cast.stranger)
        ends(made, 6 * A_DAY)

        end_applications()
        end_applications()

        assert told("application_reminded") == 1
        assert AuditEntry.objects.filter(event=Event.APPLICATION_REMINDED).count() == 1
        assert Application.objects.get(pk=made.pk).state == ApplicationState.DRAFT

    def test_earlier_than_that_nobody_is_reminded(self, cast: Cast) -> None:
        ends(a_draft(cast.stranger), 8 * A_DAY)

        assert archive_due.remind() == 0

    def test_after_the_end_it_is_archived_once_and_its_applicant_told(self, cast: Cast) -> None:
        made = a_draft(cast.stranger)
        ends(made, -A_DAY)

        assert archive_due.archive() == 1
        assert archive_due.archive() == 0

        assert Application.objects.get(pk=made.pk).state == ApplicationState.ARCHIVED
        assert told("application_archived") == 1
        assert told("application_reminded") == 0

    def test_a_returned_one_ends_too(self, cast: Cast) -> None:
        made = a_sent_application(cast.stranger)
        domain.APPLICATION.fire(made, "return", by=cast.wati)
        ends(made, -A_DAY)

        assert archive_due.archive() == 1

    def test_one_that_waits_for_the_verifier_never_ends(self, cast: Cast) -> None:
        ends(a_sent_application(cast.stranger), -A_DAY)

        assert archive_due.archive() == 0

    def test_who_was_archived_begins_anew(self, cast: Cast) -> None:
        ends(a_draft(cast.stranger), -A_DAY)
        archive_due.archive()

        assert domain.start(by=cast.stranger).state == ApplicationState.DRAFT


@pytest.mark.django_db(transaction=True)
def test_clocks_that_run_at_once_archive_and_remind_once(cast: Cast) -> None:
    ends(a_draft(cast.stranger), -A_DAY)
    ends(a_draft(), 2 * A_DAY)

    def one(_number: int) -> int:
        try:
            return archive_due.archive() + archive_due.remind()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        done = sum(pool.map(one, range(4)))

    assert done == 2
    assert (told("application_archived"), told("application_reminded")) == (1, 1)
