"""The sample queue: applications in every state, counters with hours, who comes today.

The papers are small documents plainly marked; their applicants exist no more than their firms.
"""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction

from lpse.clock import database_now, office_zone
from lpse.files.intake import store
from lpse.files.models import FileKind
from operations.sample.people import Office
from registration import identity_numbers
from registration.domain import counter as counters
from registration.domain import verification
from registration.domain.application import papers
from registration.domain.verification import Finding
from registration.models import (
    Application,
    ApplicationDocument,
    ApplicationState,
    CheckResult,
    Counter,
    DocumentCode,
    ProviderKind,
    User,
    Visit,
)

SUBMITTED = ApplicationState.SUBMITTED
LARGEST = 100_000
OPENINGS = ((dt.time(8), dt.time(12)), (dt.time(13), dt.time(15, 30)))
VISIT = dt.timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One applicant, and how far the application has come."""

    user: str
    person: str
    firm: str
    days: int  # since it was sent
    kind: ProviderKind = ProviderKind.COMPANY
    state: ApplicationState = SUBMITTED
    becomes: str = ""
    hour: int | None = None  # of the visit today
    may_sign_in: bool = False


PLANS = (
    Plan(user="citra", person="Citra Contoh", firm="PT Citra Contoh Bangun", days=12, hour=9),
    Plan(user="danu", person="Danu Contoh", firm="CV Danu Contoh", days=7, becomes="doubted"),
    Plan(
        user="endah",
        person="Endah Contoh",
        firm="UD Endah Contoh",
        days=3,
        kind=ProviderKind.SOLE,
        hour=10,
        becomes="half_checked",
    ),
    Plan(user="farid", person="Farid Contoh", firm="PT Farid Contoh Utama", days=1, hour=13),
    Plan(
        user="galuh",
        person="Galuh Contoh",
        firm="Galuh Contoh",
        days=1,
        kind=ProviderKind.PERSON,
    ),
    Plan(user="harun", person="Harun Contoh", firm="CV Harun Contoh Abadi", days=0),
    Plan(
        user="ida",
        person="Ida Contoh",
        firm="PT Ida Contoh Sejahtera",
        days=4,
        becomes="returned",
        may_sign_in=True,
    ),
    Plan(user="kamil", person="Kamil Contoh", firm="CV Kamil Contoh", days=20, becomes="approved"),
    Plan(user="laras", person="Laras Contoh", firm="CV Laras Contoh", days=15, becomes="rejected"),
    Plan(
        user="mira",
        person="Mira Contoh",
        firm="CV Mira Contoh Karya",
        days=0,
        state=ApplicationState.DRAFT,
        may_sign_in=True,
    ),
    Plan(
        user="nyoman",
        person="Nyoman Contoh",
        firm="CV Nyoman Contoh",
        days=60,
        state=ApplicationState.ARCHIVED,
    ),
)


@transaction.atomic
def load(office: Office) -> None:
    """Fill the counters' days and the verifiers' queue."""
    wati = office.people["wati"]
    first, _second = (_counter(f"Loket {number}", by=wati) for number in (1, 2))
    for number, plan in enumerate(PLANS, start=1):
        application = _application(office, plan, number)
        _as_planned(plan, application, office)
        if plan.hour is not None:
            _visit_today(application, first, plan.hour)


def _counter(name: str, *, by: User) -> Counter:
    counter = counters.save(
        None, name=name, room="Ruang Verifikasi, Lantai 1", is_open=True, by=by
    )
    for opens, closes in OPENINGS:
        counters.add_hours(counter, range(5), opens=opens, closes=closes, minutes=30, by=by)
    return counter


def _application(office: Office, plan: Plan, number: int) -> Application:
    now = database_now()
    application = Application.objects.create(
        code=f"CTH{number:01X}-{2000 + number}",
        applicant=_applicant(office, plan),
        state=plan.state,
        started_at=now - dt.timedelta(days=plan.days + 1),
        complete_by=now + dt.timedelta(days=29 - plan.days),
        submitted_at=None if plan.state != SUBMITTED else now - dt.timedelta(days=plan.days),
        kind=plan.kind,
        name=plan.firm,
        npwp=_npwp(number, fits=plan.becomes != "doubted"),
        nib=f"{8120000000000 + number}",
        address=f"Jalan Usaha Contoh {number}",
        region="33.74",
        postal_code="50132",
        phone="0240000000",
        responsible_name=plan.person,
        responsible_position="" if plan.kind == ProviderKind.PERSON else "Direktur",
        responsible_nik=f"337401010180{number:04}",
        is_sample=True,
    )
    for code in papers(application):
        _paper(application, code)
    return application


def _applicant(office: Office, plan: Plan) -> User:
    """Only some are offered for trying out; of the others there is no need to sign in."""
    email = f"{plan.user}@contoh.example"
    user = User.objects.create_user(
        plan.user,
        password=office.password if plan.may_sign_in else None,
        email=email,
        full_name=plan.person,
        is_sample=plan.may_sign_in,
    )
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def _as_planned(plan: Plan, application: Application, office: Office) -> None:
    wati = office.people["wati"]
    match plan.becomes:
        case "doubted":
            doubt = verification.open_doubts(application)[0]
            verification.set_aside(
                application,
                doubt.doubt,
                doubt.about,
                reason="Data contoh: NPWP lama, kartu asli terlihat.",
                by=wati,
            )
        case "half_checked":
            _check(application, verification.standing(application)[:2], by=wati)
        case "returned":
            words = "Data contoh: halaman 3 akta tidak terbaca, unggah kembali."
            verification.give_back(application, [(DocumentCode.DEED, words)], by=wati)
        case "approved":
            _check(application, verification.standing(application), by=wati)
            verification.approve(application, by=wati)
        case "rejected":
            reason = "Data contoh: akta tidak terdaftar pada notaris yang disebut."
            verification.reject(application, reason=reason, by=wati)


def _check(application: Application, found: list[Any], *, by: User) -> None:
    fits = Finding(copy_received=True, original_seen=True, result=CheckResult.FITS)
    verification.check(
        application,
        {paper.document.pk: fits for paper in found},
        seen=verification.shown(application),
        by=by,
    )


def _visit_today(application: Application, counter: Counter, hour: int) -> None:
    today = database_now().astimezone(office_zone()).date()
    starts_at = dt.datetime.combine(today, dt.time(hour), tzinfo=office_zone())
    Visit.objects.create(
        application=application,
        counter=counter,
        starts_at=starts_at,
        ends_at=starts_at + VISIT,
        booked_by=application.applicant,
    )


def _npwp(number: int, *, fits: bool) -> str:
    every = (f"{90000000 + number}{digit}503000" for digit in range(10))
    return next(one for one in every if identity_numbers.npwp_fits(one) == fits)


# --- Papers -----------------------------------------------------------------------------------


def _paper(application: Application, code: DocumentCode) -> None:
    lines = [
        "CONTOH",
        str(code.label),
        application.name,
        "Data contoh: dokumen ini tidak berlaku.",
    ]
    file = store(io.BytesIO(small_pdf(lines)), max_size=LARGEST, kinds=[FileKind.PDF])
    ApplicationDocument.objects.create(
        application=application,
        code=code,
        name=f"{code}.pdf",
        number=f"CONTOH/{code.upper()}/{application.pk}",
        file=file,
    )


def small_pdf(lines: list[str]) -> bytes:
    """One page with a few lines: our own renderer would take a second for each."""
    sizes = [48, *[14] * (len(lines) - 1)]
    shown = "".join(
        f"/F1 {size} Tf 0 -40 Td ({_ascii(line)}) Tj\n"
        for size, line in zip(sizes, lines, strict=True)
    )
    stream = f"BT 72 700 Td\n{shown}ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources 6 0 R>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold>>",
        b"<</Font<</F1 5 0 R>>>>",
    ]
    document, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(document))
        document += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    table = b"xref\n0 %d\n0000000000 65535 f \n%b" % (count, rows)
    trailer = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    return document + table + trailer % (count, len(document))


def _ascii(text: str) -> str:
    plain = text.encode("ascii", "ignore").decode()
    return plain.replace("\\", "").replace("(", "").replace(")", "")
