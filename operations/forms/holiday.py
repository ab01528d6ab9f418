from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from registration.forms.assignment import DateInput


class YearForm(forms.Form):
    """From the address of the page: whatever is no year shows this one."""

    year = forms.IntegerField(min_value=2000, max_value=2999)


class HolidayForm(forms.Form):
    day = forms.DateField(label=_("Day"), widget=DateInput())
    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("As the decree calls it: everybody reads it."),
    )
    is_joint_leave = forms.BooleanField(
        label=_("Joint leave"),
        required=False,
        help_text=_("Whether joint leave counts as a working day is for each rule set to say."),
    )
