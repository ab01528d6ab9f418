"""The life of an application: filled in, verified, completed, decided (P10, P22)."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lpse.audit.events import Event
from lpse.audit.log import record
from lpse.clock import database_now
from lpse.errors import Refused
from lpse.files.models import StoredFile
from lpse.mail import notify
from lpse.workflow import Transition, Workflow
from registration.domain import completeness, law
from registration.domain import visit as visits
from registration.models import (
    IDENTITY_FIELDS,
    OPEN_STATES,
    Application,
    ApplicationDocument,
    ApplicationState,
    DocumentCode,
    OfficerRight,
    Provider,
    ProviderKind,
    Purpose,
    ReturnedItem,
    User,
)

APPLICATION = Workflow(
    "state",
    (
        Transition(
            name="submit",
            sources=(ApplicationState.DRAFT, ApplicationState.RETURNED),
            target=ApplicationState.SUBMITTED,
            permission="registration.edit_application",
            event=Event.APPLICATION_SUBMITTED,
            article="P22(1)a.1",
        ),
        Transition(
            name="return",
            sources=(ApplicationState.SUBMITTED,),
            target=ApplicationState.RETURNED,
            permission="registration.verify_application",
            event=Event.APPLICATION_RETURNED,
            article="P10(2)b",
        ),
        Transition(
            name="approve",
            sources=(ApplicationState.SUBMITTED,),
            target=ApplicationState.APPROVED,
            permission="registration.verify_application",
            event=Event.APPLICATION_APPROVED,
            article="P10(3)",
        ),
        Transition(
            name="reject",
            sources=(ApplicationState.SUBMITTED, ApplicationState.RETURNED),
            target=ApplicationState.REJECTED,
            permission="registration.verify_application",
            event=Event.APPLICATION_REJECTED,
            article="P10(3)",
        ),
        Transition(
            name="archive",
            sources=OPEN_STATES,
            target=ApplicationState.ARCHIVED,
            permission=None,
            event=Event.APPLICATION_ARCHIVED,
            article="P22(1)a.1",
        ),
    ),
)

EDITABLE = (ApplicationState.DRAFT, ApplicationState.RETURNED)
# Without letters and digits that look alike: the code is read out at the counter.
CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE = "%s%s%s%s-%s%s%s%s"
MOST_LICENCES = 10


def current(user: User) -> Application | None:
    """What ``user``'s pages are about: the open application, else the latest one."""
    own = Q(purpose=Purpose.REGISTRATION)
    if user.officer and user.officer.right == OfficerRight.ADMINISTRATOR:
        own |= Q(purpose=Purpose.CHANGE, provider=user.officer.provider_id)
    mine = Application.objects.filter(own, applicant=user).select_related("provider")
    return mine.filter(state__in=OPEN_STATES).first() or mine.order_by("-started_at").first()


def may_start(user: User) -> Purpose | None:
    """What ``user`` could apply for now, if for anything."""
    if user.offices or Application.objects.filter(applicant=user, state__in=OPEN_STATES).exists():
        return None
    if user.officer is None:
        return Purpose.REGISTRATION
    is_open = (
        user.officer.right == OfficerRight.ADMINISTRATOR and user.officer.provider.verified_at
    )
    return Purpose.CHANGE if is_open else None


@transaction.atomic
def start(*, by: User) -> Application:
    """Begin to register, or to change what was verified; filled in from what is known."""
    person = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    purpose = may_start(person)
    if purpose is None:
        raise Refused(_("You cannot begin an application now."))
    application = Application(
        code=_new_code(),
        purpose=purpose,
        applicant=person,
        provider=person.provider,
        complete_by=period_end(),
        is_sample=person.is_sample,
    )
    if person.provider is not None:
        _only_open_change(person.provider)
        for name in IDENTITY_FIELDS:
            setattr(application, name, getattr(person.provider, name))
    application.save(force_insert=True)
    if person.provider is not None:
        _take_documents_along(application)
    record(
        Event.APPLICATION_STARTED,
        subject=application,
        by=by,
        code=application.code,
        purpose=purpose,
    )
    return application


@transaction.atomic
def save_step(application: Application, values: Mapping[str, str], *, by: User) -> None:
    """Keep what was filled in, complete or not."""
    locked = _editable(application, by)
    changed = [name for name, value in values.items() if getattr(locked, name) != value]
    unknown = set(values) - set(IDENTITY_FIELDS)
    if unknown:
        raise ValueError(f"not fields of an identity: {unknown}")
    for name in changed:
        setattr(application, name, values[name])
    if changed:
        application.save(update_fields=changed)
        record(Event.APPLICATION_CHANGED, subject=application, by=by, fields=changed)


@transaction.atomic
def add_document(
    application: Application,
    code: str,
    file: StoredFile,
    *,
    name: str,
    number: str = "",
    by: User,
) -> ApplicationDocument:
    """Keep a copy of a paper. One of each kind, but for licences, takes the former one's place."""
    locked = _editable(application, by)
    if code not in papers(locked):
        raise Refused(_("This document is not asked for."))
    former = locked.documents.filter(code=code, removed_at=None)
    if code != DocumentCode.LICENCE:
        former.update(removed_at=database_now())
    elif former.count() >= MOST_LICENCES:
        raise Refused(_("There are %(most)d licences already.") % {"most": MOST_LICENCES})
    document = ApplicationDocument.objects.create(
        application=locked, code=code, file=file, name=name[-200:], number=number
    )
    record(
        Event.APPLICATION_DOCUMENT_UPLOADED,
        subject=application,
        by=by,
        document=code,
        sha256=file.sha256,
    )
    return document


