"""What a person changes of the own account."""

from __future__ import annotations

from allauth.account import forms as account_forms
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.utils.translation import gettext_lazy as _

from registration.forms.fields import Worded, code_input, password_rules
from registration.models import User

_NEW = {"password1": _("New password"), "password2": _("New password once more")}


class ChangePasswordForm(Worded, account_forms.ChangePasswordForm):
    words = {"oldpassword": _("Present password"), **_NEW}
    helps = {"password1": password_rules()}


class SetPasswordForm(Worded, account_forms.SetPasswordForm):
    words = _NEW
    helps = {"password1": password_rules()}


class ResetPasswordForm(Worded, account_forms.ResetPasswordForm):
    words = {"email": _("Your e-mail address")}


class ResetPasswordKeyForm(Worded, account_forms.ResetPasswordKeyForm):
    words = _NEW
    helps = {"password1": password_rules()}


class AddEmailForm(Worded, account_forms.AddEmailForm):
    words = {"email": _("New e-mail address")}


class ActivateTOTPForm(Worded, totp_forms.ActivateTOTPForm):
    code = forms.CharField(widget=code_input())

    words = {"code": _("The code the app shows now")}


class AddKeyForm(Worded, webauthn_forms.AddWebAuthnForm):
    words = {"name": _("Name of the key")}
    helps = {"name": _("For example the device it is on. You see it in your list of keys.")}


class EditKeyForm(Worded, webauthn_forms.EditWebAuthnForm):
    words = {"name": _("Name of the key")}


class LanguageForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ["language"]
        help_texts = {"language": _("For e-mails and messages. Pages have their own switch.")}
