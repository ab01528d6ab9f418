"""Verification: is the applicant who the papers say (P22(2)), and what follows (P10(3)).

A document counts once its copy was received, its original seen and its content found to fit the
data it proves. Data that change afterwards are held against it afresh. Nothing is visited
(P22(4)), and no paper is asked for that the law does not name (P22(3)).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from lpse.audit.events import Event
from lpse.audit.log import record
from lpse.audit.models import AuditEntry
from lpse.clock import database_now
from lpse.errors import Refused
from lpse.mail import notify
from lpse.sealing import jcs
from registration.domain import law
from registration.domain import visit as visits
from registration.domain.application import APPLICATION, hold_firm, papers, period_end
from registration.domain.doubts import doubts
from registration.domain.provider import take_over
from registration.models import (
    IDENTITY_FIELDS,
    Application,
    ApplicationDocument,
    ApplicationState,
    CheckResult,
    DocumentCheck,
    DocumentCode,
    Doubt,
    Override,
    ProviderKind,
    ReturnedItem,
    User,
)

VERIFY = "registration.verify_application"
_OF_THE_FIRM = ("kind", "name", "address", "responsible_name", "responsible_position")
# What each paper shows: these data are laid beside it, and checked afresh when they change.
PROVES: dict[str, tuple[str, ...]] = {
    DocumentCode.KTP: ("responsible_name", "responsible_nik"),
    DocumentCode.DEED: _OF_THE_FIRM,
    DocumentCode.DEED_AMENDMENT: _OF_THE_FIRM,
    # Of a sole proprietorship it is the owner's own (P22(1)a.2.c).
    DocumentCode.NPWP: ("kind", "name", "responsible_name", "npwp", "address"),
    DocumentCode.LICENCE: ("name", "nib", "address"),
}
DECIDED = (ApplicationState.APPROVED, ApplicationState.REJECTED)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a verifier enters about one document."""

    copy_received: bool
    original_seen: bool
    result: str
    note: str = ""
    valid_until: dt.date | None = None

    def is_of(self, check: DocumentCheck) -> bool:
        return self == Finding(
            check.copy_received,
            check.original_seen,
            check.result,
            check.note,
            check.valid_until,
        )


@dataclass(frozen=True, slots=True)
class Paper:
    """A document of an application with its latest check."""

    document: ApplicationDocument
    check: DocumentCheck | None
    is_current: bool  # the data it proves are those it was held against
    is_expired: bool  # by the day that the verifier read on it

    @property
    def lacks(self) -> str:
        """Why it does not carry an approval yet; nothing when it does."""
        check = self.check
        if check is None:
            return _("not checked yet")
        first = (
            (
                not self.is_current,
                _("the data were changed after the check: hold them against it again"),
            ),
            (
                check.result != CheckResult.FITS,
                _("does not fit: %(note)s") % {"note": check.note},
            ),
            (self.is_expired, _("not valid any more")),
            (not check.copy_received, _("the copy was not received")),
            (not check.original_seen, _("the original was not seen")),
        )
        return next((words for is_so, words in first if is_so), "")


@dataclass(frozen=True, slots=True)
class OpenDoubt:
    """Something odd, and how far somebody has got with setting it aside."""

    doubt: Doubt
    about: str
    words: str
    override: Override | None

    @property
    def is_settled(self) -> bool:
        if self.override is None:
            return False
        two = law.current().verification.second_person_for_overrides.holds
        return self.override.confirmed_at is not None or not two


# --- What stands ------------------------------------------------------------------------------


def standing(application: Application) -> list[Paper]:
    """The documents as they are now, in the order of the law, each with its latest check."""
    order = list(papers(application))
    documents = list(
        application.documents.filter(removed_at=None, code__in=order).select_related("file")
    )
    latest = {
        check.document_id: check
        for check in DocumentCheck.objects.filter(document__in=documents)
        .select_related("checked_by")
        .order_by("checked_at", "pk")
    }
    documents.sort(key=lambda document: (order.index(DocumentCode(document.code)), document.pk))
    today = localdate(database_now())
    return [
        _paper(application, document, latest.get(document.pk), today) for document in documents
    ]


def _paper(
    application: Application,
    document: ApplicationDocument,
    check: DocumentCheck | None,
    today: dt.date,
) -> Paper:
    if check is None:
        return Paper(document, check, is_current=False, is_expired=False)
    return Paper(
        document,
        check,
        is_current=check.compared_with == _data(application, document.code),
        is_expired=check.valid_until is not None and check.valid_until < today,
    )


def open_doubts(application: Application) -> list[OpenDoubt]:
    overrides = {
        (override.doubt, override.about): override
        for override in application.overrides.select_related("asked_by", "confirmed_by")
    }
    return [
        OpenDoubt(doubt, about, words, overrides.get((doubt, about)))
        for doubt, about, words in doubts(application)
    ]


