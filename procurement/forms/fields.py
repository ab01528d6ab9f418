"""Amounts and instants as people here type them."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

AMOUNT = re.compile(r"-?(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d+)?")


def plain(text: str) -> str:
    """``Rp 1.500.000,50`` as ``1500000.50``; ``ValueError`` for any other spelling.

    A dot only parts thousands. Guessing at ``1500.5`` would change a price a thousandfold.
    """
    text = re.sub(r"\s|Rp\.?", "", text, flags=re.IGNORECASE)
    if not AMOUNT.fullmatch(text):
        raise ValueError(text)
    return text.replace(".", "").replace(",", ".")


def spelt(amount: Any) -> str:
    """An amount in a field: ``1.500.000`` or ``1.500.000,50``."""
    if not isinstance(amount, int | Decimal):
        return str(amount)
    whole, _dot, sen = f"{amount:,f}".partition(".")
    sen = sen.rstrip("0")
    return whole.replace(",", ".") + (f",{sen}" if sen else "")


class AmountInput(forms.TextInput):
    """A text field with the numeric keyboard of a phone, and without a spinner."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "decimal", "autocomplete": "off"} | (attrs or {}))

    def format_value(self, value: Any) -> str | None:
        return None if value in (None, "") else spelt(value)


class AmountField(forms.DecimalField):
    """A decimal number in Indonesian spelling."""

    widget = AmountInput

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value.strip():
            try:
                return Decimal(plain(value))
            except ValueError:
                raise ValidationError(
                    _("Write a number with a comma before the decimals: 1.500.000 or 12,5."),
                    code="invalid",
                ) from None
        return super().to_python(value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:  # noqa: ARG002
        return {}


class RupiahField(AmountField):
    """Whole rupiah."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**({"decimal_places": 0, "max_digits": 18, "min_value": 1} | options))

    def clean(self, value: Any) -> Any:
        amount = super().clean(value)
        return None if amount is None else int(amount)


class MinuteInput(forms.DateTimeInput):
    """The browser's own picker of a date and a minute."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class MinuteField(forms.DateTimeField):
    """An instant in the zone of the office, to the minute."""

    widget = MinuteInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        if isinstance(initial, dt.datetime):
            initial = initial.replace(second=0, microsecond=0)
        return super().has_changed(initial, data)
