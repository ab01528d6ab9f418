"""The blacklist: read by anybody, written by the verifiers on the strength of a decree."""

from __future__ import annotations

import csv
import io
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from lpse.clock import database_now, office_zone
from lpse.errors import Refused
from lpse.files.intake import store
from lpse.files.models import FileKind
from lpse.files.serve import serve
from lpse.http import form_page, page, recorded_page
from registration import regions
from registration.domain import account
from registration.domain import sanction as domain
from registration.forms.sanction import SanctionForm, SearchForm, WithdrawalForm
from registration.http import Request
from registration.models import Sanction
from registration.models.sanction import SanctionQuerySet

A_PAGE = 25
LARGEST_COPY = 10 * 1024 * 1024
COPIES = (FileKind.PDF, FileKind.JPEG, FileKind.PNG)
PUBLISH = "registration.publish_sanction"
# A spreadsheet would take such a cell for a formula, and the name of a firm is not ours.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@login_not_required
@page
def sanctions(request: Request) -> HttpResponse:
    """The public list."""
    form, found = _searched(request)
    shown = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    today = database_now().astimezone(office_zone()).date()
    return render(
        request,
        "registration/sanction_list.html",
        {
            "form": form,
            "rows": [
                {
                    "sanction": one,
                    "status": domain.status(one, today),
                    "npwp": domain.public_npwp(one),
                    "city": regions.full_name_of(one.region),
                }
                for one in shown.object_list
            ],
            "total": shown.paginator.count,
            "newer": _address(request, shown, -1) if shown.has_previous() else "",
            "older": _address(request, shown, 1) if shown.has_next() else "",
            "query": urlencode({k: v for k, v in request.GET.items() if v and k != "page"}),
            "may_publish": request.user.has_perm(PUBLISH),
        },
    )


@login_not_required
@page
def sanctions_csv(request: Request) -> HttpResponse:
    """What the list shows, as a table for other programs; masked as it is there."""
    _form, found = _searched(request)
    today = database_now().astimezone(office_zone()).date()
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(
        [
            _("Status"),
            _("Published"),
            _("Name"),
            _("NPWP"),
            _("Address"),
            _("Regency or city"),
            _("Province"),
            _("Agency"),
            _("Work unit"),
            _("Kind of violation"),
            _("Description of the violation"),
            _("Decree"),
            _("From"),
            _("Until"),
            _("Withdrawal"),
            _("Date of the withdrawal"),
        ]
    )
    for one in found:
        row = [
            domain.status(one, today).label,
            one.published_at.date().isoformat(),
            one.name,
            domain.public_npwp(one),
            one.address,
            regions.name_of(one.region),
            regions.name_of(one.region.partition(".")[0]),
            one.agency.name,
            one.work_unit.name if one.work_unit else "",
            one.get_violation_display(),
            one.description,
            one.decree_number,
            one.since.isoformat(),
            one.until.isoformat(),
            one.withdrawal_number,
            one.withdrawal_date.isoformat() if one.withdrawal_date else "",
        ]
        table.writerow([_harmless(str(cell)) for cell in row])
    # The mark at the beginning lets spreadsheets read the letters as what they are.
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="daftar-hitam.csv"'
    return response


@login_not_required
@page
def sanction(request: Request, pk: int) -> HttpResponse:
    """One entry, with every field of its decree that is public."""
    found = get_object_or_404(_entries(), pk=pk)
    return render(
        request,
        "registration/sanction.html",
        {
            "sanction": found,
            "status": domain.status(found, database_now().astimezone(office_zone()).date()),
            "npwp": domain.public_npwp(found),
            "place": regions.full_name_of(found.region),
            "law": next((law for law in domain.known_laws() if law.code == found.rule_set), None),
            "may_publish": request.user.has_perm(PUBLISH),
            "may_read": request.user.has_perm("registration.view_users"),
        },
    )


@form_page
def sanction_new(request: Request) -> HttpResponse:
    if not request.user.has_perm(PUBLISH):
        raise PermissionDenied
    form = SanctionForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            published = _publish(request, form)
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("The entry is public from now on."))
            if doubt := domain.doubt_about_term(published):
                messages.warning(request, doubt)
            return redirect(published)
    return render(
        request,
        "registration/sanction_form.html",
        {"form": form, "laws": domain.known_laws()},
        status=422 if form.is_bound else 200,
    )


@form_page
def sanction_withdraw(request: Request, pk: int) -> HttpResponse:
    if not request.user.has_perm(PUBLISH):
        raise PermissionDenied
    found = get_object_or_404(_entries(), pk=pk)
    form = WithdrawalForm(request.POST or None)
    if form.is_valid():
        try:
            domain.withdraw(found, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("The entry is withdrawn; the list says so."))
            return redirect(found)
    return render(
        request,
        "registration/sanction_withdraw.html",
        {"form": form, "sanction": found},
        status=422 if form.is_bound else 200,
    )


@recorded_page
def sanction_decree(request: Request, pk: int) -> HttpResponseBase:
    """The copy of the decree. It may name people, so it is not public, and reading it recorded."""
    if not request.user.has_perm("registration.view_users"):
        raise PermissionDenied
    found = get_object_or_404(_entries(), pk=pk)
    account.read_about(found, by=request.user)
    return serve(found.decree, f"daftar-hitam-{found.pk}.{found.decree.kind}")


def _searched(request: Request) -> tuple[SearchForm, SanctionQuerySet]:
    form = SearchForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    return form, domain.search(wanted.get("q", ""), wanted.get("status", ""))


def _publish(request: Request, form: SanctionForm) -> Sanction:
    try:
        decree = store(form.cleaned_data["decree"], max_size=LARGEST_COPY, kinds=COPIES)
    except Refused as refusal:
        raise Refused(refusal, field="decree") from refusal
    return domain.publish(form.sanction(decree), by=request.user)


def _entries() -> SanctionQuerySet:
    entries: SanctionQuerySet = Sanction.objects.select_related(
        "agency", "work_unit", "provider", "decree", "published_by", "withdrawn_by"
    )
    return entries


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _address(request: Request, shown: Page[Sanction], step: int) -> str:
    return f"?{urlencode({**request.GET.dict(), 'page': shown.number + step})}"
