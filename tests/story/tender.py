"""What is asked: the PPK's package, and the committee that announces it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path

from tests.story.person import Person

TITLE = "Rehabilitasi Balai Pertemuan Desa Contoh"
CEILING = "450.000.000"
COMMITTEE = re.compile(r"^Pokja I\b")
LINES = [
    ("Pekerjaan persiapan", "1", "ls", "18.500.000"),
    ("Pekerjaan atap baja ringan", "312,5", "m2", "425.000"),
    ("Pengecatan dinding", "640", "m2", "62.750"),
]
AFTER = ["evaluation", "proof", "determination", "winner", "objection", "appointment", "contract"]
A_MINUTE = dt.timedelta(minutes=1)

Dates = Mapping[str, tuple[dt.datetime, dt.datetime]]


def hand_over(sari: Person) -> str:
    """The PPK makes a package and gives it to the committee; its code."""
    sari.follow("/packages/")
    sari.look("packages")
    sari.follow("/packages/new/")
    sari.write(sari.named("title"), TITLE)
    unit = sari.named("work_unit")
    sari.choose(unit, unit.locator("option").nth(1).get_attribute("value") or "")
    sari.choose(sari.named("category"), "works")
    sari.choose(sari.named("contract_type"), "unit_price")
    sari.write(sari.named("location"), "Kabupaten Contoh")
    sari.write(sari.named("budget_ceiling_rupiah"), CEILING)
    sari.write(sari.named("fund_source"), "APBD")
    sari.write(sari.named("rup_code"), "32009901")
    sari.write(sari.named("description"), "Data contoh. Paket ini tidak ada.")
    sari.write(sari.named("qualification_terms"), "NIB\nNPWP\nPengalaman sejenis")
    sari.look("package-form")
    sari.send(to="/packages/*/lines/")
    code = sari.page.url.split("/")[-3]
    _write_lines(sari)
    sari.look("package-lines")
    sari.send(to=f"/packages/{code}/")
    sari.look("package")
    sari.follow(f"/packages/{code}/hand-over/")
    committee = sari.named("committee").locator("option", has_text=COMMITTEE)
    sari.choose(sari.named("committee"), committee.get_attribute("value") or "")
    sari.look("hand-over")
    sari.send(to=f"/packages/{code}/")
    return code


def _write_lines(sari: Person) -> None:
    for number, (description, volume, unit, price) in enumerate(LINES):
        if number:
            sari.press(sari.at("[data-items-add]"))
        sari.write(sari.named(f"form-{number}-description"), description)
        sari.write(sari.named(f"form-{number}-volume"), volume)
        sari.write(sari.named(f"form-{number}-unit"), unit)
        sari.write(sari.named(f"form-{number}-hps_unit_price"), price)


def choose_procedure(budi: Person, code: str) -> None:
    """A committee member takes the package up, under the rules that count in minutes."""
    budi.follow("/committee/")
    budi.look("committee")
    workspace = f"/tenders/{code}/workspace/"
    budi.follow(workspace)
    budi.look("workspace")
    budi.follow(f"{workspace}procedure/")
    budi.tick(budi.at("main input[name=choice][value='training/tender-post-one']"))
    budi.look("procedure")
    budi.send(to=f"{workspace}schedule/")


def upload_documents(budi: Person, code: str, papers: Mapping[str, Path]) -> None:
    address = f"/tenders/{code}/workspace/documents/"
    budi.visit(f"/tenders/{code}/workspace/")
    budi.follow(address)
    for kind, path in papers.items():
        budi.choose(budi.named("kind"), kind)
        budi.attach(budi.named("file"), path)
        budi.send("main form[enctype]", to=address)
    budi.look("documents-edit")


def dates(begin: dt.datetime, takes_bids: dt.datetime, deadline: dt.datetime) -> Dates:
    """Twelve stages around the time in which bids are taken."""
    planned = {
        "announcement": (begin, deadline),
        "download": (begin, deadline),
        "clarification": (begin, takes_bids),
        "submission": (takes_bids, deadline),
        "opening": (deadline, deadline + 30 * A_MINUTE),
    }
    moment = deadline + 30 * A_MINUTE
    for stage in AFTER:
        planned[stage] = (moment, moment + 10 * A_MINUTE)
        moment += 10 * A_MINUTE
    return planned


def set_schedule(budi: Person, code: str, planned: Dates) -> None:
    """Type the twelve stages and save them; ``planned`` is in the time of the office."""
    address = f"/tenders/{code}/workspace/schedule/"
    budi.visit(f"/tenders/{code}/workspace/")
    budi.follow(address)
    for stage, (starts, ends) in planned.items():
        budi.write(budi.named(f"{stage}-starts_at"), f"{starts:%Y-%m-%dT%H:%M}")
        budi.write(budi.named(f"{stage}-ends_at"), f"{ends:%Y-%m-%dT%H:%M}")
    budi.send("main form.schedule-form", to=address)
    budi.look("schedule-edit")


def propose(budi: Person, code: str) -> None:
    budi.visit(f"/tenders/{code}/workspace/")
    budi.look("workspace-complete")
    budi.follow(f"/tenders/{code}/statement/")
    budi.send(
        f"main form[action='/tenders/{code}/statement/propose/']",
        to=f"/tenders/{code}/statement/",
    )


def sign(member: Person, code: str, passphrase: str) -> None:
    """Read what is approved and sign it; the last signature needed announces the tender."""
    address = f"/tenders/{code}/statement/"
    if not member.page.url.endswith(address):
        member.visit(address)
    member.sees("[data-part=sign]")
    member.look("statement")
    member.paste(member.at("[data-part=sign] [data-passphrase]"), passphrase)
    member.send("[data-part=sign] form", to=address)
