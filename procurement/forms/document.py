from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from procurement.models import DocumentKind


class DocumentForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=DocumentKind.choices)
    file = forms.FileField(label=_("File"), max_length=200)
