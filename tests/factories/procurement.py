"""Tenders at every step, made by the cast through the verbs of the system where there is one."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import Any

from lpse.clock import database_now
from procurement.domain import document, schedule
from procurement.domain import rule_set as rules
from procurement.domain import tender as domain
from procurement.domain.schedule import Changes
from procurement.domain.tender import Line
from procurement.models import (
    Category,
    ContractType,
    DocumentKind,
    Stage,
    StageCode,
    Tender,
    TenderDocument,
    TenderState,
)
from registration.models import User
from tests.cast import Cast

CAST = Cast()
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
LAW = "perpres-54-2010"
LINES = (
    Line("Galian tanah biasa", Decimal("120.5"), "m3", Decimal("85000.00")),
    Line("Lapis pondasi agregat kelas A", Decimal(300), "m3", Decimal("650000.50")),
)
HOUR = dt.timedelta(hours=1)


def a_package(by: User | None = None, **fields: Any) -> Tender:
    """A draft of Sari's, without lines."""
    ppk = by or CAST.sari
    unit = CAST.work_unit
    facts = {
        "title": "Rehabilitasi Jalan Desa Contoh",
        "agency": unit.agency,
        "work_unit": unit,
        "budget_year": 2026,
        "category": Category.WORKS,
        "contract_type": ContractType.UNIT_PRICE,
        "location": "Kecamatan Contoh",
        "budget_ceiling_rupiah": 500_000_000,
    }
    return domain.create(by=ppk, **(facts | fields))


def a_priced_package(by: User | None = None, **fields: Any) -> Tender:
    tender = a_package(by, **fields)
    domain.set_items(tender, LINES, by=tender.ppk)
    return tender


def a_handed_over_tender(committee: str = "satu", **fields: Any) -> Tender:
    """On the desk of Budi, Rina and Dewi."""
    tender = a_priced_package(**fields)
    assert CAST.members(committee)
    domain.hand_over(tender, CAST.committee(committee), by=tender.ppk)
    return tender


def a_complete_tender(law: str = LAW, **fields: Any) -> Tender:
    """Procedure, schedule and selection document are there; only the signatures are missing."""
    tender = a_handed_over_tender(**fields)
    domain.choose_procedure(tender, code=law, procedure=rules.POST_ONE, by=CAST.budi)
    schedule.set_schedule(tender, dates_for(tender), by=CAST.budi)
    a_document(tender)
    return tender


def dates_for(tender: Tender, start: dt.datetime | None = None) -> Changes:
    periods = schedule.propose(tender, start or database_now() + HOUR)
    return {p.code.value: (p.starts_at, p.ends_at) for p in periods}


def a_document(tender: Tender, content: bytes = PDF, name: str = "dokumen.pdf") -> TenderDocument:
    return document.upload(tender, DocumentKind.SELECTION, name, io.BytesIO(content), by=CAST.budi)


def an_announced_tender(*, ends_in: dt.timedelta = 48 * HOUR, **fields: Any) -> Tender:
    """Announced without the signatures of a key statement, for tests of what comes after.

    Bids are taken since an hour and for ``ends_in`` (it may lie behind); the opening follows.
    """
    tender = a_complete_tender(**fields)
    return announced(tender, ends_in=ends_in)


def announced(tender: Tender, *, ends_in: dt.timedelta = 48 * HOUR) -> Tender:
    now = database_now()
    deadline = now + ends_in
    begin = min(now, deadline) - 48 * HOUR
    dates = {
        StageCode.ANNOUNCEMENT: (begin, deadline),
        StageCode.DOWNLOAD: (begin, deadline),
        StageCode.CLARIFICATION: (begin + HOUR, begin + 2 * HOUR),
        StageCode.SUBMISSION: (begin + 2 * HOUR, deadline),
    }
    for number, code in enumerate(list(StageCode)[4:]):
        dates[code] = (deadline + number * 24 * HOUR, deadline + (number + 1) * 24 * HOUR)
    for code, (starts_at, ends_at) in dates.items():
        Stage.objects.filter(tender=tender, code=code).update(starts_at=starts_at, ends_at=ends_at)
    Tender.objects.filter(pk=tender.pk).update(state=TenderState.ANNOUNCED, announced_at=begin)
    return Tender.objects.get(pk=tender.pk)


def many_announced_tenders(number: int) -> None:
    """Rows for the tests of lists: generated, not told."""
    now = database_now()
    unit, ppk, committee = CAST.work_unit, CAST.sari, CAST.committee()
    words = ["Rehabilitasi", "Pembangunan", "Pengadaan", "Pemeliharaan", "Peningkatan"]
    things = ["jalan", "jembatan", "gedung sekolah", "alat kesehatan", "drainase", "puskesmas"]
    first = domain.next_number()
    tenders = [
        Tender(
            pk=first + n,
            code=domain.code_of(first + n),
            title=f"{words[n % 5]} {things[n % 6]} {n}",
            agency=unit.agency,
            work_unit=unit,
            budget_year=2020 + n % 7,
            category=list(Category)[n % 4],
            contract_type=ContractType.LUMP_SUM,
            location="Kecamatan Contoh",
            budget_ceiling_rupiah=10_000_000_000,
            hps_rupiah=1_000_000 + n * 1_000,
            ppk=ppk,
            committee=committee,
            state=TenderState.ANNOUNCED,
            announced_at=now - n * dt.timedelta(minutes=10),
        )
        for n in range(number)
    ]
    Tender.objects.bulk_create(tenders, batch_size=2_000)
    stages = [
        Stage(
            tender=tender,
            code=code,
            number=place,
            starts_at=tender.announced_at,
            ends_at=tender.announced_at + dt.timedelta(days=20 + place),
        )
        for tender in tenders
        for place, code in ((1, "announcement"), (4, "submission"), (5, "opening"))
    ]
    Stage.objects.bulk_create(stages, batch_size=5_000)
