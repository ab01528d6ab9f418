"""Agencies, their units and the certificates of their people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registration.domain.agency import UnitKind
from registration.forms.assignment import DateInput
from registration.models import (
    Agency,
    Certificate,
    Committee,
    ProcurementUnit,
    WorkUnit,
)


class AgencyForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Agency
        fields = ["name", "kind", "address"]
        labels = {"kind": _("Kind of agency")}


class WorkUnitForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = WorkUnit
        fields = ["name"]

    def __init__(self, *args: Any, agency: Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.agency = agency


class ProcurementUnitForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ProcurementUnit
        fields = ["name", "work_unit"]

    def __init__(self, *args: Any, agency: Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.agency = agency
        self.fields["work_unit"] = forms.ModelChoiceField(
            WorkUnit.objects.filter(agency=agency),
            label=_("Attached to the work unit"),
            required=False,
            empty_label="—",
            help_text=_("Empty where the ULP stands alone. Never the unit of the LPSE (P5(2))."),
        )


class CommitteeForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Committee
        fields = ["unit", "name"]

    def __init__(self, *args: Any, agency: Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = forms.ModelChoiceField(
            ProcurementUnit.objects.filter(agency=agency),
            label=_("Procurement unit (ULP)"),
            empty_label="—",
        )


UnitForm = WorkUnitForm | ProcurementUnitForm | CommitteeForm
UNIT_FORMS: dict[UnitKind, type[UnitForm]] = {
    UnitKind.WORK_UNIT: WorkUnitForm,
    UnitKind.PROCUREMENT_UNIT: ProcurementUnitForm,
    UnitKind.COMMITTEE: CommitteeForm,
}


class CertificateForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Certificate
        fields = ["number", "issuer", "issued_on", "valid_until"]
        widgets = {"issued_on": DateInput(), "valid_until": DateInput()}
        help_texts = {"valid_until": _("Empty for a certificate without an end.")}

    copy = forms.FileField(
        label=_("Copy of the certificate"), help_text=_("PDF, JPEG or PNG, at most 10 MB.")
    )