@transaction.atomic
def remove_document(document: ApplicationDocument, *, by: User) -> None:
    """Take a copy out of the application; the row stays, with what was checked about it."""
    _editable(document.application, by)
    kept = ApplicationDocument.objects.filter(pk=document.pk, removed_at=None)
    if kept.update(removed_at=database_now()):
        record(
            Event.APPLICATION_DOCUMENT_REMOVED,
            subject=document.application,
            by=by,
            document=document.code,
            sha256=document.file.sha256,
        )


@transaction.atomic
def read_document(document: ApplicationDocument, *, by: User) -> None:
    """Record that ``by`` looked at a copy of an identity document, the applicant included."""
    if not by.has_perm("registration.view_application", document.application):
        raise PermissionDenied
    record(
        Event.IDENTITY_DOCUMENT_READ,
        subject=document.application,
        by=by,
        document=document.code,
        sha256=document.file.sha256,
    )


@transaction.atomic
def submit(application: Application, *, by: User) -> None:
    """Hand it to the verifiers, complete (P22(1)a)."""
    locked = _editable(application, by)
    lacking = completeness.missing(locked)
    if lacking:
        raise Refused(
            ngettext(
                "%(count)d thing is missing: see the list.",
                "%(count)d things are missing: see the list.",
                len(lacking),
            )
            % {"count": len(lacking)}
        )
    surplus = locked.documents.filter(removed_at=None).exclude(code__in=papers(locked))
    surplus.update(removed_at=database_now())  # of another kind of provider, chosen before
    application.submitted_at = database_now()
    application.save(update_fields=["submitted_at"])
    APPLICATION.fire(application, "submit", by=by, code=application.code)
    notify([locked.applicant], "application_submitted", url=reverse("application"))


def archive_changes(provider: Provider, user: User, *, by: User) -> None:
    """``user`` does not administer the firm any more, so what that person began ends, sent or not.

    The caller holds the firm's row. Another administrator may begin anew.
    """
    begun = Application.objects.select_for_update(of=("self",)).filter(
        purpose=Purpose.CHANGE, provider=provider, applicant=user, state__in=OPEN_STATES
    )
    for application in begun:
        APPLICATION.fire(
            application, "archive", by=None, code=application.code, reason="not_administrator"
        )
        visits.cancel_coming(application, by=by)


def hold_firm(application: Application) -> None:
    """Before a change itself: who acts for its firm must not change meanwhile."""
    if application.purpose == Purpose.CHANGE and application.provider_id:
        Provider.objects.select_for_update(no_key=True).get(pk=application.provider_id)


def period_end() -> dt.datetime:
    """Until when an application that begins now must be complete, by the SOP."""
    return database_now() + dt.timedelta(days=law.current().application.complete_within.number)


def papers(application: Application) -> tuple[DocumentCode, ...]:
    """The papers that the law asks of a provider of this kind, and may ask (P22(3))."""
    if not application.kind:
        return ()
    return law.current().documents.of(ProviderKind(application.kind))


def asked_for(application: Application) -> list[ReturnedItem]:
    """What the verifier still wants, when the application came back."""
    if application.state != ApplicationState.RETURNED:
        return []
    items = list(application.returned_items.order_by("-returned_at", "pk"))
    return [item for item in items if item.returned_at == items[0].returned_at]


def _editable(application: Application, by: User) -> Application:
    """The application under lock, if ``by`` may change it now."""
    hold_firm(application)
    locked = (
        Application.objects.select_for_update(of=("self",))
        .select_related("applicant")
        .get(pk=application.pk)
    )
    by.__dict__.pop("officer", None)
    if not by.has_perm("registration.edit_application", locked):
        raise PermissionDenied
    if locked.state not in EDITABLE:
        raise Refused(_("The application is not being filled in now, so it stays as it is."))
    return locked


def _only_open_change(provider: Provider) -> None:
    """Two officers must not change the same firm past each other."""
    Provider.objects.select_for_update(no_key=True).get(pk=provider.pk)
    if Application.objects.filter(provider=provider, state__in=OPEN_STATES).exists():
        raise Refused(_("A change of your firm's data is under way already."))


def _take_documents_along(application: Application) -> None:
    """The copies of the last approved application stand until they are replaced."""
    approved = Application.objects.filter(
        provider=application.provider, state=ApplicationState.APPROVED
    )
    last = approved.order_by("-decided_at").first()
    if last is None:
        return
    ApplicationDocument.objects.bulk_create(
        ApplicationDocument(
            application=application,
            code=document.code,
            name=document.name,
            number=document.number,
            file_id=document.file_id,
        )
        for document in last.documents.filter(removed_at=None)
    )


def _new_code() -> str:
    return CODE % tuple(secrets.choice(CODE_LETTERS) for _place in range(8))
