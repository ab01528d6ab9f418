"""The law of registration as data: papers, terms and hours, every one with its source.

What no article names is the LPSE's own to set: it stands in the file as not confirmed.
"""

# ruff: noqa: RUF009 - ``rule`` declares a field with its label and units, as ``field`` does

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lpse.law import RuleSetError, Table, Unit, Value, digest, read, rule, section
from registration.models import DocumentCode, ProviderKind

FILE = Path(__file__).resolve().parent.parent / "rule_sets" / "perka-2-2010.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    company: Value = rule(_("Papers of a company"), Unit.DOCUMENTS)
    sole: Value = rule(_("Papers of a sole proprietorship"), Unit.DOCUMENTS)
    person: Value = rule(_("Papers of an individual"), Unit.DOCUMENTS)
    optional: Value = rule(_("Only if there is one"), Unit.DOCUMENTS)
    additional_allowed: Value = rule(_("The LPSE may ask for other papers"), Unit.YES_NO)
    field_inspection: Value = rule(_("The LPSE visits the firm"), Unit.YES_NO)

    def of(self, kind: ProviderKind) -> tuple[DocumentCode, ...]:
        """The papers of a provider of this ``kind``, those that need not exist among them."""
        listed: Value = getattr(self, kind)
        return tuple(map(DocumentCode, listed.codes))

    def needed(self, kind: ProviderKind) -> tuple[DocumentCode, ...]:
        return tuple(code for code in self.of(kind) if code not in self.optional.codes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    complete_within: Value = rule(_("An application is completed within"), Unit.CALENDAR_DAYS)
    remind_before: Value = rule(_("Reminder before an application ends"), Unit.CALENDAR_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    decide_within: Value = rule(_("The verifier decides within"), Unit.WORKING_HOURS)
    second_person_for_overrides: Value = rule(
        _("A second person confirms an exception"), Unit.YES_NO
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    opens: Value = rule(_("The LPSE opens"), Unit.TIME)
    closes: Value = rule(_("The LPSE closes"), Unit.TIME)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    book_ahead: Value = rule(_("A visit is booked ahead, at most"), Unit.CALENDAR_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    valid_for: Value = rule(_("An invitation is valid for"), Unit.CALENDAR_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    remind_before: Value = rule(_("Reminder before a paper expires"), Unit.CALENDAR_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    archive_kept_for: Value = rule(_("The archive of an account is kept for"), Unit.YEARS)


SECTIONS: dict[str, tuple[type[Any], str | Promise]] = {
    "documents": (Documents, _("Papers of registration")),
    "application": (Application, _("Application")),
    "verification": (Verification, _("Verification")),
    "office": (Office, _("Opening hours")),
    "visit": (Visit, _("Visit")),
    "invitation": (Invitation, _("Invitation")),
    "validity": (Validity, _("Validity of papers")),
    "personal_data": (PersonalData, _("Personal data")),
}


@dataclass(frozen=True, slots=True)
class RegistrationLaw:
    code: str
    title: str
    citation: str
    in_force_from: dt.date
    documents: Documents
    application: Application
    verification: Verification
    office: Office
    visit: Visit
    invitation: Invitation
    validity: Validity
    personal_data: PersonalData
    digest: str

    def __str__(self) -> str:
        return self.title


@lru_cache(maxsize=1)
def current() -> RegistrationLaw:
    """Read once a process: the file changes only with the program."""
    return parse(FILE.read_bytes())


def parse(content: bytes) -> RegistrationLaw:
    """The law in ``content``; ``RuleSetError`` for anything missing, unknown or misspelt."""
    raw = read(content)
    table = Table("", raw)
    law = RegistrationLaw(
        code=table.take("code", str),
        title=table.take("title", str),
        citation=table.take("citation", str),
        in_force_from=table.take("in_force_from", dt.date),
        **{name: section(kind, table.table(name)) for name, (kind, _label) in SECTIONS.items()},
        digest=digest(raw),
    )
    table.finish()
    _papers_are_known(law.documents)
    if law.office.closes.time <= law.office.opens.time:
        raise RuleSetError("office.closes lies before office.opens")
    return law


def _papers_are_known(documents: Documents) -> None:
    for name in (*ProviderKind.values, "optional"):
        listed: Value = getattr(documents, name)
        for code in listed.codes:
            if code not in DocumentCode.values:
                raise RuleSetError(f"documents.{name}.value names no paper: {code!r}")
