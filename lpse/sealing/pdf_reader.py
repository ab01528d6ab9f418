"""What is inside a PDF, without running any of it. pyHanko, which reads PDFs, is let in here."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import IO, Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

MOST_OBJECTS = 50_000  # a scan of some pages has a few hundred
MOST_ACTIONS = 5_000
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

    def page_count(self, most: int) -> int:
        """How many pages there are, looked up and not believed, or ``most + 1`` for more."""
        try:
            return sum(1 for _page in islice(self._pages(), most + 1))
        except Exception as error:
            raise UnreadableError from error

    def _pages(self) -> Iterator[Any]:
        """A few nodes that name each other over and over hold more pages than anybody can count.

        Nodes without a page in them cost as much to look at, so every look is counted.
        """
        nodes = [self._reader.root["/Pages"]]
        looks = 0
        while nodes:
            kids = nodes.pop()["/Kids"]
            looks += len(kids)
            if looks > MOST_OBJECTS:
                raise UnreadableError("too many nodes of pages")
            for kid in (kids[number] for number in range(len(kids))):
                if kid["/Type"] == "/Pages":
                    nodes.append(kid)
                elif kid["/Type"] == "/Page":
                    yield kid
                else:
                    raise UnreadableError("no page")

    def entries(self) -> Iterator[tuple[str, str]]:
        """Every key of every dictionary, with its value where that is a name.

        The objects are taken from the file's own table and not followed from its pages: what one
        viewer does not reach, another does. A name that is an object of its own has no key: it
        may stand for the value of any.
        """
        try:
            for revision, reference in self._references():
                thing = self._object(reference, revision)
                if isinstance(thing, generic.NameObject):
                    yield "", str(thing)
                for key, value in _entries(thing, 0):
                    yield key, str(value) if isinstance(value, generic.NameObject) else ""
        except Exception as error:
            raise UnreadableError from error

    def started(self) -> Iterator[str]:
        """The kind of every action that a viewer starts unasked, and of those that follow it."""
        try:
            yield from self._started()
        except Exception as error:
            raise UnreadableError from error

    def _started(self) -> Iterator[str]:
        last = self._reader.xrefs.total_revisions - 1
        waiting = [
            (key, value, seen_in)
            for revision, reference in self._references()
            for key, value in _entries(self._object(reference, revision), 0)
            if key in {"/OpenAction", "/AA"}
            for seen_in in {revision, last}
        ]
        actions = len(waiting)
        while waiting:
            key, value, revision = waiting.pop()
            thing = self._resolved(value, revision)
            if isinstance(thing, generic.DictionaryObject) and "/S" in thing:
                yield str(self._resolved(thing.raw_get("/S"), revision))
            following = _following(key, thing)
            actions += len(following)
            if actions > MOST_ACTIONS:
                raise UnreadableError("too many actions")
            waiting += [("/Next", action, revision) for action in following]

    def _references(self) -> list[tuple[int, generic.Reference]]:
        """The objects of every revision: a viewer that repairs a file may find a former one."""
        xrefs = self._reader.xrefs
        found = [
            (revision, reference)
            for revision in range(xrefs.total_revisions)
            for reference in xrefs.explicit_refs_in_revision(revision)
        ]
        if len(found) > MOST_OBJECTS:
            raise UnreadableError("too many objects")
        return found

    def _object(self, reference: generic.Reference, revision: int) -> Any:
        return self._reader.get_object(reference, revision)  # type: ignore[no-untyped-call]

    def _resolved(self, value: Any, revision: int) -> Any:
        for _step in range(DEEPEST):
            if not isinstance(value, generic.IndirectObject):
                return value
            value = self._object(value.reference, revision)
        raise UnreadableError("nested too deeply")


def _entries(thing: Any, depth: int) -> Iterator[tuple[str, Any]]:
    if depth > DEEPEST:
        raise UnreadableError("nested too deeply")
    if isinstance(thing, generic.DictionaryObject):
        for key in list(thing):
            value = thing.raw_get(key)
            yield str(key), value
            yield from _entries(value, depth + 1)
    elif isinstance(thing, generic.ArrayObject):
        for number in range(len(thing)):
            yield from _entries(thing.raw_get(number), depth + 1)


def _following(key: str, thing: Any) -> list[Any]:
    """The actions under each trigger of ``/AA``; after an action, those that come next."""
    if isinstance(thing, generic.DictionaryObject):
        keys = list(thing) if key == "/AA" else ["/Next"] if "/Next" in thing else []
        return [thing.raw_get(key) for key in keys]
    if isinstance(thing, generic.ArrayObject) and key == "/Next":
        return [thing.raw_get(number) for number in range(len(thing))]
    return []
