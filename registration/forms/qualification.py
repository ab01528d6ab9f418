"""One form for each kind of qualification data, made from the table of its facts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registration import identity_numbers as numbers
from registration.domain.qualification import FACTS, LONGEST_TITLE, Fact, FactType
from registration.forms.application import NumberField
from registration.forms.assignment import DateInput
from registration.models import QualificationKind, QualificationVersion

AMOUNT = re.compile(r"(?:Rp\s*)?([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)(?:,00)?")


class RupiahField(forms.CharField):
    """An amount as people write it, with or without dots; kept as plain digits."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(max_length=30, widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        typed = str(super().clean(value)).strip()
        amount = AMOUNT.fullmatch(typed)
        if typed and amount is None:
            raise forms.ValidationError(_("An amount in rupiah, for example 1.250.000.000."))
        return amount[1].replace(".", "") if amount else ""

    def prepare_value(self, value: Any) -> Any:
        digits = str(value or "")
        return f"{int(digits):,}".replace(",", ".") if digits.isdecimal() else value


class QualificationForm(forms.Form):
    """``kind`` decides the fields; ``before`` is the version that is being corrected."""

    def __init__(
        self,
        *args: Any,
        kind: QualificationKind,
        before: QualificationVersion | None = None,
        **kwargs: Any,
    ) -> None:
        if before is not None:
            kwargs["initial"] = {
                **before.facts,
                "valid_from": before.valid_from,
                "valid_until": before.valid_until,
            }
        super().__init__(*args, **kwargs)
        self.facts = FACTS[kind]
        for fact in self.facts:
            self.fields[fact.code] = _field(fact)
        self.fields |= {
            "valid_from": forms.DateField(
                label=_("Valid from"), required=False, widget=DateInput()
            ),
            "valid_until": forms.DateField(
                label=_("Valid until"),
                required=False,
                widget=DateInput(),
                help_text=_("You are reminded by e-mail before this day."),
            ),
            "document": forms.FileField(
                label=_("Copy of the document"),
                required=False,
                help_text=_("PDF, JPEG or PNG, at most 10 MB.")
                if before is None or before.file is None
                else _("Choose a file only to replace the present one. At most 10 MB."),
            ),
        }

    def told(self) -> dict[str, str]:
        """The facts as text, in one spelling for each type."""
        return {fact.code: _text(self.cleaned_data[fact.code]) for fact in self.facts}


def _field(fact: Fact) -> forms.Field:
    common: dict[str, Any] = {"label": fact.label, "required": fact.required}
    if fact.choices:
        return forms.ChoiceField(choices=[("", "—"), *fact.choices], **common)
    return FIELDS[fact.type](**common)


def _nik_field(*, label: Any, required: bool) -> forms.Field:
    field = NumberField(numbers.nik, numbers.format_nik, label=label)
    field.required = required
    return field


FIELDS: dict[FactType, Callable[..., forms.Field]] = {
    "text": partial(forms.CharField, max_length=LONGEST_TITLE),
    "number": partial(forms.IntegerField, min_value=0, max_value=1_000_000),
    "percent": partial(
        forms.DecimalField, min_value=0, max_value=100, max_digits=5, decimal_places=2
    ),
    "rupiah": RupiahField,
    "date": lambda **common: forms.DateField(widget=DateInput(), **common),
    "nik": _nik_field,
}


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case Decimal():
            return f"{value.normalize():f}"
        case dt.date():
            return value.isoformat()
    return str(value)
