"""Shares at the opening: which are taken, which keys they give, and whose fault it is if none."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lpse.sealing import jcs, sealer, shamir, shares
from lpse.sealing.digests import Digested, from_base64, sha256, to_base64
from lpse.sealing.errors import ShareRefused
from lpse.sealing.sealer import SealedBid
from lpse.sealing.shares import Fault
from tests.unit.sealing.people import Committee, committee, posted, seal


class Case:
    """A committee of five, three of whom open, and a bid sealed to them."""

    def __init__(self, folder: Path) -> None:
        self.people: Committee = committee("eko", "fitri", "gilang", "hana", "indra", k=3)
        self.chain = self.people.chain()
        self.bid, self.file = seal(folder, self.chain)

    def combine(self, given: dict[str, bytes], bid: SealedBid | None = None) -> shares.Combination:
        manifest = (bid or self.bid).manifest
        return shares.combine(given, manifest=manifest, statements=self.chain.by_digest)

    def check(self, plain: bytes, member: str = "eko") -> str:
        with pytest.raises(ShareRefused) as refused:
            shares.check(
                plain,
                manifest=self.bid.manifest,
                member=member,
                statements=self.chain.by_digest,
            )
        return refused.value.code


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case(tmp_path_factory.mktemp("shares"))


@given(
    secret=st.binary(min_size=1, max_size=80),
    threshold=st.integers(1, 7).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n))),
    data=st.data(),
)
def test_any_k_of_n_parts_give_the_secret(secret: bytes, threshold: tuple[int, int], data: Any):
    k, n = threshold
    parts = shamir.split(secret, n, k)
    some = data.draw(st.permutations(parts))

    assert shamir.combine(some[:k]) == secret
    assert shamir.combine(some) == secret


def test_fewer_than_k_parts_say_nothing_about_a_byte():
    """Over many splits of one secret, what k − 1 parts give is spread over all byte values."""
    given = {shamir.combine(shamir.split(b"\x07", 3, 3)[:2])[0] for _split in range(3000)}

    assert len(given) == 256


def test_every_quorum_opens(case: Case):
    names = case.people.names
    for size in (3, 4, 5):
        for members in combinations(names, size):
            combined = case.combine(posted(case.bid, *members))
            assert combined.identity == case.bid.recovery["identity"]
            assert combined.fault is None
            assert not combined.disputed


def test_no_fewer_open(case: Case):
    for members in combinations(case.people.names, 2):
        combined = case.combine(posted(case.bid, *members))
        assert (combined.identity, combined.fault) == (None, Fault.TOO_FEW)


def test_the_bid_key_is_not_in_what_is_logged(case: Case):
    combined = case.combine(posted(case.bid, *case.people.names))

    assert combined.identity is not None
    assert combined.identity not in repr(combined)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("format", "lpse-share/0", "format"),
        ("tender", "3740902", "tender"),
        ("envelope", "price", "envelope"),
        ("provider", "jaya", "provider"),
        ("bidder", to_base64(bytes(32)), "bidder"),
        ("bidder", to_base64(bytes(31)), "field"),
        ("recipient", "age1" + "q" * 58, "recipient"),
        ("ciphertext", "0" * 64, "ciphertext"),
        ("size", 7, "size"),
        ("member", "fitri", "member"),
        ("statement", "0" * 64, "statement"),
        ("share", to_base64(bytes(75)), "commitment"),
        ("share", to_base64(bytes(74)), "field"),
        ("note", "", "field"),
    ],
)
def test_a_share_that_names_something_else_is_refused(
    case: Case, field: str, value: object, code: str
):
    share = jcs.parse(posted(case.bid, "eko")["eko"]) | {field: value}

    assert case.check(jcs.canonical(share)) == f"share:{code}"


def test_a_share_in_another_spelling_is_refused(case: Case):
    plain = posted(case.bid, "eko")["eko"]

    assert case.check(plain.replace(b",", b", ")) == "share:format"
    assert case.check(b"") == "share:format"


def test_a_forged_share_is_disputed_and_the_others_open(case: Case):
    given = posted(case.bid, "eko", "fitri", "gilang", "hana")
    share = jcs.parse(given["fitri"])
    part = bytearray(from_base64(share["share"]))
    part[5] ^= 1
    given["fitri"] = jcs.canonical(share | {"share": to_base64(bytes(part))})

    combined = case.combine(given)

    assert combined.identity == case.bid.recovery["identity"]
    assert combined.disputed == {"fitri": "share:commitment"}


def test_a_repeated_share_is_disputed(case: Case):
    given = posted(case.bid, "eko", "fitri")
    given["gilang"] = given["eko"]

    combined = case.combine(given)

    assert combined.identity is None
    assert combined.fault is Fault.TOO_FEW
    assert combined.disputed == {"gilang": "share:member"}


def test_a_share_of_another_bid_is_disputed(case: Case, tmp_path: Path):
    other, _file = seal(tmp_path, case.chain, provider="jaya")
    given = posted(case.bid, "eko", "fitri") | posted(other, "gilang")

    combined = case.combine(given)

    assert combined.fault is Fault.TOO_FEW
    assert combined.disputed == {"gilang": "share:provider"}


@pytest.mark.parametrize(
    ("claimed", "code"),
    [
        ({"provider": "jaya"}, "share:provider"),
        ({"bidder": to_base64(bytes(32))}, "share:bidder"),
    ],
)
def test_a_bid_filed_again_under_another_manifest_gives_no_key(
    case: Case, claimed: dict[str, str], code: str
):
    refiled = SealedBid(case.bid.manifest | claimed, "", case.bid.shares, {})

    combined = case.combine(posted(case.bid, *case.people.names), refiled)

    assert (combined.identity, combined.fault) == (None, Fault.TOO_FEW)
    assert set(combined.disputed.values()) == {code}


def test_a_share_under_an_unknown_statement_is_disputed(case: Case):
    given = posted(case.bid, *case.people.names)

    combined = shares.combine(given, manifest=case.bid.manifest, statements=["0" * 64])

    assert set(combined.disputed.values()) == {"share:statement"}


def spoilt(case: Case, *names: str) -> SealedBid:
    """The bid as a bidder would make it whose shares of ``names`` are wrong from the start."""
    made = []
    for share in case.bid.shares:
        plain = share.plain
        if share.member in names:
            inside = jcs.parse(plain)
            part = bytearray(from_base64(inside["share"]))
            part[0] ^= 0xFF
            plain = jcs.canonical(inside | {"share": to_base64(bytes(part))})
        made.append(sealer.SealedShare(share.member, sha256(plain), share.sealed, plain))
    stated = [
        {"member": share.member, "commitment": share.commitment, "sealed": sha256(share.sealed)}
        for share in made
    ]
    manifest = case.bid.manifest | {"shares": stated}
    return sealer.SealedBid(manifest, "", tuple(made), case.bid.recovery)


def test_shares_that_match_and_give_no_key_are_the_bidders_fault(case: Case):
    bid = spoilt(case, "eko", "fitri", "gilang")

    combined = case.combine(posted(bid, *case.people.names), bid)

    assert combined.identity is None
    assert combined.fault is Fault.BIDDER
    assert not combined.disputed


def test_one_share_that_was_made_wrong_does_not_stop_the_rest(case: Case):
    bid = spoilt(case, "eko")

    combined = case.combine(posted(bid, *case.people.names), bid)

    assert combined.identity == case.bid.recovery["identity"]
    assert combined.used == ("fitri", "gilang", "hana")
    assert combined.inconsistent == ("eko",)


def test_one_of_one():
    alone = committee("joko", k=1)
    chain = alone.chain()
    made = sealer.make_shares(
        "AGE-SECRET-KEY-1" + "Q" * 58,
        "age1" + "q" * 58,
        Digested("0" * 64, 1),
        statement=chain.latest,
        envelope="single",
        provider="maju",
        bidder=to_base64(bytes(32)),
    )

    part = from_base64(jcs.parse(made[0].plain)["share"])

    assert shamir.combine([part]) == b"AGE-SECRET-KEY-1" + b"Q" * 58


@pytest.mark.parametrize("parts", [[b"a\x01", b"b\x01"], [b"a\x00"], [b"a\x01", b"bc\x02"]])
def test_parts_that_cannot_belong_together_are_refused(parts: list[bytes]):
    with pytest.raises(ValueError, match="belong together"):
        shamir.combine(parts)


@pytest.mark.parametrize(("n", "k"), [(0, 0), (3, 4), (3, 0), (256, 2)])
def test_an_impossible_threshold_is_refused(n: int, k: int):
    with pytest.raises(ValueError, match="threshold"):
        shamir.split(b"a", n, k)
