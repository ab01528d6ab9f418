"""The committee's desk: from the hand-over to the announcement, and the schedule after it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from lpse.audit.events import Event
from lpse.audit.log import record
from lpse.clock import database_now
from lpse.errors import Refused
from lpse.files.size import size_text
from lpse.http import action, fetch, form_page, page, recorded_page
from procurement.domain import amendment, document, rule_set, schedule, stage, statement
from procurement.domain import tender as domain
from procurement.domain.schedule import Finding, Planned
from procurement.forms.document import DocumentForm
from procurement.forms.schedule import ProposalForm, ScheduleChangeForm, ScheduleForm
from procurement.forms.tender import ProcedureForm, ReasonForm, add_refusal
from procurement.models import DocumentKind, StageCode, Tender, TenderState
from procurement.models.tender import TenderQuerySet
from registration.http import Request
from registration.models import Role

SHOWN_AT_ONCE = 200
PREPARE = "procurement.prepare_tender"


@page
def workspaces(request: Request) -> HttpResponse:
    """The tenders of my committees, those in preparation first."""
    committees = [o.committee_id for o in request.user.offices if o.role == Role.POKJA]
    if not committees:
        raise PermissionDenied
    tenders = (
        Tender.objects.filter(committee__in=committees)
        .exclude(state=TenderState.DRAFT)
        .select_related("agency", "committee")
        .prefetch_related("stages")
        .order_by("-pk")[:SHOWN_AT_ONCE]
    )
    now = database_now()
    rows = [(t, stage.current_stages(t, now)) for t in tenders]
    context = {
        "preparing": [row for row in rows if row[0].state == TenderState.HANDED_OVER],
        "running": [row for row in rows if row[0].state != TenderState.HANDED_OVER],
    }
    return render(request, "procurement/workspaces.html", context)


@page
def workspace(request: Request, code: str) -> HttpResponse:
    """One tender on the committee's desk: what is done, what is missing, what comes next."""
    shown = fetch(request, "procurement.view_workspace", _visible(request), code=code)
    now = database_now()
    is_prepared = shown.state == TenderState.HANDED_OVER
    matters = domain.matters(shown) if is_prepared else []
    blocking = [matter for matter in matters if matter.blocks]
    hindrances = statement.hindrances(shown) if is_prepared else []
    pending = statement.pending(shown)
    context = {
        "tender": shown,
        "now": now,
        "law": rule_set.of(shown) if shown.rule_set else None,
        "members": shown.members(now.date()),
        "stages": shown.stages.all(),
        "current_stages": stage.current_stages(shown, now),
        "documents": shown.documents.filter(removed_at=None).select_related("file"),
        "blocking": blocking,
        "advice": [m for m in matters if not m.blocks],
        "hindrances": hindrances,
        "pending": pending,
        "lacks_something": bool(blocking or hindrances or pending),
        "steps": _steps(shown, matters),
        "is_prepared": is_prepared,
        "may_prepare": request.user.has_perm(PREPARE, shown),
        "may_change": shown.state == TenderState.ANNOUNCED
        and request.user.has_perm("procurement.change_schedule", shown),
        "may_cancel": shown.state in {TenderState.HANDED_OVER, TenderState.ANNOUNCED}
        and request.user.has_perm("procurement.cancel_tender", shown),
    }
    return render(request, "procurement/workspace.html", context)


@form_page
def procedure(request: Request, code: str) -> HttpResponse:
    shown = _to_prepare(request, code)
    initial = f"{shown.rule_set}/{shown.procedure}" if shown.procedure else ""
    form = ProcedureForm(request.POST or None, initial={"choice": initial})
    if request.method == "POST" and form.is_valid():
        law, chosen = form.chosen()
        try:
            domain.choose_procedure(shown, code=law, procedure=chosen, by=request.user)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The procedure was chosen. Now set the schedule."))
            return redirect("procurement:schedule_edit", code=code)
    context = {"tender": shown, "form": form, "rule_sets": rule_set.available()}
    return render(
        request, "procurement/procedure.html", context, status=422 if form.errors else 200
    )


@form_page
def schedule_edit(request: Request, code: str) -> HttpResponse:
    """The twelve stages: proposed, edited, and checked against the rule set.

    A proposal only fills the form; nothing is written before it is saved. Dates that break a
    rule are kept, with what is wrong beside them: only the announcement is refused.
    """
    shown = _to_prepare(request, code)
    if not shown.procedure:
        return redirect("procurement:procedure", code=code)
    saved: list[Planned] = list(shown.stages.all())
    proposal = ProposalForm(request.GET or None, initial={"start": _soon(shown)})
    stages, is_proposal = saved, False
    if request.method != "POST" and request.GET and proposal.is_valid():
        stages = list(schedule.propose(shown, proposal.cleaned_data["start"]))
        is_proposal = True
    form = ScheduleForm(request.POST if request.method == "POST" else None, stages=stages)
    if request.method == "POST" and form.is_valid():
        try:
            schedule.set_schedule(shown, form.dates(), by=request.user)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The schedule was saved."))
            return redirect("procurement:schedule_edit", code=code)
    shown_stages = stages if request.method != "POST" else _typed(form)
    context = {
        "tender": shown,
        "form": form,
        "proposal": proposal,
        "is_proposal": is_proposal,
        "rows": _rows(form, _findings(shown, shown_stages)),
        "law": rule_set.of(shown),
    }
    return render(
        request, "procurement/schedule_edit.html", context, status=422 if form.errors else 200
    )


