"""The table of contents of a ZIP: how large it says it is, and whether it leaves anything out.

``zipfile`` reads the whole of it into memory, and makes an object of every entry: two gigabytes
of table would end the process that looks at them. Everything here is a claim of whoever made the
file; what counts is which claim ``zipfile`` will follow.

It also follows the table only, and never looks between the places that the table names. There
could lie what no member sees and the bidder later says was offered.
"""

from __future__ import annotations

import os
import struct
import zipfile
from collections.abc import Sequence
from itertools import product
from typing import IO

END, END_LENGTH = b"PK\x05\x06", 22
LOCATOR, LOCATOR_LENGTH = b"PK\x06\x07", 20
END_64, END_64_LENGTH = b"PK\x06\x06", 56
LARGEST_COMMENT = 65535
LOCAL, LOCAL_LENGTH = b"PK\x03\x04", 30
TABLE_ENTRY_LENGTH = 46
SIZES = 0x08074B50  # what begins the sizes behind the data
SIZES_BEHIND, UTF8 = 0x008, 0x800
MOST_16, MOST_32 = 0xFFFF, 0xFFFFFFFF


def directory_size(file: IO[bytes]) -> int | None:
    """The stated size of the table of ``file`` in bytes; ``None`` where there is none."""
    length = END_64_LENGTH + LOCATOR_LENGTH + END_LENGTH + LARGEST_COMMENT
    tail = _tail(file, length)
    at = tail.rfind(END)
    if at < 0 or len(tail) - at < END_LENGTH:
        return None
    (size,) = struct.unpack_from("<I", tail, at + 12)
    locator, large = at - LOCATOR_LENGTH, at - LOCATOR_LENGTH - END_64_LENGTH
    # The 64-bit record counts wherever there is one, whatever the short one says.
    if large >= 0 and tail.startswith(LOCATOR, locator) and tail.startswith(END_64, large):
        (size,) = struct.unpack_from("<Q", tail, large + 40)
    return int(size)


def is_seamless(file: IO[bytes], entries: Sequence[zipfile.ZipInfo]) -> bool:
    """Whether ``file`` is ``entries``, stored one behind the other from its first byte, the table
    of them and its end, and not one byte more.
    """
    at = 0
    places = [entry.header_offset for entry in entries[1:]]
    table = _place_of_the_table(file)
    for entry, following in zip(entries, [*places, table], strict=True):
        if entry.header_offset != at or not _fills(file, entry, following):
            return False
        at = following
    return _ends_with_the_table(file, entries, at)


def _fills(file: IO[bytes], entry: zipfile.ZipInfo, until: int) -> bool:
    """Whether header, data and the sizes behind them reach from the entry's place to ``until``."""
    data = _place_of_the_data(file, entry)
    if data is None:
        return False
    size, end = entry.file_size, data + entry.file_size
    if not entry.flag_bits & SIZES_BEHIND:
        return end == until
    behind = {struct.pack("<LLQQ", SIZES, entry.CRC, size, size)}
    if size <= MOST_32:
        behind.add(struct.pack("<LLLL", SIZES, entry.CRC, size, size))
    if until - end not in map(len, behind):
        return False
    file.seek(end)
    return file.read(until - end) in behind


def _place_of_the_data(file: IO[bytes], entry: zipfile.ZipInfo) -> int | None:
    """What is behind the entry's own header, if that says what the table says."""
    name, size = _written_name(entry), entry.file_size
    file.seek(entry.header_offset)
    header = file.read(LOCAL_LENGTH)
    if len(header) < LOCAL_LENGTH or not header.startswith(LOCAL):
        return None
    flags, method, *sums, named, extra = struct.unpack("<6xHH4xLLLHH", header)
    known = [[entry.CRC, size, size]]
    if extra:
        known = [[entry.CRC, MOST_32, MOST_32]]
    elif flags & SIZES_BEHIND:
        known.append([0, 0, 0])
    if (flags, method, named) != (entry.flag_bits, entry.compress_type, len(name)):
        return None
    if sums not in known or file.read(named) != name:
        return None
    if file.read(extra) not in {b"", struct.pack("<HHQQ", 1, 16, size, size)}:
        return None
    return file.tell()


def _place_of_the_table(file: IO[bytes]) -> int:
    """Where the last record says that the table begins; the large one where there is one."""
    tail = _tail(file, END_64_LENGTH + LOCATOR_LENGTH + END_LENGTH)
    (place,) = struct.unpack_from("<L", tail, len(tail) - END_LENGTH + 16)
    if len(tail) == END_64_LENGTH + LOCATOR_LENGTH + END_LENGTH and tail.startswith(END_64):
        (place,) = struct.unpack_from("<Q", tail, 48)
    return int(place)


def _ends_with_the_table(file: IO[bytes], entries: Sequence[zipfile.ZipInfo], at: int) -> bool:
    """Whether from ``at`` on there is the table of exactly ``entries`` and the end of the file."""
    if not all(map(_says_nothing_else, entries)):
        return False
    size = sum(
        TABLE_ENTRY_LENGTH + len(_written_name(entry)) + len(entry.extra) for entry in entries
    )
    file.seek(at + size)
    rest = file.read(END_64_LENGTH + LOCATOR_LENGTH + END_LENGTH + 1)
    stated = [[len(entries)], [size], [at]]
    if len(rest) > END_LENGTH:
        record = struct.pack("<2L4Q", 0, 0, len(entries), len(entries), size, at)
        locator = struct.pack("<4sLQL", LOCATOR, 0, at + size, 1)
        large, rest = rest[:-END_LENGTH], rest[-END_LENGTH:]
        begins = struct.pack("<4sQ", END_64, END_64_LENGTH - 12)
        # Between them four bytes name the version of the program.
        if not large.startswith(begins) or large[len(begins) + 4 :] != record + locator:
            return False
        stated = [[len(entries), MOST_16], [size, MOST_32], [at, MOST_32]]
    return any(
        rest == struct.pack("<4s4H2LH", END, 0, 0, count, count, length, place, 0)
        for count, length, place in product(*stated)
        if length <= MOST_32 and place <= MOST_32
    )


def _says_nothing_else(entry: zipfile.ZipInfo) -> bool:
    """No comment, and nothing beside the data but sizes and places too large for their fields."""
    size, at = entry.file_size, entry.header_offset
    known = [(), (size,), (size, size), (size, size, at), (at,)]
    extras = {
        struct.pack(f"<HH{len(numbers)}Q", 1, 8 * len(numbers), *numbers) if numbers else b""
        for numbers in known
    }
    return not entry.comment and entry.extra in extras


def _written_name(entry: zipfile.ZipInfo) -> bytes:
    return entry.orig_filename.encode("utf-8" if entry.flag_bits & UTF8 else "cp437")


def _tail(file: IO[bytes], length: int) -> bytes:
    end = file.seek(0, os.SEEK_END)
    file.seek(max(0, end - length))
    tail = file.read()
    file.seek(0)
    return tail
