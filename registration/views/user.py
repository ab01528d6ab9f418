"""The register of users, kept by the LPSE's verifiers (P10(2))."""

from __future__ import annotations

from urllib.parse import urlencode

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from lpse.errors import Refused
from lpse.http import action, fetch, form_page, page, recorded_page
from registration.domain import account as domain
from registration.forms.user import CorrectionForm, SearchForm, UserForm
from registration.http import Request
from registration.models import Assignment, ProviderOfficer, User

USERS_A_PAGE = 25


@page
def users(request: Request) -> HttpResponse:
    if not request.user.has_perm("registration.view_users"):
        raise PermissionDenied
    form = SearchForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    found = _found(wanted.get("q", ""), wanted.get("role", ""))
    shown = Paginator(found, USERS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "registration/user_list.html",
        {
            "form": form,
            "users": shown.object_list,
            "total": shown.paginator.count,
            "newer": _address(request, shown, -1) if shown.has_previous() else "",
            "older": _address(request, shown, 1) if shown.has_next() else "",
        },
    )


@recorded_page
def user(request: Request, username: str) -> HttpResponse:
    """Everything about one person; that somebody looked is recorded."""
    person = fetch(request, "registration.view_users", User.objects.all(), username=username)
    domain.read(person, by=request.user)
    offices = person.assignments.select_related(
        "agency", "work_unit", "committee", "ended_by", "decree_copy"
    )
    held = {office.pk for office in person.offices}
    return render(
        request,
        "registration/user.html",
        {
            "person": person,
            "offices": offices.order_by("-since"),
            "held": held,
            "has_factor": is_mfa_enabled(person),
            "may_assign": request.user.has_perm("registration.assign_office", person),
            "may_correct": request.user.has_perm("registration.correct_user", person),
            "deactivations": person.deactivations.select_related(
                "decided_by", "lifted_by", "replied_by", "letter"
            ),
            "may_deactivate": request.user.has_perm("registration.deactivate_user", person),
        },
    )


@form_page
def user_new(request: Request) -> HttpResponse:
    if not request.user.has_perm("registration.register_user"):
        raise PermissionDenied
    form = UserForm(request.POST or None)
    if form.is_valid():
        try:
            person = domain.register(**form.cleaned_data, by=request.user)
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("The account exists. Now give it an office."))
            return redirect("user", username=person.username)
    return render(
        request,
        "registration/user_form.html",
        {"form": form, "person": None},
        status=422 if form.is_bound else 200,
    )


@form_page
def user_edit(request: Request, username: str) -> HttpResponse:
    person = fetch(request, "registration.correct_user", User.objects.all(), username=username)
    form = CorrectionForm(request.POST or None, instance=person)
    if form.is_valid():
        person.refresh_from_db()
        domain.correct(person, **form.cleaned_data, by=request.user)
        messages.success(request, _("The account was corrected."))
        return redirect("user", username=person.username)
    return render(
        request,
        "registration/user_form.html",
        {"form": form, "person": person},
        status=422 if form.is_bound else 200,
    )


@action
def user_factors_remove(request: Request, username: str) -> HttpResponse:
    person = fetch(request, "registration.correct_user", User.objects.all(), username=username)
    domain.remove_factors(person, by=request.user)
    messages.success(request, _("The second factors are removed; the person sets up new ones."))
    return redirect("user", username=person.username)


def _found(words: str, role: str) -> QuerySet[User]:
    offices = Assignment.objects.in_force().select_related("agency", "work_unit", "committee")
    firms = ProviderOfficer.objects.filter(left_at=None).select_related("provider")
    found = User.objects.prefetch_related(
        Prefetch("assignments", offices), Prefetch("officer_of", firms)
    )
    for word in words.split():
        found = found.filter(
            Q(full_name__icontains=word) | Q(username__icontains=word) | Q(email__icontains=word)
        )
    if role:
        found = found.filter(pk__in=offices.filter(role=role).values("user"))
    return found


def _address(request: Request, shown: Page[User], step: int) -> str:
    query = {**request.GET.dict(), "page": shown.number + step}
    return f"?{urlencode(query)}"
