from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.clock import database_now
from lpse.errors import Refused
from lpse.mail.models import Message
from registration.domain import application as domain
from registration.domain import completeness, law, officer, provider
from registration.domain.completeness import Step
from registration.models import (
    IDENTITY_FIELDS,
    Application,
    ApplicationState,
    DocumentCode,
    OfficerRight,
    Provider,
    ProviderOfficer,
    Purpose,
    ReturnedItem,
    User,
)
from tests.cast import Cast
from tests.factories.applying import (
    IDENTITY,
    a_complete_draft,
    a_copy,
    a_draft,
    a_sent_application,
)
from tests.factories.house import a_colleague, place_of
from tests.factories.registration import AssignmentFactory, ProviderOfficerFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.clause("P22(1)a.1")]


def lacks(application: Application) -> dict[str, str]:
    return {lack.subject: lack.words for lack in completeness.missing(application)}


def returned(application: Application, *, by: User, **items: str) -> None:
    """As the verifier's verb does it."""
    now = database_now()
    for subject, words in items.items():
        ReturnedItem.objects.create(
            application=application, subject=subject, words=words, returned_by=by, returned_at=now
        )
    domain.APPLICATION.fire(application, "return", by=by)


def approve(application: Application, *, by: User) -> Provider:
    """As the verifier's verb does it."""
    made = provider.take_over(application, by=by)
    Application.objects.filter(pk=application.pk).update(
        decided_at=database_now(), decided_by=by, provider=made
    )
    domain.APPLICATION.fire(application, "approve", by=by)
    return made


class TestBeginning:
    def test_it_has_a_code_that_can_be_read_out(self, cast: Cast) -> None:
        made = domain.start(by=cast.stranger)

        letters = set(made.code) - {"-"}
        assert len(made.code) == 9
        assert letters <= set(domain.CODE_LETTERS)
        assert not set(domain.CODE_LETTERS) & set("01IO")

    def test_it_has_the_period_of_the_sop(self, cast: Cast) -> None:
        made = domain.start(by=cast.stranger)

        days = law.current().application.complete_within.number
        assert (made.complete_by - database_now()).days == days - 1

    def test_there_is_one_at_a_time(self, cast: Cast) -> None:
        domain.start(by=cast.stranger)

        with pytest.raises(Refused):
            domain.start(by=cast.stranger)

    def test_the_database_knows_that_too(self, cast: Cast) -> None:
        made = domain.start(by=cast.stranger)

        made.pk, made.code = None, "ZZZZ-ZZZZ"
        with pytest.raises(IntegrityError), transaction.atomic():
            made.save(force_insert=True)

    def test_the_database_knows_no_two_changes_of_one_firm(self, cast: Cast) -> None:
        made = domain.start(by=cast.maju)

        made.pk, made.code, made.applicant = None, "ZZZZ-ZZZZ", cast.stranger
        with pytest.raises(IntegrityError, match="one_open_change"), transaction.atomic():
            made.save(force_insert=True)

    def test_whoever_holds_an_office_does_not_become_a_provider(self, cast: Cast) -> None:
        with pytest.raises(Refused):
            domain.start(by=cast.sari)

    @pytest.mark.parametrize("right", [OfficerRight.BIDDER, OfficerRight.READER])
    def test_only_the_administrator_changes_what_was_verified(self, right: str) -> None:
        officer = ProviderOfficerFactory(right=right)

        with pytest.raises(Refused):
            domain.start(by=officer.user)

    def test_a_change_begins_with_what_was_verified(self, cast: Cast) -> None:
        made = domain.start(by=cast.maju)

        firm = cast.provider("maju")
        assert made.purpose == Purpose.CHANGE
        assert made.provider == firm
        assert [getattr(made, n) for n in IDENTITY_FIELDS] == [
            getattr(firm, n) for n in IDENTITY_FIELDS
        ]

    def test_two_administrators_do_not_change_one_firm_past_each_other(self, cast: Cast) -> None:
        domain.start(by=cast.maju)
        other = ProviderOfficerFactory(provider=cast.provider("maju"))

        with pytest.raises(Refused):
            domain.start(by=other.user)