def hindrances(application: Application) -> list[str]:
    """Everything that stands between ``application`` and its approval, each named."""
    return list(_hindrances(application))


def _hindrances(application: Application) -> Iterator[str]:
    found = standing(application)
    if not application.kind:
        yield _("The kind of the provider is not given.")
        return
    there = {paper.document.code for paper in found}
    for code in law.current().documents.needed(ProviderKind(application.kind)):
        if code not in there:
            yield _("%(document)s: there is none.") % {"document": code.label}
    for paper in found:
        if lacks := paper.lacks:
            name = paper.document.get_code_display()
            yield _("%(document)s: %(lacks)s.") % {"document": name, "lacks": lacks.rstrip(".")}
    for doubt in open_doubts(application):
        if not doubt.is_settled:
            yield (
                _("%(doubt)s A second person has not confirmed yet that it is set aside.")
                if doubt.override
                else _("%(doubt)s Nobody has set this doubt aside.")
            ) % {"doubt": doubt.words}


# --- Acts -------------------------------------------------------------------------------------


def shown(application: Application) -> str:
    """Names the data that a page shows beside the documents."""
    return jcs.digest({name: getattr(application, name) for name in IDENTITY_FIELDS})


@transaction.atomic
def check(
    application: Application, findings: Mapping[int, Finding], *, seen: str, by: User
) -> int:
    """Note what was found about the documents, by their keys; how many findings were new.

    ``seen`` is what :func:`shown` named when ``by`` looked: nobody vouches for data that came
    later.
    """
    locked = _waiting(application, by)
    if seen != shown(locked):
        raise Refused(
            _("The data were changed after you opened the page: hold them against the papers.")
        )
    known = {paper.document.pk: paper for paper in standing(locked)}
    new = [
        (known[pk], finding)
        for pk, finding in findings.items()
        if pk in known and not _is_known(known[pk], finding)
    ]
    for paper, finding in new:
        _check(locked, paper.document, finding, by=by)
    if new and locked.verifier_id is None:
        locked.verifier = application.verifier = by
        locked.save(update_fields=["verifier"])
    return len(new)


def _is_known(paper: Paper, finding: Finding) -> bool:
    return paper.check is not None and paper.is_current and finding.is_of(paper.check)


def _check(
    application: Application, document: ApplicationDocument, finding: Finding, *, by: User
) -> None:
    name = document.get_code_display()
    if finding.result != CheckResult.FITS and not finding.note:
        raise Refused(
            _("%(document)s: say in the note what does not fit.") % {"document": name},
            field=f"{document.pk}-note",
        )
    if (
        finding.result == CheckResult.FITS
        and finding.valid_until
        and finding.valid_until < localdate(database_now())
    ):
        raise Refused(
            _("%(document)s: it is not valid any more, so it does not fit.") % {"document": name},
            field=f"{document.pk}-valid_until",
        )
    DocumentCheck.objects.create(
        document=document,
        copy_received=finding.copy_received,
        original_seen=finding.original_seen,
        result=finding.result,
        note=finding.note,
        valid_until=finding.valid_until,
        compared_with=_data(application, document.code),
        checked_by=by,
    )
    record(
        Event.APPLICATION_DOCUMENT_CHECKED,
        subject=application,
        by=by,
        code=application.code,
        document=document.code,
        sha256=document.file.sha256,
        copy_received=finding.copy_received,
        original_seen=finding.original_seen,
        result=finding.result,
        note=finding.note,
        valid_until=finding.valid_until,
    )


@transaction.atomic
def set_aside(
    application: Application, doubt: str, about: str, *, reason: str, by: User
) -> Override:
    """Say why a doubt does not hold; a second person must agree before it counts."""
    locked = _waiting(application, by)
    if (doubt, about) not in {(kind, what) for kind, what, _words in doubts(locked)}:
        raise Refused(_("There is no such doubt any more: read the application again."))
    if not reason.strip():
        raise Refused(_("Say why the doubt does not hold."), field="reason")
    try:
        with transaction.atomic():
            override = Override.objects.create(
                application=locked, doubt=doubt, about=about, reason=reason.strip(), asked_by=by
            )
    except IntegrityError as error:
        raise Refused(_("Somebody has set this doubt aside already.")) from error
    record(
        Event.APPLICATION_DOUBT_OVERRIDDEN,
        subject=locked,
        by=by,
        code=locked.code,
        doubt=doubt,
        reason=override.reason,
    )
    return override


