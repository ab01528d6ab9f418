from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone, translation

from lpse.templatetags import indonesia

KB, MB = 1024, 1024**2
MOMENT = dt.datetime(2010, 8, 10, 7, 5, 9, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (5_605_297_000, "Rp 5.605.297.000,00"),
        (Decimal("0.5"), "Rp 0,50"),
        (0, "Rp 0,00"),
        (None, ""),
    ],
)
def test_rupiah_has_dots_for_thousands_and_a_comma_for_the_sen(amount: Any, shown: str) -> None:
    assert indonesia.rupiah(amount) == shown


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (390_600_000, "Rp 390,6 Jt"),
        (1_300_000_000, "Rp 1,3 M"),
        (9_900_000_000_000, "Rp 9,9 T"),
        (999_999, "Rp 999.999,00"),
        (None, ""),
    ],
)
def test_lists_show_money_short(amount: Any, shown: str) -> None:
    assert indonesia.rupiah_short(amount) == shown


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (11, "sebelas rupiah"),
        (1_000, "seribu rupiah"),
        (1_000_000_000_000, "satu triliun rupiah"),
        (Decimal("1.25"), "satu rupiah dua puluh lima sen"),
        (None, ""),
    ],
)
def test_terbilang_says_the_amount_in_words(amount: Any, words: str) -> None:
    assert indonesia.terbilang(amount) == words


@pytest.mark.parametrize(
    ("language", "shown"), [("id", "Selasa, 10 Agustus 2010"), ("en", "Tuesday, 10 August 2010")]
)
def test_a_date_has_its_weekday_and_the_months_of_the_pages_language(
    language: str, shown: str
) -> None:
    with translation.override(language):
        assert indonesia.tanggal(MOMENT) == shown
        assert indonesia.tanggal(MOMENT.date()) == shown
        assert indonesia.tanggal_pendek(MOMENT) == shown.split(", ")[1]


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Asia/Jakarta", "10 Agustus 2010 14:05 WIB"),
        ("Asia/Makassar", "10 Agustus 2010 15:05 WITA"),
        ("Asia/Jayapura", "10 Agustus 2010 16:05 WIT"),
    ],
)
def test_an_instant_is_shown_in_the_offices_zone_with_its_name(zone: str, shown: str) -> None:
    with translation.override("id"), timezone.override(zone):
        assert indonesia.tanggal_jam(MOMENT) == shown
        assert indonesia.tanggal_jam_detik(MOMENT) == shown.replace(":05 ", ":05:09 ")
        assert indonesia.zona(MOMENT) == shown.rsplit(" ", 1)[1]


def test_what_has_no_date_yet_is_shown_as_nothing() -> None:
    assert [f(None) for f in (indonesia.tanggal, indonesia.tanggal_pendek)] == ["", ""]
    assert [f(None) for f in (indonesia.tanggal_jam, indonesia.tanggal_jam_detik)] == ["", ""]


@pytest.mark.parametrize(
    ("size", "indonesian", "english"),
    [
        (0, "0 B", "0 B"),
        (1023, "1.023 B", "1,023 B"),
        (831 * KB, "831 KB", "831 KB"),
        (int(12.44 * MB), "12,4 MB", "12.4 MB"),
        (50 * MB, "50 MB", "50 MB"),
        (5 * 1024**4, "5.120 GB", "5,120 GB"),
    ],
)
def test_a_size_is_written_as_the_browser_writes_it(
    size: int, indonesian: str, english: str
) -> None:
    for language, shown in (("id", indonesian), ("en", english)):
        with translation.override(language):
            assert indonesia.ukuran(size) == shown
