"""A decree of the blacklist as the verifier records it, and how the public searches."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lpse.files.models import StoredFile
from registration import identity_numbers, regions
from registration.domain import sanction as domain
from registration.forms.assignment import DateInput
from registration.models import (
    Agency,
    Provider,
    ProviderKind,
    Sanction,
    Status,
    Violation,
    WorkUnit,
)


def _laws() -> list[tuple[str, str]]:
    return [(law.code, law.title) for law in domain.known_laws()]


def _regions() -> list[tuple[str, Any]]:
    return [("", "—"), *regions.by_province()]


class SearchForm(forms.Form):
    q = forms.CharField(label=_("Name, NPWP or number of the decree"), required=False)
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("All")), *Status.choices]
    )


class SanctionForm(forms.Form):
    """Name, number and address are written down as the decree has them, and stay so."""

    provider = forms.ModelChoiceField(
        Provider.objects.all(),
        label=_("Provider known here"),
        to_field_name="code",
        required=False,
        help_text=_("Empty: it is found by its NPWP, or is not known to this LPSE."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=ProviderKind.choices)
    name = forms.CharField(label=_("Name, as in the decree"), max_length=200)
    npwp = forms.CharField(label=_("NPWP"), max_length=25, help_text=_("15 or 16 digits."))
    address = forms.CharField(label=_("Address"), max_length=300)
    region = forms.ChoiceField(label=_("Regency or city"), choices=_regions)
    agency = forms.ModelChoiceField(Agency.objects.all(), label=_("Agency of the PA/KPA"))
    work_unit = forms.ModelChoiceField(
        WorkUnit.objects.select_related("agency"), label=_("Work unit"), required=False
    )
    decree_number = forms.CharField(label=_("Number of the decree"), max_length=100)
    decree_date = forms.DateField(label=_("Date of the decree"), widget=DateInput())
    decree = forms.FileField(
        label=_("Copy of the decree"), help_text=_("PDF, JPEG or PNG, at most 10 MB.")
    )
    rule_set = forms.ChoiceField(label=_("By which law"), choices=_laws)
    violation = forms.ChoiceField(label=_("Kind of violation"), choices=Violation.choices)
    description = forms.CharField(
        label=_("Description of the violation"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("It is public."),
    )
    since = forms.DateField(label=_("First day"), widget=DateInput())
    until = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=DateInput(),
        help_text=_("Empty: the term of the law, counted from the first day."),
    )

    def clean_npwp(self) -> str:
        try:
            return identity_numbers.npwp(self.cleaned_data["npwp"])
        except identity_numbers.WrongNumber as error:
            raise forms.ValidationError(str(error)) from error

    def sanction(self, decree: StoredFile) -> Sanction:
        """What the form describes, not saved yet."""
        return Sanction(**self.cleaned_data | {"decree": decree})


class WithdrawalForm(forms.Form):
    number = forms.CharField(label=_("Number of the withdrawal"), max_length=100)
    date = forms.DateField(label=_("Date of the withdrawal"), widget=DateInput())
    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("It is public."))
