"""The LPSE's seal under a PDF: an invisible PAdES signature over the whole document.

The QR code and the words about the seal stand on the page itself; the signature only makes any
later change show. There is no time stamp of an authority in it: the time is the ledger's.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from lpse.sealing import certificate

T = TypeVar("T")

FIELD = "Seal"


@dataclass(frozen=True, slots=True)
class Seal:
    """What the signature in a PDF says. ``holds`` is the only field to decide by."""

    holds: bool
    signer: str
    reason: str


def seal(pdf: bytes, *, reason: str) -> bytes:
    """``pdf`` with the LPSE's signature over all of it."""
    metadata = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        reason=reason,
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    signer = PdfSigner(metadata, signer=_signer(certificate.folder()))
    sealed: io.BytesIO = _apart(lambda: signer.sign_pdf(writer))
    return sealed.getvalue()


def read(pdf: bytes) -> Seal | None:
    """The seal of ``pdf``; ``None`` if there is none at all."""
    try:
        signatures = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    except (PdfReadError, ValueError, OSError):
        return None
    if not signatures:
        return None
    signature = signatures[-1]
    root_file = str(certificate.folder() / certificate.ROOT)
    root = load_cert_from_pemder(root_file)  # type: ignore[no-untyped-call]
    trust = ValidationContext(trust_roots=[root], allow_fetching=False)
    status = _apart(lambda: validate_pdf_signature(signature, trust))
    whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    return Seal(
        holds=bool(status.bottom_line and whole),
        signer=str(status.signing_cert.subject.human_friendly),
        reason=str(signature.sig_object.get("/Reason", "")),
    )


def _apart(act: Callable[[], T]) -> T:
    """pyHanko starts an event loop, which a thread that has one already does not allow."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(act).result()


@cache
def _signer(folder: Path) -> SimpleSigner:
    signer: SimpleSigner = SimpleSigner.load(  # type: ignore[no-untyped-call]
        str(folder / certificate.KEY),
        str(folder / certificate.CERTIFICATE),
        ca_chain_files=(str(folder / certificate.ROOT),),
    )
    return signer