@form_page
def schedule_change(request: Request, code: str) -> HttpResponse:
    """New dates for an announced tender, with the reason everybody will read."""
    shown = fetch(request, "procurement.change_schedule", _visible(request), code=code)
    if shown.state != TenderState.ANNOUNCED:
        raise PermissionDenied
    stages = list(shown.stages.all())
    now = database_now()
    form = ScheduleChangeForm(
        request.POST or None, stages=stages, locked=[s.code for s in stages if s.ends_at <= now]
    )
    if request.method == "POST" and form.is_valid():
        changes = form.changes(stages)
        try:
            waits = amendment.change(
                shown, changes, reason=form.cleaned_data["reason"], by=request.user
            )
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            return _changed(request, shown, is_waiting=waits is not None)
    context = {
        "tender": shown,
        "form": form,
        "rows": _rows(form, []),
        "reason": form["reason"],
        "law": rule_set.of(shown),
    }
    return render(
        request, "procurement/schedule_change.html", context, status=422 if form.errors else 200
    )


@form_page
def files(request: Request, code: str) -> HttpResponse:
    """The documents that will be announced with the tender."""
    shown = _to_prepare(request, code)
    form = DocumentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            kept = document.upload(
                shown,
                DocumentKind(given["kind"]),
                given["file"].name,
                given["file"],
                by=request.user,
            )
        except Refused as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(request, _("“%(name)s” was stored.") % {"name": kept.name})
            return redirect("procurement:files", code=code)
    context = {
        "tender": shown,
        "form": form,
        "documents": shown.documents.filter(removed_at=None).select_related("file"),
        "largest": size_text(document.LARGEST),
        "kinds": [kind.label for kind in document.KINDS],
    }
    return render(request, "procurement/files.html", context, status=422 if form.errors else 200)


@action
def file_remove(request: Request, code: str, pk: int) -> HttpResponse:
    shown = _to_prepare(request, code)
    unwanted = get_object_or_404(shown.documents.select_related("file", "tender"), pk=pk)
    document.remove(unwanted, by=request.user)
    messages.success(request, _("“%(name)s” was removed.") % {"name": unwanted.name})
    return redirect("procurement:files", code=code)


@recorded_page
def estimate(request: Request, code: str) -> HttpResponse:
    """The secret lines of the HPS; that somebody read them is on record."""
    shown = fetch(request, "procurement.read_estimate", _visible(request), code=code)
    with transaction.atomic():
        record(Event.TENDER_ESTIMATE_READ, subject=shown, by=request.user)
    items = [(item, domain.line_of(item).total) for item in shown.items.all()]
    context = {
        "tender": shown,
        "items": items,
        "subtotal": sum((total for _item, total in items), start=Decimal(0)),
    }
    return render(request, "procurement/estimate.html", context)


@form_page
def hand_back(request: Request, code: str) -> HttpResponse:
    shown = fetch(request, "procurement.hand_back_tender", _visible(request), code=code)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            domain.hand_back(shown, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The package was returned to its PPK."))
            return redirect("procurement:workspaces")
    context = {"tender": shown, "form": form}
    return render(
        request, "procurement/hand_back.html", context, status=422 if form.errors else 200
    )


def _visible(request: Request) -> TenderQuerySet:
    tenders: TenderQuerySet = Tender.objects.visible_to(request.user)
    return tenders.select_related("agency", "work_unit", "committee", "ppk").prefetch_related(
        "stages"
    )


def _to_prepare(request: Request, code: str) -> Tender:
    shown = fetch(request, PREPARE, _visible(request), code=code)
    if shown.state != TenderState.HANDED_OVER:
        raise PermissionDenied
    return shown


def _steps(tender: Tender, matters: Iterable[domain.Matter]) -> dict[str, Any]:
    """The committee's job in five steps; the first with something open is the current one."""
    open_places = {m.place for m in matters if m.blocks}
    done = [
        "procedure" not in open_places,
        bool(tender.procedure) and "schedule_edit" not in open_places,
        bool(tender.procedure) and "files" not in open_places,
        tender.state != TenderState.HANDED_OVER,
    ]
    current = next((n for n, is_done in enumerate(done, start=1) if not is_done), len(done) + 1)
    labels = [_("Procedure"), _("Schedule"), _("Documents"), _("Sign and announce")]
    return {"labels": labels, "current": current}


def _findings(tender: Tender, stages: Iterable[Planned]) -> list[Finding]:
    stages = list(stages)
    if not stages:
        return []
    return schedule.check(
        stages, rule_set.of(tender), procedure=tender.procedure, now=database_now()
    )


def _rows(form: ScheduleForm, findings: Iterable[Finding]) -> list[dict[str, Any]]:
    found = list(findings)
    return [
        {**row, "findings": [f for f in found if f.stage == row["code"]]} for row in form.rows()
    ]


def _typed(form: ScheduleForm) -> list[Planned]:
    """What was typed, where all of it can be read."""
    if form.errors:
        return []
    return [schedule.Period(StageCode(c), *d) for c, d in form.dates().items()]


def _soon(tender: Tender) -> dt.datetime:
    """Where a proposal begins by default: in training at once, else tomorrow."""
    ahead = dt.timedelta(minutes=5) if tender.is_training else dt.timedelta(days=1)
    return database_now() + ahead


def _changed(request: Request, tender: Tender, *, is_waiting: bool) -> HttpResponse:
    if is_waiting:
        messages.info(
            request,
            _("The new dates take effect when a majority of the committee has signed them."),
        )
        return redirect("procurement:statement", code=tender.code)
    messages.success(request, _("The schedule was changed, and everybody who follows was told."))
    return redirect("procurement:schedule", code=tender.code)
