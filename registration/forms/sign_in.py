"""Signing in, and proving again that one is there."""

from __future__ import annotations

from typing import Any, cast

from allauth.account import forms as account_forms
from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from registration import browser
from registration.domain import limits, totp
from registration.forms.fields import Worded, code_input
from registration.models import User


class LoginForm(Worded, account_forms.LoginForm):
    """User ID and password.

    When others have used up what unknown devices may fail, ``asks_for_codes`` is true and two
    codes in a row of the authenticator app open the way to the password all the same. The same
    is asked of a User ID that does not exist: the page does not tell which ones do.
    """

    code = forms.CharField(required=False, widget=code_input())
    next_code = forms.CharField(required=False, widget=code_input())
    shared = forms.BooleanField(required=False)

    words = {
        "login": _("User ID"),
        "password": _("Password"),
        "code": _("Code shown now"),
        "next_code": _("The next code"),
        "shared": _("This computer is not mine"),
    }
    helps = {"shared": _("Bidding room, internet café: nothing is remembered here.")}

    asks_for_codes = False

    def _clean_with_password(self, credentials: dict[str, Any]) -> dict[str, Any]:
        user_id = credentials["username"].strip().lower()
        device = browser.device_of(self.request, user_id)
        if limits.used_up(user_id, "password", device):
            self.asks_for_codes = True
            self.fields["code"].required = self.fields["next_code"].required = True
            if self._codes_are_right(user_id):
                self.request.proven_by_codes = user_id
        cleaned: dict[str, Any] = super()._clean_with_password(credentials)
        return cleaned

    def _codes_are_right(self, user_id: str) -> bool:
        first, second = self.cleaned_data["code"], self.cleaned_data["next_code"]
        user = User.objects.filter(username=user_id).first()
        return bool(first and second and user and totp.accepts_pair(user, first, second))

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        is_shared = self.cleaned_data["shared"]
        request.session[browser.SHARED] = is_shared
        if getattr(request, "proven_by_codes", None):
            browser.mark_second_factor(request, self.user, Authenticator.Type.TOTP)
        response: HttpResponse = super().login(request, redirect_url)
        if is_shared:
            request.session.set_expiry(0)  # until the browser is closed
        return response


class CodeForm(Worded):
    """A code of the authenticator app, or a recovery code.

    Here too, wrong codes from unknown devices must not keep the owner out: the adversary knows
    the password then. Two codes in a row always pass.
    """

    next_code = forms.CharField(required=False, widget=code_input())

    words = {
        "code": _("Code of the authenticator app, or a recovery code"),
        "next_code": _("The next code of the app"),
    }

    user: User
    authenticator: Authenticator
    asks_for_next_code = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget = code_input()

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "code" not in cleaned:
            return cleaned
        request = context.request
        device = browser.device_of(request, self.user.username)
        address = browser.address_of(request)
        attempt = limits.begin(self.user.username, "code", device, address)
        if attempt is None:
            self.asks_for_next_code = self.fields["next_code"].required = True
            found = totp.accepts_pair(self.user, cleaned["code"], cleaned["next_code"])
            if found is None:
                raise forms.ValidationError(
                    _("Wrong codes were typed too often. Type two codes in a row of the app."),
                    code="too_many_codes",
                )
        else:
            found = totp.accepts(self.user, cleaned["code"]) or self._by_recovery_code()
            if found is None:
                self.add_error("code", get_adapter().validation_error("incorrect_code"))
                return cleaned
            limits.passed(attempt)
        found.user = self.user
        self.authenticator = found
        return cleaned

    def _by_recovery_code(self) -> Authenticator | None:
        mine = Authenticator.objects.filter(
            user_id=self.user.pk, type=Authenticator.Type.RECOVERY_CODES
        )
        for authenticator in mine:
            if RecoveryCodes(authenticator).validate_code(self.cleaned_data["code"]):
                return cast(Authenticator, authenticator)
        return None


class AuthenticateForm(CodeForm, mfa_forms.AuthenticateForm):
    pass


class ReauthenticateForm(CodeForm, mfa_forms.ReauthenticateForm):
    pass


class ReauthenticateByPasswordForm(Worded, account_forms.ReauthenticateForm):
    words = {"password": _("Your password")}
