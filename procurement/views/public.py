"""What anybody may read without signing in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render

from lpse.clock import database_now
from lpse.files.serve import serve
from lpse.http import fetch, page, recorded_page
from procurement.domain import document as documents_domain
from procurement.domain import queries, rule_set, stage
from procurement.domain.stage import Verb
from procurement.forms.search import SearchForm
from procurement.models import ScheduleChange, Tender
from procurement.models.tender import TenderQuerySet
from procurement.views import rules_table
from registration.domain import law as registration_law
from registration.http import Request

VIEW = "procurement.view_tender"


@login_not_required
@page
def tender_list(request: Request) -> HttpResponse:
    """Every announced tender: searched, filtered, sorted, page by page."""
    now = database_now()
    form = SearchForm(request.GET, now=now)
    criteria = form.criteria()
    found = queries.search(
        criteria,
        now=now,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    filters = {k: v for k, v in request.GET.items() if v and k not in {"after", "before"}}
    context = {
        "search_form": form,
        "page": found,
        "rows": [(t, stage.current_stages(t, now)) for t in found.tenders],
        "counted": queries.COUNTED,
        "previous": f"?{urlencode({**filters, 'before': found.previous})}"
        if found.previous
        else "",
        "next": f"?{urlencode({**filters, 'after': found.next})}" if found.next else "",
    }
    return render(request, "procurement/tender_list.html", context)


@login_not_required
@page
def tender(request: Request, code: str) -> HttpResponse:
    """The announcement."""
    shown = fetch(request, VIEW, visible(request), code=code)
    context = head_of(request, shown) | {"items": shown.items.all()}
    return render(request, "procurement/tender.html", context)


@login_not_required
@page
def schedule(request: Request, code: str) -> HttpResponse:
    """The stages in time, and every change with its reason."""
    shown = fetch(request, VIEW, visible(request), code=code)
    changes = ScheduleChange.objects.filter(stage__tender=shown)
    context = head_of(request, shown) | {
        "changes": changes.select_related("stage", "changed_by").order_by("-changed_at", "stage")
    }
    return render(request, "procurement/schedule.html", context)


@login_not_required
@page
def documents(request: Request, code: str) -> HttpResponse:
    """The documents with their digests."""
    shown = fetch(request, VIEW, visible(request), code=code)
    context = head_of(request, shown)
    context |= {
        "documents": shown.documents.filter(removed_at=None).select_related("file"),
        "may_fetch": stage.allows(shown, Verb.FETCH_DOCUMENTS, context["now"]),
    }
    return render(request, "procurement/documents.html", context)


@login_not_required
@recorded_page
def document(request: Request, code: str, pk: int) -> HttpResponseBase:
    """One document, and its entry in the register of downloads.

    The committee and the PPK read what they prepare themselves without an entry.
    """
    shown = fetch(request, VIEW, visible(request), code=code)
    wanted = get_object_or_404(
        shown.documents.filter(removed_at=None).select_related("file", "tender"), pk=pk
    )
    if not request.user.has_perm("procurement.view_workspace", shown):
        if shown.announced_at is None:
            return redirect("procurement:documents", code=code)
        documents_domain.fetch(wanted, by=request.user if request.user.is_authenticated else None)
    return serve(wanted.file, wanted.name, download=True)


@login_not_required
@page
def announcement(request: Request, code: str) -> HttpResponse:
    """The announcement as one document for the notice board and the file."""
    shown = fetch(request, VIEW, visible(request), code=code)
    context = head_of(request, shown) | {
        "items": shown.items.all(),
        "documents": shown.documents.filter(removed_at=None).select_related("file"),
    }
    return render(request, "procurement/announcement.html", context)


@login_not_required
@page
def rules(request: Request) -> HttpResponse:
    """The rule sets side by side, and the law of registration: each value with its source."""
    sets, registration = rule_set.available(), registration_law.current()
    context = {
        "rule_sets": sets,
        "sections": rules_table.sections(sets, rule_set.SECTIONS),
        "limits": rules_table.limits(sets),
        "registration": registration,
        "registration_only": [registration],
        "registration_sections": rules_table.sections([registration], registration_law.SECTIONS),
    }
    return render(request, "procurement/rules.html", context)


def visible(request: Request) -> TenderQuerySet:
    tenders: TenderQuerySet = Tender.objects.visible_to(request.user)
    return tenders.select_related("agency", "work_unit", "committee").prefetch_related("stages")


def head_of(request: Request, shown: Tender) -> dict[str, Any]:
    """What the head of every page of a tender needs."""
    now = database_now()
    law = rule_set.of(shown) if shown.rule_set else None
    return {
        "tender": shown,
        "now": now,
        "stages": shown.stages.all(),
        "current_stages": stage.current_stages(shown, now),
        "law": law,
        "procedure": law.procedures[shown.procedure] if law and shown.procedure else None,
        "may_join": stage.allows(shown, Verb.JOIN, now),
        "may_work": request.user.has_perm("procurement.view_workspace", shown),
    }
