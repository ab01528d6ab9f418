from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ArchiveForm(forms.Form):
    q = forms.CharField(
        label=_("Name, User ID, NPWP or code"),
        required=False,
        help_text=_("Users, providers and applications, those of long ago too."),
    )
