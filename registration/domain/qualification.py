"""What a firm says about itself, to be used in its bids (P22(5)).

Nobody verifies it here: the committee judges it in each tender. Every change is a version of its
own, and a bid carries the bytes of the document it was sent with.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lpse.audit.events import Event
from lpse.audit.log import record
from lpse.clock import database_now, office_zone
from lpse.errors import Refused
from lpse.files.models import StoredFile
from lpse.money import rupiah
from lpse.templatetags.indonesia import tanggal_pendek
from registration.domain import law
from registration.models import (
    Provider,
    Qualification,
    QualificationKind,
    QualificationVersion,
    User,
)

FactType = Literal["text", "number", "date", "rupiah", "percent", "nik"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is asked about a kind; kept as text, as it was typed."""

    code: str
    label: str | Promise
    type: FactType = "text"
    required: bool = True
    choices: tuple[tuple[str, str | Promise], ...] = ()


CONDITIONS = (("good", _("good")), ("fair", _("usable")), ("bad", _("broken")))
OWNERSHIP = (("own", _("own")), ("lease", _("leased")), ("support", _("supported by others")))
FACTS: dict[QualificationKind, tuple[Fact, ...]] = {
    QualificationKind.LICENCE: (
        Fact("type", _("Type of licence")),
        Fact("number", _("Number")),
        Fact("issuer", _("Issued by")),
        Fact("classification", _("Classification"), required=False),
    ),
    QualificationKind.DEED: (
        Fact("subject", _("What it is about")),
        Fact("number", _("Number")),
        Fact("date", _("Date"), "date"),
        Fact("notary", _("Notary")),
    ),
    QualificationKind.OWNER: (
        Fact("name", _("Name")),
        Fact("nik", _("NIK"), "nik", required=False),
        Fact("address", _("Address"), required=False),
        Fact("share", _("Share in per cent"), "percent"),
    ),
    QualificationKind.MANAGER: (
        Fact("name", _("Name")),
        Fact("nik", _("NIK"), "nik", required=False),
        Fact("position", _("Position")),
    ),
    QualificationKind.EXPERT: (
        Fact("name", _("Name")),
        Fact("profession", _("Profession or skill")),
        Fact("education", _("Education")),
        Fact("years", _("Years of experience"), "number"),
    ),
    QualificationKind.EQUIPMENT: (
        Fact("type", _("Type of equipment")),
        Fact("quantity", _("Quantity"), "number"),
        Fact("capacity", _("Capacity"), required=False),
        Fact("make", _("Make and year"), required=False),
        Fact("condition", _("Condition"), choices=CONDITIONS),
        Fact("ownership", _("Ownership"), choices=OWNERSHIP),
    ),
    QualificationKind.EXPERIENCE: (
        Fact("package", _("Package")),
        Fact("client", _("Client")),
        Fact("place", _("Place")),
        Fact("contract_number", _("Number of the contract")),
        Fact("contract_date", _("Date of the contract"), "date"),
        Fact("value", _("Value in rupiah"), "rupiah"),
        Fact("finished_on", _("Finished on"), "date", required=False),
    ),
    QualificationKind.TAX: (
        Fact("type", _("Kind of tax paper")),
        Fact("period", _("Year or month")),
        Fact("number", _("Number of the receipt"), required=False),
    ),
}
LONGEST_TITLE = 200
# What names an entry in a list: the values of these, joined.
TITLES: dict[QualificationKind, tuple[str, ...]] = {
    QualificationKind.LICENCE: ("type", "number"),
    QualificationKind.DEED: ("subject", "number"),
    QualificationKind.OWNER: ("name",),
    QualificationKind.MANAGER: ("name", "position"),
    QualificationKind.EXPERT: ("name", "profession"),
    QualificationKind.EQUIPMENT: ("type", "make"),
    QualificationKind.EXPERIENCE: ("package",),
    QualificationKind.TAX: ("type", "period"),
}


@dataclass(frozen=True, slots=True)
class Document:
    """A stored copy and what the firm's computer called it."""

    file: StoredFile
    name: str


class Validity(models.TextChoices):
    """How the dates of a version stand today, by the office's calendar."""

    UNLIMITED = "unlimited", _("no end")
    VALID = "valid", _("valid")
    SOON = "soon", _("expires soon")
    EXPIRED = "expired", _("expired")


