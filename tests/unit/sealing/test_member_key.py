"""A member's key file opens with its passphrase and is whole, or is refused."""

from __future__ import annotations

import re

import pytest

from lpse.sealing import jcs, member_key
from lpse.sealing.age_file import encrypt_by_passphrase
from lpse.sealing.errors import KeyRefused
from tools.passphrase_words import MODULE, WORDS, faults, module, one_slip

AT = "2010-08-10T07:00:00.000000Z"
FAST = 2  # log N: these tests are not about the time a guess takes


def test_a_wrapped_key_opens_with_its_passphrase_only():
    key = member_key.make("budi", created_at=AT)
    wrapped = member_key.wrap(key, "satu dua tiga", log_n=FAST)

    assert member_key.unwrap(wrapped, "satu dua tiga") == key
    with pytest.raises(KeyRefused) as refused:
        member_key.unwrap(wrapped, "satu dua empat")
    assert refused.value.code == "key:passphrase"


def test_a_guess_costs_what_it_should():
    wrapped = member_key.wrap(member_key.make("budi", created_at=AT), "satu")

    assert re.match(rb"age-encryption\.org/v1\n-> scrypt \S{22} 18\n", wrapped)


@pytest.mark.parametrize("field", ["recipient", "signing_key"])
def test_a_key_whose_halves_differ_is_refused(field: str):
    key = member_key.make("budi", created_at=AT)
    mixed = key | {field: member_key.make("rina", created_at=AT)[field]}

    with pytest.raises(KeyRefused) as refused:
        member_key.unwrap(encrypt_by_passphrase(jcs.canonical(mixed), "a", log_n=FAST), "a")

    assert refused.value.code == "key:halves"


def test_another_format_is_refused():
    key = member_key.make("budi", created_at=AT) | {"format": "lpse-member-key/0"}

    with pytest.raises(KeyRefused) as refused:
        member_key.check(key)

    assert refused.value.code == "key:format"


def test_passphrases_are_seven_words_of_the_list():
    words = member_key.make_passphrase().split()

    assert len(words) == 7
    assert set(words) <= set(member_key.words())


def test_the_list_of_words_is_sound_and_the_browser_has_the_same():
    words = WORDS.read_text().split()

    assert faults(words) == []
    assert MODULE.read_text() == module(words)


@pytest.mark.parametrize(
    ("a", "b", "is_slip"),
    [
        ("kapal", "kapan", True),
        ("kapal", "kapl", True),
        ("kapal", "kpaal", True),
        ("kapal", "kapal", False),
        ("kapal", "layar", False),
        ("kapal", "laptop", False),
    ],
)
def test_what_one_slip_of_the_finger_is(a: str, b: str, is_slip: bool):
    assert one_slip(a, b) is is_slip
