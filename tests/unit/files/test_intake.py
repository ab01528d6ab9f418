from __future__ import annotations

import hashlib
import io
import struct
import threading
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import ProgrammingError, connection, transaction

from lpse.errors import Refused
from lpse.files import kind as module
from lpse.files.intake import store
from lpse.files.kind import kind_of
from lpse.files.models import FileKind, StoredFile
from lpse.files.storage import storage

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
JPEG = b"\xff\xd8\xff\xe0" + bytes(20)


def archive(*names: str, mimetype: bytes = b"") -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name in names:
            file.writestr(name, mimetype if name == "mimetype" else b"x")
    return content.getvalue()


DOCX = archive("[Content_Types].xml", "word/document.xml")
XLSX = archive("[Content_Types].xml", "xl/workbook.xml")
ODT = archive("mimetype", "content.xml", mimetype=module.ODT_MIMETYPE)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, FileKind.PDF),
        (PNG, FileKind.PNG),
        (JPEG, FileKind.JPEG),
        (DOCX, FileKind.DOCX),
        (XLSX, FileKind.XLSX),
        (ODT, FileKind.ODT),
        (archive("a.pdf", "b.pdf"), FileKind.ZIP),
        (archive(), FileKind.ZIP),
        (b"", None),
        (b"<html><script>alert(1)</script>", None),
        (b"MZ\x90\x00", None),
        (PDF[:30], None),  # cut off
        (b"GIF89a" + bytes(20), None),
        (DOCX[:-30], None),
        (archive("[Content_Types].xml", "ppt/presentation.xml"), None),
        (archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), None),
        (archive("mimetype", mimetype=b"application/epub+zip"), None),
    ],
)
def test_a_file_is_what_is_in_it(content: bytes, kind: FileKind | None) -> None:
    assert kind_of(io.BytesIO(content)) is kind


def test_an_archive_whose_table_of_contents_fills_the_memory_is_not_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "LARGEST_DIRECTORY", 100)

    assert kind_of(io.BytesIO(archive("one"))) is FileKind.ZIP
    assert kind_of(io.BytesIO(archive("one", "two", "three"))) is None


@pytest.mark.django_db
class TestStore:
    def test_a_file_is_kept_under_its_digest(self) -> None:
        upload = SimpleUploadedFile("anything.exe", PDF, content_type="text/html")

        file = store(upload, max_size=1000, kinds=[FileKind.PDF])

        assert file.sha256 == hashlib.sha256(PDF).hexdigest()
        assert (file.size, file.kind) == (len(PDF), FileKind.PDF)
        assert storage().read(file.name) == PDF

    def test_the_same_content_is_kept_once(self) -> None:
        first, second = (
            store(io.BytesIO(PDF), max_size=1000, kinds=[FileKind.PDF]) for _ in range(2)
        )

        assert first == second
        assert StoredFile.objects.count() == 1

    def test_lost_bytes_come_back_with_the_next_upload(self) -> None:
        file = store(io.BytesIO(PDF), max_size=1000, kinds=[FileKind.PDF])
        storage().delete(file.name)

        store(io.BytesIO(PDF), max_size=1000, kinds=[FileKind.PDF])

        assert storage().read(file.name) == PDF

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (PDF + bytes(1000), "larger than"),
            (b"", "is empty"),
            (b"<html>", "judged by its content"),
            (PNG, "judged by its content"),
        ],
    )
    def test_another_size_or_kind_is_refused_and_leaves_no_trace(
        self, content: bytes, reason: str
    ) -> None:
        with pytest.raises(Refused, match=reason):
            store(io.BytesIO(content), max_size=1000, kinds=[FileKind.PDF, FileKind.DOCX])

        assert not StoredFile.objects.exists()
        assert list(storage().scratch.iterdir()) == []

    def test_reading_stops_at_the_limit(self) -> None:
        class Endless(io.RawIOBase):
            given = 0

            def read(self, size: int = -1) -> bytes:
                self.given += size
                return bytes(size)

        endless = Endless()
        with pytest.raises(Refused, match="larger than"):
            store(endless, max_size=1, kinds=[FileKind.PDF])

        assert endless.given <= 2 * 1024 * 1024

    def test_a_stored_file_is_never_changed(self) -> None:
        store(io.BytesIO(PDF), max_size=1000, kinds=[FileKind.PDF])

        with pytest.raises(ProgrammingError), transaction.atomic():
            StoredFile.objects.update(kind=FileKind.ZIP)


def test_a_table_of_contents_is_not_hidden_behind_a_short_record(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The 64-bit record counts, whatever the short one says."""
    size = module.LARGEST_DIRECTORY + 1
    large = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 9, 9, size, 4)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 4 + size, 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 9, 9, 46, 4, 0)

    monkeypatch.setattr(zipfile, "ZipFile", None)  # nobody reads it

    assert kind_of(io.BytesIO(b"PK\x03\x04" + bytes(size) + large + locator + end)) is None


def test_what_is_packed_in_a_document_is_never_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it must be looked into, it must be stored plainly: a stream can raise anything."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", module.ODT_MIMETYPE * 40)
    raw = bytearray(content.getvalue())
    raw[38:46] = b"\xff" * 8
    monkeypatch.setattr(zipfile.ZipFile, "open", None)

    assert kind_of(io.BytesIO(raw)) is None


@pytest.mark.django_db(transaction=True)
def test_the_same_file_uploaded_eight_times_at_once_is_one_file() -> None:
    found: list[object] = []

    def work() -> None:
        try:
            found.append(store(io.BytesIO(PDF), max_size=1000, kinds=[FileKind.PDF]).pk)
        except Exception as failure:
            found.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [StoredFile.objects.get().pk] * 8
