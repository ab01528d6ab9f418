"""Checking, setting aside, returning, deciding: what is done and what is refused."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction

from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.clock import database_now
from lpse.errors import Refused
from lpse.mail.models import Message
from lpse.sealing import pdf_seal
from registration.domain import application as applications
from registration.domain import law, verification, verification_minutes
from registration.domain import visit as visits
from registration.domain.application import APPLICATION
from registration.domain.verification import Finding
from registration.models import (
    Application,
    ApplicationState,
    CheckResult,
    DocumentCheck,
    DocumentCode,
    Doubt,
    Override,
    Provider,
    ProviderKind,
    ReturnedItem,
    Role,
    User,
)
from tests.cast import Cast
from tests.factories.application import (
    a_counter,
    a_paper,
    all_fit,
    an_application,
    fits,
)
from tests.factories.registration import AssignmentFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(cast: Cast) -> User:
    """Another verifier."""
    user = UserFactory(username="yanti")
    AssignmentFactory(user=user, role=Role.VERIFIER)
    return user


def doubtful(**fields: str) -> Application:
    """Its NPWP fails the check digit."""
    sound = an_application(with_papers=False)
    wrong = str((int(sound.npwp[8]) + 1) % 10)
    return an_application(npwp=sound.npwp[:8] + wrong + sound.npwp[9:], **fields)


def check(application: Application, findings: dict[int, Finding], *, by: User) -> int:
    """With the data in sight."""
    return verification.check(application, findings, seen=verification.shown(application), by=by)


def set_aside(application: Application, *, by: User) -> Override:
    [doubt] = verification.open_doubts(application)
    return verification.set_aside(
        application, doubt.doubt, doubt.about, reason="NPWP lama, kartu asli terlihat.", by=by
    )


# --- Documents --------------------------------------------------------------------------------


@pytest.mark.clause("P22(2)")
def test_an_application_whose_documents_all_fit_becomes_a_provider(cast: Cast) -> None:
    application = an_application()
    all_fit(application, by=cast.wati)

    verification.approve(application, by=cast.wati)

    application.refresh_from_db()
    assert application.state == ApplicationState.APPROVED
    assert application.decided_by == cast.wati
    assert application.decision_entry is not None
    assert application.decision_entry.event == Event.APPLICATION_APPROVED
    provider = Provider.objects.get(code=application.code.lower())
    assert application.provider == provider
    assert provider.verified_at is not None
    assert User.objects.get(pk=application.applicant_id).provider == provider


@pytest.mark.clause("P22(2)")
@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"original_seen": False}, "original"),
        ({"copy_received": False}, "copy"),
        ({"result": CheckResult.DOES_NOT_FIT, "note": "Nama berbeda"}, "Nama berbeda"),
    ],
)
def test_a_document_that_is_not_in_order_stops_the_approval_and_is_named(
    cast: Cast, changes: dict[str, object], word: str
) -> None:
    application = an_application()
    all_fit(application, by=cast.wati)
    npwp = application.documents.get(code=DocumentCode.NPWP)
    check(application, {npwp.pk: fits(**changes)}, by=cast.wati)

    with pytest.raises(Refused, match=f"NPWP.*{word}"):
        verification.approve(application, by=cast.wati)
    assert not Provider.objects.filter(code=application.code.lower()).exists()


@pytest.mark.clause("P10(2)c")
def test_every_document_and_every_needed_one_is_verified(cast: Cast) -> None:
    application = an_application(with_papers=False)
    a_paper(application, DocumentCode.KTP)

    said = verification.hindrances(application)

    assert len(said) == 4  # three are not there, and one is not checked; an amendment need not be
    assert not any(str(DocumentCode.DEED_AMENDMENT.label) in words for words in said)


def test_data_that_change_after_the_check_are_held_against_the_document_again(cast: Cast) -> None:
    application = an_application()
    all_fit(application, by=cast.wati)
    verification.give_back(application, [("responsible_nik", "NIK salah ketik.")], by=cast.wati)
    application.refresh_from_db()
    applications.save_step(
        application, {"responsible_nik": "3301010101809999"}, by=application.applicant
    )
    applications.submit(application, by=application.applicant)
    application.refresh_from_db()

    stale = [p.document.code for p in verification.standing(application) if not p.is_current]
    assert stale == [DocumentCode.KTP]
    with pytest.raises(Refused, match="KTP"):
        verification.approve(application, by=cast.wati)


@pytest.mark.clause("P22(1)a.2.c")
@pytest.mark.parametrize(
    ("field", "value"),
    [("kind", ProviderKind.SOLE), ("responsible_name", "Pemilik Lain")],
)
def test_the_npwp_is_held_against_another_owner_afresh(cast: Cast, field: str, value: str) -> None:
    application = an_application()
    all_fit(application, by=cast.wati)

    setattr(application, field, value)
    application.save()

    stale = {p.document.code for p in verification.standing(application) if not p.is_current}
    assert DocumentCode.NPWP in stale
    with pytest.raises(Refused, match="NPWP"):
        verification.approve(application, by=cast.wati)


def test_nobody_vouches_for_data_that_came_after_the_page(cast: Cast, second: User) -> None:
    application = an_application()
    seen = verification.shown(application)
    findings = {document.pk: fits() for document in application.documents.all()}
    verification.give_back(application, [("responsible_nik", "NIK salah ketik.")], by=second)
    application.refresh_from_db()
    changed = {"responsible_nik": "3301010101809999", "responsible_name": "Orang Lain"}
    applications.save_step(application, changed, by=application.applicant)
    applications.submit(application, by=application.applicant)

    for before in (seen, ""):
        with pytest.raises(Refused, match="after you opened the page"):
            verification.check(application, findings, seen=before, by=cast.wati)
    assert not DocumentCheck.objects.exists()


def test_the_same_finding_is_noted_once(cast: Cast) -> None:
    application = an_application()
    document = application.documents.first()
    assert document is not None

    assert check(application, {document.pk: fits()}, by=cast.wati) == 1
    assert check(application, {document.pk: fits()}, by=cast.wati) == 0
    assert check(application, {document.pk: fits(note="x")}, by=cast.wati) == 1
    assert DocumentCheck.objects.filter(document=document).count() == 2


def test_a_finding_is_never_changed(cast: Cast) -> None:
    all_fit(an_application(), by=cast.wati)
    check = DocumentCheck.objects.first()
    assert check is not None

    with pytest.raises(DatabaseError), transaction.atomic():
        DocumentCheck.objects.filter(pk=check.pk).update(original_seen=False)
    with pytest.raises(DatabaseError), transaction.atomic():
        check.delete()


def test_what_does_not_fit_says_why_and_what_has_expired_does_not_fit(cast: Cast) -> None:
    application = an_application()
    document = application.documents.first()
    assert document is not None
    yesterday = (database_now() - dt.timedelta(days=2)).date()

    with pytest.raises(Refused, match="note"):
        check(application, {document.pk: fits(result=CheckResult.DOES_NOT_FIT)}, by=cast.wati)
    with pytest.raises(Refused, match="not valid"):
        check(application, {document.pk: fits(valid_until=yesterday)}, by=cast.wati)


def test_a_paper_that_expired_after_its_check_carries_no_approval(cast: Cast) -> None:
    application = an_application()
    all_fit(application, by=cast.wati)
    licence = application.documents.get(code=DocumentCode.LICENCE)
    last = DocumentCheck.objects.get(document=licence)
    last.pk, last.checked_at = None, database_now()
    last.valid_until = (database_now() - dt.timedelta(days=2)).date()
    last.save(force_insert=True)  # as it was found while it was still valid

    with pytest.raises(Refused, match="not valid any more"):
        verification.approve(application, by=cast.wati)


def test_only_the_documents_of_this_application_are_checked(cast: Cast) -> None:
    application, other = an_application(), an_application()
    foreign = other.documents.first()
    assert foreign is not None

    assert check(application, {foreign.pk: fits()}, by=cast.wati) == 0
    assert not foreign.checks.exists()


# --- Who may ----------------------------------------------------------------------------------


def test_nobody_verifies_an_own_application(cast: Cast, second: User) -> None:
    own = an_application(applicant=cast.wati)
    document = own.documents.first()
    assert document is not None

    with pytest.raises(PermissionDenied):
        check(own, {document.pk: fits()}, by=cast.wati)
    with pytest.raises(PermissionDenied):
        verification.approve(own, by=cast.wati)
    with pytest.raises(PermissionDenied):
        verification.reject(own, reason="Tidak.", by=cast.wati)
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=own.pk).update(
            decided_by=cast.wati, decided_at=database_now()
        )
    all_fit(own, by=second)


@pytest.mark.clause("P10(1)")
@pytest.mark.parametrize("name", ["lina", "putri", "maju", "sari", "stranger"])
def test_nobody_but_a_verifier_decides(cast: Cast, name: str) -> None:
    application = an_application()

    with pytest.raises(PermissionDenied):
        verification.approve(application, by=getattr(cast, name))
    with pytest.raises(PermissionDenied):
        verification.give_back(application, [("name", "Nama.")], by=getattr(cast, name))


# --- Doubts -----------------------------------------------------------------------------------


def test_a_doubt_stops_the_approval_until_a_second_person_confirms(
    cast: Cast, second: User
) -> None:
    application = doubtful()
    all_fit(application, by=cast.wati)
    [doubt] = verification.open_doubts(application)
    assert doubt.doubt == Doubt.NPWP_CHECK_DIGIT
    with pytest.raises(Refused, match=doubt.words):
        verification.approve(application, by=cast.wati)

    override = set_aside(application, by=cast.wati)
    with pytest.raises(Refused, match="second person"):
        verification.approve(application, by=cast.wati)
    with pytest.raises(Refused, match="yourself"):
        verification.confirm(override, by=cast.wati)
    verification.confirm(override, by=second)

    verification.approve(application, by=cast.wati)
    assert application.state == ApplicationState.APPROVED


def test_the_database_refuses_one_person_as_both(cast: Cast) -> None:
    override = set_aside(doubtful(), by=cast.wati)

    with pytest.raises(IntegrityError), transaction.atomic():
        Override.objects.filter(pk=override.pk).update(
            confirmed_by=cast.wati, confirmed_at=database_now()
        )


def test_a_doubt_is_set_aside_once_with_a_reason_and_only_if_it_is_there(cast: Cast) -> None:
    application = doubtful()
    [doubt] = verification.open_doubts(application)

    with pytest.raises(Refused, match="Say why"):
        verification.set_aside(application, doubt.doubt, doubt.about, reason=" ", by=cast.wati)
    with pytest.raises(Refused, match="no such doubt"):
        verification.set_aside(
            application, Doubt.BLACKLISTED, "lain", reason="Alasan.", by=cast.wati
        )
    set_aside(application, by=cast.wati)
    with pytest.raises(Refused, match="already"):
        set_aside(application, by=cast.wati)


def test_a_corrected_number_is_doubted_afresh(cast: Cast, second: User) -> None:
    application = doubtful()
    verification.confirm(set_aside(application, by=cast.wati), by=second)
    digit = application.npwp[8]
    other = next(d for d in "0123456789" if d not in {digit, str((int(digit) - 1) % 10)})
    application.npwp = application.npwp[:8] + other + application.npwp[9:]
    application.save()

    [doubt] = verification.open_doubts(application)

    assert doubt.override is None


# --- Returning --------------------------------------------------------------------------------


@pytest.mark.clause("P10(2)b")
def test_a_returned_application_tells_its_holder_in_plain_words_what_lacks(cast: Cast) -> None:
    application = an_application()
    items = [(DocumentCode.DEED, "Halaman 3 akta tidak terbaca."), ("phone", "Nomor salah.")]

    verification.give_back(application, items, by=cast.wati)

    application.refresh_from_db()
    assert application.state == ApplicationState.RETURNED
    assert [item.words for item in applications.asked_for(application)] == [
        "Halaman 3 akta tidak terbaca.",
        "Nomor salah.",
    ]
    message = Message.objects.get(template="application_returned")
    assert message.recipient == application.applicant
    assert "Halaman 3 akta tidak terbaca." in message.body
    assert application.name not in message.subject


@pytest.mark.clause("P22(3)")
def test_no_document_beyond_the_law_can_be_asked_for(cast: Cast) -> None:
    rules = law.current().documents
    application = an_application()

    assert not rules.additional_allowed.holds
    assert rules.additional_allowed.confirmed
    for subject in ("neraca", "siup_tambahan", "state"):
        with pytest.raises(Refused, match="law"):
            verification.give_back(application, [(subject, "Bawa neraca.")], by=cast.wati)
    assert not ReturnedItem.objects.exists()
    document = application.documents.first()
    assert document is not None
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registration_applicationdocument SET code = 'neraca' WHERE id = %s",
            [document.pk],
        )


@pytest.mark.clause("P22(4)")
def test_there_is_no_inspection_of_the_premises(cast: Cast) -> None:
    """No state waits for one, no step leads to one; the way is short and the table is all."""
    assert not law.current().documents.field_inspection.holds
    assert law.current().documents.field_inspection.confirmed
    assert set(ApplicationState.values) == {
        "draft",
        "submitted",
        "returned",
        "approved",
        "rejected",
        "archived",
    }
    assert {step.name for step in APPLICATION} == {
        "submit",
        "return",
        "approve",
        "reject",
        "archive",
    }
    application = an_application()
    all_fit(application, by=cast.wati)
    verification.approve(application, by=cast.wati)
    assert not application.visits.exists()


def test_a_return_without_a_list_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="complete"):
        verification.give_back(an_application(), [], by=cast.wati)


# --- Deciding ---------------------------------------------------------------------------------


@pytest.mark.clause("P10(3)")
def test_an_application_is_rejected_with_a_reason_that_its_holder_reads(cast: Cast) -> None:
    application = an_application()

    with pytest.raises(Refused, match="why"):
        verification.reject(application, reason="  ", by=cast.wati)
    verification.reject(application, reason="Akta palsu menurut notaris.", by=cast.wati)

    application.refresh_from_db()
    assert application.state == ApplicationState.REJECTED
    assert application.decision_reason == "Akta palsu menurut notaris."
    message = Message.objects.get(template="application_rejected")
    assert "Akta palsu menurut notaris." in message.body
    assert not Provider.objects.filter(code=application.code.lower()).exists()


@pytest.mark.clause("P10(3)")
def test_the_database_knows_no_rejection_without_a_reason(cast: Cast) -> None:
    application = an_application()

    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(
            state=ApplicationState.REJECTED, decided_by=cast.wati, decided_at=database_now()
        )


def test_who_comes_second_is_told_who_was_first(cast: Cast, second: User) -> None:
    application = an_application()
    verification.reject(application, reason="Tidak lengkap.", by=cast.wati)

    with pytest.raises(Refused, match=str(cast.wati)):
        verification.reject(application, reason="Tidak.", by=second)
    with pytest.raises(Refused, match=str(cast.wati)):
        verification.approve(application, by=second)


@pytest.mark.parametrize(
    "state", [ApplicationState.DRAFT, ApplicationState.RETURNED, ApplicationState.ARCHIVED]
)
def test_what_does_not_wait_is_neither_checked_nor_approved(
    cast: Cast, state: ApplicationState
) -> None:
    application = an_application(state)

    with pytest.raises(Refused, match="does not wait"):
        all_fit(application, by=cast.wati)
    with pytest.raises(Refused, match="does not wait"):
        verification.approve(application, by=cast.wati)


def test_a_decision_gives_the_booked_time_back(cast: Cast) -> None:
    a_counter()
    application = an_application()
    [slot, *_rest] = next(iter(visits.free_by_day(database_now()).values()))
    visits.book(application, slot.starts_at, by=application.applicant)

    verification.reject(application, reason="Tidak lengkap.", by=cast.wati)

    assert visits.coming(application) is None


# --- On paper ---------------------------------------------------------------------------------


def test_the_minutes_of_a_decision_carry_the_seal(cast: Cast, second: User) -> None:
    application = doubtful()
    all_fit(application, by=cast.wati)
    verification.confirm(set_aside(application, by=cast.wati), by=second)
    verification.approve(application, by=cast.wati)
    application.refresh_from_db()

    pdf = verification_minutes.render(application)

    seal = pdf_seal.read(pdf)
    assert seal is not None
    assert seal.holds
    assert seal.reason == verification_minutes.number(application)


def test_the_returned_list_is_printed_and_nothing_else_before_a_decision(cast: Cast) -> None:
    application = an_application()

    with pytest.raises(Refused):
        verification_minutes.render(application)
    with pytest.raises(Refused):
        verification_minutes.render_returned(application)
    verification.give_back(application, [("phone", "Nomor salah.")], by=cast.wati)
    assert verification_minutes.render_returned(application).startswith(b"%PDF")


def test_every_act_is_in_the_log(cast: Cast) -> None:
    application = an_application()
    all_fit(application, by=cast.wati)
    verification.approve(application, by=cast.wati)

    written = set(AuditEntry.objects.filter(actor_uid="wati").values_list("event", flat=True))

    assert {Event.APPLICATION_DOCUMENT_CHECKED, Event.APPLICATION_APPROVED} <= written
