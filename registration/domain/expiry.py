"""Reminding firms of papers that expire: each version of one once, however often this runs."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from lpse.mail import notify
from registration.domain import law, officer, qualification
from registration.models import (
    ApplicationDocument,
    ApplicationState,
    DocumentCheck,
    ExpiryReminder,
    Provider,
    QualificationVersion,
    User,
)


def remind() -> int:
    """Remind of everything that expires soon; how many papers were spoken of.

    What expired while nothing ran is spoken of too, as long as it is not older than the notice.
    """
    day, notice = qualification.today(), law.current().validity.remind_before.number
    span = (day - dt.timedelta(days=notice), day + dt.timedelta(days=notice))
    told = sum(_remind_of_version(version) for version in expiring_versions(span))
    return told + sum(_remind_of_check(check) for check in expiring_checks(span))


def expiring_versions(span: tuple[dt.date, dt.date]) -> list[QualificationVersion]:
    """The versions that count, and of which nobody was reminded yet."""
    counting = qualification.latest().values("pk")
    return list(
        QualificationVersion.objects.filter(
            pk__in=counting, valid_until__range=span, reminder=None
        ).select_related("qualification__provider")
    )


def expiring_checks(span: tuple[dt.date, dt.date]) -> list[DocumentCheck]:
    """The same for the papers the LPSE verified; a paper verified later stands for the old."""
    return list(counting_checks().filter(valid_until__range=span, reminder=None))


def counting_checks() -> QuerySet[DocumentCheck]:
    """The last check of every paper of the last approved application that had such a paper."""
    approved = ApplicationDocument.objects.filter(
        application__state=ApplicationState.APPROVED, removed_at=None
    )
    newer_paper = approved.filter(
        code=OuterRef("document__code"),
        application__provider=OuterRef("document__application__provider"),
        application__decided_at__gt=OuterRef("document__application__decided_at"),
    )
    newer_check = DocumentCheck.objects.filter(
        document=OuterRef("document"), pk__gt=OuterRef("pk")
    )
    return (
        DocumentCheck.objects.filter(document__in=approved)
        .exclude(Exists(newer_paper))
        .exclude(Exists(newer_check))
        .select_related("document__application__provider")
    )


@transaction.atomic
def _remind_of_version(version: QualificationVersion) -> bool:
    if not _is_first(ExpiryReminder(version=version)):
        return False
    paper = version.qualification
    _tell(
        paper.provider,
        url=reverse("qualification", kwargs={"pk": paper.pk}),
        template="qualification_expires",
        version=version,
    )
    return True


@transaction.atomic
def _remind_of_check(check: DocumentCheck) -> bool:
    provider = check.document.application.provider
    if provider is None or not _is_first(ExpiryReminder(check_of_document=check)):
        return False
    _tell(
        provider,
        url=reverse("firm"),
        template="document_expires",
        check=check,
    )
    return True


def _is_first(reminder: ExpiryReminder) -> bool:
    """Whether nobody else, at the same moment, reminds of the same."""
    try:
        with transaction.atomic():
            reminder.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def _tell(provider: Provider, *, template: str, url: str, **context: object) -> None:
    people: list[User] = [acting.user for acting in officer.of(provider)]
    notify(people, template, url=url, provider=provider, **context)
