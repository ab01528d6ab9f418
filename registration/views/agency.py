"""Agencies: taken in by the LPSE, kept by their own administrators."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from lpse.errors import Refused
from lpse.files.intake import store
from lpse.files.models import FileKind
from lpse.files.serve import serve
from lpse.http import action, fetch, form_page, page, recorded_page
from registration.domain import agency as domain
from registration.domain import certificate as certificates
from registration.domain import committee as committees
from registration.domain import request as offices
from registration.domain.agency import MODELS, Unit, UnitKind
from registration.forms.agency import UNIT_FORMS, AgencyForm, CertificateForm, UnitForm
from registration.http import Request
from registration.models import Agency, Certificate, Committee, User
from registration.views.assignment import COPIES, LARGEST_COPY

TITLES = {
    UnitKind.WORK_UNIT: lambda: _("Work unit"),
    UnitKind.PROCUREMENT_UNIT: lambda: _("Procurement unit (ULP)"),
    UnitKind.COMMITTEE: lambda: _("Committee (Pokja)"),
}
LATEST_REQUESTS = 10


@page
def agencies(request: Request) -> HttpResponse:
    """All of them for the LPSE, the own ones for an administrator."""
    sees_all = request.user.has_perm("registration.view_agencies")
    shown = Agency.objects.all() if sees_all else domain.administered_by(request.user)
    if not sees_all and not shown:
        raise PermissionDenied
    if not sees_all and len(shown) == 1:
        return redirect("agency", pk=shown[0].pk)
    return render(
        request,
        "registration/agencies.html",
        {
            "agencies": shown,
            "may_create": request.user.has_perm("registration.create_agency"),
        },
    )


@page
def agency(request: Request, pk: int) -> HttpResponse:
    """The desk of an agency: its people, its requests and its units."""
    own = fetch(request, "registration.view_agency", Agency.objects.all(), pk=pk)
    today = localdate()
    asked = offices.visible(request.user).filter(agency=own).order_by("-asked_at")
    held = list(domain.offices_at(own))
    certified = certificates.valid_on(today, {office.user for office in held})
    return render(
        request,
        "registration/agency.html",
        {
            "agency": own,
            "offices": held,
            "certified": set(certified.values_list("user_id", flat=True)),
            "requests": asked[:LATEST_REQUESTS],
            "work_units": own.work_units.all(),
            "procurement_units": own.procurement_units.select_related("work_unit"),
            "committees": Committee.objects.filter(unit__agency=own).select_related("unit"),
            "may_manage": request.user.has_perm("registration.manage_agency", own),
            "may_change": request.user.has_perm("registration.change_agency", own),
        },
    )


@form_page
def agency_new(request: Request) -> HttpResponse:
    if not request.user.has_perm("registration.create_agency"):
        raise PermissionDenied
    form = AgencyForm(request.POST or None)
    if form.is_valid():
        try:
            made = domain.create(**form.cleaned_data, by=request.user)
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("The agency exists. Now register its administrator."))
            return redirect("agency", pk=made.pk)
    return _form(request, form, _("New agency"), "agencies")


@form_page
def agency_edit(request: Request, pk: int) -> HttpResponse:
    own = fetch(request, "registration.change_agency", Agency.objects.all(), pk=pk)
    form = AgencyForm(request.POST or None, instance=own)
    if form.is_valid():
        try:
            domain.change(own, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("The agency was changed."))
            return redirect("agency", pk=pk)
    return _form(request, form, _("Change the agency"), "agency", pk)


@form_page
def unit_new(request: Request, pk: int, kind: str) -> HttpResponse:
    own = fetch(request, "registration.manage_agency", Agency.objects.all(), pk=pk)
    form = UNIT_FORMS[_kind(kind)](request.POST or None, agency=own)
    if form.is_valid():
        try:
            domain.add_unit(form.save(commit=False), by=request.user)
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("The unit exists."))
            return redirect("agency", pk=pk)
    return _form(request, form, TITLES[_kind(kind)](), "agency", pk)


@form_page
def unit_edit(request: Request, kind: str, pk: int) -> HttpResponse:
    unit = _unit(request, kind, pk)
    own = domain.agency_of(unit)
    form = UNIT_FORMS[_kind(kind)](request.POST or None, instance=unit, agency=own)
    if form.is_valid():
        try:
            domain.change_unit(form.save(commit=False), by=request.user)
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("The unit was changed."))
            return redirect("agency", pk=own.pk)
    return _form(request, form, TITLES[_kind(kind)](), "agency", own.pk, unit=unit, kind=kind)


@action
def unit_remove(request: Request, kind: str, pk: int) -> HttpResponse:
    unit = _unit(request, kind, pk)
    own = domain.agency_of(unit)
    domain.remove_unit(unit, by=request.user)
    messages.success(request, _("The unit was removed."))
    return redirect("agency", pk=own.pk)


@page
def committee(request: Request, pk: int) -> HttpResponse:
    """Who sits on it, with what certificate, and what the law finds lacking."""
    pokja = get_object_or_404(Committee.objects.select_related("unit__agency"), pk=pk)
    own = pokja.unit.agency
    members = committees.members(pokja, localdate())
    if request.user not in members and not request.user.has_perm("registration.view_agency", own):
        raise PermissionDenied
    papers = certificates.valid_on(localdate(), members).select_related("copy")
    return render(
        request,
        "registration/committee.html",
        {
            "committee": pokja,
            "agency": own,
            "rows": [(m, [p for p in papers if p.user_id == m.pk]) for m in members],
            "lacks": committees.lacks(members, localdate()),
            "may_manage": request.user.has_perm("registration.manage_agency", own),
        },
    )


@form_page
def certificate_new(request: Request, username: str) -> HttpResponse:
    person = _person(request, username)
    form = CertificateForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            _add(form, person, request)
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("The certificate was recorded."))
            return redirect("certificates", username=username)
    return _form(request, form, _("Record a certificate"), "certificates", username)


@page
def certificate_list(request: Request, username: str) -> HttpResponse:
    person = get_object_or_404(User, username=username)
    if not certificates.may_see(request.user, person):
        raise PermissionDenied
    return render(
        request,
        "registration/certificates.html",
        {
            "person": person,
            "certificates": person.certificates.filter(removed_at=None).select_related("copy"),
            "today": localdate(),
            "may_keep": certificates.may_keep(request.user, person),
        },
    )


@recorded_page
def certificate_copy(request: Request, pk: int) -> HttpResponseBase:
    paper = get_object_or_404(Certificate.objects.select_related("user", "copy"), pk=pk)
    certificates.read(paper, by=request.user)
    if paper.copy is None:
        raise Http404
    extension = "jpg" if paper.copy.kind == FileKind.JPEG else paper.copy.kind
    return serve(paper.copy, f"certificate-{paper.pk}.{extension}")


@action
def certificate_remove(request: Request, pk: int) -> HttpResponse:
    paper = get_object_or_404(Certificate.objects.select_related("user"), pk=pk)
    certificates.remove(paper, by=request.user)
    messages.success(request, _("The certificate was taken out."))
    return redirect("certificates", username=paper.user.username)


def _kind(kind: str) -> UnitKind:
    try:
        return UnitKind(kind)
    except ValueError:
        raise Http404 from None


def _unit(request: Request, kind: str, pk: int) -> Unit:
    units: QuerySet[Unit] = MODELS[_kind(kind)]._default_manager.all()
    unit = get_object_or_404(units, pk=pk)
    if not request.user.has_perm("registration.manage_agency", domain.agency_of(unit)):
        raise PermissionDenied
    return unit


def _person(request: Request, username: str) -> User:
    person = get_object_or_404(User, username=username)
    if not certificates.may_keep(request.user, person):
        raise PermissionDenied
    return person


def _add(form: CertificateForm, person: User, request: Request) -> None:
    paper = form.save(commit=False)
    try:
        paper.copy = store(form.cleaned_data["copy"], max_size=LARGEST_COPY, kinds=COPIES)
    except Refused as refusal:
        raise Refused(refusal, field="copy") from refusal
    paper.user = person
    certificates.add(paper, by=request.user)


def _form(
    request: Request,
    form: UnitForm | AgencyForm | CertificateForm,
    title: str,
    back: str,
    *back_to: object,
    unit: Unit | None = None,
    kind: str = "",
) -> HttpResponse:
    """One page for the small forms; what is invalid keeps what was typed."""
    context = {"form": form, "title": title, "unit": unit, "kind": kind}
    context["back"] = redirect(back, *back_to).url
    return render(
        request,
        "registration/agency_form.html",
        context,
        status=422 if form.is_bound else 200,
    )
