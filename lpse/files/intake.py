"""Taking a file in: measured and looked into while it is still private, then kept."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from lpse.errors import Refused
from lpse.files import malware, opens
from lpse.files.kind import kind_of
from lpse.files.models import FileKind, StoredFile
from lpse.files.size import size_text
from lpse.files.storage import CHUNK, Saved, storage


def store(
    stream: File[bytes] | IO[bytes],
    *,
    max_size: int,
    kinds: Collection[FileKind],
    strict: bool = False,
) -> StoredFile:
    """Keep the content of ``stream``, or refuse it for its size or its kind.

    ``strict`` is for papers that strangers hand in and an officer opens: it must open, do nothing
    of its own, and pass the scanner where there is one.

    The row is written after the bytes are durable. Bytes without a row are harmless; a row
    without its bytes would be a promise that cannot be kept.
    """
    store_ = storage()
    path, saved = store_.spool(_limited(stream, max_size))
    try:
        kind = _checked_kind(path, saved, kinds)
        if strict:
            malware.check(path)
            opens.check(path, kind)
        file = StoredFile(sha256=saved.sha256, size=saved.size, kind=kind)
        if not store_.exists(file.name):
            store_.adopt(path, file.name)
    finally:
        path.unlink(missing_ok=True)
    with transaction.atomic():
        kept, _created = StoredFile.objects.get_or_create(
            sha256=saved.sha256, defaults={"size": saved.size, "kind": kind}
        )
    return kept


def _checked_kind(path: Path, saved: Saved, kinds: Collection[FileKind]) -> FileKind:
    if saved.size == 0:
        raise Refused(_("The file is empty."))
    with path.open("rb") as file:
        kind = kind_of(file)
    if kind is None or kind not in kinds:
        raise Refused(
            _("The file is not one of these, judged by its content: %(kinds)s.")
            % {"kinds": ", ".join(str(FileKind(k).label) for k in kinds)}
        )
    return kind


def _limited(stream: File[bytes] | IO[bytes], max_size: int) -> Iterator[bytes]:
    size = 0
    for chunk in _chunks(stream):
        size += len(chunk)
        if size > max_size:
            raise Refused(_("The file is larger than %(limit)s.") % {"limit": size_text(max_size)})
        yield chunk


def _chunks(stream: File[bytes] | IO[bytes]) -> Iterator[bytes]:
    if isinstance(stream, File):
        yield from stream.chunks(CHUNK)
        return
    while chunk := stream.read(CHUNK):
        yield chunk
