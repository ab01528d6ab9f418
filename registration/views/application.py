"""The applicant's own pages: fill in, upload, send, and come back to it (P22(1)a)."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lpse.errors import Refused
from lpse.files.intake import store
from lpse.files.models import FileKind
from lpse.files.serve import serve
from lpse.http import action, form_page, page, recorded_page
from registration.domain import application as domain
from registration.domain import application_forms, completeness, law
from registration.domain.completeness import Step
from registration.forms.application import FORMS, DocumentForm, StepForm
from registration.http import Request
from registration.models import (
    Application,
    ApplicationDocument,
    ApplicationState,
    DocumentCode,
    ProviderKind,
)

LARGEST_COPY = 10 * 1024 * 1024
COPIES = (FileKind.PDF, FileKind.JPEG, FileKind.PNG)
TITLES = {
    Step.KIND: gettext_lazy("Kind of provider"),
    Step.IDENTITY: gettext_lazy("Identity"),
    Step.ADDRESS: gettext_lazy("Address"),
    Step.RESPONSIBLE: gettext_lazy("Responsible person"),
    Step.DOCUMENTS: gettext_lazy("Documents"),
    Step.CHECK: gettext_lazy("Check and send"),
}
NEXT = dict(pairwise(Step))


@page
def application(request: Request) -> HttpResponse:
    mine = domain.current(request.user)
    if mine is None:
        return render(
            request,
            "registration/application_start.html",
            {"purpose": domain.may_start(request.user), "papers": law.current().documents},
        )
    lacking = completeness.missing(mine) if mine.state in domain.EDITABLE else []
    return render(
        request,
        "registration/application.html",
        {
            "application": mine,
            "is_editable": mine.state in domain.EDITABLE,
            "steps": _steps(mine, lacking),
            "lacking": lacking,
            "asked_for": domain.asked_for(mine),
            "next_purpose": domain.may_start(request.user),
        },
    )


@action
def application_start(request: Request) -> HttpResponse:
    domain.start(by=request.user)
    return redirect("application_step", step=Step.KIND)


@form_page
def application_step(request: Request, step: str) -> HttpResponse:
    """One page of questions; it is kept when something is missing, and asked again later."""
    mine, here = _editable(request), Step(step)
    form = FORMS[here](request.POST or None, instance=mine)
    if form.is_valid():
        try:
            domain.save_step(mine, form.cleaned_data, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Kept."))
            return _after(request, here)
    _note(form, mine, is_asked="missing" in request.GET)
    return _shown(request, mine, here, {"form": form}, status=422 if form.is_bound else 200)


@form_page
def application_documents(request: Request) -> HttpResponse:
    """Every document has its own small form: one that is refused takes no other with it."""
    mine = _editable(request)
    form = DocumentForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            _add(mine, form, request)
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("The document was kept."))
            return redirect("application_documents")
    return _shown(
        request,
        mine,
        Step.DOCUMENTS,
        {"papers": _papers(mine, form), "form": form},
        status=422 if form.is_bound else 200,
    )


@recorded_page
def application_document(request: Request, pk: int) -> HttpResponseBase:
    document = _own_document(request, pk)
    domain.read_document(document, by=request.user)
    extension = "jpg" if document.file.kind == FileKind.JPEG else document.file.kind
    return serve(document.file, f"{document.code}-{document.application.code}.{extension}")


@action
def application_document_remove(request: Request, pk: int) -> HttpResponse:
    domain.remove_document(_own_document(request, pk), by=request.user)
    messages.success(request, _("The document was taken out."))
    return redirect("application_documents")


@form_page
def application_check(request: Request) -> HttpResponse:
    """The last look, and the button that sends."""
    mine = _editable(request)
    refused = ""
    if request.method == "POST":
        try:
            domain.submit(mine, by=request.user)
        except Refused as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("The application was sent for verification."))
            return redirect("application")
    context = {
        "lacking": completeness.missing(mine),
        "documents": mine.documents.filter(removed_at=None, code__in=domain.papers(mine)),
        "refused": refused,
        "titles": TITLES,
    }
    return _shown(request, mine, Step.CHECK, context, status=422 if refused else 200)


@page
def application_form(request: Request, form: str) -> HttpResponse:
    """One of the two forms of P22(6), filled in with what is known."""
    mine = domain.current(request.user)
    if mine is None:
        raise Http404
    document = application_forms.render(mine, application_forms.Form(form))
    response = HttpResponse(document, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{form}-{mine.code}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def _editable(request: Request) -> Application:
    mine = domain.current(request.user)
    if mine is None or mine.state not in domain.EDITABLE:
        raise Http404
    return mine


def _own_document(request: Request, pk: int) -> ApplicationDocument:
    found = ApplicationDocument.objects.select_related("application", "file")
    return get_object_or_404(found, application__applicant=request.user, pk=pk, removed_at=None)


def _add(mine: Application, form: DocumentForm, request: Request) -> None:
    upload = form.cleaned_data["file"]
    try:
        file = store(upload, max_size=LARGEST_COPY, kinds=COPIES, strict=True)
    except Refused as refusal:
        raise Refused(refusal, field="file") from refusal
    domain.add_document(
        mine,
        form.cleaned_data["code"],
        file,
        name=upload.name,
        number=form.cleaned_data["number"],
        by=request.user,
    )


def _papers(mine: Application, sent: DocumentForm) -> list[dict[str, Any]]:
    """What is asked for, what is there, and beside each what is wrong with it."""
    needed = set(law.current().documents.needed(ProviderKind(mine.kind))) if mine.kind else set()
    there = list(mine.documents.filter(removed_at=None).select_related("file"))
    asked = domain.asked_for(mine)
    return [
        {
            "code": code,
            "label": _label(code, mine.kind),
            "is_needed": code in needed,
            "documents": [document for document in there if document.code == code],
            "asked": [item.words for item in asked if item.subject == code],
            "form": sent
            if sent.is_bound and sent.data.get("code") == code
            else DocumentForm(initial={"code": code}, auto_id=f"id_{code}_%s"),
        }
        for code in domain.papers(mine)
    ]


def _label(code: DocumentCode, kind: str) -> str:
    """P22(1)a.2c): whose NPWP it is depends on who registers."""
    if code != DocumentCode.NPWP:
        return str(code.label)
    if kind == ProviderKind.SOLE:
        return _("NPWP of the responsible person")
    return _("NPWP of the company") if kind == ProviderKind.COMPANY else _("Your NPWP")


def _note(form: StepForm, mine: Application, *, is_asked: bool) -> None:
    """Beside each field: what the verifier asked for, and what still lacks."""
    for item in domain.asked_for(mine):
        if item.subject in form.fields:
            form.note(item.subject, item.words)
    if is_asked and not form.is_bound:
        for lack in completeness.missing(mine):
            if lack.subject in form.fields:
                form.note(lack.subject, lack.words)


def _after(request: Request, here: Step) -> HttpResponse:
    following = NEXT[here]
    if "leave" in request.POST:
        return redirect("application")
    if following == Step.DOCUMENTS:
        return redirect("application_documents")
    return redirect("application_step", step=following)


def _steps(mine: Application, lacking: list[completeness.Missing]) -> list[dict[str, Any]]:
    open_steps = {lack.step for lack in lacking}
    is_begun = bool(mine.kind)
    return [
        {
            "step": step,
            "title": title,
            "lacks": sum(lack.step == step for lack in lacking),
            "is_done": is_begun and step not in open_steps,
        }
        for step, title in TITLES.items()
        if step != Step.CHECK
    ]


def _shown(
    request: Request, mine: Application, here: Step, context: dict[str, Any], *, status: int
) -> HttpResponse:
    template = {
        Step.DOCUMENTS: "registration/application_documents.html",
        Step.CHECK: "registration/application_check.html",
    }.get(here, "registration/application_step.html")
    return render(
        request,
        template,
        {
            "application": mine,
            "here": here,
            "title": TITLES[here],
            "steps": list(TITLES.values()),
            "number": list(TITLES).index(here) + 1,
            "is_returned": mine.state == ApplicationState.RETURNED,
            **context,
        },
        status=status,
    )