@transaction.atomic
def confirm(override: Override, *, by: User) -> None:
    """Agree, as the second person, that the doubt is set aside."""
    application = _waiting(override.application, by)
    locked = Override.objects.select_for_update().get(pk=override.pk)
    if locked.confirmed_at is not None:
        raise Refused(_("It has been confirmed already."))
    if locked.asked_by_id == by.pk:
        raise Refused(_("You set this doubt aside yourself: a second person must confirm it."))
    locked.confirmed_by, locked.confirmed_at = by, database_now()
    locked.save(update_fields=["confirmed_by", "confirmed_at"])
    record(
        Event.APPLICATION_OVERRIDE_CONFIRMED,
        subject=application,
        by=by,
        code=application.code,
        doubt=locked.doubt,
    )


@transaction.atomic
def give_back(application: Application, items: Sequence[tuple[str, str]], *, by: User) -> None:
    """Return ``application`` with a list, in plain words, of what is to be completed (P10(2)b).

    Each item is about a paper of the law or a field of the form; more cannot be asked (P22(3)).
    The applicant has the whole period again.
    """
    locked = _waiting(application, by)
    if not items:
        raise Refused(_("Say what the applicant is to complete."))
    about = {*papers(locked), *IDENTITY_FIELDS}
    if any(subject not in about for subject, _words in items):
        raise Refused(_("Nothing may be asked for that the law does not name (Pasal 22(3))."))
    now = database_now()
    ReturnedItem.objects.bulk_create(
        ReturnedItem(
            application=locked, subject=subject, words=words, returned_by=by, returned_at=now
        )
        for subject, words in items
    )
    locked.complete_by, locked.reminded_at, locked.verifier = period_end(), None, by
    locked.save(update_fields=["complete_by", "reminded_at", "verifier"])
    APPLICATION.fire(
        application,
        "return",
        by=by,
        code=locked.code,
        items=[{"subject": subject, "words": words} for subject, words in items],
    )
    notify(
        [locked.applicant],
        "application_returned",
        url=reverse("application"),
        application=locked,
        items=[words for _subject, words in items],
    )


@transaction.atomic
def approve(application: Application, *, by: User) -> None:
    """Find the applicant verified: the provider exists and may take part (P10(3), P22(2))."""
    locked = _waiting(application, by)
    if hinders := hindrances(locked):
        raise Refused(
            _("The application cannot be approved yet. %(why)s") % {"why": " ".join(hinders)}
        )
    application.provider = take_over(locked, by=by)
    _decide(application, locked, "approve", by=by)
    notify(
        [locked.applicant], "application_approved", url=reverse("application"), application=locked
    )


@transaction.atomic
def reject(application: Application, *, reason: str, by: User) -> None:
    """Refuse the registration, and say why (P10(3))."""
    locked = _locked(application, by)
    if locked.state != ApplicationState.RETURNED:
        _refuse_unless_waiting(locked)
    if not reason.strip():
        raise Refused(_("Say why the application is rejected."), field="reason")
    _decide(application, locked, "reject", by=by, reason=reason.strip())
    notify(
        [locked.applicant],
        "application_rejected",
        url=reverse("application"),
        application=locked,
        reason=reason.strip(),
    )


def _decide(
    application: Application, locked: Application, step: str, *, by: User, reason: str = ""
) -> AuditEntry:
    locked.decided_at, locked.decided_by = database_now(), by
    locked.decision_reason = reason
    locked.save(update_fields=["decided_at", "decided_by", "decision_reason"])
    entry = APPLICATION.fire(locked, step, by=by, code=locked.code, reason=reason)
    locked.decision_entry = entry
    locked.save(update_fields=["decision_entry"])
    visits.cancel_coming(locked, by=by)
    application.refresh_from_db()
    return entry


# --- Under lock -------------------------------------------------------------------------------


def _locked(application: Application, by: User) -> Application:
    hold_firm(application)
    locked = (
        Application.objects.select_for_update(of=("self",))
        .select_related("applicant")  # what may change meanwhile is read after the wait
        .get(pk=application.pk)
    )
    if not by.has_perm(VERIFY, locked):
        raise PermissionDenied
    return locked


def _waiting(application: Application, by: User) -> Application:
    """The application under lock, if it waits for a verifier and ``by`` may be the one."""
    locked = _locked(application, by)
    _refuse_unless_waiting(locked)
    return locked


def _refuse_unless_waiting(application: Application) -> None:
    if application.state in DECIDED:
        raise Refused(
            _("%(name)s has decided on this application already: %(state)s.")
            % {"name": application.decided_by, "state": application.get_state_display()}
        )
    if application.state != ApplicationState.SUBMITTED:
        raise Refused(
            _("This application does not wait for verification now: %(state)s.")
            % {"state": application.get_state_display()}
        )


def _data(application: Application, code: str) -> str:
    """Names the data that a document of this kind is held against."""
    return jcs.digest({name: getattr(application, name) for name in PROVES[code]})
