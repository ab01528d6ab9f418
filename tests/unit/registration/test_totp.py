from __future__ import annotations

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP

from registration.domain import totp
from registration.models import User
from tests.factories.registration import UserFactory

# RFC 4226, appendix D.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
CODES = [
    "755224",
    "287082",
    "359152",
    "969429",
    "338314",
    "254676",
    "287922",
    "162583",
    "399871",
    "520489",
]


@pytest.fixture
def user(db: None) -> User:
    user = UserFactory()
    TOTP.activate(user, SECRET)
    return user


def code(steps: int = 0) -> str:
    """What the app shows now, or that many steps of thirty seconds away."""
    return totp.hotp(SECRET, int(time.time()) // 30 + steps)


@pytest.mark.parametrize(("counter", "expected"), list(enumerate(CODES)))
def test_the_codes_are_those_of_the_standard(counter: int, expected: str) -> None:
    assert totp.hotp(SECRET, counter) == expected


def test_a_code_is_taken_once(user: User) -> None:
    shown = code()

    assert totp.accepts(user, shown) is not None
    assert totp.accepts(user, shown) is None


def test_a_code_behind_the_last_one_used_is_refused(user: User) -> None:
    earlier = code(-1)
    assert totp.accepts(user, code()) is not None

    assert totp.accepts(user, earlier) is None


@pytest.mark.parametrize("steps", [-3, 3])
def test_a_code_of_another_time_is_refused(user: User, steps: int) -> None:
    assert totp.accepts(user, code(steps)) is None


def test_a_code_may_be_typed_with_a_space(user: User) -> None:
    shown = code()

    assert totp.accepts(user, f" {shown[:3]} {shown[3:]}") is not None


def test_two_codes_in_a_row_are_accepted(user: User) -> None:
    assert totp.accepts_pair(user, code(-1), code()) is not None


@pytest.mark.parametrize(("first", "second"), [(0, -1), (0, 0), (-2, 0), (-1, 1), (5, 6)])
def test_two_codes_that_do_not_follow_each_other_now_are_refused(
    user: User, first: int, second: int
) -> None:
    assert totp.accepts_pair(user, code(first), code(second)) is None


def test_the_same_pair_is_taken_once(user: User) -> None:
    pair = code(-1), code()
    assert totp.accepts_pair(user, *pair) is not None

    assert totp.accepts_pair(user, *pair) is None


def test_the_code_of_somebody_else_is_refused(user: User) -> None:
    other = UserFactory()
    TOTP.activate(other, "MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK")

    assert totp.accepts(other, code()) is None


def test_the_database_does_not_hold_the_seed(user: User) -> None:
    kept = Authenticator.objects.get(user=user).data["secret"]

    assert SECRET not in kept
    assert kept.startswith("1:")


def test_a_seed_survives_a_new_secret_key(user: User, settings: object) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-" + "y" * 50

    assert totp.accepts(user, code()) is not None


def test_without_the_secret_key_no_seed_is_read(user: User, settings: object) -> None:
    settings.SECRET_KEY = "another-" + "y" * 50

    with pytest.raises(ValueError, match="SECRET_KEY"):
        totp.accepts(user, code())
