from __future__ import annotations

import io

import pytest
from django.http import HttpRequest

from lpse.files.intake import store
from lpse.files.models import FileKind
from lpse.files.serve import serve, stream
from lpse.files.storage import storage
from lpse.middleware import security_headers
from tests.unit.files.test_intake import DOCX, PDF, PNG

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("content", "kind", "shown"),
    [
        (PDF, FileKind.PDF, "inline"),
        (PNG, FileKind.PNG, "inline"),
        (DOCX, FileKind.DOCX, "attachment"),
    ],
)
def test_a_file_is_given_out_so_that_nothing_in_it_can_run(
    content: bytes, kind: FileKind, shown: str
) -> None:
    file = store(io.BytesIO(content), max_size=10_000, kinds=[kind])

    response = serve(file, "Dokumen Pengadaan.bin")

    assert b"".join(response) == content
    assert response["Content-Length"] == str(len(content))
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"] == f'{shown}; filename="Dokumen Pengadaan.bin"'
    policy = response["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "sandbox"} <= set(policy)


def test_the_policy_of_the_pages_does_not_loosen_that_of_a_file() -> None:
    file = store(io.BytesIO(PDF), max_size=10_000, kinds=[FileKind.PDF])
    served = security_headers(lambda _request: serve(file, "dokumen.pdf"))

    assert "sandbox" in served(HttpRequest())["Content-Security-Policy"]


def test_a_download_is_a_download() -> None:
    file = store(io.BytesIO(PDF), max_size=10_000, kinds=[FileKind.PDF])

    response = serve(file, 'naïve "name".pdf', download=True)

    assert response["Content-Disposition"].startswith("attachment; ")
    assert "\n" not in response["Content-Disposition"]


def test_sealed_bytes_are_handed_back_as_what_they_are() -> None:
    storage().write("sealed/one", b"sealed")

    response = stream("sealed/one", "penawaran.age", size=6)

    assert b"".join(response) == b"sealed"
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == 'attachment; filename="penawaran.age"'
