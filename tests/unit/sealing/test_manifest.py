"""A manifest counts only as its bidder signed it, for this tender and these openers."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from lpse.sealing import jcs, manifest, sign
from lpse.sealing.chain import Chain
from lpse.sealing.errors import ManifestRefused
from lpse.sealing.sealer import SealedBid
from tests.unit.sealing.people import committee, seal

SEED = bytes(range(32))


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Chain, SealedBid]:
    chain = committee("budi", "dewi", "rina", k=2).chain()
    bid, _file = seal(tmp_path_factory.mktemp("manifest"), chain, seed=SEED)
    return chain, bid


def verify(chain: Chain, body: dict[str, Any], signature: str | None = None) -> dict[str, Any]:
    return manifest.verify(
        jcs.canonical(body),
        sign.sign_object(SEED, body) if signature is None else signature,
        chain=chain,
        bidder=sign.public_key(SEED),
        provider="maju",
    )


def test_what_the_bidder_signed_is_taken(sealed: tuple[Chain, SealedBid]):
    chain, bid = sealed

    assert verify(chain, bid.manifest, bid.signature) == bid.manifest


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("format", "lpse-manifest/0", "format"),
        ("extra", 1, "field"),
        ("recipient", "age1pq1qqq", "field"),
        ("ciphertext.size", -1, "field"),
        ("ciphertext.size", 65_735, "size"),
        ("ciphertext.size", 10**6, "size"),
        ("tender", "3740902", "tender"),
        ("statement", "0" * 64, "statement"),
        ("envelope", "price", "envelope"),
        ("k", 3, "threshold"),
        ("shares.0.member", "tono", "members"),
        ("provider", "jaya", "bidder"),
        ("bidder", sign.public_key(bytes(32)), "bidder"),
    ],
)
def test_a_manifest_that_says_something_else_is_refused(
    sealed: tuple[Chain, SealedBid], path: str, value: object, code: str
):
    chain, bid = sealed
    body = part = deepcopy(bid.manifest)
    *parents, last = path.split(".")
    for parent in parents:
        part = part[int(parent) if parent.isdigit() else parent]
    part[last] = value

    with pytest.raises(ManifestRefused) as refused:
        verify(chain, body)

    assert refused.value.code == f"manifest:{code}"


def test_a_signature_of_another_or_over_another_is_refused(sealed: tuple[Chain, SealedBid]):
    chain, bid = sealed
    other = bid.manifest | {"bundle": "d" * 64}

    for body, signature in [
        (bid.manifest, sign.sign_object(bytes(32), bid.manifest)),
        (other, bid.signature),
        (bid.manifest, ""),
        (bid.manifest, "A" * 88),
    ]:
        with pytest.raises(ManifestRefused) as refused:
            verify(chain, body, signature)
        assert refused.value.code == "manifest:signature"


def test_another_spelling_is_refused(sealed: tuple[Chain, SealedBid]):
    _chain, bid = sealed

    with pytest.raises(ManifestRefused) as refused:
        manifest.read(jcs.canonical(bid.manifest) + b"\n")

    assert refused.value.code == "manifest:format"


def test_a_bid_sealed_before_the_deadline_moved_still_counts(tmp_path: Path):
    people = committee("budi", "dewi", "rina", k=2)
    first = people.statement()
    bid, _file = seal(tmp_path, people.chain(first), seed=SEED)
    moved = people.statement(
        version=2,
        previous=people.chain(first).digest,
        deadline="2010-08-12T07:00:00.000000Z",
        opening_at="2010-08-12T07:15:00.000000Z",
    )

    assert verify(people.chain(first, moved), bid.manifest) == bid.manifest
