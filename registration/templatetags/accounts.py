"""What the pages of an account show beside what allauth gives them."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django import template
from django.utils.translation import gettext as _

from registration.domain import sample
from registration.domain.sample import SampleGroup

register = template.Library()


@register.simple_tag
def sample_groups() -> list[SampleGroup]:
    return sample.groups()


@register.filter
def factor_label(kind: str) -> str:
    """A way to sign in, by the name this house gives it."""
    return {
        Authenticator.Type.TOTP: _("Authenticator app"),
        Authenticator.Type.WEBAUTHN: _("Passkey"),
        Authenticator.Type.RECOVERY_CODES: _("Recovery codes"),
    }[Authenticator.Type(kind)]


@register.filter
def browser_label(user_agent: str) -> str:
    """``Chrome, Android``: what one recognises the own device by, not more than that."""
    browsers = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome"}
    browsers["Safari/"] = "Safari"
    systems = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows"}
    systems |= {"Mac OS": "macOS", "Linux": "Linux"}
    known = [
        next((name for mark, name in names.items() if mark in user_agent), "")
        for names in (browsers, systems)
    ]
    return ", ".join(filter(None, known)) or _("Unknown browser")
