"""The verbs of a package and a tender, and what refuses them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction

from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.calendar.models import Holiday
from lpse.errors import Refused
from lpse.mail.models import Message
from procurement.domain import document, notice, rule_set, schedule
from procurement.domain import tender as domain
from procurement.domain.tender import TENDER, Line
from procurement.models import KeyStatement, Tender, TenderDocument, TenderState
from registration.domain import assignment
from registration.models import Assignment, Role
from tests.factories import procurement as make
from tests.factories.registration import AssignmentFactory, CommitteeFactory, UserFactory, today

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sample(settings):
    settings.SAMPLE_INSTALLATION = True


# --- The PPK ----------------------------------------------------------------------------------


def test_a_code_is_a_running_number_followed_by_the_digits_of_the_lpse(cast, settings):
    settings.LPSE_CODE = "654"

    first, second = make.a_package(), make.a_package()

    assert first.code.endswith("654")
    assert int(second.code[:-3]) == int(first.code[:-3]) + 1


def test_a_ppk_makes_packages_of_the_own_agency_only(cast):
    with pytest.raises(Refused) as refusal:
        make.a_package(by=cast.tono)
    assert refusal.value.field == "agency"


@pytest.mark.clause("P3(3)")
@pytest.mark.parametrize(
    "name", ["budi", "joko", "lina", "nanda", "oki", "wati", "putri", "agus", "ratna", "maju"]
)
def test_nobody_but_a_ppk_makes_a_package(cast, name):
    with pytest.raises(PermissionDenied):
        make.a_package(by=getattr(cast, name))
    assert not Tender.objects.exists()


def test_the_hps_is_the_lines_with_vat_in_whole_rupiah(cast):
    tender = make.a_package()
    lines = [
        Line("a", Decimal("1.5"), "m", Decimal("1000.33")),
        Line("b", Decimal(2), "m", Decimal(7)),
    ]

    domain.set_items(tender, lines, by=cast.sari)

    # 1500.495 → 1500.50, + 14 = 1514.50; 11 % of it 166.595 → 166.60; 1681.10.
    assert Tender.objects.get().hps_rupiah == 1681
    assert [i.number for i in tender.items.all()] == [1, 2]


def test_lines_above_the_ceiling_are_refused_and_leave_the_old_ones(cast):
    tender = make.a_priced_package(budget_ceiling_rupiah=300_000_000)
    before = Tender.objects.get().hps_rupiah

    with pytest.raises(Refused, match=r"300\.000\.000"):
        domain.set_items(tender, [Line("x", Decimal(1), "ls", Decimal("1e9"))], by=cast.sari)

    tender.refresh_from_db()
    assert (tender.hps_rupiah, tender.items.count()) == (before, 2)


def test_the_database_refuses_an_hps_above_the_ceiling(cast):
    tender = make.a_package()

    with (
        pytest.raises(IntegrityError, match="tender_hps_within_the_ceiling"),
        transaction.atomic(),
    ):
        Tender.objects.filter(pk=tender.pk).update(hps_rupiah=500_000_001)


def test_a_package_without_lines_is_not_handed_over(cast):
    tender = make.a_package()
    assert cast.members()

    with pytest.raises(Refused, match="no lines"):
        domain.hand_over(tender, cast.committee(), by=cast.sari)

    tender.refresh_from_db()
    assert (tender.state, tender.committee) == (TenderState.DRAFT, None)
    assert not AuditEntry.objects.filter(event=Event.TENDER_HANDED_OVER).exists()


def test_a_package_is_handed_over_to_a_committee_and_every_member_is_told(cast):
    tender = make.a_handed_over_tender()

    assert Tender.objects.get().state == TenderState.HANDED_OVER
    told = Message.objects.filter(template="tender_handed_over")
    assert {m.recipient.username for m in told} == {"budi", "rina", "dewi"}
    assert told.first().url == tender.get_workspace_url()


def test_a_committee_without_members_is_refused(cast):
    tender = make.a_priced_package()

    with pytest.raises(Refused, match="no members"):
        domain.hand_over(tender, CommitteeFactory(), by=cast.sari)


def test_a_committee_of_two_is_advised_against_where_the_number_is_unconfirmed(cast):
    committee = CommitteeFactory()
    for _member in range(2):
        AssignmentFactory(user=UserFactory(), role=Role.POKJA, committee=committee)
    tender = make.a_priced_package()

    domain.hand_over(tender, committee, by=cast.sari)

    advice = [m for m in domain.matters(tender) if not m.blocks]
    assert {m.article for m in advice} == {"Perpres 16/2018, Pasal 13"}
    assert len(advice) == 3  # too few, not odd, not certified


def test_a_committee_of_two_is_refused_where_the_number_is_confirmed(cast):
    committee = CommitteeFactory()
    members = [
        AssignmentFactory(user=UserFactory(), role=Role.POKJA, committee=committee).user
        for _member in range(2)
    ]
    tender = make.a_priced_package()
    domain.hand_over(tender, committee, by=cast.sari)
    domain.choose_procedure(tender, code="training", procedure=rule_set.POST_ONE, by=members[0])

    assert "at least 3" in domain.has_a_committee(tender)


def test_after_the_hand_over_the_ppk_changes_nothing(cast):
    tender = make.a_handed_over_tender()

    with pytest.raises(Refused, match="handed over"):
        domain.edit(tender, by=cast.sari, title="Lain")
    with pytest.raises(Refused, match="handed over"):
        domain.set_items(tender, [], by=cast.sari)


def test_a_returned_package_is_the_ppk_s_again_with_the_reason(cast):
    tender = make.a_handed_over_tender()

    with pytest.raises(Refused):
        domain.hand_back(tender, reason=" ", by=cast.budi)
    domain.hand_back(tender, reason="Volume galian keliru.", by=cast.budi)

    domain.edit(tender, by=cast.sari, title="Judul baru")
    assert "Volume galian keliru." in Message.objects.get(template="tender_handed_back").body
    assert (
        AuditEntry.objects.get(event=Event.TENDER_RETURNED).data["reason"]
        == "Volume galian keliru."
    )


# --- The PPK is not on the committee of the same package ---------------------------------------


def test_a_ppk_does_not_hand_a_package_to_the_own_committee(cast):
    tender = make.a_priced_package()
    AssignmentFactory(user=cast.sari, role=Role.POKJA, committee=cast.committee())

    with pytest.raises(Refused, match="not on its committee"):
        domain.hand_over(tender, cast.committee(), by=cast.sari)


def test_the_database_refuses_a_committee_to_which_the_ppk_belongs(cast):
    tender = make.a_priced_package()
    AssignmentFactory(user=cast.sari, role=Role.POKJA, committee=cast.committee())

    with pytest.raises(DatabaseError, match="not on its committee"), transaction.atomic():
        Tender.objects.filter(pk=tender.pk).update(committee=cast.committee())


def test_the_database_refuses_a_ppk_on_the_committee_of_the_own_package(cast):
    make.a_handed_over_tender()

    with pytest.raises(DatabaseError, match="not on its committee"), transaction.atomic():
        AssignmentFactory(user=cast.sari, role=Role.POKJA, committee=cast.committee())


def test_a_verifier_is_told_which_package_keeps_a_ppk_off_its_committee(cast):
    tender = make.a_handed_over_tender()
    office = Assignment(
        user=cast.sari,
        role=Role.POKJA,
        committee=cast.committee(),
        decree_number="800/1",
        decree_date=today(),
        since=today(),
    )

    with pytest.raises(Refused, match=tender.code) as refusal:
        assignment.assign(office, by=cast.wati)

    assert refusal.value.field == "role"


# --- The committee ----------------------------------------------------------------------------


def test_a_tender_carries_code_and_digest_of_its_rule_set(cast):
    tender = make.a_handed_over_tender()

    domain.choose_procedure(tender, code="training", procedure=rule_set.POST_ONE, by=cast.rina)

    law = rule_set.load("training")
    kept = Tender.objects.get()
    assert (kept.rule_set, kept.rule_set_digest) == (law.code, law.digest)
    assert kept.is_training
    assert AuditEntry.objects.get(event=Event.TENDER_PROCEDURE_CHOSEN).data["digest"] == law.digest


def test_an_unknown_procedure_is_refused(cast):
    tender = make.a_handed_over_tender()

    with pytest.raises(Refused):
        domain.choose_procedure(tender, code=make.LAW, procedure="auction", by=cast.budi)
    with pytest.raises(Refused):
        domain.choose_procedure(tender, code="perpres-1-1900", procedure="x", by=cast.budi)


@pytest.mark.clause("P3(3)")
@pytest.mark.parametrize(
    "name",
    ["sari", "tono", "eko", "joko", "lina", "nanda", "oki", "wati", "putri", "agus", "maju"],
)
def test_nobody_but_its_committee_prepares_a_tender(cast, name):
    tender = make.a_handed_over_tender()
    somebody = getattr(cast, name)

    with pytest.raises(PermissionDenied):
        domain.choose_procedure(tender, code=make.LAW, procedure=rule_set.POST_ONE, by=somebody)
    with pytest.raises(PermissionDenied):
        schedule.set_schedule(tender, {}, by=somebody)
    with pytest.raises(PermissionDenied):
        document.upload(tender, "selection", "x.pdf", None, by=somebody)


@pytest.mark.clause("P3(1)c")
def test_what_is_missing_is_named_in_the_order_of_the_work(cast):
    tender = make.a_handed_over_tender()
    assert [m.place for m in domain.matters(tender) if m.blocks] == ["procedure"]

    domain.choose_procedure(tender, code=make.LAW, procedure=rule_set.POST_ONE, by=cast.budi)
    assert [m.place for m in domain.matters(tender) if m.blocks] == ["schedule_edit", "files"]

    schedule.set_schedule(tender, make.dates_for(tender), by=cast.budi)
    make.a_document(tender)
    assert domain.is_complete(Tender.objects.get()) is None


def test_a_schedule_that_breaks_the_law_can_be_saved_and_stops_the_announcement(cast):
    tender = make.a_complete_tender()
    dates = dict(make.dates_for(tender))
    winner, ends = dates["winner"][0], dates["objection"]
    dates["objection"] = (ends[0], winner + dt.timedelta(days=2))

    schedule.set_schedule(tender, dates, by=cast.budi)

    with pytest.raises(Refused, match="Objection period"):
        domain.require_complete(Tender.objects.get())


def test_a_holiday_that_is_declared_later_stops_the_announcement(cast):
    tender = make.a_complete_tender()
    stage = tender.stages.get(code="proof")
    Holiday.objects.create(day=stage.ends_at.date(), name="Hari libur baru")

    with pytest.raises(Refused, match="Hari libur baru"):
        domain.require_complete(tender)


def test_an_hps_that_would_be_too_old_at_the_deadline_stops_the_announcement(cast):
    tender = make.a_complete_tender()
    long_ago = tender.hps_set_at - dt.timedelta(days=28)
    Tender.objects.filter(pk=tender.pk).update(hps_set_at=long_ago)

    with pytest.raises(Refused, match="28 calendar day"):
        domain.require_complete(Tender.objects.get())


@pytest.mark.clause("P3(1)b")
def test_without_the_signatures_of_a_majority_nothing_is_announced(cast):
    tender = make.a_complete_tender()

    with pytest.raises(Refused, match="key statement"):
        domain.announce(tender, by=cast.budi)

    tender.refresh_from_db()
    assert (tender.state, tender.announced_at) == (TenderState.HANDED_OVER, None)
    assert not AuditEntry.objects.filter(event=Event.TENDER_ANNOUNCED).exists()


def test_the_content_that_is_signed_names_everything_announced_and_no_secret_price(cast):
    tender = make.a_complete_tender()

    content = domain.content(tender)

    assert content["hps"] == f"{tender.hps_rupiah}.00"
    assert content["items"][0] == {
        "no": 1,
        "description": "Galian tanah biasa",
        "volume": "120.5",
        "unit": "m3",
    }
    assert len(content["schedule"]) == 12
    assert content["documents"][0]["sha256"] == TenderDocument.objects.get().file.sha256
    assert "85000" not in domain.content_text(tender)


@pytest.mark.parametrize("change", ["document", "schedule", "procedure"])
def test_the_digest_of_the_content_changes_with_everything_in_it(cast, change):
    tender = make.a_complete_tender()
    before = domain.content_digest(tender)

    if change == "document":
        document.remove(TenderDocument.objects.select_related("tender").get(), by=cast.dewi)
    elif change == "schedule":
        later = make.dates_for(tender, tender.deadline)
        schedule.set_schedule(tender, later, by=cast.dewi)
    else:
        domain.choose_procedure(tender, code="training", procedure=rule_set.POST_ONE, by=cast.dewi)

    assert domain.content_digest(Tender.objects.get()) != before


def test_a_statement_over_another_content_does_not_announce(cast):
    tender = make.a_complete_tender()
    KeyStatement.objects.create(
        tender=tender,
        version=1,
        body='{"n":3}',
        digest="0" * 64,
        content=domain.content_text(tender),
        proposed_at=tender.created_at,
        proposed_by=cast.budi,
    )
    assert "majority" in domain.is_signed(tender)

    document.remove(TenderDocument.objects.select_related("tender").get(), by=cast.dewi)

    assert "changed after" in domain.is_signed(Tender.objects.get())


# --- Documents --------------------------------------------------------------------------------


def test_the_same_file_is_not_announced_twice(cast):
    tender = make.a_complete_tender()

    with pytest.raises(Refused, match=r"dokumen\.pdf"):
        make.a_document(tender)


def test_a_file_is_judged_by_its_content(cast):
    tender = make.a_handed_over_tender()

    with pytest.raises(Refused):
        make.a_document(tender, content=b"MZ not a document", name="dokumen.pdf")


def test_a_file_name_keeps_no_folder_and_no_control_character(cast):
    tender = make.a_handed_over_tender()

    kept = make.a_document(tender, name="..\\..\\a\n/b\x00dokumen.pdf")

    assert kept.name == "bdokumen.pdf"


def test_a_removed_document_stays_on_record(cast):
    tender = make.a_complete_tender()
    gone = TenderDocument.objects.select_related("tender").get()

    document.remove(gone, by=cast.rina)

    kept = TenderDocument.objects.get()
    assert (kept.removed_by, kept.removed_at is None) == (cast.rina, False)
    with pytest.raises(Refused):
        document.remove(gone, by=cast.rina)
    assert [m.place for m in domain.matters(tender) if m.blocks] == ["files"]


def test_an_announced_tender_s_documents_stay_as_they_are(cast):
    tender = make.an_announced_tender()

    with pytest.raises(Refused):
        make.a_document(tender, content=make.PDF + b"\n%%EOF\n")
    with pytest.raises(Refused):
        document.remove(TenderDocument.objects.select_related("tender").get(), by=cast.budi)


# --- Calling it off ---------------------------------------------------------------------------


def test_a_cancelled_tender_says_why_to_everybody_who_followed_it(cast):
    tender = make.an_announced_tender()
    document.fetch(TenderDocument.objects.select_related("tender").get(), by=cast.maju)

    domain.cancel(tender, reason="Anggaran dibatalkan.", by=cast.budi)

    kept = Tender.objects.get()
    assert (kept.state, kept.cancel_reason) == (TenderState.CANCELLED, "Anggaran dibatalkan.")
    told = {m.recipient.username for m in Message.objects.filter(template="tender_cancelled")}
    assert told == {"maju", "sari", "budi", "rina", "dewi"}


def test_after_the_deadline_nobody_cancels_before_the_box_is_closed(cast):
    tender = make.an_announced_tender(ends_in=-make.HOUR)

    with pytest.raises(Refused, match="deadline"):
        domain.cancel(tender, reason="x", by=cast.budi)

    assert Tender.objects.get().cancelled_at is None


@pytest.mark.parametrize(
    ("name", "may"), [("sari", False), ("budi", True), ("eko", False), ("oki", False)]
)
def test_an_announced_tender_is_cancelled_by_its_committee_alone(cast, name, may):
    tender = make.an_announced_tender()

    if may:
        domain.cancel(tender, reason="x", by=getattr(cast, name))
    else:
        with pytest.raises(PermissionDenied):
            domain.cancel(tender, reason="x", by=getattr(cast, name))
    assert (Tender.objects.get().state == TenderState.CANCELLED) == may


def test_who_else_follows_is_asked_of_the_applications_above(cast, monkeypatch):
    monkeypatch.setattr(notice, "_audiences", [])
    tender = make.an_announced_tender()

    @notice.audience
    def participants(_tender):
        return [cast.jaya, cast.maju]

    document.fetch(TenderDocument.objects.select_related("tender").get(), by=cast.maju)

    assert {u.username for u in notice.followers(tender)} == {"maju", "jaya"}


# --- The table --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "moves"),
    [
        (TenderState.DRAFT, {"hand_over", "cancel"}),
        (TenderState.HANDED_OVER, {"hand_back", "announce", "cancel"}),
        (TenderState.ANNOUNCED, {"close", "cancel"}),
        (TenderState.CLOSED, {"open"}),
        (TenderState.OPENED, set()),
        (TenderState.CANCELLED, set()),
    ],
)
def test_the_moves_open_in_each_state(state, moves):
    assert {step.name for step in TENDER if state in step.sources} == moves


def test_the_database_refuses_a_move_that_is_not_in_the_table(cast):
    tender = make.a_package()

    with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic():
        Tender.objects.filter(pk=tender.pk).update(state=TenderState.OPENED)


def test_the_database_knows_no_public_tender_that_was_not_announced(cast):
    tender = make.a_complete_tender()

    with pytest.raises(IntegrityError, match="tender_public_was_announced"), transaction.atomic():
        Tender.objects.filter(pk=tender.pk).update(state=TenderState.ANNOUNCED)
