"""What the verifier writes down about a person."""

from __future__ import annotations

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from registration.models import Role, User

NIP = RegexValidator(r"^[0-9]{18}$", _("A NIP has 18 digits."))


class SearchForm(forms.Form):
    q = forms.CharField(label=_("Name, User ID or e-mail address"), required=False)
    role = forms.ChoiceField(
        label=_("Office"), required=False, choices=[("", _("All")), *Role.choices]
    )


class UserForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new User ID (P22(1)b). It cannot be changed afterwards (P1(18))."""

    class Meta:
        model = User
        fields = ["username", "full_name", "employee_number", "email"]
        help_texts = {
            "username": _("For ever: it is never changed and never given to somebody else."),
            "full_name": _("As the decree writes it."),
            "employee_number": _("18 digits; empty for somebody who is no civil servant."),
        }

    email = forms.EmailField(
        label=_("E-mail address"), help_text=_("A link to choose the password goes there.")
    )
    employee_number = forms.CharField(label=_("NIP"), required=False, validators=[NIP])

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).lower()


class CorrectionForm(forms.ModelForm):  # type: ignore[type-arg]
    employee_number = forms.CharField(label=_("NIP"), required=False, validators=[NIP])

    class Meta:
        model = User
        fields = ["full_name", "employee_number"]
