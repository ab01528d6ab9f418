"""What a file really is, from its content. What cannot be told apart is not accepted."""

from __future__ import annotations

import io
import os
import zipfile
from typing import IO

from lpse.files.models import FileKind
from lpse.sealing.zip_directory import END, directory_size

CONTENT_TYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.ODT: "application/vnd.oasis.opendocument.text",
    FileKind.JPEG: "image/jpeg",
    FileKind.PNG: "image/png",
    FileKind.ZIP: "application/zip",
}
PICTURES = {b"\xff\xd8\xff": FileKind.JPEG, b"\x89PNG\r\n\x1a\n": FileKind.PNG}
MAIN_PARTS = {"word/document.xml": FileKind.DOCX, "xl/workbook.xml": FileKind.XLSX}
ODT_MIMETYPE = b"application/vnd.oasis.opendocument.text"

LARGEST_DIRECTORY = 4 * 1024 * 1024  # a directory is read into memory; an office file has 2 KiB


def kind_of(file: IO[bytes]) -> FileKind | None:
    """The kind of the seekable ``file``, or ``None`` for anything that is not wholly one."""
    file.seek(0)
    head = file.read(16)
    for signature, kind in PICTURES.items():
        if head.startswith(signature):
            return kind
    if head.startswith(b"%PDF-"):
        return FileKind.PDF if b"%%EOF" in _tail(file, 2048) else None
    if head.startswith((b"PK\x03\x04", END)) and _has_a_modest_directory(file):
        return _kind_of_archive(file)
    return None


def _kind_of_archive(file: IO[bytes]) -> FileKind | None:
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            if any(name.endswith("vbaProject.bin") for name in names):
                return None  # macros: neither a document nor an archive of documents
            if "[Content_Types].xml" in names:
                return next((kind for part, kind in MAIN_PARTS.items() if part in names), None)
            if "mimetype" in names:
                return FileKind.ODT if _mimetype(archive) == ODT_MIMETYPE else None
            return FileKind.ZIP
    except (zipfile.BadZipFile, ValueError, RuntimeError, EOFError):
        return None


def _mimetype(archive: zipfile.ZipFile) -> bytes:
    """What OpenDocument says it is. It must be stored plainly, and nothing is unpacked here."""
    if archive.getinfo("mimetype").compress_type != zipfile.ZIP_STORED:
        return b""
    with archive.open("mimetype") as mimetype:
        return mimetype.read(64)


def _has_a_modest_directory(file: IO[bytes]) -> bool:
    """The adversary is an archive whose table of contents alone fills the memory."""
    size = directory_size(file)
    return size is not None and size <= LARGEST_DIRECTORY


def _tail(file: IO[bytes], length: int) -> bytes:
    end = file.seek(0, os.SEEK_END)
    file.seek(max(0, end - length), io.SEEK_SET)
    tail = file.read()
    file.seek(0)
    return tail
