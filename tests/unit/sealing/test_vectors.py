"""Known answers: the same files are read by ``tests/js/sealing_vectors.test.mjs``."""

from __future__ import annotations

import hashlib
from itertools import combinations
from pathlib import Path
from typing import Any

import pyrage
import pytest

from lpse.sealing import (
    age_header,
    chain,
    jcs,
    manifest,
    member_key,
    opening,
    padding,
    receipt,
    shamir,
    shares,
    sign,
)
from lpse.sealing.archive import Archive
from lpse.sealing.digests import from_base64, to_base64
from lpse.sealing.errors import EnvelopeRefused, FormatRefused
from tests.unit.sealing.vectors import load


@pytest.mark.parametrize("vector", load("jcs")["canonical"], ids=lambda v: v["sha256"][:8])
def test_canonical_json_has_one_spelling(vector: dict[str, Any]):
    assert jcs.canonical(vector["value"]).decode() == vector["text"]
    assert jcs.digest(vector["value"]) == vector["sha256"]
    assert jcs.parse(vector["text"].encode()) == vector["value"]


@pytest.mark.parametrize("text", load("jcs")["refused"])
def test_another_spelling_of_json_is_refused(text: str):
    with pytest.raises(FormatRefused) as refused:
        jcs.parse(text.encode())

    assert refused.value.code == "format:json"


@pytest.mark.parametrize("value", [1.5, float("nan"), {1: 2}, object(), 2**53, "\ud834", b"a"])
def test_what_has_no_canonical_form_is_refused(value: object):
    with pytest.raises((TypeError, ValueError)):
        jcs.canonical(value)


@pytest.mark.parametrize("vector", load("padding"), ids=lambda v: v["size"])
def test_padding_and_sealed_sizes(vector: dict[str, int]):
    size = vector["size"]

    assert padding.padme(size) == vector["padme"]
    assert padding.padded(size) == vector["padded"]
    assert padding.is_padded(vector["padded"])
    assert age_header.sealed_size(size) == vector["sealed"]
    assert age_header.plain_size(vector["sealed"]) == size


def test_the_words_of_passphrases():
    vector = load("passphrase")
    text = "\n".join(member_key.words()) + "\n"

    assert len(member_key.words()) == vector["count"] == 2048
    assert hashlib.sha256(text.encode()).hexdigest() == vector["sha256"]


@pytest.mark.parametrize("vector", load("shamir"), ids=lambda v: f"{v['k']} of {len(v['parts'])}")
def test_every_quorum_of_the_known_parts_gives_the_secret(vector: dict[str, Any]):
    parts = [from_base64(part) for part in vector["parts"]]

    for size in range(vector["k"], len(parts) + 1):
        for some in combinations(parts, size):
            assert shamir.combine(some).decode() == vector["secret"]


def test_the_chain_of_statements():
    vector = load("statement")

    verified = chain.verify(vector["versions"], tender="3740901", pinned=vector["digests"][:1])

    assert list(verified.by_digest) == vector["digests"]
    assert verified.digest == vector["digests"][1]
    first = vector["versions"][0]["statement"]
    assert jcs.canonical(first).decode() == vector["canonical"]
    for key in vector["keys"]:
        member_key.check(key)


@pytest.mark.parametrize("vector", load("zip")["zips"], ids=lambda v: v["what"])
def test_what_may_lie_in_an_envelope(vector: dict[str, Any], tmp_path: Path):
    path = tmp_path / "bid.zip"
    path.write_bytes(from_base64(vector["zip"]))
    code = None

    try:
        with Archive(path, manifest=load("zip")["manifest"]) as archive:
            assert [file.verdict for file in archive.files()] == ["ok"]
    except EnvelopeRefused as refused:
        code = refused.code

    assert code == vector["refused"]


def test_a_receipt():
    vector = load("receipt")

    read = receipt.verify(vector["file"], key=vector["file"]["key"])

    assert read["outcome"] == "accepted"
    assert receipt.log_entry(read).hex() == vector["log_entry"]


def test_the_checkpoint_is_signed_with_the_known_key():
    vector = load("note")
    text = vector["note"].split("\n\n")[0] + "\n"
    signature = from_base64(vector["note"].rsplit(" ", 1)[1].strip())

    assert signature[:4].hex() == vector["key_id"]
    assert sign.public_key(from_base64(vector["seed"])) == vector["key"]
    assert sign.sign_bytes(from_base64(vector["seed"]), text.encode()) == to_base64(signature[4:])


@pytest.mark.parametrize("sealer", ["python", "javascript"])
def test_a_whole_sealed_bid_opens(sealer: str, tmp_path: Path):
    vector = load(f"sealed_by_{sealer}")
    verified = chain.verify(vector["versions"], tender=vector["manifest"]["tender"])
    body = manifest.verify(
        jcs.canonical(vector["manifest"]),
        vector["signature"],
        chain=verified,
        bidder=vector["recovery"]["bidder"],
        provider=vector["recovery"]["provider"],
    )
    assert manifest.digest(body) == vector["manifest_digest"]
    assert (
        member_key.unwrap(from_base64(vector["wrapped"]), vector["passphrase"]) in vector["keys"]
    )

    identities = {key["member"]: key["identity"] for key in vector["keys"]}
    plains = {}
    for share in vector["shares"]:
        identity = pyrage.x25519.Identity.from_str(identities[share["member"]])
        sealed = from_base64(share["sealed"])
        assert age_header.fault_of_sealed_share(sealed) is None
        plains[share["member"]] = pyrage.decrypt(sealed, [identity])
    combined = shares.combine(plains, manifest=body, statements=verified.by_digest)
    assert combined.identity == vector["recovery"]["identity"]
    assert combined.inconsistent == ()

    ciphertext, target = tmp_path / "bid.age", tmp_path / "bid.zip"
    ciphertext.write_bytes(from_base64(vector["ciphertext"]))
    opening.decrypt(ciphertext, target, manifest=body, identity=combined.identity or "")
    with Archive(target, manifest=body) as opened:
        found = {file.name: (file.sha256, file.verdict) for file in opened.files()}
    assert found == {name: (sha256, "ok") for name, sha256 in vector["files"].items()}
