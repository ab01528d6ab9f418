from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.errors import Refused
from lpse.mail.models import Message
from registration.domain import account
from registration.domain import request as domain
from registration.models import (
    LPSE_ROLES,
    Assignment,
    OfficeRequest,
    RequestState,
    Role,
    User,
)
from tests.cast import Cast
from tests.factories.office import a_request
from tests.factories.registration import (
    AssignmentFactory,
    CommitteeFactory,
    ProcurementUnitFactory,
    WorkUnitFactory,
    today,
)


def approve(cast: Cast, request: OfficeRequest, **facts: object) -> Assignment:
    return domain.approve(
        request, **({"original_seen": True, "username": "doni", "by": cast.wati} | facts)
    )


@pytest.mark.clause("P22(1)b", "P22(7)", "P10(2)a")
@pytest.mark.parametrize(
    "role", [Role.PA, Role.PPK, Role.POKJA, Role.PP, Role.AUDITOR, Role.AGENCY]
)
def test_an_agency_asks_for_each_office_and_the_verifier_gives_it(cast: Cast, role: Role) -> None:
    place = {"committee": cast.committee()} if role == Role.POKJA else {}
    request = a_request(role=role, until=today() + dt.timedelta(days=90), **place)

    office = approve(cast, request)

    doni = User.objects.get(username="doni")
    assert (doni.full_name, doni.email) == ("Doni Contoh", "doni@contoh.example")
    assert [held.role for held in doni.offices] == [role]
    request.refresh_from_db()
    assert (request.state, request.assignment, request.decided_by) == (
        RequestState.APPROVED,
        office,
        cast.wati,
    )
    assert office.decree_copy == request.decree_copy
    entry = AuditEntry.objects.get(event=Event.REQUEST_APPROVED)
    assert (entry.actor_uid, entry.data["user"]) == ("wati", "doni")


def test_asker_and_person_are_told_in_their_languages_without_names_in_the_subject(
    cast: Cast,
) -> None:
    account.choose_language(cast.umi, "en")
    request = a_request()

    approve(cast, request)

    told = {m.template: m for m in Message.objects.all()}
    assert told["request_approved"].recipient == cast.umi
    assert told["request_approved"].url == f"/requests/{request.pk}/"
    assert "approved" in told["request_approved"].subject
    assert told["office_assigned"].recipient.username == "doni"
    assert told["account_registered"].recipient.username == "doni"
    assert not any("Doni" in m.subject or "doni" in m.subject for m in told.values())


def test_a_known_address_is_given_the_office_on_its_own_account(cast: Cast) -> None:
    request = a_request(role=Role.PA, email=cast.sari.email.upper())

    office = approve(cast, request, username="")

    assert office.user == cast.sari
    assert {held.role for held in User.objects.get(username="sari").offices} == {
        Role.PPK,
        Role.PA,
    }


@pytest.mark.clause("P22(1)b")
def test_without_the_original_nothing_is_approved(cast: Cast) -> None:
    request = a_request()

    with pytest.raises(Refused, match=r"22\(1\)b") as refusal:
        approve(cast, request, original_seen=False)

    assert refusal.value.field == "original_seen"
    assert not User.objects.filter(username="doni").exists()
    with pytest.raises(IntegrityError, match="approved_by_its_original"), transaction.atomic():
        OfficeRequest.objects.filter(pk=request.pk).update(
            state=RequestState.APPROVED, decided_at="2026-01-01T00:00Z", decided_by=cast.wati
        )


@pytest.mark.clause("P10(3)")
def test_a_rejection_has_a_reason_and_both_are_told(cast: Cast) -> None:
    request = a_request()
    with pytest.raises(Refused, match=r"10\(3\)") as refusal:
        domain.reject(request, reason=" ", by=cast.wati)
    assert refusal.value.field == "reason"

    domain.reject(request, reason="SK tidak ditandatangani", by=cast.wati)

    request.refresh_from_db()
    assert (request.state, request.decision_reason) == (
        RequestState.REJECTED,
        "SK tidak ditandatangani",
    )
    assert not Assignment.objects.filter(decree_number="800/12/2026").exists()
    told = {m.template: m for m in Message.objects.all()}
    assert told["request_rejected"].recipient == cast.umi
    assert told["request_rejected_person"].address == "doni@contoh.example"
    assert "SK tidak" not in told["request_rejected_person"].body


