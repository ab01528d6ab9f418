"""Deactivated User IDs: the verifier's desk, and the holder's answer without signing in."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from lpse.errors import Refused
from lpse.files.intake import store
from lpse.files.models import FileKind, StoredFile
from lpse.files.serve import serve
from lpse.http import fetch, form_page, recorded_page
from registration.domain import account
from registration.domain import deactivation as domain
from registration.forms.deactivation import AnswerForm, DeactivationForm, KeepForm, LiftForm
from registration.http import Request
from registration.models import Deactivation, User

LARGEST_COPY = 10 * 1024 * 1024
COPIES = (FileKind.PDF, FileKind.JPEG, FileKind.PNG)
ACTS = "registration.deactivate_user"


@form_page
def user_deactivate(request: Request, username: str) -> HttpResponse:
    person = fetch(request, ACTS, User.objects.all(), username=username)
    form = DeactivationForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            domain.deactivate(form.deactivation(person, _letter(form)), by=request.user)
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(
                request, _("The User ID is deactivated, its sessions have ended, its holder told.")
            )
            return redirect("user", username=person.username)
    return _render(request, "registration/deactivation_form.html", form, person=person)


@form_page
def deactivation_lift(request: Request, pk: int) -> HttpResponse:
    wanted = _wanted(request, pk)
    form = LiftForm(request.POST or None)
    if form.is_valid():
        try:
            domain.lift(wanted, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The User ID can be used again; its holder is told."))
            return redirect("user", username=wanted.user.username)
    return _render(request, "registration/deactivation_lift.html", form, deactivation=wanted)


@form_page
def deactivation_keep(request: Request, pk: int) -> HttpResponse:
    """After the answer: it stays, and why."""
    wanted = _wanted(request, pk)
    form = KeepForm(request.POST or None)
    if form.is_valid():
        try:
            domain.keep(wanted, reply=form.cleaned_data["reply"], by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The deactivation stays; its holder is told why."))
            return redirect("user", username=wanted.user.username)
    return _render(request, "registration/deactivation_keep.html", form, deactivation=wanted)


@recorded_page
def deactivation_letter(request: Request, pk: int) -> HttpResponseBase:
    """The copy of the request; it names people, so reading it is recorded."""
    if not request.user.has_perm("registration.view_users"):
        raise PermissionDenied
    found = get_object_or_404(Deactivation.objects.select_related("user", "letter"), pk=pk)
    if found.letter is None:
        raise Http404
    account.read(found.user, by=request.user)
    return serve(found.letter, f"{found.user.username}-{found.pk}.{found.letter.kind}")


@login_not_required
@form_page
def deactivation_answer(request: Request, token: str) -> HttpResponse:
    """What the holder of a deactivated User ID reads and answers, by the link in the e-mail.

    A link that was not given out by us leads nowhere, whatever stands in it.
    """
    found = domain.by_token(token)
    if found is None:
        raise Http404
    form = AnswerForm(request.POST or None)
    if form.is_valid():
        try:
            domain.answer(found, form.cleaned_data["answer"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your answer has arrived. The verifiers read it."))
            return redirect("deactivation_answer", token=token)
    return _render(request, "registration/deactivation_answer.html", form, deactivation=found)


def _wanted(request: Request, pk: int) -> Deactivation:
    wanted = get_object_or_404(Deactivation.objects.select_related("user"), pk=pk)
    if not request.user.has_perm(ACTS, wanted.user):
        raise PermissionDenied
    return wanted


def _letter(form: DeactivationForm) -> StoredFile | None:
    if not form.cleaned_data["letter"]:
        return None
    try:
        return store(form.cleaned_data["letter"], max_size=LARGEST_COPY, kinds=COPIES)
    except Refused as refusal:
        raise Refused(refusal, field="letter") from refusal


def _render(request: Request, template: str, form: object, **context: object) -> HttpResponse:
    is_bound = getattr(form, "is_bound", False)
    return render(request, template, {"form": form, **context}, status=422 if is_bound else 200)
