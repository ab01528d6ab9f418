"""Reading what was in an envelope: a stored ZIP with bid.json, files/… and padding, nothing else.

A bidder made it, so every number in it is a claim. Nothing is unpacked to a name from inside;
nothing is decompressed; no entry may be larger than the file it lies in.
"""

from __future__ import annotations

import errno
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, NoReturn, Self

from django.utils.translation import gettext as _

from lpse.sealing import content
from lpse.sealing.digests import CHUNK, digest_of
from lpse.sealing.errors import EnvelopeRefused
from lpse.sealing.file_names import is_file_name
from lpse.sealing.manifest import Manifest
from lpse.sealing.zip_directory import directory_size, is_seamless

BID, PADDING, FOLDER = "bid.json", "padding", "files/"
MOST_FILES = 1000
LARGEST_BID = 8 * 1024 * 1024
LARGEST_DIRECTORY = 1024 * 1024  # a thousand entries with the longest names fill a third of it
# Sizes behind the data, names in UTF-8. Anything else (encrypted, a patch) is no plain entry.
_PLAIN_FLAGS = 0x008 | 0x800


class Verdict(StrEnum):
    OK = "ok"
    MISSING = "missing"  # bid.json names it, it is not there
    UNLISTED = "unlisted"  # it is there, bid.json does not name it
    SIZE = "size"  # it has another size than bid.json says
    DAMAGED = "damaged"  # its checksum does not fit


@dataclass(frozen=True, slots=True)
class Found:
    """One file of a bid and what was found about it."""

    name: str
    kind: str
    size: int
    sha256: str
    verdict: Verdict


class Archive:
    """The content of one opened envelope; use it as a context manager.

    Opening it raises :class:`EnvelopeRefused` where the envelope as a whole is not this bid's;
    a single file that is wrong only gets its verdict.
    """

    def __init__(self, path: Path, *, manifest: Manifest) -> None:
        self._path = path
        try:
            _require_modest_directory(path)
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            _raise_if_the_disk_is_to_blame(error)
            raise EnvelopeRefused("content:zip", _("What was sealed is not a ZIP.")) from error
        try:
            self._entries = self._checked_entries(path.stat().st_size)
            self.content = content.read(self._bid(), manifest=manifest)
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._zip.close()

    def files(self) -> Iterator[Found]:
        """Every file that bid.json names or that is there, with its verdict."""
        listed = {file["name"]: file for file in self.content["files"]}
        for name, file in listed.items():
            yield self._found(name, file)
        for name in self._entries:
            if name not in listed:
                yield self._found(name, None)

    def open(self, name: str) -> BinaryIO:
        """The bytes of a file whose verdict was not ``missing`` or ``damaged``."""
        return self._zip.open(self._entries[name])  # type: ignore[return-value]

    def _found(self, name: str, listed: dict[str, Any] | None) -> Found:
        kind = listed["kind"] if listed else ""
        entry = self._entries.get(name)
        if entry is None:
            return Found(name, kind, listed["size"] if listed else 0, "", Verdict.MISSING)
        try:
            with self.open(name) as file:
                sha256, size = digest_of(file)
        except (zipfile.BadZipFile, EOFError, ValueError):
            return Found(name, kind, entry.file_size, "", Verdict.DAMAGED)
        verdict = Verdict.OK if listed else Verdict.UNLISTED
        if listed and listed["size"] != size:
            verdict = Verdict.SIZE
        return Found(name, kind, size, sha256, verdict)

    def _bid(self) -> bytes:
        entry = self._zip.getinfo(BID)
        if entry.file_size > LARGEST_BID:
            _refuse("zip")
        try:
            return self._zip.read(entry)
        except (zipfile.BadZipFile, EOFError, ValueError) as error:
            raise EnvelopeRefused("content:zip", _("The bid form is damaged.")) from error

    def _checked_entries(self, size: int) -> dict[str, zipfile.ZipInfo]:
        """The entries of the folder, by the name of the file."""
        entries = self._zip.infolist()
        names = [entry.filename for entry in entries]
        if (
            len(entries) > MOST_FILES
            or names[:1] != [BID]
            or names[-1:] != [PADDING]
            or len({name.casefold() for name in names}) != len(names)
            or entries[0].header_offset != 0  # nothing hides before it
            or sum(entry.file_size for entry in entries) > size  # nothing is counted twice
            or not all(0 <= entry.header_offset < size for entry in entries)
            or not all(map(_is_plain, entries))
        ):
            _refuse("zip")
        with self._path.open("rb") as file:
            if not is_seamless(file, entries):
                _refuse("gap")
        self._require_zeros(entries[-1])
        files = {entry.filename.removeprefix(FOLDER): entry for entry in entries[1:-1]}
        if not all(
            entry.filename.startswith(FOLDER) and is_file_name(name)
            for name, entry in files.items()
        ):
            _refuse("name")
        return files

    def _require_zeros(self, padding: zipfile.ZipInfo) -> None:
        """Padding that says something would be a second, unlisted content."""
        try:
            with self._zip.open(padding) as file:
                while chunk := file.read(CHUNK):
                    if chunk.strip(b"\0"):
                        _refuse("padding")
        except (zipfile.BadZipFile, EOFError, ValueError):
            _refuse("padding")


def _raise_if_the_disk_is_to_blame(error: Exception) -> None:
    """A place before the beginning of the file is the claim of its maker; the rest is not."""
    if isinstance(error, OSError) and error.errno != errno.EINVAL:
        raise error


def _require_modest_directory(path: Path) -> None:
    with path.open("rb") as file:
        size = directory_size(file)
    if size is None or size > LARGEST_DIRECTORY:
        raise zipfile.BadZipFile("the table of contents is missing or too large")


def _is_plain(entry: zipfile.ZipInfo) -> bool:
    """Stored, not encrypted, and read by its whole name."""
    return (
        entry.compress_type == zipfile.ZIP_STORED
        and entry.compress_size == entry.file_size
        and not entry.flag_bits & ~_PLAIN_FLAGS
        and entry.filename == entry.orig_filename
        and not entry.is_dir()
        and not stat.S_ISLNK(entry.external_attr >> 16)
    )


def _refuse(code: str) -> NoReturn:
    raise EnvelopeRefused(f"content:{code}", _("What was sealed is not a bid of the known form."))