@pytest.mark.clause("P13(3)")
def test_an_exclusion_refuses_with_the_article_and_the_office_that_stands_against_it(
    cast: Cast,
) -> None:
    request = a_request(email=cast.oki.email)

    assert "13(3)" in str(domain.objection(request))
    with pytest.raises(Refused, match=r"Pasal 13\(3\)") as refusal:
        approve(cast, request)

    assert str(Role.SYSTEM.label) in str(refusal.value)
    assert refusal.value.field == "role"
    request.refresh_from_db()
    assert request.state == RequestState.ASKED


@pytest.mark.clause("P13(1)", "P13(4)")
@pytest.mark.parametrize("role", LPSE_ROLES)
def test_the_head_asks_for_staff_who_need_no_nip_and_no_certificate(
    cast: Cast, role: Role
) -> None:
    request = a_request(role=role, employee_number="")

    office = approve(cast, request)

    assert office.role == role
    assert office.user.employee_number == ""
    assert not office.user.certificates.exists()


@pytest.mark.clause("P13(1)")
@pytest.mark.parametrize("role", LPSE_ROLES)
def test_nobody_but_the_head_asks_for_staff(cast: Cast, role: Role) -> None:
    with pytest.raises(PermissionDenied):
        a_request(by=cast.umi, role=role)


@pytest.mark.clause("P5(2)")
def test_staff_are_not_asked_for_at_the_unit_of_a_ulp(cast: Cast) -> None:
    unit = WorkUnitFactory(agency=cast.agency)
    ProcurementUnitFactory(agency=cast.agency, work_unit=unit)

    with pytest.raises(Refused, match=r"Pasal 5\(2\)") as refusal:
        a_request(role=Role.DESK, work_unit=unit)

    assert refusal.value.field == "work_unit"


@pytest.mark.parametrize("name", ["vina", "sari", "wati", "lina", "maju", "stranger"])
def test_nobody_asks_for_the_offices_of_another_agency(cast: Cast, name: str) -> None:
    with pytest.raises(PermissionDenied):
        a_request(by=getattr(cast, name))


