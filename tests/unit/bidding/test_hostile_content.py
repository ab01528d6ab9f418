"""What a bidder can put into an envelope to hold up everybody's opening, and does not."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from bidding import tasks
from bidding.domain import decryption as domain
from bidding.domain import results
from bidding.models import Bid, Box, OpenedBid, Opening, OpeningOutcome
from lpse.sealing import decryption as process
from lpse.sealing import jcs, sealer
from lpse.sealing import opening as envelope
from lpse.sealing.digests import sha256
from tests.factories.bidding import Announced, Sealed
from tests.factories.committee import PDF, a_filled_box, post

pytestmark = pytest.mark.django_db

Hostile = Callable[[list[tuple[str, bytes]]], bytes]

DIRECTORY = b"PK\x01\x02"


@pytest.fixture(autouse=True)
def _english() -> None:
    translation.activate("en")


def opened(monkeypatch: Any, hostile: Hostile) -> tuple[OpenedBid, OpenedBid]:
    """The results of a bid whose ZIP ``hostile`` wrote, and of an honest one in the same box."""
    write, written = sealer.write_zip, []

    def first_of_two(target: Any, terms: Any, files: Any) -> None:
        written.append(terms)
        if len(written) > 1:
            return write(target, terms, files)
        content = io.BytesIO()
        write(content, terms, files)
        return target.write(hostile(_entries(content)))

    monkeypatch.setattr(sealer, "write_zip", first_of_two)
    made, box, sealed = a_filled_box(2)
    assert domain.open_all(unlocked(made, box)) is True
    bad, good = (_result(bid) for bid in sealed)
    assert good.outcome == OpeningOutcome.OPENED
    return bad, good


def unlocked(made: Announced, box: Box) -> Opening:
    for name in ("budi", "rina"):
        post(made, box, name)
    return Opening.objects.get(box=box)


def _result(sealed: Sealed) -> OpenedBid:
    return OpenedBid.objects.get(bid__manifest_digest=sha256(sealed.text.encode()))


def _entries(content: io.BytesIO) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(content) as packed:
        return [(name, packed.read(name)) for name in packed.namelist()]


def packed(entries: list[tuple[str, bytes]], size: int = 64 * 1024) -> bytearray:
    """``entries`` as a stored ZIP of ``size`` bytes, the padding as long as it takes."""
    *given, _padding = entries
    bare = _written([*given, ("padding", b"")])
    return _written([*given, ("padding", bytes(size - len(bare)))])


def _written(entries: list[tuple[str, bytes]]) -> bytearray:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as made:
        for name, data in entries:
            made.writestr(zipfile.ZipInfo(name, (2010, 1, 1, 0, 0, 0)), data)
    return bytearray(target.getvalue())


def changed(entries: list[tuple[str, bytes]], **fields: Any) -> list[tuple[str, bytes]]:
    return [
        (name, jcs.canonical(json.loads(data) | fields) if name == "bid.json" else data)
        for name, data in entries
    ]


def with_file(entries: list[tuple[str, bytes]], data: bytes = PDF) -> list[tuple[str, bytes]]:
    listed = [{"name": "a.pdf", "kind": "letter", "size": len(data)}]
    first, *rest = changed(entries, files=listed)
    return [first, ("files/a.pdf", data), *rest]


def places(raw: bytes, mark: bytes) -> list[int]:
    found, at = [], raw.find(mark)
    while at >= 0:
        found.append(at)
        at = raw.find(mark, at + 4)
    return found


def test_a_kind_longer_than_any_column(monkeypatch: Any) -> None:
    def hostile(entries: list[tuple[str, bytes]]) -> bytes:
        listed = [{"name": "a.pdf", "kind": "k" * 5000, "size": 1}]
        return packed(changed(entries, files=listed))

    bad, _good = opened(monkeypatch, hostile)

    assert (bad.outcome, bad.reason) == (OpeningOutcome.UNOPENABLE, "content:field")


def test_an_unknown_field_with_a_nul_in_its_name(monkeypatch: Any) -> None:
    bad, _good = opened(monkeypatch, lambda entries: packed(changed(entries, **{"a\0b": "x"})))

    assert (bad.outcome, bad.reason) == (OpeningOutcome.UNOPENABLE, "content:field")


@pytest.mark.parametrize("flag", [0x20, 0x40])
@pytest.mark.parametrize("entry", [0, 1, 2])
def test_an_entry_that_claims_to_be_a_patch_or_encrypted(
    monkeypatch: Any, flag: int, entry: int
) -> None:
    def hostile(entries: list[tuple[str, bytes]]) -> bytes:
        raw = packed(with_file(entries))
        struct.pack_into("<H", raw, places(raw, DIRECTORY)[entry] + 8, flag)
        return raw

    bad, _good = opened(monkeypatch, hostile)

    assert (bad.outcome, bad.reason) == (OpeningOutcome.UNOPENABLE, "content:zip")


def test_a_document_whose_first_entry_cannot_be_unpacked(monkeypatch: Any) -> None:
    def hostile(entries: list[tuple[str, bytes]]) -> bytes:
        return packed(with_file(entries, _broken_odt()))

    bad, _good = opened(monkeypatch, hostile)

    assert [file.verdict for file in bad.files.all()] == ["kind"]


def _broken_odt() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("mimetype", b"application/vnd.oasis.opendocument.text" * 40)
    raw = bytearray(target.getvalue())
    start = 30 + len("mimetype")
    raw[start : start + 8] = b"\xff" * 8
    return bytes(raw)


def test_a_place_far_outside_the_file(monkeypatch: Any) -> None:
    def hostile(entries: list[tuple[str, bytes]]) -> bytes:
        raw = packed(with_file(entries))
        struct.pack_into("<I", raw, places(raw, DIRECTORY)[1] + 42, 0xFFFF_FFF0)
        return raw

    bad, _good = opened(monkeypatch, hostile)

    assert (bad.outcome, bad.reason) == (OpeningOutcome.UNOPENABLE, "content:zip")


def test_a_second_offer_between_the_files_and_their_table(monkeypatch: Any) -> None:
    """Refused with the reason, as the bidder's doing; the rest of the box is opened."""
    second = b"the same for nine tenths of it"

    def hostile(entries: list[tuple[str, bytes]]) -> bytes:
        raw = packed(with_file(entries), 64 * 1024 - len(second))
        table, end = raw.index(DIRECTORY), raw.index(b"PK\x05\x06")
        struct.pack_into("<I", raw, end + 16, table + len(second))
        return raw[:table] + second + raw[table:]

    bad, _good = opened(monkeypatch, hostile)

    assert (bad.outcome, bad.reason) == (OpeningOutcome.UNOPENABLE, "content:gap")
    assert not bad.files.exists()


