"""The blacklist: what PA/KPA decreed, public from–until, and whom it keeps from bidding.

The verifier records a decree; the term is the law's. Which law says what is known to the
applications above: they register their laws here from their ``ready``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lpse.audit.events import Event
from lpse.audit.log import record
from lpse.clock import database_now, office_zone
from lpse.errors import Refused
from lpse.mail import notify
from lpse.templatetags.indonesia import tanggal_pendek
from registration import masking
from registration.identity_numbers import format_npwp, same_npwp
from registration.models import (
    Provider,
    ProviderKind,
    Sanction,
    Status,
    User,
    Violation,
    office_date,
)
from registration.models.sanction import SanctionQuerySet


@dataclass(frozen=True, slots=True)
class Term:
    """For how many years a violation is punished, and where that is written."""

    years: int
    source: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Law:
    code: str
    title: str
    terms: Mapping[Violation, Term]


Source = Callable[[], Iterable[Law]]

_sources: list[Source] = []


def laws(source: Source) -> Source:
    """Let an application above say which laws there are (from its ``ready``)."""
    _sources.append(source)
    return source


def known_laws() -> list[Law]:
    return [law for source in _sources for law in source()]


def law_of(code: str) -> Law:
    found = next((law for law in known_laws() if law.code == code), None)
    if found is None:
        raise Refused(_("There is no rule set “%(code)s” here.") % {"code": code})
    return found


# --- The term ------------------------------------------------------------------------------------


def last_day(since: dt.date, years: int) -> dt.date:
    """The same day ``years`` later; 29 February ends on the 28th where there is none."""
    try:
        return since.replace(year=since.year + years)
    except ValueError:
        return since.replace(year=since.year + years, day=28)


def doubt_about_term(sanction: Sanction) -> str:
    """Why the term of ``sanction`` is not the law's; nothing when it is."""
    term = law_of(sanction.rule_set).terms[Violation(sanction.violation)]
    lawful = last_day(sanction.since, term.years)
    if sanction.until == lawful:
        return ""
    years = ngettext("%(n)d year", "%(n)d years", term.years) % {"n": term.years}
    return _("The law gives %(years)s, until %(day)s (%(source)s).") % {
        "years": years,
        "day": tanggal_pendek(lawful),
        "source": term.source,
    }


# --- The verbs -----------------------------------------------------------------------------------


@transaction.atomic
def publish(wanted: Sanction, *, by: User) -> Sanction:
    """Put the decree that ``wanted``, which is not saved yet, describes on the public list.

    It counts from the day it names, not from now. Without a last day it gets the law's; another
    one is refused where the law's is confirmed. A provider that has this NPWP is found by it.
    """
    if not by.has_perm("registration.publish_sanction"):
        raise PermissionDenied
    _complete(wanted)
    if wanted.provider is None:
        wanted.provider = _provider_of(wanted.npwp)
    if wanted.provider is not None:
        # Whoever of the firm is just sending a bid has this row: it is sent before, or refused.
        same = Q(pk=wanted.provider.pk) | Q(npwp__in=same_npwp(wanted.npwp))
        list(Provider.objects.select_for_update(no_key=True).filter(same).order_by("pk"))
    if Sanction.objects.filter(npwp=wanted.npwp, decree_number=wanted.decree_number).exists():
        raise Refused(_("This decree is on the list already."), field="decree_number")
    wanted.published_by = by
    wanted.save(force_insert=True)
    record(Event.SANCTION_PUBLISHED, subject=wanted, by=by, **_facts(wanted))
    notify(_officers(wanted), "sanction_published", url=wanted.get_absolute_url(), sanction=wanted)
    return wanted


@transaction.atomic
def withdraw(sanction: Sanction, *, number: str, date: dt.date, reason: str, by: User) -> None:
    """Take an entry back by a decree of its own. The entry stays on the list, as withdrawn."""
    if not by.has_perm("registration.publish_sanction"):
        raise PermissionDenied
    locked = Sanction.objects.select_for_update(of=("self",)).get(pk=sanction.pk)
    if locked.withdrawn_at is not None:
        raise Refused(_("This entry is withdrawn already."))
    if date < locked.decree_date:
        raise Refused(_("That lies before the decree itself."), field="date")
    if date > _today():
        raise Refused(_("A decree is not recorded before its date."), field="date")
    locked.withdrawal_number, locked.withdrawal_date = number, date
    locked.withdrawal_reason = reason
    locked.withdrawn_at, locked.withdrawn_by = database_now(), by
    locked.save(
        update_fields=[
            "withdrawal_number",
            "withdrawal_date",
            "withdrawal_reason",
            "withdrawn_at",
            "withdrawn_by",
        ]
    )
    record(
        Event.SANCTION_WITHDRAWN,
        subject=locked,
        by=by,
        number=number,
        date=date,
        reason=reason,
    )
    notify(_officers(locked), "sanction_withdrawn", url=locked.get_absolute_url(), sanction=locked)


# --- Asking --------------------------------------------------------------------------------------