def test_the_observer_of_lkpp_is_no_agencys_to_ask_for(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        a_request(role=Role.OBSERVER)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"role": Role.POKJA}, "committee"),
        ({"role": Role.AUDITOR}, "until"),
        ({"until": dt.date(2020, 1, 1)}, "until"),
    ],
)
def test_what_is_incomplete_is_refused_at_its_field(
    cast: Cast, facts: dict[str, object], field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        a_request(**facts)

    assert refusal.value.field == field


def test_units_of_another_agency_are_refused(cast: Cast) -> None:
    with pytest.raises(Refused) as unit:
        a_request(work_unit=WorkUnitFactory(agency=cast.other_agency))
    with pytest.raises(Refused) as committee:
        a_request(role=Role.POKJA, committee=CommitteeFactory())

    assert (unit.value.field, committee.value.field) == ("work_unit", "committee")


def test_the_same_office_is_asked_for_once_at_a_time(cast: Cast) -> None:
    request = a_request()
    with pytest.raises(Refused):
        a_request()

    domain.reject(request, reason="salah tulis", by=cast.wati)

    assert a_request().state == RequestState.ASKED


@pytest.mark.clause("P22(7)")
def test_another_entity_must_stand_in_the_terms_in_force(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(domain, "entities", lambda: ["Inspektorat Contoh"])

    with pytest.raises(Refused) as refusal:
        a_request(role=Role.ENTITY, entity="Bank Contoh")
    assert refusal.value.field == "entity"
    office = approve(cast, a_request(role=Role.ENTITY, entity="Inspektorat Contoh"))

    assert office.role == Role.ENTITY
    with pytest.raises(IntegrityError, match="another_entity"), transaction.atomic():
        OfficeRequest.objects.filter(role=Role.ENTITY).update(entity="")


@pytest.mark.parametrize("name", ["umi", "lina", "oki", "sari", "stranger"])
def test_nobody_but_a_verifier_decides(cast: Cast, name: str) -> None:
    request = a_request()

    with pytest.raises(PermissionDenied):
        approve(cast, request, by=getattr(cast, name))
    with pytest.raises(PermissionDenied):
        domain.reject(request, reason="x", by=getattr(cast, name))


def test_a_verifier_does_not_decide_on_an_own_request(cast: Cast) -> None:
    """Somebody may verify for the LPSE and administer an agency; then another verifier decides."""
    AssignmentFactory(user=cast.wati, role=Role.AGENCY, agency=cast.agency)
    wati = User.objects.get(username="wati")
    request = a_request(by=wati)

    with pytest.raises(PermissionDenied):
        approve(cast, request, by=wati)
    with pytest.raises(IntegrityError, match="not_decided_by_its_asker"), transaction.atomic():
        OfficeRequest.objects.filter(pk=request.pk).update(
            decided_at="2026-01-01T00:00Z", decided_by=wati
        )


def test_nobody_is_given_an_own_office_on_request(cast: Cast) -> None:
    request = a_request(role=Role.AGENCY, email=cast.wati.email)

    with pytest.raises(PermissionDenied):
        approve(cast, request)


def test_a_decided_request_is_closed(cast: Cast) -> None:
    request = a_request()
    approve(cast, request)

    with pytest.raises(Refused, match="Wati"):
        domain.reject(request, reason="terlambat", by=cast.wati)
    with pytest.raises(Refused):
        approve(cast, request)


def test_a_taken_user_id_keeps_the_request_open(cast: Cast) -> None:
    request = a_request()

    with pytest.raises(Refused) as refusal:
        approve(cast, request, username=cast.budi.username)
    with pytest.raises(Refused) as missing:
        approve(cast, request, username="")

    assert (refusal.value.field, missing.value.field) == ("username", "username")
    assert OfficeRequest.objects.get().state == RequestState.ASKED


def test_the_queue_is_by_waiting_time(cast: Cast) -> None:
    first = a_request(email="a@contoh.example")
    second = a_request(email="b@contoh.example")
    OfficeRequest.objects.filter(pk=second.pk).update(asked_at="2026-01-01T00:00Z")

    assert list(domain.waiting()) == [second, first]


def run_both(*acts: object) -> list[str]:
    """Each of ``acts`` in its own thread and connection, begun together."""
    barrier = threading.Barrier(len(acts), timeout=20)
    outcomes: list[str] = []

    def run(act: object) -> None:
        try:
            barrier.wait()
            act()
            outcomes.append("done")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(outcomes)


@pytest.mark.clause("P10(3)")
@pytest.mark.django_db(transaction=True)
def test_two_verifiers_at_once_decide_once() -> None:
    cast = Cast()
    wati = cast.wati
    other = AssignmentFactory(user__username="wawan").user
    request = a_request()

    def approving() -> None:
        domain.approve(
            OfficeRequest.objects.get(pk=request.pk),
            original_seen=True,
            username="doni",
            by=User.objects.get(pk=wati.pk),
        )

    def rejecting() -> None:
        domain.reject(
            OfficeRequest.objects.get(pk=request.pk),
            reason="ragu",
            by=User.objects.get(pk=other.pk),
        )

    assert run_both(approving, rejecting) == ["done", "refused"]
    request.refresh_from_db()
    approved = request.state == RequestState.APPROVED
    assert Assignment.objects.filter(user__username="doni").count() == int(approved)


@pytest.mark.clause("P13(3)")
@pytest.mark.django_db(transaction=True)
def test_two_requests_for_one_new_person_make_one_account_and_no_double_office() -> None:
    """One asks for a PPK, the other for staff of the LPSE; both are approved at once."""
    cast = Cast()
    wati = cast.wati
    keys = [a_request().pk, a_request(role=Role.DESK).pk]

    def approving(key: int, username: str) -> None:
        domain.approve(
            OfficeRequest.objects.get(pk=key),
            original_seen=True,
            username=username,
            by=User.objects.get(pk=wati.pk),
        )

    outcomes = run_both(
        lambda: approving(keys[0], "doni"), lambda: approving(keys[1], "doni.contoh")
    )

    assert outcomes == ["done", "refused"]
    assert User.objects.filter(email="doni@contoh.example").count() == 1
    assert Assignment.objects.filter(user__email="doni@contoh.example").count() == 1
