"""The PDF of a receipt: rendered once, sealed, and saying what the receipt says."""

from __future__ import annotations

import io
import re
import zlib

import pytest

from bidding.domain import receipt_document, submission
from bidding.models import ReceiptDocument
from lpse import pdf
from lpse.files.storage import storage
from lpse.sealing import pdf_seal
from tests.factories.bidding import a_bidder, an_announced_tender

pytestmark = pytest.mark.django_db


def test_the_pdf_is_sealed_and_made_once() -> None:
    receipt = a_bidder(an_announced_tender()).seal().submit()

    first = receipt_document.of(receipt)

    seal = pdf_seal.read(storage().read(first.name))
    assert seal is not None
    assert seal.holds
    assert receipt.code in seal.reason
    assert receipt_document.of(receipt) == first
    assert ReceiptDocument.objects.count() == 1


def test_one_changed_byte_breaks_the_seal() -> None:
    receipt = a_bidder(an_announced_tender()).seal().submit()
    content = bytearray(storage().read(receipt_document.of(receipt).name))
    content[200] ^= 1

    seal = pdf_seal.read(bytes(content))

    assert seal is None or not seal.holds


def test_what_nobody_asked_for_is_made_by_the_clock() -> None:
    bidder = a_bidder(an_announced_tender())
    bid = bidder.seal().submit().bid
    assert bid is not None
    submission.withdraw(bid, by=bidder.user)

    for receipt in receipt_document.missing():
        receipt_document.of(receipt)
    assert ReceiptDocument.objects.count() == 2
    assert receipt_document.missing() == []


def test_the_code_leads_to_the_public_page(settings: object) -> None:
    receipt = a_bidder(an_announced_tender()).seal().submit()

    assert receipt_document.address(receipt).endswith(f"/receipts/{receipt.code}/")
    assert receipt_document.qr_code(receipt).startswith("data:image/svg+xml")


def test_a_document_fetches_nothing(tmp_path: object) -> None:
    """A firm whose name is an address of a picture gets no picture."""
    made = pdf.render(
        "pdf/base.html", {"is_sample": True, "office_name": '<img src="file:///etc/passwd">'}, "id"
    )

    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", made, re.DOTALL)
    assert made.startswith(b"%PDF-")
    assert not any(b"root:" in _inflated(stream) for stream in streams)


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(io.BytesIO(stream).read())
    except zlib.error:
        return stream
