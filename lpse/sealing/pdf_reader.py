"""What is inside a PDF, without running any of it. pyHanko, which reads PDFs, is let in here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

MOST_OBJECTS = 50_000  # a scan of some pages has a few hundred
DEEPEST = 40


class UnreadableError(Exception):
    """It does not open as a PDF."""


class PdfReader:
    """An opened PDF; ``UnreadableError`` for what is none, whichever way it is broken."""

    def __init__(self, file: IO[bytes]) -> None:
        try:
            file.seek(0)
            self._reader = PdfFileReader(file, strict=False)
            self.is_encrypted = bool(self._reader.encrypted)
        except Exception as error:  # the adversary writes the file: any error means the same
            raise UnreadableError from error

    def page_count(self) -> int:
        """How many pages there are; every one is looked up, not believed."""
        try:
            total = int(self._reader.root["/Pages"]["/Count"])
            for number in range(total):
                self._reader.find_page_container(number)  # type: ignore[no-untyped-call]
        except Exception as error:
            raise UnreadableError from error
        return total

    def entries(self) -> Iterator[tuple[str, str]]:
        """Every key of every dictionary, with its value where that is a name.

        The objects are taken from the file's own table and not followed from its pages: what one
        viewer does not reach, another does.
        """
        try:
            for reference in self._references():
                yield from _entries(self._object(reference), 0)
        except Exception as error:
            raise UnreadableError from error

    def _references(self) -> set[generic.Reference]:
        xrefs = self._reader.xrefs
        revisions = range(xrefs.total_revisions)
        found = {r for number in revisions for r in xrefs.explicit_refs_in_revision(number)}
        if len(found) > MOST_OBJECTS:
            raise UnreadableError("too many objects")
        return found

    def _object(self, reference: generic.Reference) -> Any:
        try:
            return self._reader.get_object(reference)  # type: ignore[no-untyped-call]
        except KeyError:
            return None  # freed by a later revision


def _entries(thing: Any, depth: int) -> Iterator[tuple[str, str]]:
    if depth > DEEPEST:
        raise UnreadableError("nested too deeply")
    if isinstance(thing, generic.DictionaryObject):
        for key in list(thing):
            value = thing.raw_get(key)
            yield str(key), str(value) if isinstance(value, generic.NameObject) else ""
            yield from _entries(value, depth + 1)
    elif isinstance(thing, generic.ArrayObject):
        for number in range(len(thing)):
            yield from _entries(thing.raw_get(number), depth + 1)
