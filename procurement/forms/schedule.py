from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from procurement.domain.schedule import Changes, Planned
from procurement.forms.fields import MinuteField
from procurement.models import StageCode


class ScheduleForm(forms.Form):
    """Two instants for each of the twelve stages, named as a ``Refused`` names them."""

    def __init__(
        self, data: Any = None, *, stages: Iterable[Planned], locked: Iterable[str] = ()
    ) -> None:
        dates = {stage.code: stage for stage in stages}
        initial = {
            f"{code}-{edge}": getattr(stage, edge)
            for code, stage in dates.items()
            for edge in ("starts_at", "ends_at")
        }
        super().__init__(data, initial=initial)
        self.locked = set(locked)
        for code in StageCode:
            for edge, words in (
                ("starts_at", _("%(stage)s: from")),
                ("ends_at", _("%(stage)s: until")),
            ):
                self.fields[f"{code}-{edge}"] = MinuteField(
                    label=words % {"stage": code.label}, disabled=code in self.locked
                )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for code in StageCode:
            starts, ends = given.get(f"{code}-starts_at"), given.get(f"{code}-ends_at")
            if starts and ends and ends <= starts:
                self.add_error(f"{code}-ends_at", _("The stage ends before it begins."))
        return given

    def rows(self) -> list[dict[str, Any]]:
        """The fields as the table shows them."""
        return [
            {
                "number": number,
                "code": code.value,
                "label": code.label,
                "starts": self[f"{code}-starts_at"],
                "ends": self[f"{code}-ends_at"],
                "is_locked": code in self.locked,
            }
            for number, code in enumerate(StageCode, start=1)
        ]

    def dates(self) -> Changes:
        given = self.cleaned_data
        return {
            code.value: (given[f"{code}-starts_at"], given[f"{code}-ends_at"])
            for code in StageCode
        }

    def changes(self, stages: Iterable[Planned]) -> Changes:
        """Only what was typed anew: an instant with seconds is not a change of the minute."""
        before = {stage.code: (stage.starts_at, stage.ends_at) for stage in stages}
        typed = set(self.changed_data)
        changed = {}
        for code, (starts, ends) in self.dates().items():
            old = before[code]
            new = (
                starts if f"{code}-starts_at" in typed else old[0],
                ends if f"{code}-ends_at" in typed else old[1],
            )
            if new != old:
                changed[code] = new
        return changed


class ProposalForm(forms.Form):
    """When the announcement should begin."""

    start = MinuteField(label=gettext_lazy("Announcement begins"))


class ScheduleChangeForm(ScheduleForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("Everybody will read it."),
    )
