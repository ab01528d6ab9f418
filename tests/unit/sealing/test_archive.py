"""What lies in an envelope is a claim of its bidder: names, sizes, and whose it is."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lpse.sealing import content, jcs, sealer
from lpse.sealing.archive import Archive
from lpse.sealing.errors import EnvelopeRefused
from lpse.sealing.file_names import is_file_name
from lpse.sealing.padding import is_padded
from tests.unit.sealing.people import TERMS

NAMED = {
    "tender": "3740901",
    "envelope": "single",
    "provider": "maju",
    "bidder": "A" * 43 + "=",
    "statement": "a" * 64,
}
BID = {**TERMS, **NAMED, "format": content.FORMAT, "files": []}


def listed(*files: tuple[str, int]) -> dict[str, Any]:
    return BID | {"files": [{"name": n, "kind": "technical", "size": s} for n, s in files]}


def packed(
    folder: Path, entries: list[tuple[str | zipfile.ZipInfo, bytes]], method: int = 0
) -> Path:
    path = folder / "bid.zip"
    with zipfile.ZipFile(path, "w", method) as target:
        for name, data in entries:
            target.writestr(name, data)
    return path


def whole(bid: object, *files: tuple[str, bytes]) -> list[tuple[Any, bytes]]:
    inside = [(f"files/{name}", data) for name, data in files]
    return [("bid.json", jcs.canonical(bid)), *inside, ("padding", bytes(100))]


def refusal(path: Path) -> str:
    with pytest.raises(EnvelopeRefused) as refused:
        Archive(path, manifest=NAMED)
    return refused.value.code


def verdicts(path: Path) -> dict[str, str]:
    with Archive(path, manifest=NAMED) as archive:
        return {file.name: file.verdict.value for file in archive.files()}


def test_a_bid_as_it_should_be(tmp_path: Path):
    path = packed(tmp_path, whole(listed(("a.pdf", 3)), ("a.pdf", b"abc")))

    with Archive(path, manifest=NAMED) as archive:
        [file] = archive.files()
        assert (file.name, file.kind, file.size, file.verdict) == ("a.pdf", "technical", 3, "ok")
        assert archive.open("a.pdf").read() == b"abc"
        assert archive.content["validity_days"] == 90


def test_each_file_has_its_own_verdict(tmp_path: Path):
    bid = listed(("a.pdf", 3), ("b.pdf", 9), ("c.pdf", 1))
    path = packed(tmp_path, whole(bid, ("a.pdf", b"abc"), ("b.pdf", b"b"), ("d.pdf", b"d")))

    assert verdicts(path) == {
        "a.pdf": "ok",
        "b.pdf": "size",
        "c.pdf": "missing",
        "d.pdf": "unlisted",
    }


def test_a_damaged_file_does_not_hide_the_others(tmp_path: Path):
    path = packed(
        tmp_path, whole(listed(("a.pdf", 3), ("b.pdf", 3)), ("a.pdf", b"XYZ"), ("b.pdf", b"abc"))
    )
    data = path.read_bytes()
    path.write_bytes(data.replace(b"XYZ", b"XyZ", 1))

    assert verdicts(path) == {"a.pdf": "damaged", "b.pdf": "ok"}


@pytest.mark.parametrize("name", content.NAMED)
def test_a_bid_that_names_another_envelope_is_refused(tmp_path: Path, name: str):
    other = {
        "tender": "3740902",
        "envelope": "price",
        "provider": "jaya",
        "bidder": "B" * 42 + "A=",
        "statement": "b" * 64,
    }
    path = packed(tmp_path, whole(BID | {name: other[name]}))

    assert refusal(path) == f"content:{name}"


@pytest.mark.parametrize(
    ("bid", "code"),
    [
        (BID | {"format": "lpse-bid/0"}, "format"),
        (BID | {"discount": "1"}, "field"),
        ({k: v for k, v in BID.items() if k != "total"}, "field"),
        (BID | {"lines": [{"no": 1, "volume": "1"}]}, "field"),
        (BID | {"validity_days": -1}, "field"),
        (listed(("../a", 1)), "field"),
        (listed(("a.pdf", 1), ("A.PDF", 1)), "field"),
        ([], "format"),
    ],
)
def test_a_form_of_another_shape_is_refused(tmp_path: Path, bid: object, code: str):
    assert refusal(packed(tmp_path, whole(bid))) == f"content:{code}"


def _encrypted(path: Path) -> None:
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\1\2")
    data[at + 8] |= 1
    path.write_bytes(bytes(data))


def _junk_before(path: Path) -> None:
    path.write_bytes(b"#!/bin/sh\n" + path.read_bytes())


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-30])


def _two_names_for_one_place(path: Path) -> None:
    """Both files of the directory point at the same bytes: a small file that unpacks large."""
    data = bytearray(path.read_bytes())
    offsets = [at for at in range(len(data)) if data[at : at + 4] == b"PK\1\2"]
    first, second = offsets[1], offsets[2]
    data[second + 42 : second + 46] = data[first + 42 : first + 46]
    data[second + 16 : second + 28] = data[first + 16 : first + 28]
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("spoil", [_encrypted, _junk_before, _cut])
def test_a_zip_that_plays_tricks_is_refused(tmp_path: Path, spoil: Callable[[Path], None]):
    path = packed(tmp_path, whole(BID))
    spoil(path)

    assert refusal(path) == "content:zip"


def _streamed(path: Path) -> None:
    """As a sealer writes it that does not know checksum and size beforehand."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.got = bytearray()

        def write(self, data: Any) -> int:
            self.got += data
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(path) as read, zipfile.ZipFile(pipe, "w") as target:  # type: ignore[arg-type]
        for entry in read.infolist():
            target.writestr(entry.filename, read.read(entry))
    path.write_bytes(pipe.got)


