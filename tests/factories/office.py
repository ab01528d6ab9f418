"""Requests for offices, made through the verb as an agency's administrator makes them."""

from __future__ import annotations

import io
from typing import Any

from lpse.files.intake import store
from lpse.files.models import FileKind, StoredFile
from registration.domain import request as domain
from registration.models import LPSE_ROLES, OfficeRequest, Role, User
from tests.cast import Cast
from tests.factories.registration import today

CAST = Cast()
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def a_decree(content: bytes = PDF) -> StoredFile:
    return store(io.BytesIO(content), max_size=10_000, kinds=[FileKind.PDF])


def a_request(by: User | None = None, **facts: Any) -> OfficeRequest:
    """Umi asks that Doni be PPK of her agency; somebody in the LPSE is asked for by its head."""
    role = facts.get("role", Role.PPK)
    asker = by or (CAST.lina if role in LPSE_ROLES else CAST.umi)
    described = {
        "full_name": "Doni Contoh",
        "employee_number": "198501012010011001",
        "email": "doni@contoh.example",
        "agency": CAST.agency,
        "role": role,
        "decree_number": "800/12/2026",
        "decree_date": today(),
        "decree_copy": a_decree(),
        "since": today(),
    }
    return domain.ask(OfficeRequest(**(described | facts)), by=asker)
