from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class JoinForm(forms.Form):
    """The one thing a firm declares when it joins."""

    integrity_pact = forms.BooleanField(
        # Translators: "Pakta Integritas" is the name of this declaration in the law.
        label=_("On behalf of the firm I accept the integrity pact above."),
        error_messages={"required": _("Accept the integrity pact to take part.")},
    )
