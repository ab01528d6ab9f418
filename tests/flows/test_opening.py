"""The opening in a real browser: what an honest member opens, and what it refuses to open."""

from __future__ import annotations

import copy
import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Route, expect
from pytest_django.live_server_helper import LiveServer

from bidding.domain import box as boxes
from bidding.domain import opening as openings
from bidding.models import Bid, BidState, Box, OpenedBid, SealedShare, ShareAct
from lpse.clock import database_now
from lpse.ledger import note, tree
from lpse.ledger.sequencer import sequence
from lpse.sealing import jcs, member_key, sealer
from lpse.sealing.digests import Digested, sha256, to_base64
from lpse.sealing.sealer import SealedBid
from procurement.models import Stage, StageCode
from tests.factories.bidding import (
    Announced,
    Bidder,
    Sealed,
    a_bidder,
    a_user,
    an_announced_tender,
    sign_statement,
)
from tests.factories.committee import a_closed_box, a_filled_box, post, put_in, sign_with
from tests.flows.committee import SLOW, MemberPages

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG_AGO = "2020-01-01T00:00:00.000000Z"
Change = Callable[[dict[str, Any]], None]


@pytest.fixture
def budi(
    live_server: LiveServer, context: BrowserContext, tmp_path: Path
) -> Iterator[MemberPages]:
    pages = MemberPages(context, a_user("budi"), live_server.url, tmp_path)
    yield pages
    pages.leave()


def refusal(pages: MemberPages) -> str:
    pages.part("alarm").wait_for()
    expect(pages.part("unlock")).to_be_hidden()
    return pages.part("alarm").locator("[data-words]").inner_text()


# --- What an honest member opens ----------------------------------------------------------------


def test_two_members_open_the_box_together(
    browser: Browser, live_server: LiveServer, tmp_path: Path
) -> None:
    made, box, _sealed = a_filled_box(2)
    people = [
        MemberPages(browser.new_context(), a_user(name), live_server.url, tmp_path)
        for name in ("budi", "rina")
    ]
    watching, acting = people

    watching.at_opening(made.tender.code)
    watching.open_shares(made.keys["budi"])
    expect(watching.part("decide").locator("tbody tr")).to_have_count(2)
    watching.post_shares()
    expect(watching.page.locator("[data-member=budi] [data-acted]")).to_be_visible()
    assert set(Bid.objects.values_list("state", flat=True)) == {BidState.SUBMITTED}

    acting.at_opening(made.tender.code)
    acting.open_shares(made.keys["rina"])
    acting.post_shares()

    # The first member's page follows by itself.
    watching.page.wait_for_selector("text=The opening is complete", timeout=SLOW)
    assert OpenedBid.objects.filter(outcome="opened").count() == 2
    assert ShareAct.objects.filter(box=box).count() == 2
    for pages in people:
        pages.leave()


def test_the_page_waits_until_the_closing_is_in_the_ledger(budi: MemberPages) -> None:
    made = an_announced_tender(closes_in=dt.timedelta(seconds=5))
    a_bidder(made).seal().submit()
    a_closed_box(made, published=False)

    budi.at_opening(made.tender.code)
    expect(budi.part("checks")).to_contain_text("being written")
    expect(budi.part("unlock")).to_be_hidden()

    sequence()
    budi.part("unlock").wait_for()


def test_whoever_looks_first_after_the_deadline_closes_the_box(budi: MemberPages) -> None:
    made = an_announced_tender(closes_in=dt.timedelta(seconds=5))
    a_bidder(made).seal().submit()
    budi.at_opening(made.tender.code)
    expect(budi.part("checks")).to_contain_text("closes at the deadline")

    expect(budi.part("checks")).to_contain_text("being written", timeout=SLOW)

    assert Box.objects.get().count == 1


def test_who_signed_a_later_opening_does_not_open_by_the_older_statement(
    budi: MemberPages,
) -> None:
    """Root shows the old statement alone, to have the box opened while bids still come in."""
    made, _box, _sealed = a_filled_box(1)
    budi.at_opening(made.tender.code)
    budi.part("unlock").wait_for()
    budi.page.evaluate(
        "([name, signed]) => localStorage.setItem(name, JSON.stringify(signed))",
        [
            f"lpse:signed:{made.tender.code}",
            {"version": 2, "opening_at": "2099-01-01T00:00:00.000000Z"},
        ],
    )

    budi.at_opening(made.tender.code)

    assert "not begun" in refusal(budi)
    assert not ShareAct.objects.exists()


