from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from registration.domain.signup import LONGEST_ADDRESS


class UserIdForm(forms.Form):
    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=LONGEST_ADDRESS,
        help_text=_("The one of your account. Your User ID is sent there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
