"""How large the table of contents of a ZIP says it is, before anybody reads it.

``zipfile`` reads the whole of it into memory, and makes an object of every entry: two gigabytes
of table would end the process that looks at them. Everything here is a claim of whoever made the
file; what counts is which claim ``zipfile`` will follow.
"""

from __future__ import annotations

import os
import struct
from typing import IO

END, END_LENGTH = b"PK\x05\x06", 22
LOCATOR, LOCATOR_LENGTH = b"PK\x06\x07", 20
END_64, END_64_LENGTH = b"PK\x06\x06", 56
LARGEST_COMMENT = 65535


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


def _tail(file: IO[bytes], length: int) -> bytes:
    end = file.seek(0, os.SEEK_END)
    file.seek(max(0, end - length))
    tail = file.read()
    file.seek(0)
    return tail
