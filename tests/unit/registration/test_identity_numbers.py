from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registration import identity_numbers as numbers
from registration import regions

REGENCIES = sorted(code for code in regions.names() if regions.is_regency(code))
FIVE = ("65", "92", "93", "95", "96")  # refused by who takes BPS's codes for Kemendagri's
BIRTHDAYS = st.dates(dt.date(1940, 1, 1), dt.date(2010, 12, 31))
DIGITS = st.text("0123456789", min_size=8, max_size=8)


def a_nik(regency: str, born: dt.date, *, woman: bool = False, district: str = "01") -> str:
    day = born.day + (40 if woman else 0)
    return f"{regency.replace('.', '')}{district}{day:02}{born:%m%y}0001"


def check_digit(eight: str) -> str:
    return next(d for d in "0123456789" if numbers.npwp_fits(f"{eight}{d}091000"))


@pytest.mark.parametrize(
    "typed", ["01.312.166.0-091.000", "02.183.241.5-000.000", "016090524017000"]
)
def test_a_real_npwp_fits(typed: str) -> None:
    number = numbers.npwp(typed)

    assert len(number) == 15
    assert numbers.npwp_fits(number)
    assert numbers.npwp_fits(f"0{number}")


def test_the_popular_dummy_is_a_number_that_does_not_fit() -> None:
    assert not numbers.npwp_fits(numbers.npwp("01.234.567.8-012.000"))


@given(DIGITS, st.text("0123456789", min_size=6, max_size=6))
def test_exactly_one_check_digit_fits(eight: str, office: str) -> None:
    fitting = [d for d in "0123456789" if numbers.npwp_fits(f"{eight}{d}{office}")]

    assert len(fitting) == 1


@given(DIGITS, st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_never_fits(eight: str, place: int, change: int) -> None:
    right = f"{eight}{check_digit(eight)}"
    other = str((int(right[place]) + change) % 10)

    assert not numbers.npwp_fits(f"{right[:place]}{other}{right[place + 1 :]}091000")


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("013121660091000", "01.312.166.0-091.000"),
        ("0013121660091000", "0013 1216 6009 1000"),
    ],
)
def test_both_lengths_are_shown_as_people_write_them(number: str, shown: str) -> None:
    assert numbers.format_npwp(number) == shown


@given(
    st.one_of(
        st.from_regex(r"[0-9]{15}", fullmatch=True), st.from_regex(r"[0-9]{16}", fullmatch=True)
    )
)
def test_what_is_shown_can_be_typed_again(number: str) -> None:
    assert numbers.npwp(numbers.format_npwp(number)) == number


@given(st.sampled_from(REGENCIES), BIRTHDAYS, st.booleans())
def test_every_nik_of_every_regency_fits(regency: str, born: dt.date, woman: bool) -> None:
    number = a_nik(regency, born, woman=woman)

    assert numbers.nik_fits(numbers.nik(number))
    assert numbers.npwp_fits(numbers.npwp(number))  # the NPWP of a person


@pytest.mark.parametrize("province", [c for c in regions.names() if regions.is_province(c)])
def test_no_province_is_left_out(province: str) -> None:
    regency = next(code for code in REGENCIES if code.startswith(f"{province}."))

    assert numbers.nik_fits(a_nik(regency, dt.date(1980, 5, 17)))


@pytest.mark.parametrize("province", FIVE)
def test_the_five_provinces_that_others_refuse_exist(province: str) -> None:
    assert regions.is_province(province)


@pytest.mark.parametrize(
    "number",
    [
        "9999010101800001",  # no such region
        "3301013202800001",  # 32 February
        "3301013002800001",  # 30 February
        "3301010013800001",  # month 13, day 0
        "3301017202800001",  # 72 is the 32nd of a woman
        "3301018102800001",  # twice the addition for women
        "3301014002800001",  # day 0 of a woman
    ],
)
def test_a_nik_that_cannot_be_does_not_fit(number: str) -> None:
    assert not numbers.nik_fits(numbers.nik(number))


def test_the_29th_of_february_needs_a_leap_year_of_either_century() -> None:
    assert numbers.nik_fits("3301012902000001")  # 2000 was one, 1900 was none
    assert not numbers.nik_fits("3301012902010001")


@given(st.text("0123456789", max_size=24))
def test_only_the_length_decides_whether_digits_are_a_number(digits: str) -> None:
    for parse, lengths in (
        (numbers.npwp, {15, 16}),
        (numbers.nik, {16}),
        (numbers.nib, {13}),
    ):
        if len(digits) in lengths:
            assert parse(digits) == digits
        else:
            with pytest.raises(numbers.WrongNumber):
                parse(digits)


@pytest.mark.parametrize(
    "typed", ["01.312.166.0-091.00O", "٠١٣١٢١٦٦٠٠٩١٠٠٠", "013121660091000x", ""]
)
def test_anything_but_digits_is_refused(typed: str) -> None:
    with pytest.raises(numbers.WrongNumber):
        numbers.npwp(typed)


@pytest.mark.parametrize("typed", ["1234567890123", "1234-5678 90.123", " 1234567890123 "])
def test_a_nib_may_be_typed_with_separators(typed: str) -> None:
    assert numbers.nib(typed) == "1234567890123"


def test_a_tax_payer_is_known_with_and_without_the_leading_zero() -> None:
    assert set(numbers.same_npwp("013121660091000")) == set(numbers.same_npwp("0013121660091000"))
    assert numbers.same_npwp("3301010101800001") == ("3301010101800001",)
