"""What an application still lacks before a verifier can look at it (P22(1)a).

Every question belongs to a step, so that what is missing can be said beside its field.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from registration import identity_numbers, regions
from registration.domain import law
from registration.models import Application, DocumentCode, Identity, ProviderKind


class Step(StrEnum):
    """The pages of an application, in their order; the last one only looks back."""

    KIND = "kind"
    IDENTITY = "identity"
    ADDRESS = "address"
    RESPONSIBLE = "responsible"
    DOCUMENTS = "documents"
    CHECK = "check"


FIELDS: dict[Step, tuple[str, ...]] = {
    Step.KIND: ("kind",),
    Step.IDENTITY: ("name", "npwp", "nib"),
    Step.ADDRESS: ("address", "region", "postal_code", "phone"),
    Step.RESPONSIBLE: (
        "responsible_name",
        "responsible_position",
        "responsible_nik",
        "contact_name",
        "contact_phone",
    ),
}
# A NIB came in 2018 and the licences before it stay; a contact is who the responsible person
# lets answer the telephone.
OPTIONAL = {"nib", "postal_code", "contact_name", "contact_phone"}
LABELS = {field.name: field.verbose_name for field in Identity._meta.local_fields}
NUMBERS = {
    "npwp": identity_numbers.npwp,
    "nib": identity_numbers.nib,
    "responsible_nik": identity_numbers.nik,
}


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is not there: a field's name, or a document's code."""

    step: Step
    subject: str
    words: str

    @property
    def label(self) -> str:
        """What the field or the document is called."""
        if self.step == Step.DOCUMENTS:
            return str(DocumentCode(self.subject).label)
        name = str(LABELS[self.subject])
        return name[:1].upper() + name[1:]


def missing(application: Application) -> list[Missing]:
    """Everything that must be filled in or uploaded before it can be sent."""
    return [*_fields(application), *_documents(application)]


def needed_fields(kind: str) -> set[str]:
    """The fields that a provider of ``kind`` must fill in."""
    every = {name for names in FIELDS.values() for name in names} - OPTIONAL
    return every - {"responsible_position"} if kind == ProviderKind.PERSON else every


def _fields(application: Application) -> Iterator[Missing]:
    needed = needed_fields(application.kind)
    for step, names in FIELDS.items():
        for name in names:
            if words := _fault(name, getattr(application, name), is_needed=name in needed):
                yield Missing(step, name, words)


def _fault(name: str, value: str, *, is_needed: bool) -> str:
    if not value.strip():
        return _("Not filled in yet.") if is_needed else ""
    if name == "region" and not regions.is_regency(value):
        return _("Choose the regency or city.")
    if parse := NUMBERS.get(name):
        try:
            parse(value)
        except identity_numbers.WrongNumber as wrong:
            return str(wrong)
    return ""


def _documents(application: Application) -> Iterator[Missing]:
    if not application.kind:
        return
    there = set(application.documents.filter(removed_at=None).values_list("code", flat=True))
    for code in law.current().documents.needed(ProviderKind(application.kind)):
        if code not in there:
            yield Missing(
                Step.DOCUMENTS,
                code,
                _("Missing: %(document)s.") % {"document": DocumentCode(code).label},
            )
