"""Two people at once: one decision, one visitor at a counter; the other one is told."""

from __future__ import annotations

import pytest

from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.clock import database_now
from lpse.errors import Refused
from registration.domain import verification
from registration.domain import visit as visits
from registration.models import ApplicationState, Provider, Role, Visit
from tests.cast import Cast
from tests.factories.application import a_counter, all_fit, an_application
from tests.factories.registration import AssignmentFactory, UserFactory
from tests.flows.test_bid_races import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_verifiers_who_decide_at_once_make_one_decision() -> None:
    wati, yanti = Cast().wati, UserFactory(username="yanti")
    AssignmentFactory(user=yanti, role=Role.VERIFIER)
    application = an_application()
    all_fit(application, by=wati)

    def rejecting() -> None:
        verification.reject(application, reason="Tidak cocok.", by=yanti)

    outcomes = together([lambda: verification.approve(application, by=wati), rejecting])

    refused = [outcome for outcome in outcomes if outcome is not None]
    assert len(refused) == 1
    assert isinstance(refused[0], Refused)
    application.refresh_from_db()
    assert str(application.decided_by) in str(refused[0])
    is_approved = application.state == ApplicationState.APPROVED
    assert Provider.objects.filter(code=application.code.lower()).exists() == is_approved
    decided = (Event.APPLICATION_APPROVED, Event.APPLICATION_REJECTED)
    assert AuditEntry.objects.filter(event__in=decided).count() == 1


def test_two_applicants_who_choose_one_time_get_one_visit_and_one_clear_answer() -> None:
    a_counter()
    [slot, *_rest] = next(iter(visits.free_by_day(database_now()).values()))
    one, two = an_application(), an_application()

    outcomes = together(
        [
            lambda: visits.book(one, slot.starts_at, by=one.applicant),
            lambda: visits.book(two, slot.starts_at, by=two.applicant),
        ]
    )

    [refused] = [outcome for outcome in outcomes if not isinstance(outcome, Visit)]
    assert isinstance(refused, Refused)
    assert "taken" in str(refused)
    assert Visit.objects.filter(cancelled_at=None).count() == 1


def test_one_applicant_in_two_tabs_has_one_visit() -> None:
    a_counter()
    [first, second, *_rest] = next(iter(visits.free_by_day(database_now()).values()))
    application = an_application()

    together(
        [
            lambda: visits.book(application, first.starts_at, by=application.applicant),
            lambda: visits.book(application, second.starts_at, by=application.applicant),
        ]
    )

    assert Visit.objects.filter(cancelled_at=None).count() == 1


def test_two_second_persons_confirm_an_override_once() -> None:
    wati, others = Cast().wati, [UserFactory(username=name) for name in ("yanti", "zaki")]
    for user in others:
        AssignmentFactory(user=user, role=Role.VERIFIER)
    application = an_application(npwp="000000011001000")
    [doubt] = verification.open_doubts(application)
    override = verification.set_aside(
        application, doubt.doubt, doubt.about, reason="NPWP lama.", by=wati
    )

    outcomes = together(
        [lambda user=user: verification.confirm(override, by=user) for user in others]
    )

    assert sorted(isinstance(outcome, Refused) for outcome in outcomes) == [False, True]
