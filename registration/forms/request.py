"""A request for an office, as the letter or decree describes it, and the verifier's decision."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lpse.files.models import StoredFile
from registration.domain import request as domain
from registration.forms.assignment import DateInput
from registration.forms.user import NIP
from registration.models import Committee, OfficeRequest, Role, User, WorkUnit


class RequestForm(forms.ModelForm):  # type: ignore[type-arg]
    """Offers what its asker may ask for, and nothing of other agencies."""

    class Meta:
        model = OfficeRequest
        fields = [
            "full_name",
            "employee_number",
            "email",
            "agency",
            "role",
            "entity",
            "work_unit",
            "committee",
            "decree_number",
            "decree_date",
            "since",
            "until",
        ]
        widgets = {"decree_date": DateInput(), "since": DateInput(), "until": DateInput()}
        help_texts = {
            "full_name": _("As the decree writes it."),
            "email": _("The person's own office address. A new account is told there."),
            "committee": _("Only for a committee member."),
            "entity": _("Only for another entity that the terms of use name."),
            "until": _("The office ends by itself with this day. Needed for an auditor."),
        }

    employee_number = forms.CharField(
        label=_("NIP"),
        required=False,
        validators=[NIP],
        help_text=_("18 digits; empty for somebody who is no civil servant."),
    )
    decree_copy = forms.FileField(
        label=_("Copy of the decree"), help_text=_("PDF, JPEG or PNG, at most 10 MB.")
    )

    def __init__(self, *args: Any, asker: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agencies = domain.agencies_of(asker)
        roles = list(domain.roles_of(asker))
        names = [("", "—"), *((name, name) for name in domain.entities())]
        if len(names) == 1:
            roles = [role for role in roles if role != Role.ENTITY]
        self.fields["agency"] = forms.ModelChoiceField(
            agencies, label=_("Agency"), initial=agencies.first(), empty_label=None
        )
        self.fields["role"] = forms.ChoiceField(
            label=_("Office"), choices=[("", "—"), *((r.value, r.label) for r in roles)]
        )
        self.fields["entity"] = forms.ChoiceField(
            label=_("Other entity"),
            choices=names,
            required=False,
            help_text=_("Only for another entity that the terms of use name."),
        )
        self.fields["work_unit"] = forms.ModelChoiceField(
            WorkUnit.objects.filter(agency__in=agencies),
            label=_("Work unit"),
            required=False,
            empty_label="—",
        )
        self.fields["committee"] = forms.ModelChoiceField(
            Committee.objects.filter(unit__agency__in=agencies),
            label=_("Committee (Pokja)"),
            required=False,
            empty_label="—",
            help_text=_("Only for a committee member."),
        )
        if len(names) == 1:
            del self.fields["entity"]

    def clean(self) -> dict[str, Any]:
        facts = self.cleaned_data
        if facts.get("role") != Role.ENTITY:
            facts["entity"] = ""
        elif not facts.get("entity"):
            self.add_error("entity", _("Say which entity it is."))
        return facts

    def wanted(self, decree_copy: StoredFile) -> OfficeRequest:
        """What the form describes, not saved yet."""
        facts = {k: v for k, v in self.cleaned_data.items() if k != "decree_copy"}
        return OfficeRequest(**facts, decree_copy=decree_copy)


class DecisionForm(forms.Form):
    """The verifier's: to approve one needs the original, to reject one needs a reason."""

    original_seen = forms.BooleanField(
        label=_("I have seen the original of the decree (P22(1)b)."), required=False
    )
    username = forms.CharField(
        label=_("User ID of the new account"),
        required=False,
        max_length=30,
        validators=User._meta.get_field("username").validators,
        help_text=_("For ever: it is never changed and never given to somebody else."),
    )
    reason = forms.CharField(
        label=_("Reason, if it is rejected"),
        required=False,
        max_length=300,
        help_text=_("The asker reads it."),
    )

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:
            del self.fields["username"]

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).lower()
