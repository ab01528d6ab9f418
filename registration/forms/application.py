"""The steps of an application. Every one can be kept incomplete; what is typed must make sense."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.core.validators import RegexValidator
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from registration import identity_numbers as numbers
from registration import regions
from registration.domain.completeness import Step, needed_fields
from registration.models import Application, DocumentCode, ProviderKind

PHONE = RegexValidator(r"^\+?[0-9][0-9 ()/-]{5,18}$", _("A telephone number, with its area code."))
POSTAL_CODE = RegexValidator(r"^[0-9]{5}$", _("A postal code has 5 digits."))
LONGEST_TYPED = 40  # of a number with its dots and spaces


def region_choices() -> list[Any]:
    return [("", _("Choose…")), *regions.by_province()]


class NumberField(forms.CharField):
    """A number as people write it; it is kept without dots, hyphens and spaces."""

    def __init__(
        self, parse: Callable[[str], str], show: Callable[[str], str], **kwargs: Any
    ) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(required=False, max_length=LONGEST_TYPED, widget=widget, **kwargs)
        self.parse = parse
        self.show = show

    def prepare_value(self, value: Any) -> Any:
        """Grouped, as on the card; what was typed wrongly stays as it was typed."""
        try:
            return self.show(self.parse(value)) if value else value
        except numbers.WrongNumber:
            return value

    def clean(self, value: Any) -> str:
        typed = str(super().clean(value))
        try:
            return self.parse(typed) if typed else ""
        except numbers.WrongNumber as wrong:
            raise forms.ValidationError(str(wrong)) from wrong


class StepForm(forms.ModelForm):  # type: ignore[type-arg]
    """One page of an application; ``note`` puts words beside a field."""

    step: ClassVar[Step]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        needed = needed_fields(self.instance.kind)
        for name, field in self.fields.items():
            field.required = False
            field.is_asked_later = name in needed  # type: ignore[attr-defined]

    def note(self, name: str, words: str) -> None:
        """Say something beside the field ``name``, read out with it."""
        field = self.fields[name]
        field.help_text = format_html(
            '<strong class="field-asked">{}</strong> {}', words, field.help_text
        )


class KindForm(StepForm):
    step = Step.KIND

    kind = forms.ChoiceField(
        label=_("Who registers"),
        choices=[
            (ProviderKind.COMPANY, _("A company, such as a PT, CV or cooperative")),
            (ProviderKind.SOLE, _("A sole proprietorship (perusahaan perseorangan)")),
            (ProviderKind.PERSON, _("An individual")),
        ],
        widget=forms.RadioSelect,
        help_text=_("It decides which documents are asked for."),
    )

    class Meta:
        model = Application
        fields = ["kind"]


class IdentityForm(StepForm):
    step = Step.IDENTITY

    npwp = NumberField(
        numbers.npwp,
        numbers.format_npwp,
        label=_("NPWP"),
        help_text=_("15 or 16 digits, with or without dots."),
    )
    nib = NumberField(
        numbers.nib,
        str,
        label=_("NIB"),
        help_text=_("13 digits; leave it empty if you have none yet."),
    )

    class Meta:
        model = Application
        fields = ["name", "npwp", "nib"]
        labels = {"name": _("Name")}
        help_texts = {"name": _("As in the deed, with PT or CV; a person as in the KTP.")}


class AddressForm(StepForm):
    step = Step.ADDRESS

    region = forms.ChoiceField(label=_("Regency or city"), choices=lazy(region_choices, list))
    postal_code = forms.CharField(
        label=_("Postal code"),
        validators=[POSTAL_CODE],
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    phone = forms.CharField(
        label=_("Telephone"), validators=[PHONE], widget=forms.TextInput(attrs={"type": "tel"})
    )

    class Meta:
        model = Application
        fields = ["address", "region", "postal_code", "phone"]
        labels = {"address": _("Address")}
        help_texts = {"address": _("Street, number, village and district.")}
        widgets = {"address": forms.Textarea(attrs={"rows": 3})}


class ResponsibleForm(StepForm):
    step = Step.RESPONSIBLE

    responsible_nik = NumberField(
        numbers.nik,
        numbers.format_nik,
        label=_("NIK of the responsible person"),
        help_text=_("16 digits, as on the KTP."),
    )
    contact_phone = forms.CharField(
        label=_("Telephone of the contact"),
        validators=[PHONE],
        widget=forms.TextInput(attrs={"type": "tel"}),
    )

    class Meta:
        model = Application
        fields = [
            "responsible_name",
            "responsible_position",
            "responsible_nik",
            "contact_name",
            "contact_phone",
        ]
        labels = {
            "responsible_name": _("Responsible person"),
            "responsible_position": _("Position"),
            "contact_name": _("Contact person"),
        }
        help_texts = {
            "responsible_name": _("Director, owner or authorised officer, as in the KTP."),
            "responsible_position": _("For example Direktur. An individual has none."),
            "contact_name": _("Only if somebody else answers the telephone."),
        }


FORMS: dict[Step, type[StepForm]] = {
    form.step: form for form in (KindForm, IdentityForm, AddressForm, ResponsibleForm)
}


class DocumentForm(forms.Form):
    """One copy of one document."""

    code = forms.ChoiceField(choices=DocumentCode.choices, widget=forms.HiddenInput)
    number = forms.CharField(label=_("Number of the document"), required=False, max_length=100)
    file = forms.FileField(
        label=_("Copy of the document"),
        help_text=_("PDF, JPEG or PNG, up to 10 MB."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )
