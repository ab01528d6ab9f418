"""The closed box: what was sent in time is in it, and nothing can be added, left out or moved."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from django.utils import translation

from bidding.domain import box as domain
from bidding.domain import submission
from bidding.models import Bid, BidState, Box, BoxedBid, Outcome
from lpse.audit.events import Event
from lpse.audit.log import body, log_entry
from lpse.audit.models import AuditEntry
from lpse.errors import Refused
from lpse.ledger.sequencer import sequence
from lpse.mail.models import Message
from lpse.sealing import jcs
from lpse.sealing.digests import from_base64
from procurement.domain import statement
from procurement.models import Stage, StageCode, Tender, TenderState
from tests.factories.bidding import Announced, a_bidder, an_announced_tender
from tests.factories.committee import a_closed_box, a_filled_box, wait_for_deadline

pytestmark = pytest.mark.django_db
SOON = dt.timedelta(seconds=2)


@pytest.fixture(autouse=True)
def _english() -> None:
    translation.activate("en")


@pytest.fixture
def made() -> Announced:
    return an_announced_tender(closes_in=SOON)


def leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\0" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


@pytest.mark.parametrize("state", ["withdrawn", "replaced"])
@pytest.mark.parametrize("way", ["at once", "after a move to another tender", "openable first"])
def test_plain_sql_takes_no_bid_out_of_a_closed_box(state: str, way: str) -> None:
    """As the application's own role, which may write every column of the table."""
    _made, box, _sealed = a_filled_box(2)
    bid = Bid.objects.filter(boxed__box=box)[0]
    with connection.cursor() as cursor:
        if way == "after a move to another tender":
            elsewhere = a_bidder(an_announced_tender()).participation
            cursor.execute(
                "UPDATE bidding_bid SET participation_id = %s WHERE id = %s",
                [elsewhere.pk, bid.pk],
            )
        if way == "openable first":
            cursor.execute("UPDATE bidding_bid SET state = 'openable' WHERE id = %s", [bid.pk])
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute("UPDATE bidding_bid SET state = %s WHERE id = %s", [state, bid.pk])

    bid.refresh_from_db()
    assert bid.state == (BidState.OPENABLE if way == "openable first" else BidState.SUBMITTED)


def test_plain_sql_deletes_no_bid_of_a_closed_box() -> None:
    _made, box, _sealed = a_filled_box(1)

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DELETE FROM bidding_sealedshare")
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute("DELETE FROM bidding_bid")

    assert Bid.objects.filter(boxed__box=box).exists()


def test_a_late_bid_that_was_put_in_beside_the_box_cannot_leave_either() -> None:
    a_filled_box(1)
    late = Bid.objects.get()
    late.pk, late.envelope, late.manifest_digest = None, "price", "0" * 64
    late.save(force_insert=True)

    with pytest.raises(DatabaseError, match="the box of this bid is closed"), transaction.atomic():
        Bid.objects.filter(pk=late.pk).update(state=BidState.WITHDRAWN)


@pytest.mark.clause("P3(1)c")
def test_the_root_stands_for_exactly_the_bids_that_count(made: Announced) -> None:
    bidders = [a_bidder(made) for _number in range(3)]
    replaced = bidders[0].seal().submit()
    receipts = [bidder.seal().submit() for bidder in bidders]
    withdrawn = a_bidder(made).seal().submit()
    submission.withdraw(withdrawn.bid, by=withdrawn.bid.submitted_by)

    box = a_closed_box(made)

    digests = sorted(receipt.manifest_digest for receipt in receipts)
    one, two, three = (leaf(bytes.fromhex(digest)) for digest in digests)
    assert domain.digests(box) == digests
    assert box.root == node(node(one, two), three).hex()
    assert box.count == 3
    assert replaced.manifest_digest not in digests


def test_an_empty_box_is_closed_like_any_other(made: Announced) -> None:
    box = a_closed_box(made)

    assert (box.count, box.root) == (0, hashlib.sha256().hexdigest())


