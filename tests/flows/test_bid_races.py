"""Submissions that race each other, the deadline and a change of schedule, with real threads."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone

from bidding.domain import deadline, submission
from bidding.domain import receipt as receipts
from bidding.domain.submission import Reason
from bidding.models import Bid, BidState, Outcome, Receipt, SealedShare
from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.clock import database_now, parse_instant
from lpse.errors import Refused
from lpse.files.storage import storage
from procurement.domain import statement
from procurement.models import Stage, StageCode, Tender
from registration.models import Role, User
from tests.cast import Cast
from tests.factories.bidding import a_bidder, an_announced_tender, sign_statement
from tests.factories.registration import AssignmentFactory, UserFactory
from tests.factories.sanction import a_deactivation, a_sanction

pytestmark = pytest.mark.django_db(transaction=True)

T = TypeVar("T")
ZONES = range(-12, 15)  # hours from UTC
SOON = dt.timedelta(seconds=4)


def together(acts: list[Callable[[], T]]) -> list[T | BaseException]:
    """All ``acts`` at once, each in a thread with a connection of its own; what came of each."""
    outcomes: list[Any] = [None] * len(acts)
    start = threading.Barrier(len(acts))

    def run(number: int, act: Callable[[], T]) -> None:
        start.wait()
        try:
            outcomes[number] = act()
        except BaseException as error:  # it is what the test looks at
            outcomes[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


@contextmanager
def behind(tender: Tender) -> Iterator[None]:
    """Somebody else holds the tender's row meanwhile, as a change of the schedule does."""
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            deadline.take(tender)
            held.set()
            let_go.wait(30)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(30)
    try:
        yield
    finally:
        let_go.set()
        thread.join(30)


def wait_until(moment: dt.datetime) -> None:
    """By the database's clock, which is the one that decides."""
    while (left := (moment - database_now()).total_seconds()) > 0:
        time.sleep(min(left, 0.2))


def move(tender: Tender, moment: dt.datetime) -> None:
    """Another deadline in the schedule; the key statement may still name the old one."""
    Stage.objects.filter(tender=tender, code=StageCode.SUBMISSION).update(ends_at=moment)


# --- Many at once ------------------------------------------------------------------------------


def test_sixteen_bidders_of_one_tender_are_all_accepted_once() -> None:
    made = an_announced_tender()
    sealed = [a_bidder(made).seal() for _bidder in range(16)]
    ready = [(one, one.send_up()) for one in sealed]

    outcomes = together([lambda s=s, u=u: s.submit(u) for s, u in ready])

    assert [o for o in outcomes if not isinstance(o, Receipt)] == []
    assert {o.outcome for o in outcomes if isinstance(o, Receipt)} == {Outcome.ACCEPTED}
    assert Bid.objects.filter(state=BidState.SUBMITTED).count() == 16
    assert Receipt.objects.count() == 16
    assert AuditEntry.objects.filter(event=Event.BID_SUBMITTED).count() == 16
    assert SealedShare.objects.count() == 16 * 3
    assert all(storage().exists(bid.name) for bid in Bid.objects.all())


def test_one_submission_sent_eight_times_at_once_is_one_bid_with_one_receipt() -> None:
    sealed = a_bidder(an_announced_tender()).seal()
    uploaded = sealed.send_up()

    outcomes = together([lambda: sealed.submit(uploaded)] * 8)

    assert {o.code for o in outcomes if isinstance(o, Receipt)} == {Receipt.objects.get().code}
    assert [o for o in outcomes if not isinstance(o, Receipt)] == []
    assert Bid.objects.count() == 1


def test_of_versions_sent_at_once_exactly_one_counts() -> None:
    bidder = a_bidder(an_announced_tender())
    ready = [(one, one.send_up()) for one in (bidder.seal() for _version in range(4))]

    outcomes = together([lambda s=s, u=u: s.submit(u) for s, u in ready])

    assert [o for o in outcomes if not isinstance(o, Receipt)] == []
    assert sorted(Bid.objects.values_list("version", flat=True)) == [1, 2, 3, 4]
    counting = Bid.objects.get(state=BidState.SUBMITTED)
    assert counting.version == 4
    assert storage().exists(counting.name)
    assert not any(storage().exists(b.name) for b in Bid.objects.exclude(pk=counting.pk))


