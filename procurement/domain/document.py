"""The documents of a tender: what is announced with it, and who fetched it."""

from __future__ import annotations

from typing import IO

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from lpse.audit.events import Event
from lpse.audit.log import record
from lpse.clock import database_now
from lpse.errors import Refused
from lpse.files.intake import store
from lpse.files.models import FileKind
from procurement.domain import tender_lock
from procurement.domain.stage import Verb, allows
from procurement.models import DocumentKind, Download, Tender, TenderDocument, TenderState
from registration.models import User

LARGEST = 100 * 1024 * 1024
LONGEST_NAME = 200
KINDS = tuple(FileKind)


def upload(
    tender: Tender, kind: DocumentKind, name: str, content: File[bytes] | IO[bytes], *, by: User
) -> TenderDocument:
    """Keep ``content`` as a document of a tender that is being prepared.

    The bytes are stored before the row is locked: a slow disk must not hold up a tender.
    """
    _may(tender, by)
    file = store(content, max_size=LARGEST, kinds=KINDS)
    with transaction.atomic():
        locked = tender_lock.take(tender)
        _may(locked, by)
        twin = locked.documents.filter(removed_at=None, file=file).first()
        if twin:
            raise Refused(
                _("This very file is already there, as “%(name)s”.") % {"name": twin.name},
                field="file",
            )
        document = TenderDocument.objects.create(
            tender=locked, kind=kind, name=_safe(name), file=file, uploaded_by=by
        )
        record(
            Event.TENDER_DOCUMENT_UPLOADED,
            subject=locked,
            by=by,
            kind=kind,
            name=document.name,
            sha256=file.sha256,
            size=file.size,
        )
    return document


@transaction.atomic
def remove(document: TenderDocument, *, by: User) -> None:
    """Take a document out of what will be announced; that it was there stays on record."""
    locked = tender_lock.take(document.tender)
    _may(locked, by)
    removed = TenderDocument.objects.filter(pk=document.pk, removed_at=None).update(
        removed_at=database_now(), removed_by=by
    )
    if not removed:
        raise Refused(_("The document has been removed already."))
    record(
        Event.TENDER_DOCUMENT_REMOVED,
        subject=locked,
        by=by,
        name=document.name,
        sha256=document.file.sha256,
    )


@transaction.atomic
def fetch(document: TenderDocument, *, by: User | None) -> None:
    """Register that somebody fetched ``document``: addenda and changes are told to them."""
    now = database_now()
    if not allows(document.tender, Verb.FETCH_DOCUMENTS, now):
        raise Refused(_("The documents can be fetched from the start of the announcement on."))
    Download.objects.create(document=document, user=by, downloaded_at=now)
    record(
        Event.TENDER_DOCUMENT_DOWNLOADED,
        subject=document.tender,
        by=by,
        at=now,
        document=document.name,
        sha256=document.file.sha256,
    )


def _may(tender: Tender, by: User) -> None:
    if not by.has_perm("procurement.prepare_tender", tender):
        raise PermissionDenied
    if tender.state != TenderState.HANDED_OVER:
        raise Refused(_("The tender is announced: its documents can no longer be changed."))


def _safe(name: str) -> str:
    """A file name people can read: no folder before it, no control character in it."""
    bare = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in bare if c.isprintable()).strip()[-LONGEST_NAME:] or "file"
