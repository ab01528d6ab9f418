"""Money, dates and words as Indonesian offices write them; months follow the page's language."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from babel.dates import format_date, format_datetime
from django import template
from django.utils.timezone import localtime
from django.utils.translation import get_language
from num2words import num2words

from lpse import money
from lpse.files.size import size_text

register = template.Library()

DATE = "EEEE, d MMMM y"
DATE_SHORT = "d MMMM y"
MINUTE = "d MMMM y HH:mm"
SECOND = "d MMMM y HH:mm:ss"


@register.filter
def rupiah(amount: Decimal | int | None) -> str:
    """``Rp 5.605.297.000,00``, the same on an English page."""
    return "" if amount is None else money.rupiah(amount)


@register.filter
def rupiah_short(amount: Decimal | int | None) -> str:
    """``Rp 390,6 Jt``, ``Rp 1,3 M``: for lists."""
    return "" if amount is None else money.rupiah_short(amount)


@register.filter
def terbilang(amount: Decimal | int | None) -> str:
    """In Indonesian words whatever the page's language: this is what documents carry."""
    return "" if amount is None else money.terbilang(amount)


@register.filter
def ukuran(size: int | None) -> str:
    """``12,4 MB``: the size of a file."""
    return "" if size is None else size_text(size)


@register.filter
def tanggal(moment: dt.datetime | dt.date | None) -> str:
    """``Selasa, 10 Agustus 2010``."""
    return "" if moment is None else format_date(_local(moment), DATE, locale=_locale())


@register.filter
def tanggal_pendek(moment: dt.datetime | dt.date | None) -> str:
    """``10 Agustus 2010``."""
    return "" if moment is None else format_date(_local(moment), DATE_SHORT, locale=_locale())


@register.filter
def tanggal_terbilang(moment: dt.datetime | dt.date) -> str:
    """``Selasa tanggal sepuluh bulan Agustus tahun dua ribu sepuluh``: how minutes begin.

    In Indonesian whatever the page's language: this is what documents carry.
    """
    day = _local(moment)
    name, month = (format_date(day, part, locale="id") for part in ("EEEE", "MMMM"))
    number, year = (num2words(part, lang="id") for part in (day.day, day.year))
    return f"{name} tanggal {number} bulan {month} tahun {year}"


@register.filter
def tanggal_jam(moment: dt.datetime | None) -> str:
    """``10 Agustus 2010 14:05 WIB``: an instant is never shown without its zone."""
    return "" if moment is None else _with_zone(moment, MINUTE)


@register.filter
def tanggal_jam_detik(moment: dt.datetime | None) -> str:
    """``10 Agustus 2010 14:05:09 WIB``: where seconds decide."""
    return "" if moment is None else _with_zone(moment, SECOND)


@register.filter
def zona(moment: dt.datetime) -> str:
    """The name of the LPSE's zone: WIB, WITA or WIT."""
    return localtime(moment).tzname() or ""


def _with_zone(moment: dt.datetime, pattern: str) -> str:
    local = localtime(moment)
    written = format_datetime(local, pattern, tzinfo=local.tzinfo, locale=_locale())
    return f"{written} {local.tzname()}"


def _local(moment: dt.datetime | dt.date) -> dt.date:
    return localtime(moment).date() if isinstance(moment, dt.datetime) else moment


def _locale() -> str:
    return get_language() or "id"
