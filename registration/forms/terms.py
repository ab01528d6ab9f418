"""The next version of the terms of use."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

TEXT = {"rows": 20}


class TermsForm(forms.Form):
    changes = forms.CharField(
        label=_("What is new"),
        max_length=300,
        help_text=_("In one sentence: users read it before they accept."),
    )
    text_id = forms.CharField(
        label=_("Text in Indonesian"),
        widget=forms.Textarea(attrs=TEXT),
        help_text=_("An empty line ends a paragraph; a line that begins with ## is a heading."),
    )
    text_en = forms.CharField(label=_("Text in English"), widget=forms.Textarea(attrs=TEXT))
    entities = forms.CharField(
        label=_("Other entities that may become users (Pasal 22(7))"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One in each line. ULP, Pejabat Pengadaan, PPK and auditors may anyway."),
    )
    in_force_from = forms.DateTimeField(
        label=_("In force from"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Empty: at once."),
    )


class AcceptForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput())
    accepted = forms.BooleanField(label=_("I have read these terms and accept them."))
