"""allauth's forms in the words of this house."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils.functional import lazy


class Worded(forms.Form):
    """Give the fields our labels; a placeholder is no label, so there are none."""

    words: ClassVar[Mapping[str, Any]] = {}
    helps: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.help_text = self.helps.get(name, "")
            if name in self.words:
                field.label = self.words[name]


def _password_rules() -> str:
    return " ".join(password_validators_help_texts())


password_rules = lazy(_password_rules, str)


def code_input() -> forms.TextInput:
    """For a code of digits: the keyboard of a phone shows digits, a manager may fill it in."""
    return forms.TextInput(
        attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
    )
