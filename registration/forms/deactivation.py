"""A deactivation as the verifier writes it down, and the answer to it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from lpse.files.models import StoredFile
from registration.forms.assignment import DateInput
from registration.models import Deactivation, Ground, User
from registration.models.sanction import REQUESTERS

LONGEST = 4000


class DeactivationForm(forms.Form):
    ground = forms.ChoiceField(label=_("Ground (Pasal 10(4))"), choices=Ground.choices)
    facts = forms.CharField(
        label=_("What happened"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("The holder reads it and can answer."),
    )
    requester_role = forms.ChoiceField(
        label=_("Office of who asks for it"),
        required=False,
        choices=[("", "—"), *((role.value, role.label) for role in REQUESTERS)],
        help_text=_("Needed where the ground is a blacklist."),
    )
    requester_name = forms.CharField(label=_("Name"), max_length=150, required=False)
    letter_number = forms.CharField(
        label=_("Number of the letter"), max_length=100, required=False
    )
    letter_date = forms.DateField(
        label=_("Date of the letter"), required=False, widget=DateInput()
    )
    letter = forms.FileField(
        label=_("Copy of the letter"),
        required=False,
        help_text=_("PDF, JPEG or PNG, at most 10 MB."),
    )
    until = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=DateInput(),
        help_text=_("The User ID comes back by itself after it. Empty: by decision."),
    )

    def deactivation(self, user: User, letter: StoredFile | None) -> Deactivation:
        """What the form describes, not saved yet."""
        return Deactivation(**self.cleaned_data | {"user": user, "letter": letter})


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Your answer"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("You can send it once. The verifiers of the LPSE read it."),
    )


class LiftForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300)


class KeepForm(forms.Form):
    reply = forms.CharField(
        label=_("Why it stays"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("The holder reads it."),
    )
