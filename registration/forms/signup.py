"""Asking for an account, and opening it from the own mailbox."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registration.domain.signup import DIGITS_OF_A_USER_ID, LONGEST_ADDRESS
from registration.forms.fields import password_rules
from registration.models import User
from registration.models.user import USER_ID

LONGEST_WISH = 30 - DIGITS_OF_A_USER_ID
SHORTEST_WISH = 3


class AddressForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        max_length=LONGEST_ADDRESS,
        help_text=gettext_lazy("A link to go on is sent there. Decisions come there too."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class AccountForm(forms.Form):
    """Who opens the account. The e-mail address comes from the link and cannot be changed here."""

    full_name = forms.CharField(
        label=gettext_lazy("Your full name"),
        max_length=150,
        help_text=gettext_lazy("As in your KTP."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    wish = forms.CharField(
        label=gettext_lazy("User ID you would like"),
        min_length=SHORTEST_WISH,
        max_length=LONGEST_WISH,
        validators=[
            RegexValidator(
                USER_ID, gettext_lazy("Use lower-case letters, digits, dots and hyphens only.")
            )
        ],
        help_text=gettext_lazy(
            "Four digits are added, for example maju becomes maju4821. It is yours for ever."
        ),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password1 = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        help_text=password_rules(),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=gettext_lazy("Password once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    terms = forms.BooleanField(label=gettext_lazy("I have read the terms of use and accept them."))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, address: str, version: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = address
        if version is None:
            del self.fields["terms"], self.fields["version"]
        else:
            self.fields["version"].initial = version

    def clean_wish(self) -> str:
        return str(self.cleaned_data["wish"]).lower()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords are not the same."))
        if first:
            person = User(
                username=cleaned.get("wish", ""),
                full_name=cleaned.get("full_name", ""),
                email=self.address,
            )
            try:
                validate_password(first, person)
            except forms.ValidationError as error:
                self.add_error("password1", error)
        return cleaned
