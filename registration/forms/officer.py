"""Whom a firm asks to act for it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from registration.domain.signup import LONGEST_ADDRESS
from registration.models import OfficerRight

RIGHTS = [
    (OfficerRight.BIDDER, _("Bidder: bids for the firm and keeps its qualification data")),
    (OfficerRight.READER, _("Reader: reads, and does nothing in the firm's name")),
    (OfficerRight.ADMINISTRATOR, _("Administrator: bids, and decides who acts for the firm")),
]


class InvitationForm(forms.Form):
    full_name = forms.CharField(
        label=_("Full name of the colleague"), max_length=150, help_text=_("As in the KTP.")
    )
    email = forms.EmailField(
        label=_("E-mail address of the colleague"),
        max_length=LONGEST_ADDRESS,
        help_text=_("An own one: whoever reads this mailbox can accept the invitation."),
    )
    right = forms.ChoiceField(
        label=_("Right"),
        choices=RIGHTS,
        widget=forms.RadioSelect,
        initial=OfficerRight.BIDDER,
    )


class RightForm(forms.Form):
    right = forms.ChoiceField(label=_("Right"), choices=RIGHTS, widget=forms.RadioSelect)
