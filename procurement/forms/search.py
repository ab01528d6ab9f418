from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from procurement.domain.queries import SORTS, STATUSES, Criteria, Sort
from procurement.models import Category
from registration.models import Agency

ANY = ("", _("All"))
YEARS_BACK = 10


class SearchForm(forms.Form):
    """The filters of the public list. A value that makes no sense filters nothing."""

    q = forms.CharField(label=_("Search"), required=False, max_length=200)
    category = forms.ChoiceField(
        label=_("Category"), required=False, choices=[ANY, *Category.choices]
    )
    agency = forms.ModelChoiceField(
        label=_("Agency"), required=False, queryset=Agency.objects.all(), empty_label=_("All")
    )
    status = forms.ChoiceField(label=_("Stage"), required=False, choices=[ANY, *STATUSES])
    year = forms.TypedChoiceField(
        label=_("Budget year"), required=False, coerce=int, empty_value=None
    )
    sort = forms.ChoiceField(label=_("Sort"), required=False, choices=SORTS)

    def __init__(self, data: Any, *, now: dt.datetime) -> None:
        super().__init__(data)
        years = range(now.year + 1, now.year - YEARS_BACK, -1)
        field = self.fields["year"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - for the type checker
        field.choices = [ANY, *((str(year), str(year)) for year in years)]

    def criteria(self) -> Criteria:
        self.is_valid()
        given = self.cleaned_data
        agency = given.get("agency")
        return Criteria(
            q=given.get("q", ""),
            category=given.get("category", ""),
            agency=agency.pk if agency else None,
            status=given.get("status", ""),
            year=given.get("year"),
            sort=Sort(given.get("sort") or Sort.NEWEST),
        )

    def is_narrowed(self) -> bool:
        return self.criteria() != Criteria(sort=self.criteria().sort)
