"""Opening: the very file, the right key, all of it, or nothing under its name."""

from __future__ import annotations

import stat
import threading
import time
from pathlib import Path

import pytest

from lpse.sealing import opening
from lpse.sealing.age_file import encrypt_bytes, make_identity
from lpse.sealing.age_header import SIZE
from lpse.sealing.digests import sha256
from lpse.sealing.errors import EnvelopeRefused
from lpse.sealing.sealer import SealedBid
from tests.unit.sealing.people import committee, seal


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> tuple[SealedBid, bytes]:
    chain = committee("budi", "dewi", "rina", k=2).chain()
    bid, file = seal(tmp_path_factory.mktemp("opening"), chain, files={"a.pdf": bytes(300_000)})
    return bid, file.read_bytes()


def refusal(folder: Path, bid: SealedBid, data: bytes, *, restated: bool = True) -> str:
    """The code with which ``data`` is refused, and that it left nothing behind.

    ``restated``: the manifest names the digest of ``data``, so that age alone must notice.
    """
    ciphertext, target = folder / "bid.age", folder / "bid.zip"
    ciphertext.write_bytes(data)
    manifest = bid.manifest
    if restated:
        manifest = manifest | {"ciphertext": {"sha256": sha256(data), "size": len(data)}}
    with pytest.raises(EnvelopeRefused) as refused:
        opening.decrypt(ciphertext, target, manifest=manifest, identity=bid.recovery["identity"])
    assert list(folder.iterdir()) == [ciphertext]
    return refused.value.code


def test_a_bid_opens_into_a_private_file(tmp_path: Path, sealed: tuple[SealedBid, bytes]):
    bid, data = sealed
    ciphertext, target = tmp_path / "bid.age", tmp_path / "bid.zip"
    ciphertext.write_bytes(data)
    (tmp_path / "bid.zip.part").write_bytes(b"left by a crash")

    opening.decrypt(ciphertext, target, manifest=bid.manifest, identity=bid.recovery["identity"])

    assert target.read_bytes()[:2] == b"PK"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {"bid.age", "bid.zip"}


@pytest.mark.parametrize("at", [0, SIZE - 1, SIZE, SIZE + 20, 70_000, -1])
def test_a_flipped_byte_is_fatal(tmp_path: Path, sealed: tuple[SealedBid, bytes], at: int):
    bid, data = sealed
    altered = bytearray(data)
    altered[at] ^= 1

    assert refusal(tmp_path, bid, bytes(altered)) in {"envelope:closed", "envelope:header"}


def test_a_swapped_or_lost_chunk_is_fatal(tmp_path: Path, sealed: tuple[SealedBid, bytes]):
    bid, data = sealed
    start, chunk = SIZE + 16, 64 * 1024 + 16
    first, second = data[start : start + chunk], data[start + chunk : start + 2 * chunk]
    swapped = data[:start] + second + first + data[start + 2 * chunk :]
    cut = data[: start + 2 * chunk]

    assert refusal(tmp_path, bid, swapped) == "envelope:closed"
    assert refusal(tmp_path, bid, cut) == "envelope:closed"


def test_another_file_than_the_submitted_one_is_never_decrypted(
    tmp_path: Path, sealed: tuple[SealedBid, bytes]
):
    """Sealed to the same key and whole, but not what was submitted."""
    bid, data = sealed
    other = encrypt_bytes(bytes(len(data) - len(data) % 2)[:100], bid.manifest["recipient"])
    same_size = encrypt_bytes(bytes(plain_of(data)), bid.manifest["recipient"])

    assert refusal(tmp_path, bid, other, restated=False) == "envelope:digest"
    assert refusal(tmp_path, bid, same_size, restated=False) == "envelope:digest"


def plain_of(data: bytes) -> int:
    return opening.plain_size(len(data)) or 0


def test_another_key_opens_nothing(tmp_path: Path, sealed: tuple[SealedBid, bytes]):
    bid, data = sealed
    stranger = bid.recovery | {"identity": make_identity()[0]}

    code = refusal(tmp_path, SealedBid(bid.manifest, bid.signature, bid.shares, stranger), data)

    assert code == "envelope:closed"


def test_a_second_reader_is_refused_before_anything_is_opened(
    tmp_path: Path, sealed: tuple[SealedBid, bytes]
):
    bid, data = sealed
    stanza = data[22:120]

    assert refusal(tmp_path, bid, data[:22] + stanza + data[22:]) == "envelope:header"


def test_no_other_thread_waits_for_an_opening(tmp_path: Path):
    """A bid of 40 MiB is opened; meanwhile a thread of this process goes on."""
    chain = committee("budi", "dewi", "rina", k=2).chain()
    bid, ciphertext = seal(tmp_path, chain, files={"a.pdf": bytes(40 * 1024 * 1024)})
    stalls, stop = [0.0], threading.Event()

    def heartbeat() -> None:
        last = time.monotonic()
        while not stop.is_set():
            time.sleep(0.001)
            now = time.monotonic()
            stalls.append(now - last)
            last = now

    thread = threading.Thread(target=heartbeat)
    thread.start()
    opening.decrypt(
        ciphertext,
        tmp_path / "bid.zip",
        manifest=bid.manifest,
        identity=bid.recovery["identity"],
    )
    stop.set()
    thread.join()

    assert max(stalls) < 0.5
