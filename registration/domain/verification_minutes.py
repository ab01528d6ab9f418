"""The minutes of a verification (*berita acara verifikasi*), and the list of what is lacking.

Both are drawn from rows that stay as they are: checks, overrides, returned lists, the decision.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from lpse import pdf
from lpse.errors import Refused
from lpse.sealing import pdf_seal
from registration.domain import law, verification
from registration.models import Application, DocumentCheck, DocumentCode, ReturnedItem

LANGUAGE = "id"  # the documents are filed in Indonesia, whoever asks for them


def number(application: Application) -> str:
    decided_at = application.decided_at
    year = localdate(decided_at).year if decided_at else ""
    return f"BA-VERIFIKASI/{application.code}/{year}"


def render(application: Application) -> bytes:
    """The minutes of the decision as a PDF that carries the seal of the LPSE."""
    if application.state not in verification.DECIDED:
        raise Refused(_("Nothing has been decided on this application yet."))
    with translation.override(LANGUAGE):
        content = _content(application)
    document = pdf.render("pdf/minutes_verification.html", content, LANGUAGE)
    return pdf_seal.seal(document, reason=number(application))


def render_returned(application: Application) -> bytes:
    """The latest list of what the applicant is to complete, to be handed over at the counter."""
    latest = returned_lists(application)[:1]
    if not latest:
        raise Refused(_("This application has not been returned."))
    with translation.override(LANGUAGE):
        content = _always(application) | {"returned": latest[0]}
    document = pdf.render("pdf/returned_list.html", content, LANGUAGE)
    return pdf_seal.seal(document, reason=application.code)


def returned_lists(application: Application) -> list[dict[str, Any]]:
    """Every list that went to the applicant, the latest first."""
    lists: dict[dt.datetime, dict[str, Any]] = {}
    for item in application.returned_items.select_related("returned_by").order_by(
        "-returned_at", "pk"
    ):
        one = lists.setdefault(
            item.returned_at, {"at": item.returned_at, "by": item.returned_by, "items": []}
        )
        one["items"].append({"about": about(item), "words": item.words})
    return list(lists.values())


def about(item: ReturnedItem) -> str:
    """What an item is about, by the name of its paper or field."""
    if item.subject in DocumentCode.values:
        return str(DocumentCode(item.subject).label)
    return str(Application._meta.get_field(item.subject).verbose_name)  # type: ignore[union-attr]


def _content(application: Application) -> dict[str, Any]:
    checks = DocumentCheck.objects.filter(document__application=application)
    overrides = application.overrides.select_related("asked_by", "confirmed_by")
    return _always(application) | {
        "number": number(application),
        "papers": verification.standing(application),
        "checks": checks.select_related("document", "checked_by").order_by("checked_at", "pk"),
        "overrides": overrides,
        "returned": returned_lists(application),
        "visits": application.visits.exclude(arrived_at=None).select_related("counter"),
    }


def _always(application: Application) -> dict[str, Any]:
    return {
        "application": application,
        "law": law.current(),
        "is_sample": settings.SAMPLE_INSTALLATION,
    }
