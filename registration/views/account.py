"""The own account: offices, factors, sessions, devices, language."""

from __future__ import annotations

from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import remove_webauthn
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from lpse.http import action, form_page, page
from registration import browser
from registration.domain import account as domain
from registration.domain import device, session
from registration.forms.account import LanguageForm
from registration.http import Request
from registration.models import KnownDevice, SignInFailure

FAILURES_SHOWN = 10


@page
def account(request: Request) -> HttpResponse:
    user = request.user
    return render(
        request,
        "registration/account.html",
        {
            "factors": Authenticator.objects.filter(user_id=user.pk).order_by("type", "pk"),
            "shown_factor": browser.second_factor_of(request),
            "sessions": session.of(user),
            "this_session": request.session.session_key,
            "devices": user.devices.all(),
            "failures": SignInFailure.objects.filter(user=user)[:FAILURES_SHOWN],
            "form": LanguageForm(instance=user),
        },
    )


@action
def account_language(request: Request) -> HttpResponse:
    form = LanguageForm(request.POST)
    if form.is_valid():
        domain.choose_language(request.user, form.cleaned_data["language"])
        messages.success(request, _("Messages come in this language from now on."))
    return redirect("account")


@action
def session_end(request: Request, handle: str) -> HttpResponse:
    found = next((s for s in session.of(request.user) if s.handle == handle), None)
    if found is None:
        raise Http404
    session.end(found)
    messages.success(request, _("That session has ended."))
    return redirect("account")


@action
def sessions_end(request: Request) -> HttpResponse:
    """Sign out everywhere else."""
    session.end_all(request.user, but=request.session.session_key)
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("account")


@action
def device_forget(request: Request, pk: int) -> HttpResponse:
    device.forget(get_object_or_404(KnownDevice, user=request.user, pk=pk))
    messages.success(request, _("This account no longer knows that device."))
    return redirect("account")


@form_page
def mfa_remove_webauthn(request: Request, pk: int) -> HttpResponseBase:
    """allauth's page, which would let the holder of an office remove the only factor."""
    mine = Authenticator.objects.filter(user_id=request.user.pk, type=Authenticator.Type.WEBAUTHN)
    key = get_object_or_404(mine, pk=pk)
    adapter = get_mfa_adapter()
    if not adapter.can_delete_authenticator(key):
        messages.error(request, adapter.error_messages["cannot_delete_authenticator"])
        return redirect("mfa_list_webauthn")
    response: HttpResponseBase = remove_webauthn(request, pk=pk)
    return response
