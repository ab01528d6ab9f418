"""Requests for offices in each state: two that wait, one approved, one rejected."""

from __future__ import annotations

import datetime as dt
import io

from django.db import transaction

from lpse import pdf
from lpse.clock import database_now, office_zone
from lpse.files.intake import store
from lpse.files.models import FileKind, StoredFile
from operations.sample.people import Office
from registration.domain import request as requests
from registration.models import OfficeRequest, RequestState, Role

LARGEST = 1024 * 1024


@transaction.atomic
def load(office: Office) -> None:
    today = database_now().astimezone(office_zone()).date()
    decree = _decree("Surat Keputusan Contoh")
    umi, vina, wati = (office.people[name] for name in ("umi", "vina", "wati"))
    approved = office.people["tono"].assignments.get()
    OfficeRequest.objects.create(
        full_name=approved.user.full_name,
        email=approved.user.email,
        role=approved.role,
        agency=office.agencies["balai"],
        work_unit=approved.work_unit,
        decree_number=approved.decree_number,
        decree_date=approved.decree_date,
        decree_copy=decree,
        since=approved.since,
        state=RequestState.APPROVED,
        asked_by=vina,
        original_seen=True,
        decided_by=wati,
        decided_at=database_now(),
        assignment=approved,
    )
    for name, role, asker, agency, unit in (
        ("Dian Contoh", Role.PPK, umi, "kabupaten", "kesehatan"),
        ("Rudi Contoh", Role.PP, vina, "balai", "balai"),
        ("Yuni Contoh", Role.PPK, umi, "kabupaten", "pendidikan"),
    ):
        asked = requests.ask(
            OfficeRequest(
                full_name=name,
                email=f"{name.split()[0].lower()}@contoh.example",
                role=role,
                agency=office.agencies[agency],
                work_unit=office.work_units[unit],
                decree_number=f"CONTOH/SK/{name.split()[0].upper()}/2026",
                decree_date=today - dt.timedelta(days=3),
                decree_copy=decree,
                since=today,
                until=today + dt.timedelta(days=365),
            ),
            by=asker,
        )
    requests.reject(asked, reason="Data contoh: SK belum ditandatangani.", by=wati)


def _decree(title: str) -> StoredFile:
    content = pdf.render("pdf/sample_document.html", {"title": title}, "id")
    return store(io.BytesIO(content), max_size=LARGEST, kinds=[FileKind.PDF])
