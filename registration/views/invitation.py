"""Invitations as the invited see them: by the link in the mail, or signed in."""

from __future__ import annotations

from typing import Any

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lpse.errors import Refused
from lpse.http import action, form_page, page
from registration.domain import officer as domain
from registration.domain import terms
from registration.forms.signup import AccountForm
from registration.http import Request
from registration.models import Invitation, User
from registration.views.signup import asked_again
from registration.views.terms import text_of


@page
def invitations(request: Request) -> HttpResponse:
    """Those to the own address."""
    context = {"invitations": domain.invitations_of(request.user)}
    return render(request, "registration/invitations.html", context)


@action
def invitation_accept(request: Request, pk: int) -> HttpResponse:
    found = get_object_or_404(domain.invitations_of(request.user), pk=pk)
    return _accepted(request, found, request.user)


@login_not_required
@form_page
def invitation(request: HttpRequest, secret: str) -> HttpResponseBase:
    """The link of the mail. It says the same to everybody: sign in, or open an account."""
    found = domain.by_secret(secret)
    if found is None:
        raise Http404
    if not domain.is_open(found):
        return render(request, "registration/invitation_ended.html", status=410)
    if isinstance(request.user, User):
        if request.method == "POST":
            return _accept_by_link(request, found, request.user)
        return render(request, "registration/invitation.html", {"invitation": found})
    return _new_account(request, found)


def _accept_by_link(request: HttpRequest, found: Invitation, user: User) -> HttpResponse:
    try:
        return _accepted(request, found, user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        context = {"invitation": found}
        return render(request, "registration/invitation.html", context, status=409)


def _accepted(request: HttpRequest, found: Invitation, user: User) -> HttpResponse:
    domain.accept(found, by=user)
    messages.success(request, _("You act for %(firm)s now.") % {"firm": found.provider})
    return redirect("firm")


def _welcome(request: HttpRequest, user: User) -> HttpResponseBase:
    messages.success(
        request,
        _("Your User ID is %(user_id)s. It is in your messages too: you sign in with it.")
        % {"user_id": user.username},
    )
    response: HttpResponseBase = perform_login(request, user, redirect_url=reverse("firm"))
    return response


def _new_account(request: HttpRequest, found: Invitation) -> HttpResponseBase:
    in_force = terms.in_force()
    about: dict[str, Any] = {
        "address": found.email,
        "version": in_force and in_force.version,
        "initial": {"full_name": found.full_name},
    }
    form = AccountForm(request.POST or None, **about)
    if form.is_valid():
        try:
            user = _accept_with_account(found, form)
        except Refused as refusal:
            in_force = terms.in_force()
            form = asked_again(request, {**about, "version": in_force and in_force.version})
            form.add_error(refusal.field, str(refusal))
        else:
            return _welcome(request, user)
    return render(
        request,
        "registration/invitation_account.html",
        {"form": form, "invitation": found, **text_of(in_force)},
        status=422 if form.is_bound else 200,
    )


def _accept_with_account(found: Invitation, form: AccountForm) -> User:
    told = form.cleaned_data
    return domain.accept_with_account(
        found,
        wish=told["wish"],
        full_name=told["full_name"],
        password=told["password1"],
        terms_version=told.get("version"),
        language=(get_language() or "id")[:2],
    )
