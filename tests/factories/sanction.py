"""Decrees that put somebody on the blacklist, and User IDs out of use."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from lpse.files.intake import store
from lpse.files.models import FileKind, StoredFile
from registration.domain import deactivation as deactivations
from registration.domain import sanction as sanctions
from registration.models import (
    Agency,
    Deactivation,
    Ground,
    Provider,
    ProviderKind,
    Sanction,
    User,
    Violation,
)
from tests.factories.registration import today

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
RULES = "perpres-16-2018"  # fraud two years, withdrawal one, both confirmed


def a_paper(content: bytes = PDF) -> StoredFile:
    return store(io.BytesIO(content), max_size=10_000, kinds=(FileKind.PDF,))


def a_decree(agency: Agency, provider: Provider | None = None, **facts: Any) -> Sanction:
    """What a verifier writes down of a decree of ten days ago; not published."""
    since = facts.pop("since", today() - dt.timedelta(days=10))
    described = {
        "provider": provider,
        "kind": provider.kind if provider else ProviderKind.COMPANY,
        "name": provider.name if provider else "CV Nakal Contoh",
        "npwp": provider.npwp if provider else "013121660091000",
        "address": "Jalan Contoh 9",
        "region": "32.73",
        "agency": agency,
        "decree_number": "CONTOH/DH/1",
        "decree_date": since,
        "decree": a_paper(),
        "violation": Violation.WITHDRAWAL,
        "description": "Mengundurkan diri setelah ditunjuk.",
        "rule_set": RULES,
        "since": since,
        "until": None,
    }
    return Sanction(**{**described, **facts})


def a_sanction(
    agency: Agency, provider: Provider | None = None, *, by: User, **facts: Any
) -> Sanction:
    return sanctions.publish(a_decree(agency, provider, **facts), by=by)


def a_deactivation(user: User, *, by: User, **facts: Any) -> Deactivation:
    described = {"ground": Ground.VIOLATION, "facts": "User ID dipinjamkan kepada orang lain."}
    return deactivations.deactivate(Deactivation(user=user, **{**described, **facts}), by=by)
