"""The sample tenders: made by the sample people through the same verbs as any other tender.

Nothing is back-dated. Tenders whose box is closed were announced, bid for and opened within the
minute in which the sample was loaded, under the training rule set.
"""

from __future__ import annotations

import datetime as dt
import io
import tomllib
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lpse import pdf
from lpse.clock import database_now
from lpse.money import rounded
from lpse.sealing.digests import from_base64
from lpse.sealing.member_key import MemberKey
from lpse.sealing.sign import sign_object
from operations.sample.people import FOLDER, Office
from procurement.domain import document, rule_set, schedule, statement
from procurement.domain import tender as verbs
from procurement.domain.schedule import Changes
from procurement.domain.tender import Line
from procurement.models import DocumentKind, StageCode, Tender
from registration.models import User

ROOM = Decimal("1.15")  # how far the budget ceiling lies above the lines without VAT
A_SECOND = dt.timedelta(seconds=1)
LAW = "perpres-16-2018"
TRAINING = "training"
PROCEDURE = rule_set.POST_ONE

# What a tender shows after loading → the stage that is current then. The stages before it take a
# second each, the current one days, the ones after it days again.
CURRENT = {
    "closing_soon": StageCode.SUBMISSION,
    "submission": StageCode.SUBMISSION,
    "closed": StageCode.OPENING,
    "opened": StageCode.EVALUATION,
    "objection": StageCode.OBJECTION,
    "contract": StageCode.CONTRACT,
}
ENDED = ("closed", "opened", "objection", "contract")


@dataclass(eq=False)
class Planned:
    """One row of ``tenders.toml`` on its way."""

    row: dict[str, Any]
    number: int
    ppk: User
    members: list[User]
    committee: str
    tender: Tender = field(init=False)

    @property
    def stage(self) -> str:
        return str(self.row["stage"])


def plan(office: Office) -> list[Planned]:
    """What ``tenders.toml`` asks for."""
    rows = tomllib.loads((FOLDER / "tenders.toml").read_text())["tender"]
    return [_planned(office, row, number) for number, row in enumerate(rows)]


def prepare(office: Office, plan: Planned) -> None:
    """Draft the tender; what is more than a draft is handed over and gets its documents."""
    _draft(office, plan)
    if plan.stage != "draft":
        _hand_over(office, plan)


def announce(plan: Planned, keys: dict[str, MemberKey], dates: Changes) -> None:
    """Set ``dates`` and have a majority sign, which announces the tender."""
    first = plan.members[0]
    schedule.set_schedule(plan.tender, dates, by=first)
    proposed = statement.propose(plan.tender, by=first)
    for member in plan.members[: statement.needed(proposed)]:
        seed = from_base64(keys[member.username]["signing_seed"])
        signature = sign_object(seed, statement.body_of(proposed))
        statement.sign(proposed, signature, by=member)
    plan.tender.refresh_from_db()


def legal_dates(plan: Planned) -> Changes:
    """The dates that the rule set in force proposes from now on."""
    periods = schedule.propose(plan.tender, database_now() + dt.timedelta(minutes=2))
    return {period.code: (period.starts_at, period.ends_at) for period in periods}


def quick_dates(stage: str, begin: dt.datetime, deadline: dt.datetime) -> Changes:
    """Bids are taken from two seconds after ``begin`` until ``deadline``.

    After it, each stage before the one to be shown takes a second.
    """
    dates: dict[str, tuple[dt.datetime, dt.datetime]] = {
        StageCode.ANNOUNCEMENT: (begin, deadline),
        StageCode.DOWNLOAD: (begin, deadline),
        StageCode.CLARIFICATION: (begin + A_SECOND, begin + 2 * A_SECOND),
        StageCode.SUBMISSION: (begin + 2 * A_SECOND, deadline),
    }
    current = list(StageCode).index(CURRENT[stage])
    moment = deadline
    for number, code in enumerate(list(StageCode)[4:], start=4):
        span = A_SECOND if number < current else dt.timedelta(days=3)
        dates[code] = (moment, moment + span)
        moment += span
    return dates


def _planned(office: Office, row: dict[str, Any], number: int) -> Planned:
    """Every fourth tender is run by the committee of five."""
    committee = ("satu", "satu", "satu", "dua")[number % 4]
    return Planned(
        row=row,
        number=number,
        ppk=office.people["tono" if row["work_unit"] == "balai" else "sari"],
        members=sorted(office.members[committee], key=lambda user: user.username),
        committee=committee,
    )


def _draft(office: Office, plan: Planned) -> None:
    row = plan.row
    unit = office.work_units[row["work_unit"]]
    lines = [
        Line(i["description"], Decimal(i["volume"]), i["unit"], Decimal(i["price"]))
        for i in row["items"]
    ]
    ceiling = sum((line.total for line in lines), Decimal(0)) * ROOM
    plan.tender = verbs.create(
        by=plan.ppk,
        title=row["title"],
        agency=unit.agency,
        work_unit=unit,
        rup_code=str(32_000_000 + plan.number * 37),
        budget_year=database_now().year,
        fund_source="APBN" if row["work_unit"] == "balai" else "APBD",
        category=row["category"],
        contract_type="lump_sum" if row["category"] == "goods" else "unit_price",
        location="Kabupaten Contoh",
        budget_ceiling_rupiah=int(rounded(ceiling / 1_000_000)) * 1_000_000 + 1_000_000,
        description="Data contoh. Paket ini tidak ada.",
        qualification_terms="NIB dan izin usaha sesuai bidang; NPWP; pengalaman sejenis.",
        is_sample=True,
    )
    verbs.set_items(plan.tender, lines, by=plan.ppk)


def _hand_over(office: Office, plan: Planned) -> None:
    first = plan.members[0]
    verbs.hand_over(plan.tender, office.committees[plan.committee], by=plan.ppk)
    law = TRAINING if plan.stage in CURRENT else LAW
    verbs.choose_procedure(plan.tender, code=law, procedure=PROCEDURE, by=first)
    for kind, name, title in (
        (DocumentKind.SELECTION, "dokumen-pemilihan.pdf", "Dokumen Pemilihan"),
        (DocumentKind.TERMS, "kak.pdf", "Kerangka Acuan Kerja"),
    ):
        page = pdf.render(
            "pdf/sample_document.html", {"title": title, "tender": plan.tender}, "id"
        )
        document.upload(plan.tender, kind, name, io.BytesIO(page), by=first)
    if plan.stage == "preparation":
        schedule.set_schedule(plan.tender, legal_dates(plan), by=first)
