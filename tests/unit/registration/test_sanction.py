"""The blacklist: the term of the law, whom an entry is about, and what the public finds."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from bidding.domain import good_standing
from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.clock import database_now
from lpse.errors import Refused
from lpse.mail.models import Message
from registration import masking
from registration.domain import application, provider
from registration.domain import sanction as domain
from registration.domain.sanction import Law, Term
from registration.models import Provider, ProviderKind, Sanction, Status, Violation
from tests.cast import Cast
from tests.factories.applying import a_sent_application
from tests.factories.registration import ProviderFactory, WorkUnitFactory, today
from tests.factories.sanction import a_decree, a_sanction

pytestmark = [pytest.mark.django_db, pytest.mark.clause("P10(4)")]


@pytest.mark.parametrize(
    ("rule_set", "violation", "years"),
    [
        ("perpres-16-2018", Violation.FRAUD, 2),
        ("perpres-16-2018", Violation.WITHDRAWAL, 1),
        ("perpres-54-2010", Violation.WITHDRAWAL, 2),
    ],
)
def test_the_term_is_that_of_the_law(
    cast: Cast, rule_set: str, violation: Violation, years: int
) -> None:
    made = a_sanction(cast.agency, by=cast.wati, rule_set=rule_set, violation=violation)

    assert made.until == domain.last_day(made.since, years)


def test_a_leap_day_ends_on_the_last_of_february() -> None:
    assert domain.last_day(dt.date(2024, 2, 29), 1) == dt.date(2025, 2, 28)
    assert domain.last_day(dt.date(2024, 2, 29), 4) == dt.date(2028, 2, 29)


def test_another_term_than_the_law_confirms_is_refused_with_the_lawful_day(cast: Cast) -> None:
    day = today() + dt.timedelta(days=30)

    with pytest.raises(Refused) as refusal:
        a_sanction(cast.agency, by=cast.wati, until=day)

    assert refusal.value.field == "until"
    assert "Pasal 78" in str(refusal.value)
    assert not Sanction.objects.exists()


def test_where_the_law_is_not_confirmed_another_term_is_only_doubted(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    law = Law("suatu", "Suatu aturan", dict.fromkeys(Violation, Term(1, "SOP", confirmed=False)))
    monkeypatch.setattr(domain, "_sources", [lambda: [law]])
    day = today() + dt.timedelta(days=30)

    made = a_sanction(cast.agency, by=cast.wati, rule_set="suatu", until=day)

    assert made.until == day
    assert "SOP" in domain.doubt_about_term(made)


@pytest.mark.parametrize("wrong", ["since", "decree_date", "work_unit", "provider", "rule_set"])
def test_a_decree_that_cannot_be_is_refused(cast: Cast, wrong: str) -> None:
    decree = a_decree(cast.agency)
    match wrong:
        case "since":
            decree.since = decree.decree_date - dt.timedelta(days=1)
        case "decree_date":
            decree.decree_date = decree.since = today() + dt.timedelta(days=1)
        case "work_unit":
            decree.work_unit = WorkUnitFactory(agency=cast.other_agency)
        case "provider":
            decree.provider = cast.provider("maju")
        case "rule_set":
            decree.rule_set = "tidak-ada"

    with pytest.raises(Refused) as refusal:
        domain.publish(decree, by=cast.wati)

    assert refusal.value.field == (None if wrong == "rule_set" else wrong)
    assert not Sanction.objects.exists()


@pytest.mark.parametrize("name", ["lina", "sari", "qori", "maju", "stranger"])
def test_nobody_but_a_verifier_publishes_or_withdraws(cast: Cast, name: str) -> None:
    with pytest.raises(PermissionDenied):
        a_sanction(cast.agency, by=getattr(cast, name))
    made = a_sanction(cast.agency, by=cast.wati)
    with pytest.raises(PermissionDenied):
        domain.withdraw(made, number="1", date=today(), reason="Keliru.", by=getattr(cast, name))


@pytest.mark.parametrize("written", ["013121660091000", "0013121660091000"])
def test_a_known_provider_is_found_by_either_spelling_of_its_npwp(
    cast: Cast, written: str
) -> None:
    firm = ProviderFactory(code="maju", npwp="013121660091000")
    cast.maju  # noqa: B018 - its officer

    made = a_sanction(cast.agency, by=cast.wati, npwp=written)

    assert made.provider == firm
    assert Message.objects.filter(template="sanction_published").count() == 1


def test_of_several_providers_with_one_npwp_the_verifier_chooses(cast: Cast) -> None:
    one = ProviderFactory(npwp="013121660091000")
    ProviderFactory(npwp="0013121660091000")

    with pytest.raises(Refused) as refusal:
        a_sanction(cast.agency, by=cast.wati)

    assert refusal.value.field == "provider"
    assert a_sanction(cast.agency, one, by=cast.wati).provider == one


def test_a_second_firm_of_the_same_tax_payer_is_under_the_entry_too(cast: Cast) -> None:
    one = ProviderFactory(npwp="013121660091000")
    other = ProviderFactory(npwp="0013121660091000")

    made = a_sanction(cast.agency, one, by=cast.wati)

    assert domain.in_force(other) == made
    found = good_standing.since_the_deadline([one, other], database_now())
    assert found == {one.pk: made, other.pk: made}


def test_an_entry_from_before_stays_with_a_firm_whose_number_changes(cast: Cast) -> None:
    made = a_sanction(cast.agency, by=cast.wati)

    firm = provider.take_over(a_sent_application(cast.stranger, npwp=made.npwp), by=cast.wati)

    Provider.objects.filter(pk=firm.pk).update(npwp="012345678012000")
    assert domain.in_force(Provider.objects.get(pk=firm.pk)) == made


def test_a_change_of_the_number_leaves_no_entry_behind(cast: Cast) -> None:
    firm = ProviderFactory(code="maju", npwp="013121660091000")
    made = a_sanction(cast.agency, by=cast.wati)
    Sanction.objects.update(provider=None)
    change = application.start(by=cast.maju)
    application.save_step(change, {"npwp": "012345678012000"}, by=cast.maju)

    provider.take_over(change, by=cast.wati)

    firm.refresh_from_db()
    assert firm.npwp == "012345678012000"
    assert domain.in_force(firm) == made


def test_the_same_decree_is_not_published_twice(cast: Cast) -> None:
    a_sanction(cast.agency, by=cast.wati)

    with pytest.raises(Refused):
        a_sanction(cast.agency, by=cast.wati)


def test_it_counts_from_its_first_day_and_not_from_when_it_was_typed(cast: Cast) -> None:
    firm = cast.provider("maju")
    made = a_sanction(cast.agency, firm, by=cast.wati, since=today() - dt.timedelta(days=300))

    assert domain.in_force(firm) == made
    assert (made.until - today()).days < 70


def test_a_withdrawn_entry_stays_on_the_list_and_binds_nobody(cast: Cast) -> None:
    firm = cast.provider("maju")
    made = a_sanction(cast.agency, firm, by=cast.wati)
    with pytest.raises(Refused):
        domain.withdraw(
            made,
            number="1",
            date=made.decree_date - dt.timedelta(days=1),
            reason="-",
            by=cast.wati,
        )

    domain.withdraw(made, number="CONTOH/CB/1", date=today(), reason="Keliru.", by=cast.wati)

    assert domain.in_force(firm) is None
    made.refresh_from_db()
    assert domain.status(made, today()) == Status.WITHDRAWN
    assert list(domain.search(state=Status.WITHDRAWN)) == [made]
    with pytest.raises(Refused):
        domain.withdraw(made, number="2", date=today(), reason="Lagi.", by=cast.wati)
    assert AuditEntry.objects.filter(event=Event.SANCTION_WITHDRAWN).count() == 1


def test_the_database_knows_no_withdrawal_without_its_decree(cast: Cast) -> None:
    made = a_sanction(cast.agency, by=cast.wati)

    with pytest.raises(IntegrityError), transaction.atomic():
        Sanction.objects.filter(pk=made.pk).update(withdrawn_at=made.published_at)


def test_the_list_is_searched_by_name_decree_and_status(cast: Cast) -> None:
    made = a_sanction(cast.agency, by=cast.wati)
    old = a_sanction(
        cast.agency,
        by=cast.wati,
        name="PT Lama Contoh",
        npwp="027654321021000",
        since=today() - dt.timedelta(days=800),
    )

    assert list(domain.search("nakal")) == [made]
    assert list(domain.search("lama contoh")) == [old]
    assert list(domain.search("CONTOH/DH/1", Status.OVER)) == [old]
    assert list(domain.search(state=Status.SHOWN)) == [made]
    assert list(domain.search("01.312.166.0-091.000")) == [made]
    assert list(domain.search("0013121660091000")) == [made]
    assert list(domain.search("312166")) == [made]  # a company's may be searched in part
    assert domain.public_npwp(made) == "01.312.166.0-091.000"


def test_the_number_of_a_person_is_masked_and_not_found_digit_by_digit(cast: Cast) -> None:
    number = "3273014101900001"
    made = a_sanction(cast.agency, by=cast.wati, kind=ProviderKind.PERSON, npwp=number)

    assert domain.public_npwp(made) == "•" * 12 + "0001"
    assert not domain.search(number[:15]).exists()
    assert not domain.search("0001").exists()
    assert list(domain.search(number)) == [made]  # whoever has it, has it


def test_what_is_masked_tells_too_little_to_be_used() -> None:
    assert masking.email("maju@contoh.example") == "m•••@contoh.example"
    assert masking.email("") == ""
    assert masking.phone("081234567890") == "•••••••••890"
    assert masking.number("123") == "•••"