# --- Oracles: shares that root files where they do not belong -----------------------------------


def a_box_with_a_foreign_share(kind: str) -> tuple[Announced, str, bytes]:
    """A tender whose second bid carries Budi's share of something else, signed by its bidder.

    The bidder is in league with root: the manifest states the foreign share as its own, so that
    neither digest nor signature gives it away, only what stands inside.
    """
    made = an_announced_tender(signed=False)
    victim, rogue = a_bidder(made), a_bidder(made)
    deadline = database_now() + dt.timedelta(milliseconds=30)
    Stage.objects.filter(tender=made.tender, code=StageCode.SUBMISSION).update(ends_at=deadline)
    sign_statement(made, deadline=deadline)
    original = victim.seal()
    own = rogue.seal()
    stolen = next(s for s in _foreign(kind, made, victim, original, own) if s.member == "budi")
    put_in(original)
    bad = _filed_again(original, own) if kind == "copy" else _with_share(own, rogue, stolen)
    put_in(bad)
    a_closed_box(made)
    return made, sha256(bad.text.encode()), stolen.plain


def _foreign(
    kind: str, made: Announced, victim: Bidder, original: Sealed, own: Sealed
) -> tuple[sealer.SealedShare, ...]:
    if kind in ("provider", "copy"):
        return original.bid.shares
    manifest = own.bid.manifest
    statement = made.body | ({"tender": "999901"} if kind == "tender" else {})
    identity, recipient = sealer.make_identity()
    return tuple(
        sealer.make_shares(
            identity,
            recipient if kind == "bid" else manifest["recipient"],
            Digested(**manifest["ciphertext"]),
            statement=statement,
            envelope="price" if kind == "envelope" else "single",
            provider=manifest["provider"],
            bidder=(original if kind == "key" else own).bid.manifest["bidder"],
        )
    )


def _filed_again(original: Sealed, own: Sealed) -> Sealed:
    """Ciphertext, recipient and sealed shares of the rival, whole, in the accomplice's name."""
    whole = original.bid.manifest
    manifest = own.bid.manifest | {
        field: whole[field] for field in ("ciphertext", "recipient", "shares")
    }
    signature = sealer.sign.sign_object(own.bidder.seed, manifest)
    return Sealed(
        own.bidder, SealedBid(manifest, signature, original.bid.shares, {}), original.path
    )


def _with_share(own: Sealed, bidder: Bidder, stolen: sealer.SealedShare) -> Sealed:
    shares = tuple(stolen if s.member == stolen.member else s for s in own.bid.shares)
    manifest = own.bid.manifest | {
        "shares": [
            {"member": s.member, "commitment": s.commitment, "sealed": sha256(s.sealed)}
            for s in shares
        ]
    }
    signature = sealer.sign.sign_object(bidder.seed, manifest)
    return Sealed(bidder, SealedBid(manifest, signature, shares, {}), own.path)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("copy", "belongs to the bid of another provider"),
        ("provider", "belongs to the bid of another provider"),
        ("key", "made with the tender key of another bidder"),
        ("bid", "belongs to another bid"),
        ("tender", "belongs to another tender"),
        ("envelope", "belongs to another envelope"),
    ],
)
def test_a_share_of_something_else_is_refused_before_anything_is_posted(
    budi: MemberPages, kind: str, words: str
) -> None:
    made, bad, stolen = a_box_with_a_foreign_share(kind)
    sent: list[str] = []
    budi.page.on("request", lambda request: sent.append(request.post_data or ""))

    budi.at_opening(made.tender.code)
    budi.open_shares(made.keys["budi"])

    row = budi.part("decide").locator("tbody tr", has=budi.page.locator("[data-bad]:visible"))
    expect(row).to_have_count(1)
    expect(row).to_contain_text(words)
    assert not ShareAct.objects.exists()

    budi.post_shares()

    act = ShareAct.objects.get()
    assert act.shares.get(bid__manifest_digest=bad).objection.startswith("share:")
    assert act.shares.exclude(bid__manifest_digest=bad).get().objection == ""
    (body,) = (json.loads(text) for text in sent if '"act"' in text)
    assert bad not in body["texts"]
    assert len(body["texts"]) == 1
    if kind not in ("provider", "copy"):  # there the rival's own bid rightly gives it
        assert to_base64(stolen) not in "".join(sent)


