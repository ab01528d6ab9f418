"""The firm's own page: what was verified, who acts for it, whom it has invited."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from lpse.errors import Refused
from lpse.http import action, form_page, page
from registration.domain import officer as domain
from registration.domain import qualification
from registration.forms.officer import InvitationForm, RightForm
from registration.http import Request
from registration.models import Invitation, OfficerRight, Provider, ProviderOfficer


def own_firm(request: Request, permission: str = "registration.view_firm") -> Provider:
    """The firm the user acts for: 404 where there is none, 403 without the right."""
    firm = request.user.provider
    if firm is None:
        raise Http404
    if not request.user.has_perm(permission, firm):
        raise PermissionDenied
    return firm


@page
def firm(request: Request) -> HttpResponse:
    mine = own_firm(request)
    manages = request.user.has_perm("registration.manage_officers", mine)
    lines = qualification.lines(mine)
    return render(
        request,
        "registration/firm.html",
        {
            "firm": mine,
            "officers": domain.of(mine),
            "manages": manages,
            "invitations": domain.open_invitations().filter(provider=mine) if manages else [],
            "papers": len(lines),
            "expiring": [line for line in lines if line.validity in qualification.TO_RENEW],
        },
    )


@form_page
def invitation_new(request: Request) -> HttpResponse:
    mine = own_firm(request, "registration.manage_officers")
    form = InvitationForm(request.POST or None)
    if form.is_valid():
        try:
            domain.invite(mine, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(
                request,
                _("The invitation is on its way to %(email)s.")
                % {"email": form.cleaned_data["email"]},
            )
            return redirect("firm")
    return render(
        request,
        "registration/invitation_form.html",
        {"form": form, "firm": mine},
        status=422 if form.is_bound else 200,
    )


@action
def invitation_revoke(request: Request, pk: int) -> HttpResponse:
    mine = own_firm(request, "registration.manage_officers")
    domain.revoke(get_object_or_404(Invitation, provider=mine, pk=pk), by=request.user)
    messages.success(request, _("The invitation is revoked; its link leads nowhere now."))
    return redirect("firm")


@form_page
def officer_right(request: Request, pk: int) -> HttpResponse:
    mine = own_firm(request, "registration.manage_officers")
    officer = get_object_or_404(_officers(mine), pk=pk)
    form = RightForm(request.POST or None, initial={"right": officer.right})
    if form.is_valid():
        try:
            right = OfficerRight(form.cleaned_data["right"])
            domain.change_right(officer, right, by=request.user)
        except Refused as refusal:
            form.add_error("right", str(refusal))
        else:
            messages.success(request, _("The right was changed."))
            return redirect("firm")
    return render(
        request,
        "registration/officer_form.html",
        {"form": form, "officer": officer},
        status=422 if form.is_bound else 200,
    )


@action
def officer_end(request: Request, pk: int) -> HttpResponse:
    mine = own_firm(request, "registration.manage_officers")
    officer = get_object_or_404(_officers(mine), pk=pk)
    domain.end(officer, by=request.user)
    messages.success(
        request,
        _("%(person)s no longer acts for the firm and is signed out.") % {"person": officer.user},
    )
    return redirect("firm")


@action
def firm_leave(request: Request) -> HttpResponse:
    domain.leave(own_firm(request), by=request.user)
    return redirect(reverse("account_login"))


def _officers(firm: Provider) -> QuerySet[ProviderOfficer]:
    return domain.of(firm).select_related("provider")