def test_a_withdrawal_that_races_a_replacement_leaves_no_doubt() -> None:
    bidder = a_bidder(an_announced_tender())
    first = bidder.seal().submit().bid
    assert first is not None
    second = bidder.seal()
    uploaded = second.send_up()

    withdrawn, replaced = together(
        [
            lambda: submission.withdraw(first, by=bidder.user),
            lambda: second.submit(uploaded),
        ]
    )

    first.refresh_from_db()
    assert isinstance(replaced, Receipt)
    assert replaced.outcome == Outcome.ACCEPTED
    assert Bid.objects.get(state=BidState.SUBMITTED) == replaced.bid
    if isinstance(withdrawn, Refused):
        assert first.state == BidState.REPLACED
    else:
        assert first.state == BidState.WITHDRAWN


# --- The deadline ------------------------------------------------------------------------------


def test_in_every_zone_a_submission_ends_on_the_right_side_of_the_deadline() -> None:
    """Threads of every zone of the world submit around one instant; strings would go wrong."""
    made = an_announced_tender(closes_in=dt.timedelta(minutes=10))
    ready = [(zone, s, s.send_up()) for zone in ZONES for s in [a_bidder(made).seal()]]
    ends_at = database_now() + SOON
    move(made.tender, ends_at)

    def act(number: int) -> tuple[dt.datetime, Receipt, dt.datetime]:
        zone, sealed, uploaded = ready[number]
        with timezone.override(dt.timezone(dt.timedelta(hours=zone))):
            with connection.cursor() as cursor:
                # As a number: a named zone would be Django's business, which keeps UTC.
                cursor.execute("SELECT set_config('TimeZone', %s, false)", [f"{zone:+d}"])
            # From two seconds before to two after, in no order of the zones.
            place = number * 10 % len(ready) - len(ready) // 2
            wait_until(ends_at + place * dt.timedelta(milliseconds=150))
            before = database_now()
            receipt = sealed.submit(uploaded)
            return before, receipt, database_now()

    outcomes = together([lambda n=n: act(n) for n in range(len(ready))])

    told = [o for o in outcomes if not isinstance(o, BaseException)]
    assert len(told) == len(ready), outcomes
    for before, receipt, after in told:
        said = receipts.contents(receipt)
        at, accepted = parse_instant(said["at"]), said["outcome"] == "accepted"
        assert accepted is (at < ends_at)
        assert before <= at <= after
        assert parse_instant(said["deadline"]) == ends_at
        assert said["reason"] == (None if accepted else Reason.LATE)
    assert {receipt.outcome for _b, receipt, _a in told} == {Outcome.ACCEPTED, Outcome.REFUSED}
    assert Bid.objects.count() == sum(r.outcome == Outcome.ACCEPTED for _b, r, _a in told)


def test_who_waits_for_a_lock_over_the_deadline_is_late() -> None:
    """The clock is read after the wait: ``now()`` was measured to accept this bid."""
    made = an_announced_tender(closes_in=dt.timedelta(minutes=10))
    sealed = a_bidder(made).seal()
    uploaded = sealed.send_up()
    ends_at = database_now() + SOON
    move(made.tender, ends_at)

    with behind(made.tender):
        outcomes: list[Any] = []
        thread = threading.Thread(
            target=lambda: (outcomes.append(sealed.submit(uploaded)), connection.close())
        )
        thread.start()
        assert database_now() < ends_at
        wait_until(ends_at + dt.timedelta(milliseconds=300))
    thread.join(30)

    assert [receipt.outcome for receipt in outcomes] == [Outcome.REFUSED]
    assert not Bid.objects.exists()


