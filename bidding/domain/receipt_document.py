"""The PDF of a receipt: rendered once, sealed, kept. JSON is the proof, this is what is filed."""

from __future__ import annotations

import io
from typing import Any

import segno
from django.conf import settings
from django.db import connection, transaction

from bidding.domain import receipt as receipts
from bidding.models import Receipt, ReceiptDocument
from lpse import pdf
from lpse.clock import parse_instant
from lpse.files import intake
from lpse.files.models import FileKind, StoredFile
from lpse.sealing import pdf_seal

LARGEST = 4 * 1024 * 1024
LOCK = 0x52435054  # "RCPT": two requests at once render one document


def of(receipt: Receipt) -> StoredFile:
    """The sealed PDF of ``receipt``; made now if this is the first time it is asked for."""
    document = ReceiptDocument.objects.select_related("file").filter(receipt=receipt).first()
    return document.file if document else _make(receipt)


def missing() -> list[Receipt]:
    """The receipts whose PDF nobody has asked for yet."""
    return list(Receipt.objects.filter(document=None))


@transaction.atomic
def _make(receipt: Receipt) -> StoredFile:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, receipt.pk])
    if document := ReceiptDocument.objects.select_related("file").filter(receipt=receipt).first():
        return document.file
    rendered = pdf.render("pdf/receipt.html", _context(receipt), settings.LANGUAGE_CODE)
    sealed = pdf_seal.seal(rendered, reason=f"{receipt.code}")
    file = intake.store(io.BytesIO(sealed), max_size=LARGEST, kinds=[FileKind.PDF])
    ReceiptDocument.objects.create(receipt=receipt, file=file)
    return file


def address(receipt: Receipt) -> str:
    """Where anybody can check the receipt; it stands in the QR code."""
    return f"{settings.BASE_URL.rstrip('/')}/receipts/{receipt.code}/"


def qr_code(receipt: Receipt) -> str:
    """The address as a picture, in the form of a ``data:`` address."""
    code = segno.make(address(receipt), error="m")
    return str(code.svg_data_uri(scale=4, border=2, dark="#14264a"))


def _context(receipt: Receipt) -> dict[str, Any]:
    said = receipts.contents(receipt)
    return {
        "receipt": receipt,
        "said": said,
        "deadline": parse_instant(said["deadline"]),
        "promise": parse_instant(said["log"]["promise"]),
        "digest": receipts.digest(receipt),
        "tender": receipt.participation.tender,
        "provider": receipt.participation.provider,
        "address": address(receipt),
        "qr_code": qr_code(receipt),
        "is_sample": settings.SAMPLE_INSTALLATION,
    }
