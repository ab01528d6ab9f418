"""Giving a file out. It was uploaded by somebody, so a browser must not run anything in it."""

from __future__ import annotations

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

from lpse.files.kind import CONTENT_TYPES
from lpse.files.models import FileKind, StoredFile
from lpse.files.storage import storage

SHOWN_INLINE = {FileKind.PDF, FileKind.JPEG, FileKind.PNG}
# The viewers of PDFs and pictures in the browsers are not subject to it; markup would be.
NOTHING_RUNS = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
)


def serve(file: StoredFile, filename: str, *, download: bool = False) -> StreamingHttpResponse:
    """``file`` under ``filename``; only a PDF or a picture is shown in the browser."""
    kind = FileKind(file.kind)
    return stream(
        file.name,
        filename,
        size=file.size,
        content_type=CONTENT_TYPES[kind],
        download=download or kind not in SHOWN_INLINE,
    )


def stream(
    name: str,
    filename: str,
    *,
    size: int,
    content_type: str = "application/octet-stream",
    download: bool = True,
) -> StreamingHttpResponse:
    """The stored bytes ``name``, piece by piece."""
    response = StreamingHttpResponse(storage().chunks(name), content_type=content_type)
    response["Content-Length"] = str(size)
    response["Content-Disposition"] = content_disposition_header(download, filename) or "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = NOTHING_RUNS
    response["Cache-Control"] = "private, no-store"
    return response