def _large(path: Path) -> None:
    """As ZIP64, which a small file may be too."""
    with zipfile.ZipFile(path) as read:
        entries = [(entry.filename, read.read(entry)) for entry in read.infolist()]
    with zipfile.ZipFile(path, "w") as target:
        for name, data in entries:
            with target.open(name, "w", force_zip64=True) as entry:
                entry.write(data)


@pytest.mark.parametrize("rewrite", [_streamed, _large])
def test_other_ways_to_write_the_same_zip_are_taken(
    tmp_path: Path, rewrite: Callable[[Path], None]
):
    path = packed(tmp_path, whole(listed(("é.pdf", 3)), ("é.pdf", b"abc")))
    rewrite(path)

    assert verdicts(path) == {"é.pdf": "ok"}


HIDDEN = b"and for you only nine tenths of it"


def with_gap(path: Path, before: int) -> None:
    """Something before entry number ``before``, or with ``-1`` before the table of contents."""
    data = bytearray(path.read_bytes())
    table = data.index(b"PK\1\2")
    end = data.index(b"PK\5\6")
    entries = [at for at in range(table, end) if data[at : at + 4] == b"PK\1\2"]
    moved = [] if before < 0 else entries[before:]
    place = table if before < 0 else struct.unpack_from("<L", data, entries[before] + 42)[0]
    for at in moved:
        (offset,) = struct.unpack_from("<L", data, at + 42)
        struct.pack_into("<L", data, at + 42, offset + len(HIDDEN))
    struct.pack_into("<L", data, end + 16, table + len(HIDDEN))
    path.write_bytes(bytes(data[:place]) + HIDDEN + bytes(data[place:]))


@pytest.mark.parametrize("before", [1, 2, -1])
def test_nothing_lies_between_the_entries_or_behind_them(tmp_path: Path, before: int):
    path = packed(tmp_path, whole(listed(("a.pdf", 3)), ("a.pdf", b"abc")))
    with_gap(path, before)
    with zipfile.ZipFile(path) as other:  # a reader that follows the table finds nothing wrong
        assert other.testzip() is None

    assert refusal(path) == "content:gap"


