"""The office's table of holidays: anybody reads it, the LPSE keeps it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from lpse.calendar import domain
from lpse.calendar.models import Holiday
from lpse.errors import Refused
from lpse.http import action, fetch, form_page, page
from operations.forms.holiday import HolidayForm, YearForm
from registration.http import Request


@login_not_required
@page
def holidays(request: Request) -> HttpResponse:
    this_year = localdate().year
    form = YearForm(request.GET)
    year = form.cleaned_data["year"] if form.is_valid() else this_year
    known = {day.year for day in Holiday.objects.dates("day", "year")}
    context = {
        "year": year,
        "years": [(one, _address(one), one == year) for one in sorted(known | {this_year, year})],
        "holidays": Holiday.objects.filter(day__year=year),
        "may_change": request.user.has_perm(domain.CHANGE),
    }
    return render(request, "operations/holidays.html", context)


@form_page
def holiday_add(request: Request) -> HttpResponse:
    if not request.user.has_perm(domain.CHANGE):
        raise PermissionDenied
    form = HolidayForm(request.POST or None)
    if form.is_valid():
        try:
            holiday = domain.add(**form.cleaned_data, by=request.user)
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("The day is in the table. No schedule has been moved."))
            return redirect(_address(holiday.day.year))
    return render(
        request,
        "operations/holiday_form.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


@action
def holiday_remove(request: Request, pk: int) -> HttpResponse:
    holiday = fetch(request, domain.CHANGE, Holiday.objects.all(), pk=pk)
    domain.remove(holiday, by=request.user)
    messages.success(request, _("The day is out of the table. No schedule has been moved."))
    return redirect(_address(holiday.day.year))


def _address(year: int) -> str:
    return f"{reverse('holidays')}?year={year}"
