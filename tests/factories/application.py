"""Applications in every state, with numbers that hold up and papers that open."""

from __future__ import annotations

import datetime as dt
import io
from itertools import count
from typing import Any

from lpse.clock import database_now
from lpse.files.intake import store
from lpse.files.models import FileKind
from registration import identity_numbers
from registration.domain import verification
from registration.domain.application import papers
from registration.domain.verification import Finding
from registration.models import (
    Application,
    ApplicationDocument,
    ApplicationState,
    CheckResult,
    Counter,
    CounterHours,
    DocumentCode,
    ProviderKind,
    User,
)
from tests.factories.procurement import PDF
from tests.factories.registration import UserFactory

_numbers = count(1)
WHOLE_DAY = (dt.time(0, 0), dt.time(23, 59))


def an_npwp(number: int) -> str:
    """Fifteen digits whose check digit fits."""
    candidates = (f"{number:08}{digit}001000" for digit in range(10))
    return next(one for one in candidates if identity_numbers.npwp_fits(one))


def a_nik(number: int) -> str:
    return f"330101010180{number:04}"


def an_application(
    state: ApplicationState = ApplicationState.SUBMITTED,
    *,
    applicant: User | None = None,
    ago: dt.timedelta = dt.timedelta(hours=1),
    with_papers: bool = True,
    **fields: Any,
) -> Application:
    """Filled in completely; what was submitted was so ``ago``."""
    number = next(_numbers)
    now = database_now()
    said: dict[str, Any] = {
        "code": f"AAAA-{number:04}",
        "applicant": applicant or UserFactory(),
        "state": state,
        "complete_by": now + dt.timedelta(days=30),
        "submitted_at": now - ago,
        "kind": ProviderKind.COMPANY,
        "name": f"PT Pemohon Unik {number} Contoh",
        "npwp": an_npwp(number),
        "nib": "1234567890123",
        "address": "Jalan Contoh 1",
        "region": "33.01",
        "postal_code": "53212",
        "phone": "0281123456",
        "responsible_name": f"Orang Ke{number} Contoh",
        "responsible_position": "Direktur",
        "responsible_nik": a_nik(number),
    }
    if state == ApplicationState.DRAFT:
        said["submitted_at"] = None
    application = Application.objects.create(**said | fields)
    if with_papers:
        for code in papers(application):
            a_paper(application, code)
    return application


def a_paper(application: Application, code: DocumentCode) -> ApplicationDocument:
    content = PDF + f"% {application.code} {code}".encode() + b"\n%%EOF\n"
    file = store(io.BytesIO(content), max_size=10_000, kinds=[FileKind.PDF])
    return ApplicationDocument.objects.create(
        application=application, code=code, name=f"{code}.pdf", number="CONTOH/1", file=file
    )


def fits(**changes: Any) -> Finding:
    said: dict[str, Any] = {
        "copy_received": True,
        "original_seen": True,
        "result": CheckResult.FITS,
    }
    return Finding(**said | changes)


def all_fit(application: Application, *, by: User) -> None:
    """The verifier has seen every paper in original, and every one fits."""
    found = verification.standing(application)
    findings = {paper.document.pk: fits() for paper in found}
    verification.check(application, findings, seen=verification.shown(application), by=by)


def a_counter(name: str = "Loket 1", minutes: int = 30) -> Counter:
    """Open day and night from Monday to Friday, so that a test finds a time at any hour."""
    counter, is_new = Counter.objects.get_or_create(name=name, defaults={"room": "Ruang Contoh"})
    if is_new:
        opens, closes = WHOLE_DAY
        CounterHours.objects.bulk_create(
            CounterHours(counter=counter, weekday=day, opens=opens, closes=closes, minutes=minutes)
            for day in range(5)
        )
    return counter