@pytest.mark.parametrize("why", [-9, 1])
def test_a_process_that_was_stopped_is_nobodys_fault(monkeypatch: Any, why: int) -> None:
    """Out of memory, a full disk, a worker that is restarted: the next run opens the bid."""
    made, box, _sealed = a_filled_box(1)
    opening = unlocked(made, box)

    with monkeypatch.context() as stopped:
        stopped.setattr("lpse.sealing.opening._run", lambda _task, _seconds: why)
        assert domain.open_all(opening) is False
    assert not OpenedBid.objects.exists()

    assert domain.open_all(opening) is True
    assert OpenedBid.objects.get().outcome == OpeningOutcome.OPENED


def test_a_machine_that_is_too_slow_now_is_nobodys_fault(monkeypatch: Any) -> None:
    made, box, _sealed = a_filled_box(1)
    opening = unlocked(made, box)

    with monkeypatch.context() as slow:
        slow.setattr("lpse.sealing.opening.PATIENCE", 0)
        assert domain.open_all(opening) is False

    assert not OpenedBid.objects.exists()


def test_a_full_disk_is_no_closed_envelope(tmp_path: Path) -> None:
    """The process that decrypts tells what age refuses from what the machine refuses."""
    identity, recipient = sealer.make_identity()
    sealed = tmp_path / "sealed"
    with sealed.open("wb") as target:
        sealer.encrypt(io.BytesIO(bytes(200_000)), target, recipient)
    task = {
        "identity": identity,
        "ciphertext": str(sealed),
        "target": str(tmp_path / "target"),
        "sha256": sha256(sealed.read_bytes()),
        "size": sealed.stat().st_size,
        "plain_size": 100_000,  # no more may be written than this
    }

    code = envelope._run(task, 60)  # noqa: SLF001 - the process itself

    assert code not in {process.OK, process.CLOSED, process.WRONG_DIGEST}


def test_a_value_that_the_database_does_not_take_is_the_bidders(monkeypatch: Any) -> None:
    monkeypatch.setattr(domain, "_holds_nul", lambda _content: False)

    bad, _good = opened(
        monkeypatch, lambda entries: packed(changed(entries, total_words="satu\0juta"))
    )

    assert (bad.outcome, bad.reason) == (OpeningOutcome.UNOPENABLE, "content:error")


def test_one_opening_that_fails_holds_up_no_other(monkeypatch: Any) -> None:
    first, second = (a_filled_box(1) for _ in range(2))
    openings = [unlocked(made, box) for made, box, _sealed in (first, second)]
    open_all = domain.open_all

    def failing(opening: Opening) -> bool:
        if opening.pk == openings[0].pk:
            raise RuntimeError("something nobody thought of")
        return open_all(opening)

    monkeypatch.setattr(domain, "open_all", failing)
    tasks.open_boxes()

    states = {bid.boxed.box_id: bid.state for bid in Bid.objects.all()}
    assert states == {openings[0].box_id: "openable", openings[1].box_id: "opened"}


@pytest.mark.parametrize("price", ["NaN", "Infinity", "1E999999999", "-1", "٣.00"])
def test_a_price_that_is_no_price_breaks_no_page(monkeypatch: Any, price: str) -> None:
    line = {"no": 1, "volume": "10", "unit_price": price}

    bad, _good = opened(monkeypatch, lambda entries: packed(changed(entries, lines=[line])))

    tender = bad.bid.participation.tender
    assert results.lines(tender, bad)[0]["unit_price"] is None
    assert "line_unreadable" in {finding["what"] for finding in bad.arithmetic["findings"]}
