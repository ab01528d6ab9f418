"""Joining a tender, and the key that a firm signs with."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from bidding.domain import participation as domain
from bidding.models import Participation, TenderKey
from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.clock import database_now
from lpse.errors import Refused
from lpse.mail.models import Message
from lpse.sealing import sign
from procurement.models import Stage, StageCode, Tender, TenderState
from registration.models import OfficerRight, Provider
from tests.factories.bidding import (
    Announced,
    a_bidder,
    a_colleague,
    a_firm,
    a_user,
    an_announced_tender,
)

pytestmark = pytest.mark.django_db

KEY = sign.public_key(b"\1" * 32)


@pytest.fixture
def made() -> Announced:
    return an_announced_tender()


def test_a_firm_joins_by_accepting_the_integrity_pact(made: Announced) -> None:
    maju = a_firm("maju")

    joined = domain.join(made.tender, pact_accepted=True, by=maju)

    assert (joined.provider.code, joined.joined_by) == ("pt-maju", maju)
    entry = AuditEntry.objects.get(event=Event.PARTICIPATION_JOINED)
    assert entry.data == {
        "tender": made.tender.code,
        "provider": "pt-maju",
        "integrity_pact": True,
    }
    assert list(Message.objects.values_list("recipient__username", flat=True)) == ["maju"]


def test_without_the_integrity_pact_nobody_joins(made: Announced) -> None:
    with pytest.raises(Refused) as refusal:
        domain.join(made.tender, pact_accepted=False, by=a_firm())

    assert refusal.value.field == domain.PACT
    assert not Participation.objects.exists()


def test_a_second_officer_finds_the_firm_in_already(made: Announced) -> None:
    maju = a_firm("maju")
    colleague = a_colleague(maju, right=OfficerRight.BIDDER)
    first = domain.join(made.tender, pact_accepted=True, by=maju)

    assert domain.join(made.tender, pact_accepted=False, by=colleague) == first
    assert domain.of(made.tender, colleague) == first
    assert AuditEntry.objects.filter(event=Event.PARTICIPATION_JOINED).count() == 1


def test_a_reader_an_unverified_firm_and_an_officer_of_nothing_cannot_join(
    made: Announced,
) -> None:
    reader = a_firm(right=OfficerRight.READER)
    unverified = a_firm()
    Provider.objects.filter(officers__user=unverified).update(verified_at=None)

    for user in (reader, unverified, a_user()):
        with pytest.raises(PermissionDenied):
            domain.join(made.tender, pact_accepted=True, by=user)
    assert not Participation.objects.exists()


@pytest.mark.parametrize("change", ["too early", "too late", "past the deadline", "cancelled"])
def test_the_schedule_says_when_firms_join(made: Announced, change: str) -> None:
    now, hour = database_now(), dt.timedelta(hours=1)
    download = Stage.objects.filter(tender=made.tender, code=StageCode.DOWNLOAD)
    match change:
        case "too early":
            download.update(starts_at=now + hour)
        case "too late":
            download.update(ends_at=now)
        case "past the deadline":
            Stage.objects.filter(tender=made.tender, code="submission").update(ends_at=now)
        case "cancelled":
            Tender.objects.filter(pk=made.tender.pk).update(
                state=TenderState.CANCELLED, cancelled_at=now, cancel_reason="contoh"
            )

    with pytest.raises(Refused):
        domain.join(made.tender, pact_accepted=True, by=a_firm())


def test_the_first_key_of_a_firm_is_registered_and_recorded(made: Announced) -> None:
    maju = a_firm("maju")
    joined = domain.join(made.tender, pact_accepted=True, by=maju)

    key = domain.register_tender_key(joined, KEY, by=maju)

    assert domain.latest_key(joined) == key
    entry = AuditEntry.objects.get(event=Event.TENDER_KEY_REGISTERED)
    assert entry.data["public_key"] == KEY


def test_registering_the_same_key_again_changes_nothing(made: Announced) -> None:
    bidder = a_bidder(made)
    known = domain.latest_key(bidder.participation)
    assert known is not None

    again = domain.register_tender_key(bidder.participation, known.public_key, by=bidder.user)

    assert again == known
    assert TenderKey.objects.count() == 1


def test_another_key_counts_from_then_on_and_shows(made: Announced) -> None:
    bidder = a_bidder(made)

    key = domain.register_tender_key(bidder.participation, KEY, by=bidder.user)

    assert domain.latest_key(bidder.participation) == key
    assert AuditEntry.objects.filter(event=Event.TENDER_KEY_REGISTERED).count() == 2


def test_the_key_of_another_firm_cannot_be_registered(made: Announced) -> None:
    taken = domain.latest_key(a_bidder(made).participation)
    bidder = a_bidder(made)
    assert taken is not None

    with pytest.raises(Refused):
        domain.register_tender_key(bidder.participation, taken.public_key, by=bidder.user)


@pytest.mark.parametrize("text", ["", "x", KEY[:-4], KEY + "A", "=" * 44])
def test_what_is_no_public_key_is_refused(made: Announced, text: str) -> None:
    bidder = a_bidder(made)

    with pytest.raises(Refused):
        domain.register_tender_key(bidder.participation, text, by=bidder.user)


def test_after_the_deadline_no_key_is_registered(made: Announced) -> None:
    bidder = a_bidder(made)
    stage = Stage.objects.filter(tender=made.tender, code=StageCode.SUBMISSION)
    stage.update(ends_at=database_now())

    with pytest.raises(Refused):
        domain.register_tender_key(bidder.participation, KEY, by=bidder.user)


def test_nobody_registers_a_key_for_another_firm(made: Announced) -> None:
    with pytest.raises(PermissionDenied):
        domain.register_tender_key(a_bidder(made).participation, KEY, by=a_firm())
