"""The committee's side under real threads: one box, one announcement, one result of each bid."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import pytest

from bidding.domain import box as boxes
from bidding.domain import decryption
from bidding.domain import minutes as minutes_domain
from bidding.domain import opening as openings
from bidding.models import (
    Bid,
    BidState,
    Box,
    BoxedBid,
    Minutes,
    OpenedBid,
    Opening,
    Outcome,
    Receipt,
    ShareAct,
)
from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.errors import Refused
from procurement.domain import statement
from procurement.models import StatementSignature, Tender, TenderState
from tests.factories.bidding import a_bidder, a_user, an_announced_tender
from tests.factories.committee import (
    a_complete_tender,
    a_filled_box,
    post,
    sign_with,
    wait_for_deadline,
)
from tests.flows.test_bid_races import together

pytestmark = pytest.mark.django_db(transaction=True)


def refusals(outcomes: list[Any]) -> list[str]:
    """What was refused; anything else that went wrong fails the test."""
    wrong = [o for o in outcomes if isinstance(o, BaseException) and not isinstance(o, Refused)]
    assert wrong == []
    return [str(o) for o in outcomes if isinstance(o, Refused)]


@pytest.mark.parametrize("late", [-0.05, 0.0, 0.05])
def test_a_submission_racing_the_closing_is_in_the_box_or_refused_as_late(late: float) -> None:
    made = an_announced_tender(closes_in=dt.timedelta(seconds=4))
    ready = [(bid, bid.send_up()) for bid in (a_bidder(made).seal() for _bidder in range(6))]
    end = statement.deadline(made.statement) + dt.timedelta(seconds=late)

    def submit(bid: Any, upload: Any) -> Receipt:
        while dt.datetime.now(dt.UTC) < end:
            time.sleep(0.001)
        return bid.submit(upload)

    def close() -> Box:
        wait_for_deadline(made)
        return boxes.close(made.tender)

    outcomes = together([*(lambda b=b, u=u: submit(b, u) for b, u in ready), close])

    assert refusals(outcomes) == []
    accepted = {
        o.manifest_digest
        for o in outcomes
        if isinstance(o, Receipt) and o.outcome == Outcome.ACCEPTED
    }
    box = Box.objects.get()
    assert set(boxes.digests(box)) == accepted
    assert box.root == boxes.root(sorted(accepted))
    assert Receipt.objects.filter(outcome=Outcome.REFUSED).count() == 6 - len(accepted)


def test_eight_alarms_at_once_close_one_box() -> None:
    made = an_announced_tender(closes_in=dt.timedelta(seconds=2))
    a_bidder(made).seal().submit()
    wait_for_deadline(made)

    outcomes = together([lambda: boxes.close(Tender.objects.get(pk=made.tender.pk))] * 8)

    assert refusals(outcomes) == []
    assert {o.pk for o in outcomes} == {Box.objects.get().pk}
    assert BoxedBid.objects.count() == 1
    assert AuditEntry.objects.filter(event=Event.TENDER_BOX_CLOSED).count() == 1


def test_three_members_posting_at_once_end_phase_one_once() -> None:
    made, box, _sealed = a_filled_box(3)

    outcomes = together([lambda n=name: post(made, box, n) for name in ("budi", "dewi", "rina")])

    assert set(refusals(outcomes)) <= {"The shares are complete: no more are taken."}
    assert ShareAct.objects.count() in {2, 3}
    assert set(Bid.objects.values_list("state", flat=True)) == {BidState.OPENABLE}
    assert AuditEntry.objects.filter(event=Event.BID_OPENABLE).count() == 3


def test_one_member_posting_four_times_at_once_acts_once() -> None:
    made, box, _sealed = a_filled_box(1)

    outcomes = together([lambda: post(made, box, "budi")] * 4)

    assert len(refusals(outcomes)) == 3
    assert ShareAct.objects.count() == 1


def test_four_workers_at_once_open_every_bid_once() -> None:
    made, box, _sealed = a_filled_box(3)
    post(made, box, "budi")
    post(made, box, "rina")
    opening = Opening.objects.get(box=box)

    outcomes = together([lambda: decryption.open_all(Opening.objects.get(pk=opening.pk))] * 4)

    assert refusals(outcomes) == []
    decryption.open_all(Opening.objects.get(pk=opening.pk))
    assert OpenedBid.objects.count() == 3
    assert AuditEntry.objects.filter(event=Event.BID_OPENED).count() == 3
    assert AuditEntry.objects.filter(event=Event.TENDER_OPENED).count() == 1
    assert Minutes.objects.count() == 1


def test_two_last_signatures_at_once_announce_once() -> None:
    waiting = a_complete_tender()
    proposed = waiting.propose()
    body = statement.body_of(proposed)

    outcomes = together(
        [
            lambda m=member: statement.sign(
                proposed, sign_with(waiting.keys[m.username], body), by=a_user(m.username)
            )
            for member in waiting.members
        ]
    )

    assert set(refusals(outcomes)) <= {"A majority has signed already: it is valid."}
    assert sorted(o for o in outcomes if isinstance(o, bool)) == [False, True]
    assert StatementSignature.objects.count() == 2
    assert Tender.objects.get(pk=waiting.tender.pk).state == TenderState.ANNOUNCED
    assert AuditEntry.objects.filter(event=Event.TENDER_ANNOUNCED).count() == 1


def test_two_approvals_at_once_seal_once() -> None:
    made, box, _sealed = a_filled_box(1)
    post(made, box, "budi")
    post(made, box, "rina")
    decryption.open_all(Opening.objects.get(box=box))
    minutes = Minutes.objects.get()
    seen = minutes_domain.digest(minutes)

    def approve_and_seal(name: str) -> bool:
        found = Minutes.objects.get()
        minutes_domain.approve(found, by=a_user(name), method="webauthn", seen=seen)
        return minutes_domain.seal(found)

    outcomes = together([lambda n=name: approve_and_seal(n) for name in ("budi", "dewi", "rina")])

    assert refusals(outcomes) == []
    assert AuditEntry.objects.filter(event=Event.MINUTES_SEALED).count() == 1
    assert Minutes.objects.get().sealed_at is not None
    assert openings.progress(Box.objects.get()).phase == "opened"
