"""A sealed PDF shows every later change; the certificate is made once."""

from __future__ import annotations

import asyncio
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import LazySettings
from weasyprint import HTML

from lpse.sealing import certificate, pdf_seal

PDF: bytes = HTML(string="<p>Berita acara pembukaan").write_pdf()


@pytest.fixture(autouse=True)
def _own_keys(tmp_path: Path, settings: LazySettings) -> None:
    settings.KEY_DIR = tmp_path / "keys"
    certificate.create()


def test_a_sealed_document_holds():
    sealed = pdf_seal.seal(PDF, reason="Berita acara pembukaan 3740901")

    seal = pdf_seal.read(sealed)

    assert seal is not None
    assert seal.holds
    assert seal.reason == "Berita acara pembukaan 3740901"
    assert "Segel LPSE" in seal.signer
    assert sealed.startswith(PDF)


def test_sealing_works_where_an_event_loop_runs():
    async def act() -> bytes:
        return pdf_seal.seal(PDF, reason="")

    # In a thread of its own: a browser test of the same process may have left a loop running here.
    with ThreadPoolExecutor(max_workers=1) as pool:
        sealed = pool.submit(lambda: asyncio.run(act())).result()
    seal = pdf_seal.read(sealed)

    assert seal is not None
    assert seal.holds


def test_a_changed_document_does_not():
    sealed = bytearray(pdf_seal.seal(PDF, reason=""))
    sealed[len(PDF) // 2] ^= 1

    seal = pdf_seal.read(bytes(sealed))

    assert seal is None or not seal.holds


def test_a_document_with_something_added_does_not():
    sealed = pdf_seal.seal(PDF, reason="")

    seal = pdf_seal.read(sealed + b"\n%%EOF\n")

    assert seal is None or not seal.holds


def test_the_seal_of_another_office_does_not_hold(tmp_path: Path, settings: LazySettings):
    sealed = pdf_seal.seal(PDF, reason="")
    settings.KEY_DIR = tmp_path / "other"
    certificate.create()

    seal = pdf_seal.read(sealed)

    assert seal is not None
    assert not seal.holds


@pytest.mark.parametrize("data", [PDF, b"", b"%PDF-1.7\nnonsense"])
def test_what_has_no_seal_has_none(data: bytes):
    assert pdf_seal.read(data) is None


def test_the_keys_are_made_once_and_are_private():
    before = {path.name: path.read_bytes() for path in certificate.folder().iterdir()}
    mark = certificate.fingerprint()

    certificate.create()

    after = {path.name: path.read_bytes() for path in certificate.folder().iterdir()}
    assert after == before
    assert set(after) == {"seal.key", "seal.crt", "seal-root.crt"}
    assert certificate.fingerprint() == mark
    modes = {stat.S_IMODE(path.stat().st_mode) for path in certificate.folder().iterdir()}
    assert modes == {0o600}
