"""The sample office: agencies, committees, people and providers. None of them exists."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction

from lpse.clock import database_now, office_zone
from registration.domain import terms
from registration.models import (
    Agency,
    Assignment,
    Certificate,
    Committee,
    OfficerRight,
    ProcurementUnit,
    Provider,
    ProviderOfficer,
    Role,
    User,
    WorkUnit,
)

FOLDER = Path(__file__).parent
DECREE = "CONTOH/SK/{:03d}/2026"
CERTIFIED = (Role.POKJA, Role.PP)
ENDS_SOON = "indra"  # so that the reminder of a certificate can be seen


@dataclass
class Office:
    """What the tenders of the sample are made with, by the keys of ``office.toml``."""

    password: str
    people: dict[str, User] = field(default_factory=dict)
    agencies: dict[str, Agency] = field(default_factory=dict)
    work_units: dict[str, WorkUnit] = field(default_factory=dict)
    committees: dict[str, Committee] = field(default_factory=dict)
    providers: dict[str, Provider] = field(default_factory=dict)
    members: dict[str, list[User]] = field(default_factory=dict)


@transaction.atomic
def load() -> Office:
    """Make the sample office in an empty database, in one transaction."""
    plan = tomllib.loads((FOLDER / "office.toml").read_text())
    terms.ensure()
    office = Office(password=plan["password"])
    _units(office, plan)
    today = database_now().astimezone(office_zone()).date()
    for number, row in enumerate(plan["people"], start=1):
        user = _person(office, row["id"], row["name"])
        since = today - dt.timedelta(days=200)
        _assign(office, user, row, number=number, since=since)
        if row["role"] in CERTIFIED:
            lasts = 220 if row["id"] == ENDS_SOON else 1000
            _certify(office, user, number, since, since + dt.timedelta(days=lasts))
    for row in plan["providers"]:
        _provider(office, row)
    return office


def _units(office: Office, plan: dict[str, Any]) -> None:
    for row in plan["agencies"]:
        office.agencies[row["key"]] = Agency.objects.create(
            name=row["name"], kind=row["kind"], address=row["address"]
        )
    for row in plan["work_units"]:
        office.work_units[row["key"]] = WorkUnit.objects.create(
            agency=office.agencies[row["agency"]], name=row["name"]
        )
    unit = ProcurementUnit.objects.create(
        agency=office.agencies[plan["unit"]["agency"]], name=plan["unit"]["name"]
    )
    for row in plan["committees"]:
        office.committees[row["key"]] = Committee.objects.create(unit=unit, name=row["name"])
        office.members[row["key"]] = []


def _person(office: Office, user_id: str, name: str) -> User:
    email = f"{user_id}@contoh.example"
    user = User.objects.create_user(
        user_id, password=office.password, email=email, full_name=name, is_sample=True
    )
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    if in_force := terms.in_force():
        terms.accept(user, in_force)
    office.people[user_id] = user
    return user


def _assign(
    office: Office, user: User, row: dict[str, Any], *, number: int, since: dt.date
) -> None:
    committee = office.committees.get(row.get("committee", ""))
    Assignment.objects.create(
        user=user,
        role=Role(row["role"]),
        agency=office.agencies.get(row.get("agency", "")),
        work_unit=office.work_units.get(row.get("work_unit", "")),
        committee=committee,
        decree_number=DECREE.format(number),
        decree_date=since,
        since=since,
        # The letter of an auditor expires; one of two years lasts through any trial.
        until=since + dt.timedelta(days=730) if row["role"] == Role.AUDITOR else None,
    )
    if committee:
        office.members[row["committee"]].append(user)


def _certify(office: Office, user: User, number: int, since: dt.date, until: dt.date) -> None:
    Certificate.objects.create(
        user=user,
        number=f"CONTOH/SERTIFIKAT/{number:03d}",
        issuer="Lembaga Contoh",
        issued_on=since,
        valid_until=until,
        recorded_by=office.people["umi"],
    )


def _provider(office: Office, row: dict[str, Any]) -> None:
    user = _person(office, row["officer"], row["person"])
    provider = Provider.objects.create(
        code=row["code"],
        name=row["name"],
        kind=row["kind"],
        npwp=row["npwp"],
        address="Jalan Usaha Contoh 1",
        region=row["region"],
        verified_at=database_now(),
        is_sample=True,
    )
    ProviderOfficer.objects.create(provider=provider, user=user, right=OfficerRight.ADMINISTRATOR)
    office.providers[row["code"]] = provider
