"""The sample's blacklist, one User ID out of use, and the terms that its people accepted."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass

from lpse import pdf
from lpse.clock import database_now, office_zone
from lpse.files.intake import store
from lpse.files.models import FileKind, StoredFile
from operations.sample.people import Office
from registration.domain import deactivation, sanction, terms
from registration.models import (
    Deactivation,
    Ground,
    ProviderKind,
    Role,
    Sanction,
    User,
    Violation,
)

LARGEST = 1024 * 1024
LAW = "perpres-16-2018"


@dataclass(frozen=True, slots=True)
class Entry:
    name: str
    kind: ProviderKind
    npwp: str
    days_ago: int
    violation: Violation
    description: str


ENTRIES = (
    Entry(
        "CV Contoh Ingkar Janji",
        ProviderKind.COMPANY,
        "010000009901000",
        40,
        Violation.WITHDRAWAL,
        "Data contoh: tidak menyelesaikan pekerjaan setelah kontrak ditandatangani.",
    ),
    Entry(
        "PT Contoh Dokumen Palsu",
        ProviderKind.COMPANY,
        "010000009902000",
        120,
        Violation.FRAUD,
        "Data contoh: jaminan penawaran yang disampaikan ternyata palsu.",
    ),
    Entry(
        "Perorangan Contoh",
        ProviderKind.PERSON,
        "3273000000000000",
        500,
        Violation.WITHDRAWAL,
        "Data contoh: mengundurkan diri setelah ditunjuk sebagai pemenang.",
    ),
)


def load(office: Office) -> None:
    """Entries in force, withdrawn and over, in this order of :data:`ENTRIES`."""
    today = database_now().astimezone(office_zone()).date()
    wati = office.people["wati"]
    made = [
        sanction.publish(_entry(office, number, entry, today), by=wati)
        for number, entry in enumerate(ENTRIES, start=1)
    ]
    sanction.withdraw(
        made[1],
        number="CONTOH/DH-CABUT/2026",
        date=today - dt.timedelta(days=30),
        reason="Data contoh: putusan pengadilan membatalkan penetapan.",
        by=wati,
    )
    _deactivated(office, today, by=wati)


def accept_terms() -> None:
    """Every sample person has accepted the terms, so that nobody is asked before looking round."""
    terms.ensure()
    terms.accept_for(User.objects.filter(is_sample=True))


def _entry(office: Office, number: int, entry: Entry, today: dt.date) -> Sanction:
    since = today - dt.timedelta(days=entry.days_ago)
    title = f"Surat Keputusan Daftar Hitam (contoh) {number}"
    return Sanction(
        kind=entry.kind,
        name=entry.name,
        npwp=entry.npwp,
        address="Jalan Usaha Contoh 99",
        region="32.73",
        agency=office.agencies["kabupaten"],
        work_unit=office.work_units["pu"],
        decree_number=f"CONTOH/DH/{number:02}/2026",
        decree_date=since,
        decree=_paper(title),
        violation=entry.violation,
        description=entry.description,
        rule_set=LAW,
        since=since,
        is_sample=True,
    )


def _deactivated(office: Office, today: dt.date, *, by: User) -> None:
    """An account that stands for nobody: it holds no office and acts for no firm."""
    user = User.objects.create_user(
        "nonaktif",
        password=office.password,
        email="nonaktif@contoh.example",
        full_name="Akun Contoh Nonaktif",
        is_sample=True,
    )
    made = deactivation.deactivate(
        Deactivation(
            user=user,
            ground=Ground.BLACKLIST,
            facts="Data contoh: permintaan PPK berkaitan dengan daftar hitam.",
            requester_role=Role.PPK,
            requester_name=str(office.people["sari"]),
            letter_number="CONTOH/PPK/DH/1/2026",
            letter_date=today,
            letter=_paper("Surat Permintaan Penonaktifan (contoh)"),
            until=today + dt.timedelta(days=90),
        ),
        by=by,
    )
    deactivation.answer(made, "Data contoh: kami keberatan, pekerjaan telah selesai 100%.")


def _paper(title: str) -> StoredFile:
    content = pdf.render("pdf/sample_document.html", {"title": title}, "id")
    return store(io.BytesIO(content), max_size=LARGEST, kinds=[FileKind.PDF])