class TestFillingIn:
    def test_a_step_is_kept_incomplete(self, cast: Cast) -> None:
        made = a_draft(cast.stranger, name="PT Bima Contoh")

        again = Application.objects.get(pk=made.pk)
        assert again.name == "PT Bima Contoh"
        assert {"npwp", "address", "responsible_nik"} <= set(lacks(again))

    def test_the_log_says_which_fields_and_not_what(self, cast: Cast) -> None:
        a_draft(cast.stranger, responsible_nik="3301011705800001")

        entries = AuditEntry.objects.filter(event=Event.APPLICATION_CHANGED)
        assert entries.get().data == {"fields": ["kind", "responsible_nik"]}

    def test_nothing_but_an_identity_is_written(self, cast: Cast) -> None:
        with pytest.raises(ValueError, match="state"):
            a_draft(cast.stranger, state="approved")

    def test_nobody_else_fills_it_in(self, cast: Cast) -> None:
        made = a_draft(cast.stranger)

        for other in (cast.maju, cast.wati, UserFactory()):
            with pytest.raises(PermissionDenied):
                domain.save_step(made, {"name": "PT Lain"}, by=other)

    def test_what_was_sent_stays_as_it_is(self, cast: Cast) -> None:
        made = a_sent_application(cast.stranger)

        with pytest.raises(Refused):
            domain.save_step(made, {"name": "PT Lain"}, by=cast.stranger)
        with pytest.raises(Refused):
            a_copy(made, "ktp")
        with pytest.raises(Refused):
            domain.remove_document(made.documents.filter(code="ktp").get(), by=cast.stranger)


@pytest.mark.clause("P22(3)")
class TestPapers:
    @pytest.mark.parametrize(
        ("kind", "codes"),
        [
            pytest.param(
                "company",
                ["ktp", "deed", "deed_amendment", "npwp", "licence"],
                marks=pytest.mark.clause("P22(1)a.2.b"),
            ),
            ("sole", ["ktp", "deed", "deed_amendment", "npwp", "licence"]),
            ("person", ["ktp", "npwp", "licence"]),
        ],
    )
    def test_the_law_says_which_ones(self, cast: Cast, kind: str, codes: list[str]) -> None:
        assert list(domain.papers(a_draft(cast.stranger, kind=kind))) == codes

    @pytest.mark.clause("P22(1)a.2.b")
    def test_an_amendment_is_there_only_if_there_is_one(self, cast: Cast) -> None:
        assert "deed_amendment" not in lacks(a_draft(cast.stranger, kind="company"))
        assert "deed" in lacks(Application.objects.get())

    def test_no_other_is_taken(self, cast: Cast) -> None:
        made = a_draft(cast.stranger, kind="person")

        with pytest.raises(Refused):
            a_copy(made, "deed")
        with pytest.raises(Refused):
            a_copy(made, "domicile")

    def test_the_database_takes_no_other_either(self, cast: Cast) -> None:
        paper = a_copy(a_draft(cast.stranger))

        sql = "UPDATE registration_applicationdocument SET code = 'siup_baru' WHERE id = %s"
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [paper.pk])

    def test_a_newer_copy_takes_the_place_of_the_former(self, cast: Cast) -> None:
        made = a_draft(cast.stranger)
        former, newer = a_copy(made, "ktp"), a_copy(made, "ktp")

        former.refresh_from_db()
        assert former.removed_at is not None
        assert list(made.documents.filter(removed_at=None)) == [newer]

    @pytest.mark.clause("P22(1)a.2.d")
    def test_there_may_be_several_licences_and_not_without_end(self, cast: Cast) -> None:
        made = a_draft(cast.stranger)
        for _number in range(domain.MOST_LICENCES):
            a_copy(made, "licence")

        with pytest.raises(Refused):
            a_copy(made, "licence")
        assert made.documents.filter(removed_at=None).count() == domain.MOST_LICENCES

    def test_what_is_taken_out_is_out_once(self, cast: Cast) -> None:
        paper = a_copy(a_draft(cast.stranger))

        domain.remove_document(paper, by=cast.stranger)
        domain.remove_document(paper, by=cast.stranger)

        events = AuditEntry.objects.filter(event=Event.APPLICATION_DOCUMENT_REMOVED)
        assert events.count() == 1

    def test_reading_one_is_recorded_and_a_stranger_reads_none(self, cast: Cast) -> None:
        paper = a_copy(a_draft(cast.stranger))

        domain.read_document(paper, by=cast.wati)
        with pytest.raises(PermissionDenied):
            domain.read_document(paper, by=cast.maju)

        entry = AuditEntry.objects.get(event=Event.IDENTITY_DOCUMENT_READ)
        assert entry.actor_uid == "wati"
        assert entry.data["document"] == "ktp"


class TestSending:
    def test_a_complete_one_is_sent_and_its_applicant_told(self, cast: Cast) -> None:
        made = a_sent_application(cast.stranger)

        assert Application.objects.get(pk=made.pk).submitted_at is not None
        told = Message.objects.get(recipient=cast.stranger, template="application_submitted")
        assert told.url == "/application/"

    @pytest.mark.parametrize("field", [n for n in IDENTITY if n not in completeness.OPTIONAL])
    def test_every_needed_field_is_missed_by_name(self, cast: Cast, field: str) -> None:
        made = a_complete_draft(cast.stranger, **({field: ""} if field != "kind" else {}))
        if field == "kind":
            domain.save_step(made, {"kind": ""}, by=cast.stranger)

        assert field in lacks(made)
        with pytest.raises(Refused):
            domain.submit(made, by=cast.stranger)
        assert Application.objects.get(pk=made.pk).state == ApplicationState.DRAFT

    @pytest.mark.parametrize("code", ["ktp", "deed", "npwp", "licence"])
    def test_every_needed_paper_is_missed(self, cast: Cast, code: str) -> None:
        made = a_complete_draft(cast.stranger)
        domain.remove_document(made.documents.get(code=code), by=cast.stranger)

        assert list(lacks(made)) == [code]
        with pytest.raises(Refused):
            domain.submit(made, by=cast.stranger)

    def test_an_individual_has_no_position_and_no_deed(self, cast: Cast) -> None:
        made = a_complete_draft(cast.stranger, kind="person", responsible_position="")

        domain.submit(made, by=cast.stranger)

    def test_a_number_of_the_wrong_length_is_not_sent_by_another_way(self, cast: Cast) -> None:
        assert list(lacks(a_complete_draft(cast.stranger, npwp="123"))) == ["npwp"]

    def test_a_bad_check_digit_is_no_obstacle(self, cast: Cast) -> None:
        domain.submit(a_complete_draft(cast.stranger, npwp="012345678012000"), by=cast.stranger)

    def test_papers_of_another_kind_do_not_go_along(self, cast: Cast) -> None:
        made = a_complete_draft(cast.stranger)
        domain.save_step(made, {"kind": "person"}, by=cast.stranger)

        domain.submit(made, by=cast.stranger)

        kept = set(made.documents.filter(removed_at=None).values_list("code", flat=True))
        assert kept == {"ktp", "npwp", "licence"}

    def test_it_is_sent_once(self, cast: Cast) -> None:
        made = a_sent_application(cast.stranger)

        with pytest.raises(Refused):
            domain.submit(made, by=cast.stranger)


class TestComingBack:
    def test_the_latest_list_is_shown_until_it_is_sent_again(self, cast: Cast) -> None:
        made = a_sent_application(cast.stranger)
        returned(made, by=cast.wati, ktp="KTP tidak terbaca.")
        domain.submit(made, by=cast.stranger)
        returned(made, by=cast.wati, name="Nama tidak sesuai akta.", deed="Halaman 3 hilang.")

        assert [item.subject for item in domain.asked_for(made)] == ["name", "deed"]
        domain.submit(made, by=cast.stranger)
        assert domain.asked_for(made) == []


@pytest.mark.clause("P22(2)")
class TestTakingOver:
    def test_an_approved_application_is_a_verified_provider(self, cast: Cast) -> None:
        made = a_sent_application(cast.stranger)

        firm = approve(made, by=cast.wati)

        assert firm.verified_at is not None
        assert {n: getattr(firm, n) for n in IDENTITY} == IDENTITY
        officer = ProviderOfficer.objects.get(provider=firm)
        assert (officer.user, officer.right) == (cast.stranger, OfficerRight.ADMINISTRATOR)
        assert Application.objects.get(pk=made.pk).provider == firm
        assert AuditEntry.objects.filter(event=Event.PROVIDER_VERIFIED).exists()

    def test_who_got_an_office_meanwhile_becomes_no_provider(self, cast: Cast) -> None:
        made = a_sent_application(cast.stranger)
        AssignmentFactory(user=cast.stranger)

        with pytest.raises(Refused):
            provider.take_over(made, by=cast.wati)
        assert not Provider.objects.exists()

    def test_who_acts_for_another_meanwhile_does_not_act_for_two(self, cast: Cast) -> None:
        made = a_sent_application(cast.stranger)
        ProviderOfficerFactory(user=cast.stranger)

        with pytest.raises(Refused):
            provider.take_over(made, by=cast.wati)

    def test_a_change_corrects_the_firm_and_leaves_its_people(self, cast: Cast) -> None:
        first = a_sent_application(cast.stranger)
        firm = approve(first, by=cast.wati)
        person = User.objects.get(pk=cast.stranger.pk)
        change = domain.start(by=person)
        assert set(change.documents.values_list("code", flat=True)) == {
            code for code in DocumentCode.values if code != "deed_amendment"
        }
        domain.save_step(change, {"name": "PT Bima Baru Contoh"}, by=person)
        assert Provider.objects.get(pk=firm.pk).name == "PT Bima Contoh"  # until it is approved
        domain.submit(change, by=person)

        approve(change, by=cast.wati)

        again = Provider.objects.get(pk=firm.pk)
        assert again.name == "PT Bima Baru Contoh"
        assert (again.code, again.verified_at) == (firm.code, firm.verified_at)
        assert ProviderOfficer.objects.filter(provider=firm, left_at=None).count() == 1
        entry = AuditEntry.objects.get(event=Event.PROVIDER_CHANGED)
        assert entry.data["fields"] == ["name"]