def test_zeros_between_the_entries_are_something_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tests.unit.sealing.test_archive.HIDDEN", bytes(16))
    path = packed(tmp_path, whole(listed(("a.pdf", 3)), ("a.pdf", b"abc")))
    with_gap(path, 2)

    assert refusal(path) == "content:gap"


def _comment(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as target:
        target.comment = HIDDEN


def _behind_the_end(path: Path) -> None:
    path.write_bytes(path.read_bytes() + HIDDEN)


def _between_table_and_end(path: Path) -> None:
    """The end record states a longer table, as one that is signed has it."""
    data = bytearray(path.read_bytes())
    end = data.index(b"PK\5\6")
    path.write_bytes(bytes(data[:end]) + HIDDEN + bytes(data[end:]))


def _extra_in_the_table(path: Path) -> None:
    entries = whole(BID)
    info = zipfile.ZipInfo("bid.json")
    info.extra = struct.pack("<HH", 0x4242, len(HIDDEN)) + HIDDEN
    packed(path.parent, [(info, entries[0][1]), *entries[1:]])


def _comment_of_an_entry(path: Path) -> None:
    entries = whole(BID)
    info = zipfile.ZipInfo("bid.json")
    info.comment = HIDDEN
    packed(path.parent, [(info, entries[0][1]), *entries[1:]])


def _another_name_in_front(path: Path) -> None:
    """A reader that walks through the file sees a file that the table does not name."""
    data = path.read_bytes()
    path.write_bytes(data.replace(b"padding", b"harga.x", 1))


def _another_size_in_front(path: Path) -> None:
    data = bytearray(path.read_bytes())
    struct.pack_into("<L", data, 22, 7)
    path.write_bytes(bytes(data))


@pytest.mark.parametrize(
    ("spoil", "codes"),
    [
        (_comment, {"gap"}),
        (_behind_the_end, {"gap", "zip"}),
        (_between_table_and_end, {"gap", "zip"}),
        (_extra_in_the_table, {"gap"}),
        (_comment_of_an_entry, {"gap"}),
        (_another_name_in_front, {"gap"}),
        (_another_size_in_front, {"gap"}),
    ],
)
def test_nothing_lies_beside_the_entries(
    tmp_path: Path, spoil: Callable[[Path], None], codes: set[str]
):
    path = packed(tmp_path, whole(BID))
    spoil(path)

    assert refusal(path) in {f"content:{code}" for code in codes}


def test_nothing_lies_in_the_records_of_a_large_zip(tmp_path: Path):
    """Every byte of a ZIP64's end is looked at."""
    path = packed(tmp_path, whole(BID))
    data = path.read_bytes()
    at = data.index(b"PK\1\2")
    end = data.index(b"PK\5\6")
    count, size = 2, end - at
    large = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, at)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, end, 1)
    path.write_bytes(data[:end] + large + locator + data[end:])
    assert verdicts(path) == {}

    for records in (
        large.replace(b"\x2c", b"\x2d", 1) + locator,  # another length
        large + HIDDEN + locator,
        large + locator[:-4] + b"\2\0\0\0",  # another number of disks
    ):
        path.write_bytes(data[:end] + records + data[end:])
        assert refusal(path) in {"content:gap", "content:zip"}


