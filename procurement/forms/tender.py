from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from lpse.errors import Refused
from procurement.domain import rule_set
from procurement.domain.tender import Line
from procurement.forms.fields import AmountField, RupiahField
from procurement.models import Tender
from registration.models import Assignment, Committee, Role, User, WorkUnit

MOST_LINES = 500


class WorkUnitField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.agency.name} – {obj.name}"


class TenderForm(forms.ModelForm):  # type: ignore[type-arg]
    """What the PPK says about a package. The agency follows from the work unit."""

    work_unit = WorkUnitField(
        label=_("Work unit (satuan kerja)"), queryset=WorkUnit.objects.none()
    )
    budget_ceiling_rupiah = RupiahField(
        label=_("Budget ceiling (pagu)"), help_text=_("In rupiah, for example 1.500.000.000.")
    )

    class Meta:
        model = Tender
        fields = [
            "title",
            "work_unit",
            "category",
            "contract_type",
            "location",
            "budget_ceiling_rupiah",
            "budget_year",
            "fund_source",
            "rup_code",
            "description",
            "qualification_terms",
        ]
        help_texts = {
            "title": _("As it stands in the general procurement plan (RUP)."),
            "qualification_terms": _("One requirement on each line."),
        }
        widgets = {
            "description": forms.Textarea({"rows": 3}),
            "qualification_terms": forms.Textarea({"rows": 5}),
        }

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        agencies = [o.agency_id for o in user.offices if o.role == Role.PPK]
        field = self.fields["work_unit"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        field.queryset = (
            WorkUnit.objects.filter(agency__in=agencies)
            .select_related("agency")
            .order_by("agency__name", "name")
        )

    def facts(self) -> dict[str, Any]:
        """What :func:`procurement.domain.tender.create` takes."""
        return {**self.cleaned_data, "agency": self.cleaned_data["work_unit"].agency}


class ItemForm(forms.Form):
    description = forms.CharField(label=_("Description"), max_length=300)
    volume = AmountField(label=_("Volume"), max_digits=18, decimal_places=3)
    unit = forms.CharField(label=_("Unit"), max_length=30)
    hps_unit_price = AmountField(
        label=_("Unit price (Rp)"), max_digits=20, decimal_places=2, min_value=0
    )

    def clean_volume(self) -> Any:
        volume = self.cleaned_data["volume"]
        if volume <= 0:
            raise ValidationError(_("The volume is more than zero."))
        return volume

    def line(self) -> Line:
        given = self.cleaned_data
        return Line(given["description"], given["volume"], given["unit"], given["hps_unit_price"])


class BaseItemFormSet(forms.BaseFormSet):  # type: ignore[type-arg]
    """The bill of quantities. Empty rows and rows marked for removal are left out."""

    def lines(self) -> list[Line]:
        return [
            form.line()
            for form in self.forms
            if form.has_changed() and form not in self.deleted_forms
        ]


ItemFormSet: type[BaseItemFormSet] = forms.formset_factory(  # type: ignore[assignment]
    ItemForm,
    formset=BaseItemFormSet,
    extra=1,
    can_delete=True,
    can_delete_extra=True,
    max_num=MOST_LINES,
    absolute_max=MOST_LINES,
    validate_max=True,
)


class HandOverForm(forms.Form):
    committee = forms.ModelChoiceField(
        label=_("Committee (Pokja)"), queryset=Committee.objects.none(), empty_label=_("Choose …")
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        own = Assignment.objects.in_force().filter(user=user, role=Role.POKJA)
        field = self.fields["committee"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        field.queryset = Committee.objects.exclude(pk__in=own.values("committee"))


class ProcedureForm(forms.Form):
    """The rule set and one of its procedures, in one choice."""

    choice = forms.ChoiceField(label=_("Rule set and procedure"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["choice"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [
            (f"{law.code}/{key}", f"{law.title}: {procedure.title}")
            for law in rule_set.available()
            for key, procedure in law.procedures.items()
        ]

    def chosen(self) -> tuple[str, str]:
        code, _slash, procedure = self.cleaned_data["choice"].partition("/")
        return code, procedure


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea({"rows": 3})
    )


def add_refusal(form: forms.BaseForm, refusal: Refused) -> None:
    """Put a refusal beside its field, or on top where the form has none of that name."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