@pytest.mark.clause("P22(2)")
class TestWhoNoLongerAdministers:
    """A change is the firm's, not that of the person who began it."""

    @pytest.fixture
    def firm(self, cast: Cast) -> Provider:
        firm = cast.provider("maju")
        a_colleague(firm, "pengganti", OfficerRight.ADMINISTRATOR)
        return firm

    @pytest.fixture
    def replacement(self, firm: Provider) -> User:
        return User.objects.get(username="pengganti")

    @pytest.fixture
    def change(self, cast: Cast, firm: Provider) -> Application:
        return a_complete_draft(cast.maju)

    def lets_go(self, cast: Cast, how: str) -> None:
        colleague = User.objects.get(username="pengganti")
        if how == "end":
            officer.end(place_of(cast.maju), by=colleague)
        else:
            officer.change_right(place_of(cast.maju), OfficerRight.READER, by=colleague)

    @pytest.mark.parametrize("how", ["end", "right"])
    @pytest.mark.parametrize("is_sent", [False, True])
    def test_the_change_ends_and_the_firm_begins_anew(
        self,
        cast: Cast,
        change: Application,
        replacement: User,
        how: str,
        is_sent: bool,
    ) -> None:
        if is_sent:
            domain.submit(change, by=cast.maju)

        self.lets_go(cast, how)

        change.refresh_from_db()
        assert change.state == ApplicationState.ARCHIVED
        assert domain.current(User.objects.get(pk=cast.maju.pk)) is None
        assert domain.start(by=User.objects.get(pk=replacement.pk)).provider == change.provider

    def test_nothing_of_it_is_read_written_or_sent(self, cast: Cast, change: Application) -> None:
        paper = change.documents.get(code="ktp")
        ProviderOfficer.objects.filter(user=cast.maju).update(left_at=database_now())
        maju = User.objects.get(pk=cast.maju.pk)

        with pytest.raises(PermissionDenied):
            domain.read_document(paper, by=maju)
        with pytest.raises(PermissionDenied):
            domain.save_step(change, {"responsible_name": "Orang Lain"}, by=maju)
        with pytest.raises(PermissionDenied):
            domain.remove_document(paper, by=maju)
        with pytest.raises(PermissionDenied):
            domain.submit(change, by=maju)

    def test_an_open_page_is_asked_afresh(self, cast: Cast, change: Application) -> None:
        assert cast.maju.officer is not None
        ProviderOfficer.objects.filter(user=cast.maju).update(right=OfficerRight.READER)

        with pytest.raises(PermissionDenied):
            domain.submit(change, by=cast.maju)

    def test_it_is_not_approved(self, cast: Cast, change: Application) -> None:
        domain.submit(change, by=cast.maju)
        ProviderOfficer.objects.filter(user=cast.maju).update(left_at=database_now())

        with pytest.raises(Refused, match="administer"):
            provider.take_over(change, by=cast.wati)


def test_every_field_of_an_identity_belongs_to_one_step() -> None:
    asked: list[Any] = [name for names in completeness.FIELDS.values() for name in names]

    assert sorted(asked) == sorted(IDENTITY_FIELDS)
    assert set(completeness.FIELDS) | {Step.DOCUMENTS, Step.CHECK} == set(Step)