def test_a_zip_whose_entries_overlap_is_refused_or_found_out(tmp_path: Path):
    path = packed(
        tmp_path,
        whole(listed(("a.pdf", 80_000), ("b.pdf", 1)), ("a.pdf", bytes(80_000)), ("b.pdf", b"b")),
    )
    _two_names_for_one_place(path)

    assert refusal(path) == "content:zip"


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([("padding", b"")], "zip"),
        ([("bid.json", b"{}")], "zip"),
        ([("files/a", b""), ("bid.json", b"{}"), ("padding", b"")], "zip"),
        ([("bid.json", b"{}"), ("padding", b"hello")], "padding"),
        ([("bid.json", b"{}"), ("other", b""), ("padding", b"")], "name"),
        ([("bid.json", b"{}"), ("files/../../etc", b""), ("padding", b"")], "name"),
        ([("bid.json", b"{}"), ("files/.htaccess", b""), ("padding", b"")], "name"),
        ([("bid.json", b"{}"), ("files/a/b", b""), ("padding", b"")], "name"),
        ([("bid.json", b"{}"), ("files/", b""), ("padding", b"")], "zip"),
        ([("bid.json", b"{}"), ("files/a", b""), ("files/A", b""), ("padding", b"")], "zip"),
        ([("bid.json", b"not json"), ("padding", b"")], "format"),
    ],
)
def test_a_zip_with_other_entries_is_refused(
    tmp_path: Path, entries: list[tuple[str, bytes]], code: str
):
    assert refusal(packed(tmp_path, entries)) == f"content:{code}"


def test_a_bomb_is_refused_unread(tmp_path: Path):
    path = packed(tmp_path, whole(BID, ("a.pdf", bytes(10**7))), zipfile.ZIP_DEFLATED)

    assert path.stat().st_size < 20_000
    assert refusal(path) == "content:zip"


def test_a_link_is_refused(tmp_path: Path):
    link = zipfile.ZipInfo("files/a.pdf")
    link.external_attr = 0o120777 << 16
    entries = whole(BID)
    entries.insert(1, (link, b"/etc/passwd"))

    assert refusal(packed(tmp_path, entries)) == "content:zip"


def test_too_many_files_are_refused(tmp_path: Path):
    files = [(f"{number}.pdf", b"") for number in range(1001)]

    assert refusal(packed(tmp_path, whole(BID, *files))) == "content:zip"


@pytest.mark.parametrize("hidden", [False, True])
def test_a_table_of_contents_that_would_fill_the_memory_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hidden: bool
):
    """``hidden``: only the 64-bit record says so, which is the one that counts."""
    size = 3 * 1024 * 1024
    large = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 9, 9, size, 100)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 100 + size, 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 9, 9, 100 if hidden else size, 100, 0)
    path = tmp_path / "bid.zip"
    path.write_bytes(bytes(100 + size) + (large + locator if hidden else b"") + end)
    monkeypatch.setattr(zipfile, "ZipFile", None)  # nobody reads it

    assert refusal(path) == "content:zip"


@pytest.mark.parametrize("name", ["a.pdf", "Surat penawaran.pdf", "RAB – harga.xlsx", "図面.pdf"])
def test_ordinary_names_are_names(name: str):
    assert is_file_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *["", ".", "..", ".a", "a.", " a", "a ", "a/b", "a\\b", "a:b", "a\0", "a\n", "a?", None],
        "e\u0301",  # not in the composed form
        "a\u202egpj.exe",  # shown from right to left
        "a\u2028b",
        "\ud800",
        "a" * 201,
    ],
)
def test_other_names_are_not(name: object):
    assert not is_file_name(name)


@given(sizes=st.lists(st.integers(0, 200_000), max_size=4))
def test_the_sealer_packs_to_a_padded_length(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int]
):
    folder = tmp_path_factory.mktemp("packed")
    files = []
    for number, size in enumerate(sizes):
        path = folder / str(number)
        path.write_bytes(bytes(size))
        files.append(sealer.File(f"berkas {number}.pdf", "technical", path))
    target = io.BytesIO()

    sealer.write_zip(target, {**TERMS, **NAMED}, files)

    (folder / "bid.zip").write_bytes(target.getvalue())
    assert is_padded(len(target.getvalue()))
    assert set(verdicts(folder / "bid.zip").values()) <= {"ok"}
