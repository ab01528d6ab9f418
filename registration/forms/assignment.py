"""An office as its decree describes it. What excludes it is looked for by the verb."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lpse.files.models import StoredFile
from registration.models import Agency, Assignment, Committee, Role, User, WorkUnit


class DateInput(forms.DateInput):
    """The browser's own calendar, whatever the language of the page."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class AssignmentForm(forms.Form):
    role = forms.ChoiceField(label=_("Office"), choices=[("", "—"), *Role.choices])
    agency = forms.ModelChoiceField(
        Agency.objects.all(),
        label=_("Agency"),
        required=False,
        help_text=_(
            "Needed for PA/KPA, PPK and Pejabat Pengadaan. An auditor without one may read all."
        ),
    )
    work_unit = forms.ModelChoiceField(
        WorkUnit.objects.select_related("agency"), label=_("Work unit"), required=False
    )
    committee = forms.ModelChoiceField(
        Committee.objects.all(),
        label=_("Committee (Pokja)"),
        required=False,
        help_text=_("Only for a committee member."),
    )
    decree_number = forms.CharField(label=_("Number of the decree"), max_length=100)
    decree_date = forms.DateField(label=_("Date of the decree"), widget=DateInput())
    decree_copy = forms.FileField(
        label=_("Copy of the decree"), help_text=_("PDF, JPEG or PNG, at most 10 MB.")
    )
    original_seen = forms.BooleanField(
        label=_("I have seen the original of the decree (P22(1)b).")
    )
    since = forms.DateField(label=_("First day"), widget=DateInput())
    until = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=DateInput(),
        help_text=_("The office ends by itself with this day. Needed for an auditor."),
    )

    def office(self, user: User, decree_copy: StoredFile) -> Assignment:
        """What the form describes, not saved yet."""
        facts = self.cleaned_data | {"user": user, "decree_copy": decree_copy}
        del facts["original_seen"]
        return Assignment(**facts)


class EndForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("It stays with the office, for auditors.")
    )