def against(provider: Provider) -> SanctionQuerySet:
    """Every entry about ``provider``: also one that was published before it registered here.

    The number finds those, in both of its spellings and whichever firm an entry names: nobody
    gets away from one by registering the same tax payer once more.
    """
    found: SanctionQuerySet = Sanction.objects.filter(
        Q(provider=provider) | Q(npwp__in=same_npwp(provider.npwp))
    )
    return found


def attach(provider: Provider) -> None:
    """Tie the entries that only its number finds to ``provider``, whose number may change."""
    unknown = Sanction.objects.filter(provider=None, npwp__in=same_npwp(provider.npwp))
    unknown.update(provider=provider)


def in_force(provider: Provider) -> Sanction | None:
    """The entry that keeps ``provider`` from bidding today, the longest one."""
    return against(provider).in_force().order_by("-until").first()


def words(sanction: Sanction) -> str:
    """Why a provider may not take part: by which decree and until when."""
    return _(
        "%(name)s is on the blacklist by decree %(number)s of %(agency)s until %(day)s and cannot "
        "take part in tenders. A bid that was sent before stays in its box."
    ) % {
        "name": sanction.provider or sanction.name,
        "number": sanction.decree_number,
        "agency": sanction.agency,
        "day": tanggal_pendek(sanction.until),
    }


# --- The public list -----------------------------------------------------------------------------


def status(sanction: Sanction, today: dt.date) -> Status:
    if sanction.withdrawn_at is not None:
        return Status.WITHDRAWN
    return Status.OVER if sanction.until < today else Status.SHOWN


def search(text: str = "", state: str = "") -> SanctionQuerySet:
    """Entries by words of the name, number of the decree or NPWP.

    A number that is not shown in full is found by all of its digits only: whoever could search
    for a part of it would find the rest digit by digit.
    """
    found: SanctionQuerySet = Sanction.objects.select_related("agency", "work_unit")
    digits = re.sub(r"[.\-\s]", "", text)
    if digits.isdecimal():
        full = Q(npwp__in=same_npwp(digits))
        part = Q(npwp__contains=digits, kind=ProviderKind.COMPANY)
        found = found.filter(full | part | Q(decree_number__icontains=text.strip()))
    else:
        for word in text.split():
            found = found.filter(Q(name__icontains=word) | Q(decree_number__icontains=word))
    today = office_date()
    match state:
        case Status.SHOWN:
            found = found.filter(withdrawn_at=None, until__gte=today)
        case Status.OVER:
            found = found.filter(withdrawn_at=None, until__lt=today)
        case Status.WITHDRAWN:
            found = found.filter(withdrawn_at__isnull=False)
    return found


def public_npwp(sanction: Sanction) -> str:
    """In full for a company, as blacklists show it; a person's number is personal data.

    A sole proprietorship uses the number of its owner (P22(1)a.2.c), so it is a person's too.
    """
    if sanction.kind == ProviderKind.COMPANY:
        return format_npwp(sanction.npwp)
    return masking.number(sanction.npwp)


# --- Inside --------------------------------------------------------------------------------------


def _complete(wanted: Sanction) -> None:
    if wanted.since < wanted.decree_date:
        raise Refused(_("A sanction does not begin before its decree."), field="since")
    if wanted.decree_date > _today():
        raise Refused(_("A decree is not recorded before its date."), field="decree_date")
    if wanted.work_unit and wanted.work_unit.agency_id != wanted.agency_id:
        raise Refused(_("This work unit belongs to another agency."), field="work_unit")
    term = law_of(wanted.rule_set).terms[Violation(wanted.violation)]
    if wanted.until is None:
        wanted.until = last_day(wanted.since, term.years)
    if wanted.until < wanted.since:
        raise Refused(_("The last day lies before the first."), field="until")
    if term.confirmed and (doubt := doubt_about_term(wanted)):
        raise Refused(doubt, field="until")
    if wanted.provider and wanted.npwp not in same_npwp(wanted.provider.npwp):
        raise Refused(_("The chosen provider has another NPWP."), field="provider")


def _provider_of(npwp: str) -> Provider | None:
    found = list(Provider.objects.filter(npwp__in=same_npwp(npwp))[:2])
    if len(found) > 1:
        raise Refused(_("Several providers have this NPWP. Choose the one."), field="provider")
    return found[0] if found else None


def _officers(sanction: Sanction) -> list[User]:
    if sanction.provider is None:
        return []
    current = sanction.provider.officers.filter(left_at=None).select_related("user")
    return [officer.user for officer in current]


def _today() -> dt.date:
    return database_now().astimezone(office_zone()).date()


def _facts(wanted: Sanction) -> dict[str, Any]:
    return {
        "provider": wanted.provider.code if wanted.provider else None,
        "name": wanted.name,
        "agency": wanted.agency.name,
        "work_unit": wanted.work_unit.name if wanted.work_unit else None,
        "decree_number": wanted.decree_number,
        "decree_date": wanted.decree_date,
        "decree": wanted.decree.sha256,
        "violation": str(wanted.violation),
        "rule_set": wanted.rule_set,
        "since": wanted.since,
        "until": wanted.until,
    }
