"""The deadline is exclusive to the microsecond, and is read only under a lock that lasts."""

from __future__ import annotations

import datetime as dt

import pytest

from bidding.domain import deadline
from bidding.domain.deadline import Moment
from lpse.errors import Refused
from procurement.models import TenderState
from tests.factories.bidding import an_announced_tender

ENDS = dt.datetime(2026, 3, 2, 7, 0, tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("now", "is_over"),
    [(ENDS - MICROSECOND, False), (ENDS, True), (ENDS + MICROSECOND, True)],
)
def test_the_instant_of_the_deadline_itself_is_too_late(now: dt.datetime, is_over: bool) -> None:
    moment = Moment(now, TenderState.ANNOUNCED, ENDS - dt.timedelta(days=7), ENDS)

    assert moment.is_over is is_over


def test_the_same_instant_written_in_another_zone_is_the_same_instant() -> None:
    """14.00 WIB is 16.00 WIT; compared as text, one of them would be late."""
    for hours in range(-12, 15):
        zone = dt.timezone(dt.timedelta(hours=hours))
        before = Moment((ENDS - MICROSECOND).astimezone(zone), TenderState.ANNOUNCED, None, ENDS)
        at = Moment(ENDS, TenderState.ANNOUNCED, None, ENDS.astimezone(zone))
        assert (before.is_over, at.is_over) == (False, True)


def test_a_tender_without_a_deadline_takes_nothing() -> None:
    assert Moment(ENDS, TenderState.ANNOUNCED, None, None).is_over


@pytest.mark.parametrize("state", [s for s in TenderState if s is not TenderState.ANNOUNCED])
def test_only_an_announced_tender_is_open(state: TenderState) -> None:
    with pytest.raises(Refused):
        deadline.require_open(Moment(ENDS - MICROSECOND, state, ENDS - MICROSECOND, ENDS))


@pytest.mark.django_db(transaction=True)
def test_a_lock_without_a_transaction_would_hold_nothing() -> None:
    tender = an_announced_tender().tender

    with pytest.raises(RuntimeError, match="transaction"):
        deadline.hold(tender)
    assert not deadline.look(tender).is_over
