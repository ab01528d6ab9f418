from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from registration.domain.visit import Slot
from registration.models import Counter, CounterHours


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", **kwargs)


class DayForm(forms.Form):
    """From the address of a page: whatever is no day shows today."""

    day = forms.DateField()


class BookForm(forms.Form):
    """One of the free times of a day; the choice is the instant."""

    starts_at = forms.ChoiceField(label=_("Time"), widget=forms.RadioSelect)

    def __init__(self, slots: Iterable[Slot], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        from_words = [(slot.starts_at.isoformat(), f"{slot.starts_at:%H.%M}") for slot in slots]
        field: Any = self.fields["starts_at"]
        field.choices = from_words

    def moment(self) -> dt.datetime:
        return dt.datetime.fromisoformat(self.cleaned_data["starts_at"])


class CounterForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Counter
        fields = ("name", "room", "is_open")

    def validate_unique(self) -> None:
        """The verb says so, under lock."""


class HoursForm(forms.ModelForm):  # type: ignore[type-arg]
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days"),
        choices=[(day, name) for day, name in WEEKDAYS.items() if day < 5],  # noqa: PLR2004
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Holidays are left out by themselves."),
    )

    class Meta:
        model = CounterHours
        fields = ("opens", "closes", "minutes")
        widgets = {"opens": TimeInput, "closes": TimeInput}

    field_order = ("weekdays", "opens", "closes", "minutes")
