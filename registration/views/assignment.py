"""Offices: given and ended at the desk of the LPSE's verifier."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from lpse.errors import Refused
from lpse.files.intake import store
from lpse.files.models import FileKind
from lpse.files.serve import serve
from lpse.http import fetch, form_page, recorded_page
from registration.domain import account
from registration.domain import assignment as domain
from registration.forms.assignment import AssignmentForm, EndForm
from registration.http import Request
from registration.models import Assignment, User

LARGEST_COPY = 10 * 1024 * 1024
COPIES = (FileKind.PDF, FileKind.JPEG, FileKind.PNG)


@form_page
def assignment_new(request: Request, username: str) -> HttpResponse:
    person = fetch(request, "registration.assign_office", User.objects.all(), username=username)
    form = AssignmentForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            _assign(person, form, by=request.user)
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("The office was recorded."))
            return redirect("user", username=person.username)
    return render(
        request,
        "registration/assignment_form.html",
        {"form": form, "person": person},
        status=422 if form.is_bound else 200,
    )


@form_page
def assignment_end(request: Request, pk: int) -> HttpResponse:
    office = get_object_or_404(_offices(), pk=pk)
    if not request.user.has_perm("registration.end_office", office.user):
        raise PermissionDenied
    form = EndForm(request.POST or None)
    if form.is_valid():
        try:
            domain.end(office, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The office has ended and its holder is signed out."))
            return redirect("user", username=office.user.username)
    return render(
        request,
        "registration/assignment_end.html",
        {"form": form, "assignment": office},
        status=422 if form.is_bound else 200,
    )


@recorded_page
def assignment_decree(request: Request, pk: int) -> HttpResponseBase:
    """The copy of the decree; it names people, so reading it is recorded."""
    office = get_object_or_404(_offices(), pk=pk)
    if not request.user.has_perm("registration.view_users"):
        raise PermissionDenied
    if office.decree_copy is None:
        raise Http404
    account.read(office.user, by=request.user)
    extension = "jpg" if office.decree_copy.kind == FileKind.JPEG else office.decree_copy.kind
    return serve(office.decree_copy, f"{office.user.username}-{office.pk}.{extension}")


def _assign(person: User, form: AssignmentForm, *, by: User) -> None:
    try:
        copy = store(form.cleaned_data["decree_copy"], max_size=LARGEST_COPY, kinds=COPIES)
    except Refused as refusal:
        raise Refused(refusal, field="decree_copy") from refusal
    domain.assign(form.office(person, copy), by=by)


def _offices() -> QuerySet[Assignment]:
    return Assignment.objects.select_related(
        "user", "agency", "work_unit", "committee", "decree_copy"
    )