def test_a_share_that_root_exchanged_in_the_database_is_refused(budi: MemberPages) -> None:
    made, box, _sealed = a_filled_box(2)
    one, two = openings.bids_of(box)
    mine, other = (SealedShare.objects.get(bid=b, member__username="budi") for b in (one, two))
    SealedShare.objects.filter(pk=mine.pk).update(sealed=other.sealed)

    budi.at_opening(made.tender.code)
    budi.open_shares(made.keys["budi"])

    row = budi.part("decide").locator("tbody tr", has=budi.page.locator("[data-bad]:visible"))
    expect(row).to_contain_text("not the one the bidder signed for")


# --- A server that lies -------------------------------------------------------------------------


def lies(pages: MemberPages, change: Change) -> None:
    """Let the server's answer be changed on its way, as root could change it at its source."""

    def altered(route: Route) -> None:
        answer = route.fetch()
        sent = answer.json()
        change(sent)
        route.fulfill(response=answer, json=sent)

    pages.page.route("**/opening/data/", altered)


def _leave_out(sent: dict[str, Any]) -> None:
    sent["bids"].pop()


def _put_in_twice(sent: dict[str, Any]) -> None:
    sent["bids"].append(copy.deepcopy(sent["bids"][0]))


def _exchange(sent: dict[str, Any]) -> None:
    sent["bids"][0]["manifest"]["provider"] = "pt-lain"


def _another_root(sent: dict[str, Any]) -> None:
    """The list and its root changed together, but the ledger has the old entry."""
    sent["bids"].pop()
    data = sent["box"]["entry"]["body"]["data"]
    data["root"] = boxes.root(sorted(bid["digest"] for bid in sent["bids"]))
    data["count"] -= 1


def _another_deadline(sent: dict[str, Any]) -> None:
    sent["versions"][-1]["statement"]["deadline"] = LONG_AGO


def _a_deadline_only_the_box_knows(sent: dict[str, Any]) -> None:
    sent["box"]["entry"]["body"]["data"]["deadline"] = LONG_AGO


def _a_bidder_forged(sent: dict[str, Any]) -> None:
    sent["versions"][-1]["signatures"] = sent["versions"][-1]["signatures"][:1]


def _no_proof(sent: dict[str, Any]) -> None:
    sent["box"]["proof"] = "c2sp.org/tlog-proof@v1\nindex 0\n\n"


def _a_checkpoint_of_another_key(sent: dict[str, Any]) -> None:
    """A perfect ledger of one entry, signed by somebody who is not the LPSE."""
    body, salt = sent["box"]["entry"]["body"], sent["box"]["entry"]["salt"]
    entry = bytes.fromhex(sha256(sealer.sign.from_base64(salt) + jcs.canonical(body)))
    head = note.Head("lpse.example/ledger", 1, tree.leaf_hash(entry))
    seed = sealer.sign.make_seed()
    public = sealer.sign.from_base64(sealer.sign.public_key(seed))
    signature = sealer.sign.from_base64(sealer.sign.sign_bytes(seed, head.text.encode()))
    line = to_base64(note.key_id(head.origin, public) + signature)
    sent["box"]["proof"] = note.proof(0, [], f"{head.text}\n— {head.origin} {line}\n")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_leave_out, "not the one that was closed"),
        (_put_in_twice, "not the one that was closed"),
        (_exchange, "not the one that was closed"),
        (_another_root, "not in the ledger"),
        (_another_deadline, "signature under the key statement does not hold"),
        (_a_deadline_only_the_box_knows, "another tender, deadline or key statement"),
        (_a_bidder_forged, "No majority"),
        (_no_proof, "ledger"),
        (_a_checkpoint_of_another_key, "signature of the ledger"),
    ],
)
def test_a_server_that_lies_about_the_box_gets_no_share(
    budi: MemberPages, change: Change, words: str
) -> None:
    made, _box, _sealed = a_filled_box(2)
    lies(budi, change)

    budi.at_opening(made.tender.code)

    assert words in refusal(budi)
    assert not ShareAct.objects.exists()


