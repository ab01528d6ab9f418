from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from registration.domain.signup import LONGEST_ADDRESS


class MailboxForm(forms.Form):
    email = forms.EmailField(
        label=_("New e-mail address"),
        max_length=LONGEST_ADDRESS,
        help_text=_("Read it back to the person: a link to a new password goes there."),
    )
    document = forms.CharField(
        label=_("Identity document shown"),
        max_length=100,
        help_text=_("Which document, without its number: for example KTP."),
    )
    original_seen = forms.BooleanField(
        label=_("I have seen the original, and it is the person of this account.")
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("It stays in the log, for auditors.")
    )