def test_the_box_stays_open_until_the_deadline(made: Announced) -> None:
    with pytest.raises(Refused, match="still open"):
        domain.close(made.tender)

    assert not Box.objects.exists()
    assert domain.due() == []


def test_closing_twice_closes_once(made: Announced) -> None:
    a_bidder(made).seal().submit()
    wait_for_deadline(made)
    assert domain.due() == [made.tender]

    first, second = domain.close(made.tender), domain.close(made.tender)

    assert first == second
    assert AuditEntry.objects.filter(event=Event.TENDER_BOX_CLOSED).count() == 1
    assert domain.due() == []
    assert Tender.objects.get(pk=made.tender.pk).state == TenderState.CLOSED


def test_after_the_closing_every_submission_is_late(made: Announced) -> None:
    sealed = a_bidder(made).seal()
    upload = sealed.send_up()
    box = a_closed_box(made)

    receipt = sealed.submit(upload)

    assert receipt.outcome == Outcome.REFUSED
    assert box.count == 0
    assert not Bid.objects.exists()


def test_the_entry_says_what_was_closed_and_is_in_the_ledger(made: Announced) -> None:
    a_bidder(made).seal().submit()
    box = a_closed_box(made, published=False)
    assert not domain.is_published(box)
    assert domain.closing(box)["proof"] is None

    sequence()

    assert domain.is_published(box)
    closing = domain.closing(box)
    data = closing["entry"]["body"]["data"]
    assert {name: data[name] for name in ("tender", "root", "count", "statement")} == {
        "tender": made.tender.code,
        "root": box.root,
        "count": 1,
        "statement": made.statement.digest,
    }
    assert data["deadline"] == statement.body_of(made.statement)["deadline"]
    assert closing["entry"]["body"]["at"] >= data["deadline"]
    salted = from_base64(closing["entry"]["salt"]) + jcs.canonical(body(box.entry))
    assert hashlib.sha256(salted).digest() == log_entry(box.entry)
    assert closing["proof"].startswith("c2sp.org/tlog-proof@v1")


def test_every_bidder_can_follow_its_bid_to_the_root(made: Announced) -> None:
    for _number in range(5):
        a_bidder(made).seal().submit()
    box = a_closed_box(made)
    digests = domain.digests(box)

    for digest in digests:
        proof = domain.inclusion(digests, digest)
        assert domain.tree.root_from_inclusion(
            leaf(bytes.fromhex(digest)),
            proof["index"],
            proof["size"],
            [bytes.fromhex(step) for step in proof["path"]],
        ) == bytes.fromhex(box.root)


def test_committee_and_bidders_are_told_and_nobody_else(made: Announced) -> None:
    bidder, _absent = a_bidder(made), a_bidder(made)
    bidder.seal().submit()

    a_closed_box(made)

    told = Message.objects.filter(template__startswith="box_closed")
    assert {(m.template, m.recipient.username) for m in told} == {
        ("box_closed_committee", "budi"),
        ("box_closed_committee", "dewi"),
        ("box_closed_committee", "rina"),
        ("box_closed_bidder", bidder.user.username),
    }


def test_the_database_lets_nobody_change_a_closed_box(made: Announced) -> None:
    a_bidder(made).seal().submit()
    box = a_closed_box(made)

    for change in (
        lambda: Box.objects.filter(pk=box.pk).update(root="0" * 64),
        lambda: BoxedBid.objects.filter(box=box).delete(),
        lambda: Stage.objects.filter(tender=made.tender, code=StageCode.SUBMISSION).update(
            ends_at=box.closed_at + dt.timedelta(days=1)
        ),
        lambda: Tender.objects.filter(pk=made.tender.pk).update(state=TenderState.ANNOUNCED),
        lambda: (
            Bid.objects.filter(boxed__box=box).update(state=BidState.WITHDRAWN)
            and Bid.objects.filter(boxed__box=box).update(state=BidState.SUBMITTED)
        ),
    ):
        with pytest.raises((ProgrammingError, DatabaseError)), transaction.atomic():
            change()
