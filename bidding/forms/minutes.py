from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class RemarksForm(forms.Form):
    """What the committee wants to have in the minutes beside the record."""

    remarks = forms.CharField(
        label=_("Remarks"),
        help_text=_("Until the first approval; after it the text stays."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
        required=False,
    )


class ApproveForm(forms.Form):
    """The digest of what the member has read."""

    seen = forms.RegexField(r"^[0-9a-f]{64}$")