def test_who_waits_for_a_lock_and_finds_a_later_deadline_is_in_time() -> None:
    made = an_announced_tender(closes_in=SOON)
    sealed = a_bidder(made).seal()
    uploaded = sealed.send_up()
    old = Stage.objects.get(tender=made.tender, code=StageCode.SUBMISSION).ends_at
    later = old + dt.timedelta(hours=1)
    changing, outcomes = threading.Event(), []

    def change() -> None:
        with transaction.atomic():
            deadline.take(made.tender)
            sign_statement(made, deadline=later)
            move(made.tender, later)
            changing.set()
            wait_until(old + dt.timedelta(milliseconds=300))
        connection.close()

    changer = threading.Thread(target=change)
    changer.start()
    changing.wait(30)
    outcomes.append(sealed.submit(uploaded))
    changer.join(30)

    said = receipts.contents(outcomes[0])
    assert said["outcome"] == "accepted"
    assert parse_instant(said["deadline"]) == later
    assert said["statement"] == made.statement.digest


@pytest.mark.parametrize("attempt", range(3))
def test_a_submission_that_races_a_change_of_the_schedule_has_a_legal_outcome(
    attempt: int,
) -> None:
    """Before the change or after it; never with the dates of one and the keys of the other."""
    made = an_announced_tender()
    ready = [(s, s.send_up()) for s in (a_bidder(made).seal() for _bidder in range(6))]
    old = made.statement
    later = database_now() + dt.timedelta(hours=9)

    def change() -> None:
        with transaction.atomic():
            deadline.take(made.tender)
            sign_statement(made, deadline=later)
            move(made.tender, later)

    outcomes = together([change, *(lambda s=s, u=u: s.submit(u) for s, u in ready)])

    legal = {(old.digest, statement.deadline(old)), (made.statement.digest, later)}
    for receipt in outcomes[1:]:
        assert isinstance(receipt, Receipt), receipt
        said = receipts.contents(receipt)
        assert said["outcome"] == "accepted"
        assert (said["statement"], parse_instant(said["deadline"])) in legal
    assert outcomes[0] is None


# --- Against the blacklist and a deactivation ---------------------------------------------------


@pytest.mark.clause("P10(4)")
@pytest.mark.parametrize("against", ["sanction", "deactivation"])
@pytest.mark.parametrize("attempt", range(3))
def test_a_bid_that_races_what_forbids_it_is_accepted_before_or_refused_after(
    against: str, attempt: int
) -> None:
    cast = Cast()
    verifier, agency = cast.wati, cast.agency
    sealed = a_bidder(an_announced_tender()).seal()
    uploaded = sealed.send_up()
    user = sealed.bidder.user
    forbid: Callable[[], Any] = (
        (lambda: a_sanction(agency, user.provider, by=verifier))
        if against == "sanction"
        else (lambda: a_deactivation(user, by=verifier))
    )

    receipt, forbidden = together([lambda: sealed.submit(uploaded), forbid])

    assert isinstance(receipt, Receipt)
    assert not isinstance(forbidden, BaseException)
    accepted = receipt.outcome == Outcome.ACCEPTED
    assert Bid.objects.filter(state=BidState.SUBMITTED).count() == accepted
    reason = Reason.SANCTIONED if against == "sanction" else Reason.DEACTIVATED
    assert receipts.contents(receipt)["reason"] == (None if accepted else reason)
    assert sealed.submit(uploaded) == receipt  # whoever asks again hears the same


@pytest.mark.clause("P10(4)")
def test_two_verifiers_who_deactivate_each_other_leave_one() -> None:
    cast = Cast()
    one, other = cast.wati, UserFactory(username="warni")
    AssignmentFactory(user=other, role=Role.VERIFIER)

    outcomes = together(
        [lambda: a_deactivation(other, by=one), lambda: a_deactivation(one, by=other)]
    )

    assert [type(o) for o in outcomes if isinstance(o, BaseException)] == [PermissionDenied]
    assert User.objects.filter(pk__in=[one.pk, other.pk], is_active=True).count() == 1
