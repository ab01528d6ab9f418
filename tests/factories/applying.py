"""Applications on their way, filled in and sent by the applicant's own verbs."""

from __future__ import annotations

import io
from typing import Any

from lpse.files.intake import store
from lpse.files.models import FileKind
from registration.domain import application as domain
from registration.models import Application, ApplicationDocument, ApplicationState, User
from tests.factories.registration import UserFactory

IDENTITY = {
    "kind": "company",
    "name": "PT Bima Contoh",
    "npwp": "013121660091000",
    "nib": "1234567890123",
    "address": "Jalan Contoh 7, Desa Contoh",
    "region": "33.01",
    "postal_code": "53211",
    "phone": "0282 555123",
    "responsible_name": "Bima Contoh",
    "responsible_position": "Direktur",
    "responsible_nik": "3301011705800001",
    "contact_name": "",
    "contact_phone": "",
}
PAPERS = ("ktp", "deed", "npwp", "licence")
PAGES = "<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"


def a_pdf(*more: str, catalogue: str = "", pages: str = PAGES, page: str = PAGE) -> bytes:
    """A PDF of one empty page that opens; ``more`` are further objects, from number 4 on."""
    objects = [
        f"<</Type/Catalog/Pages 2 0 R{catalogue}>>",
        pages,
        page,
        *more,
    ]
    content, places = b"%PDF-1.4\n", []
    for number, said in enumerate(objects, 1):
        places.append(len(content))
        content += f"{number} 0 obj\n{said}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer\n<</Size {len(objects) + 1}/Root 1 0 R>>\n"
        f"startxref\n{len(content)}\n%%EOF\n"
    )
    return content + end.encode()


def a_draft(user: User | None = None, **said: str) -> Application:
    """A draft in which only ``said`` is filled in."""
    applicant = user or UserFactory()
    made = domain.start(by=applicant)
    domain.save_step(made, {"kind": "company", **said}, by=applicant)
    return made


def a_copy(application: Application, code: str = "ktp", **more: Any) -> ApplicationDocument:
    """A copy of a paper, as its applicant uploads it."""
    kept = store(io.BytesIO(a_pdf()), max_size=10_000, kinds=[FileKind.PDF], strict=True)
    return domain.add_document(
        application, code, kept, name=f"{code}.pdf", by=application.applicant, **more
    )


def a_complete_draft(user: User | None = None, **said: str) -> Application:
    """Everything is there; it only has to be sent."""
    made = a_draft(user, **{**IDENTITY, **said})
    for code in domain.papers(made):
        if code in PAPERS:
            a_copy(made, code, number=f"{code}/1")
    return made


def a_sent_application(user: User | None = None, **said: str) -> Application:
    made = a_complete_draft(user, **said)
    domain.submit(made, by=made.applicant)
    assert made.state == ApplicationState.SUBMITTED
    return made
