"""Two sample firms at home: qualification data, one licence that expires soon, and a reader."""

from __future__ import annotations

import datetime as dt
import io

from allauth.account.models import EmailAddress
from django.db import transaction

from lpse.files.intake import store
from lpse.files.models import FileKind
from operations.sample.applications import small_pdf
from operations.sample.people import Office
from registration.domain import qualification
from registration.models import OfficerRight, ProviderOfficer, QualificationKind, User

LARGEST = 100_000
READER = ("wulan", "Wulan Contoh", "maju")

# firm, kind, what it says, days it is still valid, whether there is a copy
Entry = tuple[str, QualificationKind, dict[str, str], int | None, bool]
ENTRIES: tuple[Entry, ...] = (
    (
        "maju",
        QualificationKind.LICENCE,
        {
            "type": "Izin usaha jasa konstruksi",
            "number": "CONTOH/IUJK/001",
            "issuer": "Pemerintah Kabupaten Contoh",
            "classification": "Bangunan sipil",
        },
        12,
        True,
    ),
    (
        "maju",
        QualificationKind.DEED,
        {
            "subject": "Pendirian perseroan",
            "number": "7",
            "date": "2008-03-17",
            "notary": "Notaris Contoh",
        },
        None,
        True,
    ),
    (
        "maju",
        QualificationKind.EXPERT,
        {
            "name": "Tenaga Ahli Contoh",
            "profession": "Ahli teknik jalan",
            "education": "S1 Teknik Sipil",
            "years": "11",
        },
        400,
        True,
    ),
    (
        "maju",
        QualificationKind.EXPERIENCE,
        {
            "package": "Rehabilitasi jalan Desa Contoh",
            "client": "Dinas PU Kabupaten Contoh",
            "place": "Kabupaten Contoh",
            "contract_number": "CONTOH/KTR/2024/15",
            "contract_date": "2024-04-02",
            "value": "1875000000",
            "finished_on": "2024-11-29",
        },
        None,
        True,
    ),
    (
        "jaya",
        QualificationKind.LICENCE,
        {
            "type": "Izin usaha perdagangan",
            "number": "CONTOH/SIUP/014",
            "issuer": "Pemerintah Kabupaten Contoh",
            "classification": "",
        },
        300,
        True,
    ),
    (
        "jaya",
        QualificationKind.EQUIPMENT,
        {
            "type": "Truk jungkit",
            "quantity": "2",
            "capacity": "8 m3",
            "make": "Contoh 2019",
            "condition": "good",
            "ownership": "own",
        },
        None,
        False,
    ),
    (
        "jaya",
        QualificationKind.TAX,
        {"type": "SPT tahunan PPh badan", "period": "2025", "number": "CONTOH-2025"},
        None,
        True,
    ),
)


@transaction.atomic
def load(office: Office) -> None:
    """What the two firms wrote; whoever acts for a firm wrote it."""
    today = qualification.today()
    for firm, kind, facts, days, has_copy in ENTRIES:
        provider = office.providers[firm]
        qualification.write(
            provider,
            kind,
            facts=facts,
            valid_until=None if days is None else today + dt.timedelta(days=days),
            document=_copy(provider.name, kind, facts) if has_copy else None,
            by=office.people[firm],
        )
    _reader(office)


def _copy(name: str, kind: QualificationKind, facts: dict[str, str]) -> qualification.Document:
    title = qualification.title_of(kind, facts)
    lines = ["CONTOH", title, name, "Data contoh: dokumen ini tidak berlaku."]
    file = store(io.BytesIO(small_pdf(lines)), max_size=LARGEST, kinds=[FileKind.PDF])
    return qualification.Document(file, f"{kind.label} contoh.pdf")


def _reader(office: Office) -> None:
    user_id, name, firm = READER
    email = f"{user_id}@contoh.example"
    user = User.objects.create_user(
        user_id, password=office.password, email=email, full_name=name, is_sample=True
    )
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    ProviderOfficer.objects.create(
        provider=office.providers[firm], user=user, right=OfficerRight.READER
    )
    office.people[user_id] = user
