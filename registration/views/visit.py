"""Visits: the applicant books, the verifier sees who comes, the counters have their hours."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from lpse.calendar.working import A_DAY
from lpse.clock import database_now
from lpse.errors import Refused
from lpse.http import action, form_page, page
from registration.domain import application as applications
from registration.domain import counter as counters_domain
from registration.domain import visit as domain
from registration.forms.visit import BookForm, CounterForm, DayForm, HoursForm
from registration.http import Request
from registration.models import Application, Counter, CounterHours, Visit

# --- The applicant's --------------------------------------------------------------------------


@form_page
def visit(request: Request) -> HttpResponse:
    """The booked time, and the free ones of a day."""
    application = _own(request)
    now = database_now()
    days = domain.free_by_day(now)
    chosen = DayForm(request.GET)
    day = chosen.cleaned_data["day"] if chosen.is_valid() else next(iter(days), None)
    slots = days.get(day, []) if day else []
    form = BookForm(slots, request.POST or None)
    if form.is_valid():
        try:
            domain.book(application, form.moment(), by=request.user)
        except Refused as refusal:
            form.add_error("starts_at", str(refusal))
        else:
            messages.success(request, _("Your visit is booked."))
            return redirect("visit")
    context = {
        "application": application,
        "booked": domain.coming(application),
        "may_book": application.state in domain.BOOKABLE,
        "papers": applications.papers(application),
        "days": [(one, f"?day={one:%Y-%m-%d}", one == day) for one in days],
        "day": day,
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "registration/visit.html", context, status=status)


@action
def visit_cancel(request: Request) -> HttpResponse:
    domain.cancel(_own(request), by=request.user)
    messages.success(request, _("Your visit is cancelled."))
    return redirect("visit")


@page
def visit_calendar(request: Request) -> HttpResponse:
    """The visit as a file for the own calendar."""
    booked = domain.coming(_own(request))
    if booked is None:
        raise Http404
    return HttpResponse(
        domain.invitation(booked, database_now()),
        content_type="text/calendar; charset=utf-8",
        headers={
            "Content-Disposition": 'attachment; filename="kunjungan-lpse.ics"',
            "Cache-Control": "private, no-store",
        },
    )


def _own(request: Request) -> Application:
    application = applications.current(request.user)
    if application is None:
        raise Http404
    return application


# --- The verifier's ---------------------------------------------------------------------------


@page
def visits(request: Request) -> HttpResponse:
    """Who comes on a day."""
    _permit(request, "registration.view_queue")
    chosen = DayForm(request.GET)
    today = localdate(database_now())
    day = chosen.cleaned_data["day"] if chosen.is_valid() else today
    context = {
        "day": day,
        "today": today,
        "visits": domain.on(day),
        "before": f"?day={day - A_DAY:%Y-%m-%d}",
        "after": f"?day={day + A_DAY:%Y-%m-%d}",
        "has_counters": Counter.objects.exists(),
    }
    return render(request, "registration/visit_list.html", context)


@action
def visit_arrived(request: Request, pk: int) -> HttpResponse:
    _permit(request, "registration.view_queue")
    found = get_object_or_404(Visit.objects.select_related("application", "counter"), pk=pk)
    domain.arrive(found, by=request.user)
    messages.success(request, _("The applicant's arrival is noted."))
    return redirect(found.application)


# --- The counters -----------------------------------------------------------------------------


@page
def counters(request: Request) -> HttpResponse:
    _permit(request, counters_domain.CHANGE)
    context = {"counters": Counter.objects.prefetch_related("hours")}
    return render(request, "registration/counter_list.html", context)


@form_page
def counter_new(request: Request) -> HttpResponse:
    _permit(request, counters_domain.CHANGE)
    return _counter_form(request, None)


@form_page
def counter_edit(request: Request, pk: int) -> HttpResponse:
    _permit(request, counters_domain.CHANGE)
    return _counter_form(request, get_object_or_404(_counters(), pk=pk))


@form_page
def counter_hours(request: Request, pk: int) -> HttpResponse:
    """Further hours of a counter."""
    _permit(request, counters_domain.CHANGE)
    counter = get_object_or_404(_counters(), pk=pk)
    form = HoursForm(request.POST or None)
    if form.is_valid():
        try:
            counters_domain.add_hours(counter, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("The counter takes visitors at this time."))
            return redirect("counters")
    context = {"form": form, "counter": counter}
    status = 422 if form.is_bound else 200
    return render(request, "registration/counter_hours.html", context, status=status)


@action
def counter_hours_remove(request: Request, pk: int) -> HttpResponse:
    _permit(request, counters_domain.CHANGE)
    hours = get_object_or_404(CounterHours.objects.select_related("counter"), pk=pk)
    counters_domain.remove_hours(hours, by=request.user)
    messages.success(request, _("The hours are removed. Visits that were booked stay."))
    return redirect("counters")


def _counter_form(request: Request, counter: Counter | None) -> HttpResponse:
    form = CounterForm(request.POST or None, instance=counter)
    if form.is_valid():
        kept = counter and Counter.objects.get(pk=counter.pk)
        try:
            counters_domain.save(kept, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("The counter is kept."))
            return redirect("counters")
    context = {"form": form, "counter": counter}
    status = 422 if form.is_bound else 200
    return render(request, "registration/counter_form.html", context, status=status)


def _counters() -> QuerySet[Counter]:
    return Counter.objects.all()


def _permit(request: Request, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied
