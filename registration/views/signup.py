"""Registering online: the own mailbox first, then the account (P22(1)a.1)."""

from __future__ import annotations

from typing import Any

from allauth.account.utils import perform_login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language

from lpse.errors import Refused
from lpse.http import form_page, page
from registration import browser
from registration.domain import signup, terms
from registration.forms.signup import AccountForm, AddressForm
from registration.models import User
from registration.views.terms import text_of


@login_not_required
@form_page
def register(request: HttpRequest) -> HttpResponse:
    """The same answer whoever has an account: nobody learns it here."""
    if request.user.is_authenticated:
        return redirect("application")
    form = AddressForm(request.POST or None)
    if form.is_valid():
        try:
            signup.ask(
                form.cleaned_data["email"],
                device=browser.name_device(request),
                language=_language(),
            )
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            return redirect("register_sent")
    return render(
        request,
        "registration/register.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


@login_not_required
@page
def register_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "registration/register_sent.html")


@login_not_required
@form_page
def register_confirm(request: HttpRequest, token: str) -> HttpResponseBase:
    """Whoever stands here has read the mailbox: only to them it says that there is an account."""
    address = signup.address_of(token)
    if request.user.is_authenticated or address is None or signup.has_account(address):
        return render(
            request,
            "registration/register_closed.html",
            {"is_known": address is not None and not request.user.is_authenticated},
            status=200 if request.user.is_authenticated else 410,
        )
    in_force = terms.in_force()
    about: dict[str, Any] = {"address": address, "version": in_force and in_force.version}
    form = AccountForm(request.POST or None, **about)
    if form.is_valid():
        try:
            user = _open(token, form)
        except Refused as refusal:
            in_force = terms.in_force()
            form = asked_again(request, {**about, "version": in_force and in_force.version})
            form.add_error(refusal.field, str(refusal))
        else:
            return _sign_in(request, user)
    return render(
        request,
        "registration/register_confirm.html",
        {"form": form, "address": address, **text_of(in_force)},
        status=422 if form.is_bound else 200,
    )


def _open(token: str, form: AccountForm) -> User:
    filled = form.cleaned_data
    return signup.open_account(
        token,
        wish=filled["wish"],
        full_name=filled["full_name"],
        password=filled["password1"],
        terms_version=filled.get("version"),
        language=_language(),
    )


def asked_again(request: HttpRequest, about: dict[str, Any]) -> AccountForm:
    """The form as it was sent, with the terms of now, which are not accepted yet."""
    data = request.POST.copy()
    data.pop("terms", None)
    data["version"] = str(about["version"] or "")
    form = AccountForm(data, **about)
    form.is_valid()
    form.errors.pop("terms", None)
    return form


def _sign_in(request: HttpRequest, user: User) -> HttpResponseBase:
    response: HttpResponseBase = perform_login(request, user, redirect_url=reverse("application"))
    return response


def _language() -> str:
    return (get_language() or "id")[:2]
