"""What this house writes, age reads; what it stores, one X25519 key opens and nothing else."""

from __future__ import annotations

import io
import os

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lpse.sealing import age_file, age_header
from lpse.sealing.errors import KeyRefused

IDENTITY, RECIPIENT = age_file.make_identity()
CHUNK = 64 * 1024
PADDED = os.urandom(CHUNK)
SEALED = age_file.encrypt_bytes(PADDED, RECIPIENT)
STANZA = SEALED[22:120]  # the only stanza, both lines


def opened(sealed: bytes) -> bytes:
    return pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(IDENTITY)])


def fault(sealed: bytes) -> str | None:
    return age_header.fault_of_sealed_bid(sealed[: age_header.SIZE], len(sealed))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 200_000])
def test_age_reads_what_is_written_here(size: int):
    plain = os.urandom(size)

    sealed = age_file.encrypt_bytes(plain, RECIPIENT)

    assert opened(sealed) == plain
    assert len(sealed) == age_header.sealed_size(size)


@given(st.integers(0, 2**45))
def test_a_size_tells_what_was_sealed(size: int):
    assert age_header.plain_size(age_header.sealed_size(size)) == size


@given(st.integers(-10, 2**45))
def test_no_size_is_read_two_ways(sealed: int):
    plain = age_header.plain_size(sealed)

    assert plain is None or age_header.sealed_size(plain) == sealed


@pytest.mark.parametrize("size", [0, 183, 199, 168 + 16 + CHUNK + 16 + 16])
def test_a_size_that_nothing_gives_is_known(size: int):
    assert age_header.plain_size(size) is None


def test_a_sealed_bid_passes_the_gate():
    assert fault(SEALED) is None


GREASED = pyrage.encrypt(PADDED, [pyrage.x25519.Recipient.from_str(RECIPIENT)])
PASSPHRASE = age_file.encrypt_by_passphrase(PADDED, "a", log_n=1)


@pytest.mark.parametrize(
    "sealed",
    [
        pytest.param(GREASED, id="a stanza nobody knows"),
        pytest.param(PASSPHRASE, id="a passphrase"),
        pytest.param(SEALED[:22] + STANZA + SEALED[22:], id="a second reader"),
        pytest.param(SEALED.replace(b"-> X25519", b"-> mlkem768x25519"), id="post-quantum"),
        pytest.param(
            SEALED[:22] + b"-> mlkem768x25519 AAAA\n" + STANZA[55:] + SEALED[22:],
            id="post-quantum mixed in",
        ),
        pytest.param(SEALED.replace(b"age-encryption.org/v1", b"age-encryption.org/v2"), id="v2"),
        pytest.param(SEALED.replace(b"\n", b"\r\n", 1), id="another line end"),
        pytest.param(SEALED[:-1], id="truncated by a byte"),
        pytest.param(SEALED[:-CHUNK], id="truncated by a chunk"),
        pytest.param(SEALED + b"\0", id="a byte appended"),
        pytest.param(SEALED + SEALED, id="another file appended"),
        pytest.param(b"", id="empty"),
        pytest.param(b"PK\3\4" + bytes(CHUNK), id="not sealed at all"),
        pytest.param(age_file.encrypt_bytes(b"short", RECIPIENT), id="not padded"),
    ],
)
def test_the_gate_takes_nothing_else(sealed: bytes):
    assert fault(sealed)


def test_one_spelling_of_the_last_base64_letter():
    """The last letter of 43 carries two bits that must be zero: 16 letters pass, 48 do not."""
    letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = SEALED.index(b"\n", 22) - 1
    passed = [
        letter
        for letter in letters
        if fault(SEALED[:last] + bytes([letter]) + SEALED[last + 1 :]) is None
    ]

    assert len(passed) == 16


def test_a_sealed_share_passes_its_gate():
    assert age_header.fault_of_sealed_share(age_file.encrypt_bytes(b"{}", RECIPIENT)) is None


@pytest.mark.parametrize(
    "sealed", [GREASED, b"", SEALED, age_file.encrypt_bytes(b"{}", RECIPIENT)[:-30]]
)
def test_a_share_that_is_sealed_otherwise_does_not(sealed: bytes):
    assert age_header.fault_of_sealed_share(sealed)


def test_one_flipped_bit_in_any_byte_is_fatal():
    sealed = age_file.encrypt_bytes(b"the price", RECIPIENT)
    for at in range(len(sealed)):
        altered = bytearray(sealed)
        altered[at] ^= 1
        with pytest.raises(pyrage.DecryptError):
            opened(bytes(altered))


@pytest.mark.parametrize(
    "recipient",
    [
        RECIPIENT[:-1] + ("q" if RECIPIENT[-1] != "q" else "p"),
        RECIPIENT.upper(),
        "age1pq1" + "q" * 1952,
        "",
    ],
    ids=["one letter", "upper case", "post-quantum", "none"],
)
def test_nothing_is_sealed_to_another_kind_of_recipient(recipient: str):
    with pytest.raises(KeyRefused) as refused:
        age_file.encrypt(io.BytesIO(), io.BytesIO(), recipient)

    assert refused.value.code == "key:recipient"


@pytest.mark.parametrize(
    "identity",
    [IDENTITY[:-1], IDENTITY.lower(), "AGE-SECRET-KEY-PQ-1Q", ""],
    ids=["too short", "lower case", "post-quantum", "none"],
)
def test_another_kind_of_identity_is_refused(identity: str):
    with pytest.raises(KeyRefused):
        age_file.recipient_of(identity)