TO_RENEW = (Validity.SOON, Validity.EXPIRED)


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as a list shows it: its latest version, and how that stands today."""

    qualification: Qualification
    version: QualificationVersion
    validity: Validity


def today() -> dt.date:
    return database_now().astimezone(office_zone()).date()


def validity_of(version: QualificationVersion, today: dt.date) -> Validity:
    if version.valid_until is None:
        return Validity.UNLIMITED
    if version.valid_until < today:
        return Validity.EXPIRED
    soon = today + dt.timedelta(days=law.current().validity.remind_before.number)
    return Validity.SOON if version.valid_until <= soon else Validity.VALID


def latest() -> QuerySet[QualificationVersion]:
    """The version that counts of every entry that was not removed."""
    return (
        QualificationVersion.objects.filter(qualification__removed_at=None)
        .select_related("qualification", "file")
        .order_by("qualification_id", "-number")
        .distinct("qualification_id")
    )


def lines(provider: Provider) -> list[Line]:
    """What ``provider`` says about itself, by kind and title."""
    day, order = today(), QualificationKind.values
    found = [
        Line(version.qualification, version, validity_of(version, day))
        for version in latest().filter(qualification__provider=provider)
    ]
    return sorted(
        found,
        key=lambda line: (order.index(line.qualification.kind), line.version.title.casefold()),
    )


def versions(qualification: Qualification) -> QuerySet[QualificationVersion]:
    """Every version, the newest first."""
    return qualification.versions.select_related("file", "written_by").order_by("-number")


def shown_facts(version: QualificationVersion) -> list[tuple[str | Promise, str]]:
    """What ``version`` says, in the order of its kind and in words for people."""
    kind = QualificationKind(version.qualification.kind)
    return [
        (fact.label, _in_words(fact, said))
        for fact in FACTS[kind]
        if (said := version.facts.get(fact.code, ""))
    ]


def _in_words(fact: Fact, said: str) -> str:
    match fact.type:
        case "date":
            return tanggal_pendek(dt.date.fromisoformat(said))
        case "rupiah":
            return rupiah(int(said))
        case "percent":
            return f"{said.replace('.', ',')}%"
    return str(dict(fact.choices).get(said, said))


def title_of(kind: QualificationKind, facts: Mapping[str, str]) -> str:
    return ", ".join(facts[code] for code in TITLES[kind] if facts.get(code))[:LONGEST_TITLE]


@transaction.atomic
def write(
    provider: Provider,
    kind: QualificationKind,
    *,
    facts: Mapping[str, str],
    valid_from: dt.date | None = None,
    valid_until: dt.date | None = None,
    document: Document | None = None,
    replaces: Qualification | None = None,
    by: User,
) -> QualificationVersion:
    """Write an entry, or a new version of ``replaces``, which keeps its document unless there
    is another.
    """
    _may_write(provider, by=by)
    if replaces is not None and replaces.provider_id != provider.pk:
        raise PermissionDenied
    if valid_from and valid_until and valid_until < valid_from:
        raise Refused(gettext("The last day lies before the first."), field="valid_until")
    known = {fact.code for fact in FACTS[kind]}
    told = {code: value.strip() for code, value in facts.items() if code in known}
    if missing := [f for f in FACTS[kind] if f.required and not told.get(f.code)]:
        raise Refused(
            gettext("“%(label)s” is missing.") % {"label": missing[0].label},
            field=missing[0].code,
        )
    if replaces is None:
        qualification = Qualification.objects.create(provider=provider, kind=kind)
        before = None
    else:
        qualification = _locked(replaces)
        before = qualification.versions.order_by("-number").first()
    if document is None and before is not None and before.file is not None:
        document = Document(before.file, before.file_name)
    version = QualificationVersion.objects.create(
        qualification=qualification,
        number=before.number + 1 if before else 1,
        title=title_of(kind, told),
        facts=told,
        valid_from=valid_from,
        valid_until=valid_until,
        file=document.file if document else None,
        file_name=document.name if document else "",
        written_by=by,
    )
    record(
        Event.QUALIFICATION_WRITTEN,
        subject=qualification,
        by=by,
        provider=provider.code,
        kind=kind,
        version=version.number,
        file=document.file.sha256 if document else None,
    )
    return version


@transaction.atomic
def remove(qualification: Qualification, *, by: User) -> None:
    """Take an entry out of the lists. What it said stays: a bid may have been made with it."""
    _may_write(qualification.provider, by=by)
    locked = _locked(qualification)
    locked.removed_at = database_now()
    locked.save(update_fields=["removed_at"])
    record(
        Event.QUALIFICATION_REMOVED,
        subject=locked,
        by=by,
        provider=qualification.provider.code,
        kind=locked.kind,
    )


def _may_write(provider: Provider, *, by: User) -> None:
    """Asked afresh: the right may have been taken away since the page was opened."""
    Provider.objects.select_for_update(no_key=True).get(pk=provider.pk)
    by.__dict__.pop("officer", None)
    if not by.has_perm("registration.write_qualification", provider):
        raise PermissionDenied


def _locked(qualification: Qualification) -> Qualification:
    locked = Qualification.objects.select_for_update().get(pk=qualification.pk)
    if locked.removed_at is not None:
        raise Refused(gettext("A colleague has removed this entry."))
    return locked
