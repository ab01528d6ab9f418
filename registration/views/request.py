"""Offices asked for by agencies, and the verifiers' decision about them (P22(1)b, P10(3))."""

from __future__ import annotations

import re

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from lpse.errors import Refused
from lpse.files.intake import store
from lpse.files.models import FileKind
from lpse.files.serve import serve
from lpse.http import fetch, form_page, page, recorded_page
from registration.domain import request as domain
from registration.forms.request import DecisionForm, RequestForm
from registration.http import Request
from registration.models import OfficeRequest, RequestState
from registration.views.assignment import COPIES, LARGEST_COPY

REQUESTS_A_PAGE = 25


@page
def requests(request: Request) -> HttpResponse:
    """A verifier's queue by waiting time; an asker's own requests, the newest first."""
    verifies = request.user.has_perm("registration.view_requests")
    if not verifies and not request.user.has_perm("registration.ask_offices"):
        raise PermissionDenied
    everything = domain.waiting() if verifies else domain.asked_by_or_for(request.user)
    shown = Paginator(everything, REQUESTS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "registration/requests.html",
        {
            "requests": shown.object_list,
            "total": shown.paginator.count,
            "newer": f"?page={shown.number - 1}" if shown.has_previous() else "",
            "older": f"?page={shown.number + 1}" if shown.has_next() else "",
            "verifies": verifies,
            "may_ask": request.user.has_perm("registration.ask_offices"),
        },
    )


@form_page
def request_new(request: Request) -> HttpResponse:
    if not request.user.has_perm("registration.ask_offices"):
        raise PermissionDenied
    form = RequestForm(request.POST or None, request.FILES or None, asker=request.user)
    if form.is_valid():
        try:
            asked = _ask(form, request)
        except Refused as refusal:
            form.add_error(_place(form, refusal), str(refusal))
        else:
            messages.success(
                request, _("The request waits at the LPSE. Bring the original of the decree.")
            )
            return redirect(asked)
    return render(
        request,
        "registration/request_form.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


@form_page
def office_request(request: Request, pk: int) -> HttpResponse:
    """What is asked beside its decree; whoever may decide does so here."""
    wanted = fetch(request, "registration.view_request", domain.visible(request.user), pk=pk)
    decides = wanted.state == RequestState.ASKED and request.user.has_perm(
        "registration.decide_request", wanted
    )
    if request.method == "POST" and not request.user.has_perm(
        "registration.decide_request", wanted
    ):
        raise PermissionDenied
    person = (
        domain.person_of(wanted) if request.user.has_perm("registration.view_requests") else None
    )
    form = DecisionForm(
        request.POST or None,
        is_new=person is None,
        initial={"username": _suggestion(wanted)},
    )
    refusal = domain.objection(wanted) if decides else None
    if form.is_valid():
        try:
            _decide(wanted, form, request)
        except Refused as refused:
            refusal = refused
            form.add_error(_place(form, refused), str(refused))
        else:
            messages.success(request, _("The decision is recorded, and both are told."))
            return redirect("requests")
    return render(
        request,
        "registration/request.html",
        {
            "wanted": wanted,
            "form": form if decides else None,
            "person": person,
            "refusal": refusal,
        },
        status=422 if form.is_bound else 200,
    )


@recorded_page
def request_decree(request: Request, pk: int) -> HttpResponseBase:
    """The copy of the decree; it names people, so reading it is recorded."""
    wanted = fetch(request, "registration.view_request", domain.visible(request.user), pk=pk)
    domain.read_decree(wanted, by=request.user)
    extension = "jpg" if wanted.decree_copy.kind == FileKind.JPEG else wanted.decree_copy.kind
    return serve(wanted.decree_copy, f"request-{wanted.pk}.{extension}")


def _ask(form: RequestForm, request: Request) -> OfficeRequest:
    try:
        copy = store(form.cleaned_data["decree_copy"], max_size=LARGEST_COPY, kinds=COPIES)
    except Refused as refusal:
        raise Refused(refusal, field="decree_copy") from refusal
    return domain.ask(form.wanted(copy), by=request.user)


def _decide(wanted: OfficeRequest, form: DecisionForm, request: Request) -> None:
    facts = form.cleaned_data
    if request.POST.get("decision") == "reject":
        domain.reject(wanted, reason=facts["reason"], by=request.user)
        return
    domain.approve(
        wanted,
        original_seen=facts["original_seen"],
        username=facts.get("username", ""),
        by=request.user,
    )


def _place(form: RequestForm | DecisionForm, refusal: Refused) -> str | None:
    """The field of the form that the refusal is about; what is asked has none on the desk."""
    return refusal.field if refusal.field in form.fields else None


def _suggestion(wanted: OfficeRequest) -> str:
    name = wanted.email.partition("@")[0]
    return re.sub(r"[^a-z0-9._-]", "", name.lower()).lstrip("._-")[:30]
