"""Numbers as they stand on the cards; what is none stays as it was typed."""

from __future__ import annotations

from django import template

from registration import identity_numbers

register = template.Library()


@register.filter
def npwp(number: str) -> str:
    return identity_numbers.format_npwp(number) if len(number) in {15, 16} else number


@register.filter
def nik(number: str) -> str:
    return identity_numbers.format_nik(number)
