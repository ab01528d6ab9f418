"""What verifiers enter at their desk. What it means is for the verbs to say."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registration.domain.application import papers
from registration.domain.queue import LABELS, Shown
from registration.domain.verification import Finding, Paper
from registration.forms.assignment import DateInput
from registration.models import (
    IDENTITY_FIELDS,
    Application,
    CheckResult,
    Counter,
    DocumentCode,
)

OTHER_ITEMS = 3


class QueueForm(forms.Form):
    q = forms.CharField(
        label=_("Code, name or NPWP"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    shown = forms.ChoiceField(
        label=_("Applications"),
        required=False,
        choices=[(shown.value, LABELS[shown]) for shown in Shown],
    )


class CheckForm(forms.Form):
    """One document. Nothing is entered about it as long as no result is chosen."""

    copy_received = forms.BooleanField(label=_("Copy received"), required=False)
    original_seen = forms.BooleanField(label=_("Original seen"), required=False)
    result = forms.ChoiceField(
        label=_("Result"),
        required=False,
        choices=CheckResult.choices,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=300)
    valid_until = forms.DateField(label=_("Valid until"), required=False, widget=DateInput())

    def __init__(self, paper: Paper, entered: Any = None) -> None:
        self.paper = paper
        check = paper.check
        initial = {
            "copy_received": bool(check and check.copy_received),
            "original_seen": bool(check and check.original_seen),
            "result": check.result if check and paper.is_current else "",
            "note": check.note if check else "",
            "valid_until": check.valid_until if check else None,
        }
        pk = str(paper.document.pk)
        super().__init__(entered, prefix=pk, initial=initial)
        self.fields["result"].is_asked_later = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any] | None:
        if self.has_changed() and not self.cleaned_data.get("result"):
            self.add_error("result", _("Say whether the document fits."))
        return self.cleaned_data

    def finding(self) -> Finding | None:
        return Finding(**self.cleaned_data) if self.cleaned_data["result"] else None


class OverrideForm(forms.Form):
    doubt = forms.CharField(widget=forms.HiddenInput)
    about = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Why the doubt does not hold"), max_length=300)


class ReturnForm(forms.Form):
    """A line for each paper, and some lines about fields of the form."""

    def __init__(
        self, application: Application, found: list[Paper], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        notes = {
            paper.document.code: paper.check.note
            for paper in found
            if paper.check and paper.check.result != CheckResult.FITS
        }
        self.papers = [code.value for code in papers(application)]
        for code in self.papers:
            self.fields[code] = forms.CharField(
                label=DocumentCode(code).label,
                required=False,
                max_length=300,
                initial=notes.get(code, ""),
            )
        for row in range(1, OTHER_ITEMS + 1):
            self.fields[f"field_{row}"] = forms.ChoiceField(
                label=_("Field of the form"),
                required=False,
                choices=[("", "—"), *_fields()],
            )
            self.fields[f"words_{row}"] = forms.CharField(
                label=_("What is to be corrected"), required=False, max_length=300
            )

    def clean(self) -> dict[str, Any] | None:
        for row in range(1, OTHER_ITEMS + 1):
            field, words = (self.cleaned_data.get(f"{name}_{row}") for name in ("field", "words"))
            if field and not words:
                self.add_error(f"words_{row}", _("Say what is to be corrected."))
            if words and not field:
                self.add_error(f"field_{row}", _("Choose the field that this is about."))
        return self.cleaned_data

    def items(self) -> list[tuple[str, str]]:
        entered = self.cleaned_data
        about = [(code, entered[code]) for code in self.papers if entered[code]]
        rows = range(1, OTHER_ITEMS + 1)
        other = [(entered[f"field_{row}"], entered[f"words_{row}"]) for row in rows]
        return about + [(field, words) for field, words in other if field]


class RejectForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        help_text=_("The applicant reads it, and it stands in the minutes (Pasal 10(3))."),
    )


class WalkInForm(forms.Form):
    counter = forms.ModelChoiceField(Counter.objects.all(), label=_("Counter"), empty_label=None)


def _fields() -> list[tuple[str, Any]]:
    return [
        (name, Application._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
        for name in IDENTITY_FIELDS
    ]