def test_a_bid_inserted_after_the_closing_is_found(budi: MemberPages) -> None:
    made = an_announced_tender(signed=False)
    early, late = a_bidder(made), a_bidder(made)
    deadline = database_now() + dt.timedelta(milliseconds=30)
    Stage.objects.filter(tender=made.tender, code=StageCode.SUBMISSION).update(ends_at=deadline)
    sign_statement(made, deadline=deadline)
    put_in(early.seal())
    sealed = late.seal()
    box = a_closed_box(made)
    box.bids.create(bid=put_in(sealed), position=1)

    budi.at_opening(made.tender.code)

    assert "added, left out or exchanged" in refusal(budi)


def test_a_set_of_keys_swapped_after_this_browser_saw_it_is_found(budi: MemberPages) -> None:
    made, _box, _sealed = a_filled_box(1)
    budi.at_opening(made.tender.code)
    budi.part("unlock").wait_for()
    lies(budi, lambda sent: _swap_the_others(sent, made))

    budi.page.reload()

    assert "has been replaced" in refusal(budi)


def test_own_keys_swapped_are_found_at_the_first_sight(budi: MemberPages) -> None:
    made, _box, _sealed = a_filled_box(1)
    lies(budi, lambda sent: _swap_mine(sent, made))

    budi.at_opening(made.tender.code)

    assert "Your own keys are not" in refusal(budi) or "not the registered one" in refusal(budi)


def _swap_the_others(sent: dict[str, Any], made: Announced) -> None:
    """Two of three keys are root's: a majority that signs whatever root likes."""
    keys = {name: member_key.make(name, created_at=LONG_AGO) for name in made.keys}
    keys["budi"] = made.keys["budi"]
    _state(sent, keys, {name: keys[name] for name in keys if name != "budi"})


def _swap_mine(sent: dict[str, Any], made: Announced) -> None:
    keys = dict(made.keys)
    keys["budi"] = member_key.make("budi", created_at=LONG_AGO)
    _state(sent, keys, {name: made.keys[name] for name in keys if name != "budi"})


def _state(sent: dict[str, Any], keys: dict[str, Any], signers: dict[str, Any]) -> None:
    version = sent["versions"][0]
    body = version["statement"]
    body["members"] = [member_key.public_half(keys[name]) for name in sorted(keys)]
    version["signatures"] = [
        {"member": name, "signature": sign_with(key, body)} for name, key in signers.items()
    ]
    sent["box"]["entry"]["body"]["data"]["statement"] = jcs.digest(body)


def test_before_the_opening_time_by_the_own_clock_nothing_is_opened(budi: MemberPages) -> None:
    made, _box, _sealed = a_filled_box(1)
    budi.page.clock.set_fixed_time(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))

    budi.at_opening(made.tender.code)

    assert "clock of this computer" in refusal(budi)


def test_a_wrong_passphrase_opens_nothing_and_says_so(budi: MemberPages) -> None:
    made, _box, _sealed = a_filled_box(1)
    budi.at_opening(made.tender.code)
    form = budi.part("unlock").locator("[data-unlock]")
    form.locator("details > summary").click()
    form.locator("[data-key-file]").set_input_files(str(budi.key_file(made.keys["budi"])))
    budi.unlock(form, "abadi abjad abon absen acara aceh abu")

    expect(form.locator("[data-error]")).not_to_be_empty(timeout=SLOW)
    assert not ShareAct.objects.exists()


def test_who_has_acted_sees_the_progress_and_no_key_field(budi: MemberPages) -> None:
    made, box, _sealed = a_filled_box(1)
    post(made, box, "budi")

    budi.at_opening(made.tender.code)

    expect(budi.page.locator("[data-member=budi] [data-acted]")).to_be_visible()
    expect(budi.part("unlock")).to_have_count(0)
