from __future__ import annotations

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from pytest_django import DjangoAssertNumQueries

from lpse.errors import Refused
from registration.domain import application as domain
from registration.domain import verification
from registration.domain.application import APPLICATION
from registration.domain.doubts import doubts
from registration.models import Application, Doubt, Role, Sanction
from tests.cast import Cast
from tests.factories.applying import a_draft, a_sent_application
from tests.factories.registration import (
    AssignmentFactory,
    ProviderFactory,
    UserFactory,
    today,
)
from tests.factories.sanction import a_deactivation, a_sanction

pytestmark = [pytest.mark.django_db, pytest.mark.clause("P22(2)")]
NPWP, NIK = "013121660091000", "3301011705800001"
MOST_QUERIES = 4


def found(application: Application) -> set[tuple[Doubt, str]]:
    """Each doubt with the number, address or entry that it is about."""
    return {(doubt, about.split(" ")[0]) for doubt, about, _words in doubts(application)}


def kinds(application: Application) -> set[Doubt]:
    return {doubt for doubt, _about, _words in doubts(application)}


@pytest.fixture
def mine(cast: Cast) -> Application:
    return a_sent_application(cast.stranger)


def test_a_sound_application_raises_none(mine: Application) -> None:
    assert doubts(mine) == []


def test_an_empty_one_raises_none(cast: Cast) -> None:
    a_draft()

    assert doubts(a_draft(cast.stranger)) == []


def test_a_check_digit_that_does_not_fit_is_a_doubt_about_that_number(cast: Cast) -> None:
    made = a_sent_application(cast.stranger, npwp="012345678012000")

    assert found(made) == {(Doubt.NPWP_CHECK_DIGIT, "012345678012000")}


def test_a_nik_that_cannot_be_is_a_doubt(cast: Cast) -> None:
    made = a_sent_application(cast.stranger, responsible_nik="9999019902800001")

    assert found(made) == {(Doubt.NIK_FORM, "9999019902800001")}


@pytest.mark.parametrize("theirs", [NPWP, f"0{NPWP}"])
def test_a_provider_with_the_same_npwp_is_named(mine: Application, theirs: str) -> None:
    other = ProviderFactory(npwp=theirs)

    [(doubt, about, words)] = doubts(mine)

    assert doubt == Doubt.NPWP_TWICE
    assert about.startswith(f"{NPWP} ")
    assert other.name in words


def test_an_open_application_with_the_same_numbers_is_named(mine: Application) -> None:
    other = a_draft(npwp=NPWP, responsible_nik=NIK)

    assert found(mine) == {(Doubt.NPWP_TWICE, NPWP), (Doubt.NIK_TWICE, NIK)}
    assert all(other.code in words for _doubt, _about, words in doubts(mine))


def test_one_that_was_archived_or_refused_counts_no_more(mine: Application, cast: Cast) -> None:
    other = a_sent_application(UserFactory(), npwp="021832415000000", responsible_nik=NIK)
    assert kinds(mine) == {Doubt.NIK_TWICE}

    Application.objects.filter(pk=other.pk).update(
        decided_at=mine.submitted_at, decided_by=cast.wati, decision_reason="Bukan orangnya."
    )
    APPLICATION.fire(other, "reject", by=cast.wati)
    assert doubts(mine) == []


def test_who_comes_back_from_a_deactivated_user_id_is_doubted(
    cast: Cast, mine: Application
) -> None:
    former = UserFactory(username="lama")
    over = a_draft(former, responsible_nik=NIK)
    APPLICATION.fire(over, "archive", by=None, code=over.code, reason="period")
    assert doubts(mine) == []

    a_deactivation(former, by=cast.wati)

    assert kinds(mine) == {Doubt.NIK_TWICE}
    assert over.code in doubts(mine)[0][2]


def test_a_firm_is_not_its_own_double(cast: Cast) -> None:
    ProviderFactory(code="maju", npwp=NPWP)
    change = domain.start(by=cast.maju)

    assert doubts(change) == []


def test_an_address_of_another_account_is_a_doubt(mine: Application) -> None:
    UserFactory(username="kembar", email=mine.applicant.email.upper())

    assert found(mine) == {(Doubt.EMAIL_TWICE, mine.applicant.email)}


def test_an_address_that_another_only_typed_is_none(cast: Cast, mine: Application) -> None:
    typed = EmailAddress.objects.create(user=cast.maju, email=mine.applicant.email)
    assert doubts(mine) == []

    EmailAddress.objects.filter(pk=typed.pk).update(verified=True)
    assert kinds(mine) == {Doubt.EMAIL_TWICE}


