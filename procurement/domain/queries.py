"""Finding tenders. Only what stays flat at a million rows: keyset pages, capped counts.

Ranking by words, exact counts and pages by number grow with the table and are therefore handles
for whoever wants to bring the service down; none of them is here.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from lpse.clock import instant, parse_instant
from procurement.models import Stage, StageCode, Tender, TenderState
from procurement.models.tender import TenderQuerySet

PAGE_SIZE = 25
COUNTED = 1_000  # beyond it the page says "more than"
MOST_WORDS = 10


class Sort(StrEnum):
    NEWEST = "newest"
    CLOSING = "closing"
    LARGEST = "largest"


SORTS = [
    (Sort.NEWEST, _("Newest first")),
    (Sort.CLOSING, _("Closing first (open for bids)")),
    (Sort.LARGEST, _("Largest HPS first")),
]


@dataclass(frozen=True, slots=True)
class _Key:
    """The column of a sort, its direction, and how a value of it stands in an address."""

    column: str
    value_of: Callable[[Tender], Any]
    as_text: Callable[[Any], str]
    from_text: Callable[[str], Any]
    is_descending: bool = True


KEYS = {
    Sort.NEWEST: _Key("announced_at", lambda t: t.announced_at, instant, parse_instant),
    Sort.CLOSING: _Key("due", lambda t: t.deadline, instant, parse_instant, is_descending=False),
    Sort.LARGEST: _Key("hps_rupiah", lambda t: t.hps_rupiah, str, int),
}

OPEN = "open"
FINISHED = "finished"
CANCELLED = "cancelled"
STATUSES = [
    (OPEN, _("Open for bids")),
    *StageCode.choices,
    (FINISHED, _("Finished")),
    (CANCELLED, _("Cancelled")),
]


@dataclass(frozen=True, slots=True)
class Criteria:
    q: str = ""
    category: str = ""
    agency: int | None = None
    status: str = ""
    year: int | None = None
    sort: Sort = Sort.NEWEST


@dataclass(frozen=True, slots=True)
class Page:
    """A page of tenders, and the keys of its neighbours where there are any."""

    tenders: list[Tender]
    previous: str = ""
    next: str = ""
    count: int = 0

    @property
    def is_capped(self) -> bool:
        return self.count > COUNTED


def search(criteria: Criteria, *, now: dt.datetime, after: str = "", before: str = "") -> Page:
    """The page of announced tenders that follows the key ``after`` or precedes ``before``."""
    found = matching(criteria, now)
    key = KEYS[criteria.sort]
    place = _place(key, before or after)
    backwards = bool(before) and place is not None
    rows = _ordered(found, key, backwards=backwards)
    if place is not None:
        rows = rows.filter(_beyond(key, *place, backwards=backwards))
    rows = rows.select_related("agency").prefetch_related("stages")
    tenders = list(rows[: PAGE_SIZE + 1])
    has_more = len(tenders) > PAGE_SIZE
    tenders = tenders[:PAGE_SIZE]
    if backwards:
        tenders.reverse()
    has_previous = has_more if backwards else place is not None
    has_next = True if backwards else has_more
    return Page(
        tenders,
        previous=_text(key, tenders[0]) if tenders and has_previous else "",
        next=_text(key, tenders[-1]) if tenders and has_next else "",
        count=found.order_by()[: COUNTED + 1].count(),
    )


def matching(criteria: Criteria, now: dt.datetime) -> QuerySet[Tender]:
    tenders: TenderQuerySet = Tender.objects.public()
    if criteria.sort is Sort.CLOSING:
        # One join, whose column is named: a second condition on ``stages`` would join them anew.
        submission = tenders.filter(stages__code=StageCode.SUBMISSION)
        tenders = submission.annotate(due=F("stages__ends_at"))
        tenders = tenders.filter(Q(due__gt=now), state=TenderState.ANNOUNCED)
    if words := re.findall(r"\w+", criteria.q)[:MOST_WORDS]:
        tenders = tenders.filter(search=_words(words))
    if criteria.category:
        tenders = tenders.filter(category=criteria.category)
    if criteria.agency:
        tenders = tenders.filter(agency=criteria.agency)
    if criteria.year:
        tenders = tenders.filter(budget_year=criteria.year)
    return _with_status(tenders, criteria.status, now)


def open_for_bids(now: dt.datetime, limit: int) -> list[Tender]:
    """The tenders whose deadline comes next."""
    tenders = matching(Criteria(sort=Sort.CLOSING), now).order_by(F("due"), "pk")
    return list(tenders.select_related("agency").prefetch_related("stages")[:limit])


def capped(tenders: QuerySet[Tender]) -> int:
    return tenders.order_by()[: COUNTED + 1].count()


def _words(words: list[str]) -> Any:
    """All the words: stemmed as Indonesian, or begun with as they were typed."""
    stemmed = SearchQuery(" ".join(words), config="indonesian", search_type="plain")
    begun = SearchQuery(
        " & ".join(f"{word}:*" for word in words), config="simple", search_type="raw"
    )
    return stemmed | begun


def _with_status(tenders: QuerySet[Tender], status: str, now: dt.datetime) -> QuerySet[Tender]:
    if status == CANCELLED:
        return tenders.filter(state=TenderState.CANCELLED)
    if not status:
        return tenders
    tenders = tenders.exclude(state=TenderState.CANCELLED)
    stages = Stage.objects.filter(tender=OuterRef("pk"))
    if status == FINISHED:
        return tenders.filter(Exists(stages.filter(code=StageCode.CONTRACT, ends_at__lte=now)))
    code = StageCode.SUBMISSION if status == OPEN else status
    return tenders.filter(Exists(stages.filter(code=code, starts_at__lte=now, ends_at__gt=now)))


def _ordered(tenders: QuerySet[Tender], key: _Key, *, backwards: bool) -> QuerySet[Tender]:
    descends = key.is_descending != backwards
    columns = [F(key.column), F("pk")]
    return tenders.order_by(*(c.desc() if descends else c.asc() for c in columns))


def _beyond(key: _Key, value: Any, pk: int, *, backwards: bool) -> Q:
    """The rows after the place, in the index's own terms; ties are broken by the key."""
    way = "lt" if key.is_descending != backwards else "gt"
    return Q(**{f"{key.column}__{way}e": value}) & (
        Q(**{f"{key.column}__{way}": value}) | Q(**{f"pk__{way}": pk})
    )


def _text(key: _Key, tender: Tender) -> str:
    return f"{key.as_text(key.value_of(tender))}_{tender.pk}"


def _place(key: _Key, text: str) -> tuple[Any, int] | None:
    """What an address says; nonsense in it is the first page."""
    value, _sign, pk = text.rpartition("_")
    try:
        return key.from_text(value), int(pk)
    except (ValueError, OverflowError):
        return None
