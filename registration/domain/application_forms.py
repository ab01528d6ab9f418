"""Formulir Pendaftaran and Formulir Keikutsertaan, filled in with what is known (P22(6)).

They are signed on paper and handed over at the counter, where the code finds the application.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import segno
from django.conf import settings

from lpse import pdf
from registration.domain import law, terms
from registration.domain.application import papers
from registration.models import Application


class Form(StrEnum):
    REGISTRATION = "registration"
    PARTICIPATION = "participation"


TEMPLATES = {
    Form.REGISTRATION: "pdf/registration_form.html",
    Form.PARTICIPATION: "pdf/participation_form.html",
}


def render(application: Application, form: Form) -> bytes:
    """The form as a PDF, in the language of the office whatever the page's is."""
    return pdf.render(
        TEMPLATES[form],
        {
            "application": application,
            "applicant": application.applicant,
            "papers": _papers(application),
            "terms": terms.in_force(),
            "address": address(application),
            "qr_code": segno.make(address(application), error="m").svg_data_uri(
                scale=4, border=2, dark="#14264a"
            ),
            "is_sample": settings.SAMPLE_INSTALLATION,
        },
        settings.LANGUAGE_CODE,
    )


def _papers(application: Application) -> list[dict[str, Any]]:
    """Every paper the law asks for, with the numbers of the copies that are there."""
    there = list(application.documents.filter(removed_at=None))
    return [
        {
            "label": code.label,
            "numbers": ", ".join(d.number for d in there if d.code == code and d.number),
            "is_optional": code in law.current().documents.optional.codes,
        }
        for code in papers(application)
    ]


def address(application: Application) -> str:
    """Where a verifier finds the application; nobody else can open it."""
    return f"{settings.BASE_URL.rstrip('/')}{application.get_absolute_url()}"
