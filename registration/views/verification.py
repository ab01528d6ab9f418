"""The verifiers' queue and the desk at which one application is verified (P10(2), P22(2))."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from lpse.clock import database_now
from lpse.errors import Refused
from lpse.files.models import FileKind
from lpse.files.serve import serve
from lpse.http import action, fetch, form_page, page, recorded_page
from registration.domain import account, law, queue
from registration.domain import application as applications
from registration.domain import verification as domain
from registration.domain import verification_minutes as minutes
from registration.domain import visit as visits
from registration.domain.queue import Shown
from registration.forms.verification import (
    CheckForm,
    OverrideForm,
    QueueForm,
    RejectForm,
    ReturnForm,
    WalkInForm,
)
from registration.http import Request
from registration.models import (
    Application,
    ApplicationDocument,
    ApplicationState,
    Counter,
    Override,
)

A_PAGE = 25
VIEW = "registration.view_application"
QUEUE = "registration.view_queue"
MOST_VISITS = 20


@page
def verifications(request: Request) -> HttpResponse:
    """Who waits, the longest first; a code that was scanned opens its application at once."""
    _permit(request)
    form = QueueForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    words = wanted.get("q", "").strip()
    if words and (scanned := queue.by_code(words)):
        return redirect(scanned)
    clock = queue.clock()
    shown = Shown(wanted.get("shown") or Shown.WAITING)
    found = queue.matching(shown, words, clock)
    sheet = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    now = database_now()
    context = {
        "form": form,
        "shown": shown,
        "tabs": [
            (label, _address(request, shown=one, page=""), one == shown)
            for one, label in queue.LABELS.items()
        ],
        "lines": queue.lines(sheet.object_list, clock),
        "total": sheet.paginator.count,
        "newer": _address(request, page=sheet.number - 1) if sheet.has_previous() else "",
        "older": _address(request, page=sheet.number + 1) if sheet.has_next() else "",
        "first": queue.next_for(request.user),
        "visits": visits.on(localdate(now))[:MOST_VISITS],
        "term": law.current().verification.decide_within,
        "has_counters": Counter.objects.exists(),
    }
    return render(request, "registration/verification_list.html", context)


@form_page
def verification(request: Request, code: str) -> HttpResponse:
    """The data beside the documents. What is entered about these is kept all at once."""
    application = _application(request, code)
    found = domain.standing(application)
    forms = [CheckForm(paper, request.POST or None) for paper in found]
    if request.method == "POST" and not _with_errors(forms):
        try:
            _check(application, forms, request)
        except Refused as refusal:
            if not forms:
                messages.error(request, str(refusal))
                return redirect(application)
            _beside(forms, refusal)
        else:
            return redirect(f"{application.get_absolute_url()}#decision")
    status = 422 if any(form.errors for form in forms) else 200
    context = _desk(application, request) | {"forms": forms, "form": _with_errors(forms)}
    return render(request, "registration/verification.html", context, status=status)


@recorded_page
def verification_document(request: Request, code: str, pk: int) -> HttpResponseBase:
    """The copy itself; that somebody read it is recorded."""
    application = fetch(request, VIEW, _readable(request), code=code)
    papers = ApplicationDocument.objects.select_related("application", "file")
    document = get_object_or_404(papers, application=application, pk=pk)
    applications.read_document(document, by=request.user)
    extension = "jpg" if document.file.kind == FileKind.JPEG else document.file.kind
    return serve(document.file, f"{application.code}-{document.code}.{extension}")


@action
def verification_override(request: Request, code: str) -> HttpResponse:
    application = _application(request, code)
    form = OverrideForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Say why the doubt does not hold."))
    entered = form.cleaned_data
    domain.set_aside(
        application,
        entered["doubt"],
        entered["about"],
        reason=entered["reason"],
        by=request.user,
    )
    messages.success(request, _("The doubt is set aside once a second person confirms it."))
    return redirect(f"{application.get_absolute_url()}#doubts")


@action
def verification_confirm(request: Request, code: str, pk: int) -> HttpResponse:
    application = _application(request, code)
    override = get_object_or_404(
        Override.objects.select_related("application"), application=application, pk=pk
    )
    domain.confirm(override, by=request.user)
    messages.success(request, _("You have confirmed that the doubt is set aside."))
    return redirect(f"{application.get_absolute_url()}#decision")


@form_page
def verification_return(request: Request, code: str) -> HttpResponse:
    """The list, in plain words, of what is to be completed."""
    application = _application(request, code)
    form = ReturnForm(application, domain.standing(application), request.POST or None)
    if form.is_valid():
        try:
            domain.give_back(application, form.items(), by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The applicant has been told what to complete."))
            return _next(request, application)
    context = {"form": form, "application": application}
    status = 422 if form.is_bound else 200
    return render(request, "registration/verification_return.html", context, status=status)


@action
def verification_approve(request: Request, code: str) -> HttpResponse:
    application = _application(request, code)
    domain.approve(application, by=request.user)
    messages.success(request, _("%(name)s is verified.") % {"name": application.name})
    return _next(request, application)


@form_page
def verification_reject(request: Request, code: str) -> HttpResponse:
    application = _application(request, code)
    form = RejectForm(request.POST or None)
    if form.is_valid():
        try:
            domain.reject(application, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("The application is rejected, and its applicant told."))
            return _next(request, application)
    context = {"form": form, "application": application}
    status = 422 if form.is_bound else 200
    return render(request, "registration/verification_reject.html", context, status=status)


@action
def verification_walk_in(request: Request, code: str) -> HttpResponse:
    application = _application(request, code)
    form = WalkInForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Choose the counter."))
    visits.walk_in(application, form.cleaned_data["counter"], by=request.user)
    messages.success(request, _("The applicant's arrival is noted."))
    return redirect(application)


@recorded_page
def verification_minutes(request: Request, code: str) -> HttpResponse:
    """The minutes of the decision, for the verifiers and for the applicant."""
    application = fetch(request, VIEW, _readable(request), code=code)
    return _pdf(request, application, minutes.render, "berita-acara")


@recorded_page
def verification_returned(request: Request, code: str) -> HttpResponse:
    """What is to be completed, on paper."""
    application = fetch(request, VIEW, _readable(request), code=code)
    return _pdf(request, application, minutes.render_returned, "kelengkapan")


def _pdf(request: Request, application: Application, made: Any, name: str) -> HttpResponse:
    try:
        content = made(application)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("home")
    account.read_about(application, by=request.user)
    filename = f"{name}-{application.code}.pdf"
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{filename}"',
            "Cache-Control": "private, no-store",
        },
    )


def _desk(application: Application, request: Request) -> dict[str, Any]:
    is_waiting = application.state == ApplicationState.SUBMITTED
    return {
        "application": application,
        "seen": domain.shown(application),
        "line": queue.clock().line(application, database_now()),
        "term": law.current().verification.decide_within,
        "doubts": domain.open_doubts(application) if is_waiting else [],
        "hindrances": domain.hindrances(application) if is_waiting else [],
        "overrides": application.overrides.select_related("asked_by", "confirmed_by"),
        "returned": minutes.returned_lists(application),
        "visits": application.visits.filter(cancelled_at=None).select_related("counter"),
        "counters": Counter.objects.filter(is_open=True),
        "is_waiting": is_waiting,
        "is_own": application.applicant_id == request.user.pk,
        "next": queue.next_for(request.user, after=application),
    }


def _check(application: Application, forms: list[CheckForm], request: Request) -> None:
    entered = {form.paper.document.pk: form.finding() for form in forms}
    findings = {pk: finding for pk, finding in entered.items() if finding}
    seen = request.POST.get("seen", "")
    count = domain.check(application, findings, seen=seen, by=request.user)
    if count:
        messages.success(request, _("What you found is noted."))
    else:
        messages.info(request, _("Nothing new was entered."))


def _beside(forms: list[CheckForm], refusal: Refused) -> None:
    """Put what was refused beside its document, or above all of them."""
    prefix, _dash, field = (refusal.field or "").partition("-")
    form = next((form for form in forms if form.prefix == prefix), forms[0])
    form.add_error(field or None, str(refusal))


def _with_errors(forms: list[CheckForm]) -> CheckForm | None:
    return next((form for form in forms if form.errors), None)


def _next(request: Request, application: Application) -> HttpResponse:
    """On to the one who has waited longest, or back to the queue when nobody does."""
    following = queue.next_for(request.user, after=application)
    return redirect(following or reverse("verifications"))


def _application(request: Request, code: str) -> Application:
    _permit(request)
    return get_object_or_404(_all(), code=code)


def _all() -> QuerySet[Application]:
    return Application.objects.select_related("applicant", "provider", "verifier", "decided_by")


def _readable(request: Request) -> QuerySet[Application]:
    """Whoever guesses an address does not even learn that there is something."""
    if request.user.has_perm(QUEUE):
        return _all()
    return _all().filter(applicant=request.user)


def _permit(request: Request) -> None:
    if not request.user.has_perm(QUEUE):
        raise PermissionDenied


def _address(request: Request, **change: Any) -> str:
    query = {**request.GET.dict(), **change}
    return f"?{urlencode({name: value for name, value in query.items() if value})}"