def settled(application: Application, cast: Cast) -> None:
    """Two verifiers have set aside every doubt that there is."""
    second = UserFactory(username="yanti")
    AssignmentFactory(user=second, role=Role.VERIFIER)
    for doubt, about, _words in doubts(application):
        override = verification.set_aside(
            application, doubt, about, reason="Hanya mirip.", by=cast.wati
        )
        verification.confirm(override, by=second)
    assert not unsettled(application)


def unsettled(application: Application) -> set[Doubt]:
    return {one.doubt for one in verification.open_doubts(application) if not one.is_settled}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "PT Bima Cntoh"),
        ("responsible_name", "Bima Lain"),
        ("npwp", "021832415000000"),
        ("responsible_nik", "3301011705800002"),
    ],
)
def test_what_was_set_aside_before_the_data_changed_is_doubted_afresh(
    mine: Application, cast: Cast, field: str, value: str
) -> None:
    a_sanction(cast.agency, by=cast.wati, name="PT Bima Cntoh", npwp="999999999999999")
    settled(mine, cast)

    setattr(mine, field, value)

    assert unsettled(mine) == {Doubt.BLACKLISTED}
    mine.save()
    with pytest.raises(Refused, match="blacklist"):
        verification.approve(mine, by=cast.wati)


def test_a_later_double_is_not_covered_by_an_earlier_one(mine: Application, cast: Cast) -> None:
    numbers = {"npwp": NPWP, "responsible_nik": NIK}
    ProviderFactory(**numbers)
    UserFactory(username="kembar", email=mine.applicant.email)
    settled(mine, cast)

    a_draft(**numbers)
    UserFactory(username="kembar2", email=mine.applicant.email)

    assert unsettled(mine) == {Doubt.NPWP_TWICE, Doubt.NIK_TWICE, Doubt.EMAIL_TWICE}


def test_an_entry_with_a_long_name_can_be_set_aside(mine: Application, cast: Cast) -> None:
    a_sanction(cast.agency, by=cast.wati, name="Nama " * 39, npwp=NPWP)

    settled(mine, cast)


class TestBlacklist:
    def on_it(self, cast: Cast, **said: object) -> Sanction:
        return a_sanction(cast.agency, by=cast.wati, **said)

    def test_by_its_number_under_any_name(self, mine: Application, cast: Cast) -> None:
        listed = self.on_it(cast, npwp=f"0{NPWP}", name="CV Nama Lain Sekali")

        [(doubt, about, words)] = doubts(mine)
        assert doubt == Doubt.BLACKLISTED
        assert listed.decree_number in about
        assert listed.name in words

    @pytest.mark.parametrize("name", ["CV Bima Contoh", "PT. BIMA CONTOH", "PT Bima Cntoh"])
    def test_by_a_name_that_is_close(self, mine: Application, cast: Cast, name: str) -> None:
        self.on_it(cast, name=name, npwp="999999999999999")

        assert kinds(mine) == {Doubt.BLACKLISTED}

    @pytest.mark.parametrize("name", ["PT Sejahtera Abadi", "PT Contoh Lain", "PT"])
    def test_not_by_one_that_is_not(self, mine: Application, cast: Cast, name: str) -> None:
        self.on_it(cast, name=name, npwp="999999999999999")

        assert doubts(mine) == []

    def test_nor_after_its_end(self, mine: Application, cast: Cast) -> None:
        listed = self.on_it(cast, npwp=NPWP, name="PT Bima Contoh")
        Sanction.objects.filter(pk=listed.pk).update(
            since=today() - dt.timedelta(days=400), until=today() - dt.timedelta(days=1)
        )

        assert doubts(mine) == []


def test_the_queries_are_as_many_however_much_is_found(
    mine: Application, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    again = Application.objects.select_related("applicant").get(pk=mine.pk)
    with django_assert_num_queries(MOST_QUERIES):
        assert doubts(again) == []

    for number in range(5):
        ProviderFactory(npwp=NPWP, responsible_nik=NIK)
        UserFactory(username=f"kembar{number}", email=mine.applicant.email)
    a_sanction(cast.agency, by=cast.wati, name="CV Bima Contoh", npwp="999999999999999")
    with django_assert_num_queries(MOST_QUERIES):
        assert len(doubts(again)) == 4
