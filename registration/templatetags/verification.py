"""What the pages of verification show: numbers nobody needs to read, data beside their paper."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registration import identity_numbers
from registration.domain.verification import PROVES, Paper
from registration.models import Application

register = template.Library()

LEFT_OPEN = 4
NPWP = 15  # digits; with a 0 before them today
OF_ITS_BRANCH = 6  # the tax office and the branch, at the end of an NPWP
FORMATS = {"npwp": identity_numbers.format_npwp, "responsible_nik": identity_numbers.format_nik}


@register.filter
def masked(number: str) -> str:
    """Enough digits to tell two apart, too few to copy the number (UU 27/2022).

    The end of an NPWP is its branch, the same for most: what tells are the digits before it.
    """
    end = OF_ITS_BRANCH if len(number) == NPWP or (len(number) > NPWP and number[0] == "0") else 0
    until = len(number) - end
    since = max(until - LEFT_OPEN, 0)
    return "•" * since + number[since:until] + "•" * end


@register.filter
def proven(paper: Paper) -> list[tuple[str, str]]:
    """The data that the paper proves, by their labels, to be laid beside it."""
    application = paper.document.application
    rows = [(_label(name), _shown(application, name)) for name in PROVES[paper.document.code]]
    if paper.document.number:
        rows.append((_("Number"), paper.document.number))
    return rows


@register.filter
def working_time(span: dt.timedelta | None) -> str:
    """A span of office hours; a day of it would be a working day, so it is not counted in days."""
    if span is None:
        return "—"
    hours = int(span.total_seconds()) // 3600
    if hours < 1:
        return _("less than a working hour")
    return ngettext("%(n)d working hour", "%(n)d working hours", hours) % {"n": hours}


@register.filter
def weekday(number: int) -> str:
    return str(WEEKDAYS[number])


def _label(name: str) -> str:
    return str(Application._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _shown(application: Application, name: str) -> str:
    value = str(getattr(application, name))
    if name == "kind":
        return str(application.get_kind_display())
    return FORMATS[name](value) if value and name in FORMATS else value or "—"
