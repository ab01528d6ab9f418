"""The codes of an opening in words: verdicts on files, findings in sums, ways of signing in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bidding.domain.offer import Slot

Words = Mapping[str, str | Promise]

VERDICTS: Words = {
    "ok": gettext_lazy("Readable"),
    "size": gettext_lazy("Another size than stated"),
    "unlisted": gettext_lazy("Not listed by the bidder"),
    "missing": gettext_lazy("Listed, but not there"),
    "damaged": gettext_lazy("Damaged"),
    "empty": gettext_lazy("Empty"),
    "kind": gettext_lazy("Of a kind that is not accepted"),
}

FINDINGS: Words = {
    "line_missing": gettext_lazy("Line %(line)s has no usable price."),
    "line_unknown": gettext_lazy("Line %(line)s is not a line of the tender, or stands twice."),
    "line_unreadable": gettext_lazy("The numbers of line %(line)s cannot be read."),
    "volume": gettext_lazy(
        "Line %(line)s states the volume %(stated)s; the tender asks %(computed)s."
    ),
    "subtotal": gettext_lazy("The lines add up to %(computed)s, not to %(stated)s."),
    "tax": gettext_lazy("The tax is %(computed)s, not %(stated)s."),
    "tax_percent": gettext_lazy("The rule set has %(computed)s %% tax, the bid %(stated)s %%."),
    "total": gettext_lazy("The total comes to %(computed)s, not to %(stated)s."),
}

METHODS: Words = {
    "password": gettext_lazy("password"),
    "totp": gettext_lazy("code of an authenticator app"),
    "webauthn": gettext_lazy("passkey or security key"),
    "recovery_codes": gettext_lazy("recovery code"),
    "sample": gettext_lazy("sample sign-in"),
}


def verdict(code: str) -> str:
    return str(VERDICTS.get(code, code))


def finding(found: Mapping[str, Any]) -> str:
    """One place where a bid is not what it should be, as a sentence."""
    words = FINDINGS.get(found["what"])
    return str(words) % found if words else str(found["what"])


def slot(code: str) -> str:
    """Where in the bid a file belongs; a code of the bidder's own is shown as it is."""
    return str(Slot(code).label) if code in Slot.values else code


def method(codes: str) -> str:
    """How a member had signed in: ``password, totp`` in words."""
    return " + ".join(str(METHODS.get(code, code)) for code in codes.split(", "))


def fault(whose: str) -> str:
    return _("the bidder's") if whose == "bidder" else _("the member's")


def sentences(findings: Sequence[Mapping[str, Any]]) -> list[str]:
    return [finding(found) for found in findings]
