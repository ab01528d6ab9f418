"""Phase one: shares of all bids in one signed act; whoever posts something else is named."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, connection, transaction
from django.utils import translation

from bidding.domain import opening as domain
from bidding.models import Bid, BidState, Box, Opening, ShareAct
from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.clock import database_now
from lpse.errors import Refused
from lpse.ledger.sequencer import sequence
from lpse.mail.models import Message
from lpse.sealing import jcs
from lpse.sealing.digests import sha256, to_base64
from tests.factories.bidding import Announced, a_bidder, a_user, an_announced_tender
from tests.factories.committee import a_closed_box, a_filled_box, an_act, post, sign_with

pytestmark = pytest.mark.django_db
SOON = dt.timedelta(seconds=2)


@pytest.fixture(autouse=True)
def _english() -> None:
    translation.activate("en")


def a_box(bids: int = 2, **tender: Any) -> tuple[Announced, Box]:
    made, box, _sealed = a_filled_box(bids, **tender)
    return made, box


def opening_of(box: Box) -> Opening:
    return Opening.objects.get(box=box)


def states(box: Box) -> list[str]:
    return list(domain.bids_of(box).values_list("state", flat=True))


# --- Acts that count ----------------------------------------------------------------------------


@pytest.mark.parametrize(("members", "k"), [(("budi", "dewi", "rina"), 2), (("joko",), 1)])
def test_every_quorum_opens_and_no_smaller_one_does(members: tuple[str, ...], k: int) -> None:
    made, box = a_box(members=members, k=k)

    for name in members[: k - 1]:
        post(made, box, name)
        assert opening_of(box).shares_complete_at is None
        assert states(box) == [BidState.SUBMITTED] * 2

    post(made, box, members[k - 1])
    assert opening_of(box).shares_complete_at is not None
    assert states(box) == [BidState.OPENABLE] * 2


def test_every_two_of_three_and_every_three_of_five_give_the_key() -> None:
    for members, k in ((("budi", "dewi", "rina"), 2), (("eko", "fitri", "gilang", "hana"), 3)):
        made, box = a_box(1, members=members, k=k)
        bid = domain.bids_of(box).get()
        plains = {
            name: an_act(made, box, name)[1][bid.manifest_digest].encode() for name in members
        }
        for size in range(1, len(members) + 1):
            for quorum in itertools.combinations(members, size):
                posted = {name: _plain(plains[name]) for name in quorum}
                combined = domain.shares.combine(
                    posted,
                    manifest=domain.manifest_of(bid),
                    statements={made.statement.digest},
                )
                assert (combined.identity is not None) == (size >= k)


def _plain(text: bytes) -> bytes:
    return domain.from_base64(text.decode())


def test_an_act_is_kept_as_it_was_signed_and_said_to_everybody() -> None:
    made, box = a_box()

    act = post(made, box, "budi")

    body = json.loads(act.body)
    assert jcs.canonical(body).decode() == act.body
    entry = AuditEntry.objects.get(event=Event.SHARE_POSTED)
    assert entry.data == {
        "tender": made.tender.code,
        "root": box.root,
        "act": sha256(act.body.encode()),
        "shares": 2,
        "objections": 0,
    }
    assert AuditEntry.objects.filter(event=Event.TENDER_OPENING_STARTED).count() == 1


def test_an_objection_stands_in_place_of_a_share_with_its_reason() -> None:
    made, box = a_box()
    refused = domain.bids_of(box).first()

    act = post(made, box, "budi", objections={refused.manifest_digest: "share:tender"})

    kept = act.shares.get(bid=refused)
    assert (kept.share, kept.objection) == ("", "share:tender")
    entry = AuditEntry.objects.get(event=Event.SHARE_OBJECTED)
    assert entry.data["reason"] == "share:tender"


def test_the_others_have_a_day_when_a_bid_still_lacks_shares() -> None:
    made, box = a_box()
    refused = domain.bids_of(box).first().manifest_digest
    post(made, box, "budi", objections={refused: "share:closed"})
    post(made, box, "dewi")

    opening = opening_of(box)
    assert opening.shares_complete_at is None
    assert opening.waits_until is not None
    (told,) = Message.objects.filter(template="opening_waits")
    assert told.recipient.username == "rina"
    assert domain.end_waiting(opening) is False

    post(made, box, "rina")
    assert states(box) == [BidState.OPENABLE] * 2


def test_after_the_day_the_opening_goes_on_without_the_absent_member() -> None:
    made, box = a_box()
    refused = domain.bids_of(box).first().manifest_digest
    post(made, box, "budi", objections={refused: "share:closed"})
    post(made, box, "dewi")
    opening = opening_of(box)
    Opening.objects.filter(pk=opening.pk).update(waits_until=database_now())
    assert list(domain.due_to_advance()) == [opening]

    assert domain.end_waiting(opening) is True

    assert sorted(states(box)) == [BidState.NEEDS_RECOVERY, BidState.OPENABLE]
    assert domain.end_waiting(opening) is False


def test_when_all_have_acted_nobody_is_waited_for() -> None:
    made, box = a_box()
    refused = domain.bids_of(box).first().manifest_digest
    for name in ("budi", "dewi", "rina"):
        post(made, box, name, objections={refused: "share:closed"})

    assert opening_of(box).shares_complete_at is not None
    assert sorted(states(box)) == [BidState.NEEDS_RECOVERY, BidState.OPENABLE]


def test_a_box_without_bids_needs_no_shares() -> None:
    _made, box = a_box(0)
    opening = opening_of(box)
    assert list(domain.due_to_advance()) == [opening]

    assert domain.end_waiting(opening) is True


# --- Acts that do not ---------------------------------------------------------------------------


def test_no_share_is_taken_before_the_closing_is_in_the_ledger() -> None:
    made = an_announced_tender(closes_in=SOON)
    a_bidder(made).seal().submit()
    box = a_closed_box(made, published=False)

    with pytest.raises(Refused, match="not in the ledger"):
        post(made, box, "budi")

    sequence()
    post(made, box, "budi")


def test_no_share_is_taken_before_the_signed_opening_time(monkeypatch: Any) -> None:
    made, box = a_box()
    later = database_now() + dt.timedelta(hours=1)
    monkeypatch.setattr(domain.statement, "opening_at", lambda _valid: later)

    with pytest.raises(Refused, match="has not begun"):
        post(made, box, "budi")


def test_no_share_is_taken_while_the_box_is_open() -> None:
    made = an_announced_tender()

    with pytest.raises(Refused, match="still open"):
        domain.post_shares(made.tender, act={}, signature="", texts={}, by=a_user("budi"))


def test_who_is_not_named_by_the_statement_posts_nothing() -> None:
    made, box = a_box()
    act, texts = an_act(made, box, "budi")

    with pytest.raises(PermissionDenied):
        domain.post_shares(made.tender, act=act, signature="", texts=texts, by=a_user("eko"))


@pytest.mark.parametrize(
    "change",
    [
        {"format": "lpse-share-act/2"},
        {"tender": "1901"},
        {"envelope": "price"},
        {"statement": "0" * 64},
        {"root": "0" * 64},
        {"member": "rina"},
        {"more": 1},
        {"shares": []},
        {"shares": "all"},
    ],
)
def test_an_act_for_anything_else_is_refused_whole(change: dict[str, Any]) -> None:
    made, box = a_box()
    act, texts = an_act(made, box, "budi")
    act |= change

    with pytest.raises(Refused):
        _send(made, act, texts)

    assert not ShareAct.objects.exists()


@pytest.mark.parametrize("change", ["leave out", "twice", "other order", "share and objection"])
def test_an_act_decides_about_every_bid_once(change: str) -> None:
    made, box = a_box()
    act, texts = an_act(made, box, "budi")
    match change:
        case "leave out":
            act["shares"] = act["shares"][:1]
        case "twice":
            act["shares"] = act["shares"][:1] * 2
        case "other order":
            act["shares"] = act["shares"][::-1]
        case "share and objection":
            act["shares"][0]["objection"] = "share:closed"

    with pytest.raises(Refused):
        _send(made, act, texts)


def test_an_act_that_another_key_signed_is_refused() -> None:
    made, box = a_box()
    act, texts = an_act(made, box, "budi")

    with pytest.raises(Refused, match="not made with your key"):
        domain.post_shares(
            made.tender,
            act=act,
            signature=sign_with(made.keys["rina"], act),
            texts=texts,
            by=a_user("budi"),
        )


def test_a_share_that_is_not_the_one_signed_for_is_refused() -> None:
    made, box = a_box()
    act, texts = an_act(made, box, "budi")
    one, two = texts

    for wrong in ({one: texts[two]}, {one: ""}, {one: "%"}, {}, {one: to_base64(b"\0")}):
        with pytest.raises(Refused):
            _send(made, act, {**texts, one: "", **wrong})


def test_a_member_acts_once() -> None:
    made, box = a_box()
    post(made, box, "budi")

    with pytest.raises(Refused, match="already"):
        post(made, box, "budi")


def test_after_the_shares_are_complete_none_is_taken() -> None:
    made, box = a_box()
    post(made, box, "budi")
    post(made, box, "dewi")

    with pytest.raises(Refused, match="complete"):
        post(made, box, "rina")


def _send(made: Announced, act: dict[str, Any], texts: dict[str, str]) -> ShareAct:
    signature = sign_with(made.keys["budi"], act)
    return domain.post_shares(
        made.tender, act=act, signature=signature, texts=texts, by=a_user("budi")
    )


# --- Faults -------------------------------------------------------------------------------------


def a_wrong_share(kind: str, made: Announced, box: Box) -> tuple[str, bytes, str]:
    """A bid, what Budi posts for it in place of his share, and the code of the fault."""
    one, two = domain.bids_of(box)
    mine = json.loads(_plain(an_act(made, box, "budi")[1][one.manifest_digest].encode()))
    match kind:
        case "forged":
            forged = bytearray(domain.from_base64(mine["share"]))
            forged[0] ^= 1
            mine["share"] = to_base64(bytes(forged))
            return one.manifest_digest, jcs.canonical(mine), "share:commitment"
        case "swapped":
            other = an_act(made, box, "budi")[1][two.manifest_digest]
            return one.manifest_digest, _plain(other.encode()), "share:provider"
        case "repeated":
            theirs = an_act(made, box, "rina")[1][one.manifest_digest]
            return one.manifest_digest, _plain(theirs.encode()), "share:member"
        case "foreign":
            mine["tender"] = "1901"
            return one.manifest_digest, jcs.canonical(mine), "share:tender"
    return one.manifest_digest, b"not a share", "share:format"


@pytest.mark.parametrize("kind", ["forged", "swapped", "repeated", "foreign", "rubbish"])
def test_a_wrong_share_is_kept_as_evidence_against_its_sender(kind: str) -> None:
    made, box = a_box()
    digest, plain, code = a_wrong_share(kind, made, box)

    act = post(made, box, "budi", plains={digest: plain})

    kept = act.shares.get(bid__manifest_digest=digest)
    assert kept.disputed == code
    assert domain.fault_of(kept) == "member"
    entry = AuditEntry.objects.get(event=Event.SHARE_DISPUTED)
    assert (entry.data["member"], entry.data["fault"], entry.data["reason"]) == (
        "budi",
        "member",
        code,
    )


@pytest.mark.parametrize("kind", ["forged", "swapped", "repeated", "foreign", "rubbish"])
def test_other_shares_open_the_bid_in_spite_of_a_wrong_one(kind: str) -> None:
    made, box = a_box()
    digest, plain, _code = a_wrong_share(kind, made, box)
    post(made, box, "budi", plains={digest: plain})
    post(made, box, "dewi")
    assert opening_of(box).shares_complete_at is None

    post(made, box, "rina")

    assert states(box) == [BidState.OPENABLE] * 2
    bid = Bid.objects.get(manifest_digest=digest)
    combined = domain.combination(bid, made.statement)
    assert combined.used == ("dewi", "rina")


def test_the_database_keeps_acts_and_shares_as_they_were() -> None:
    made, box = a_box()
    post(made, box, "budi")

    for statement in (
        "UPDATE bidding_shareact SET body = '{}'",
        "DELETE FROM bidding_shareact",
        "UPDATE bidding_postedshare SET disputed = 'share:format'",
        "DELETE FROM bidding_postedshare",
        "TRUNCATE bidding_postedshare",
        "ALTER TABLE bidding_postedshare DISABLE TRIGGER ALL",
    ):
        with (
            pytest.raises(ProgrammingError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
