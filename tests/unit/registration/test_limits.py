from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection, transaction
from django.db.models import F

from registration.domain import limits
from registration.models import SignInFailure
from tests.factories.registration import UserFactory


def fail(times: int, user_id: str = "maju", device: str = limits.UNKNOWN) -> None:
    for n in range(times):
        limits.failed(user_id, "password", device, f"10.0.0.{n % 200 + 1}")


@pytest.mark.parametrize(("failures", "is_used_up"), [(9, False), (10, True), (11, True)])
def test_unknown_devices_share_ten_failures(db: None, failures: int, *, is_used_up: bool) -> None:
    fail(failures)

    assert limits.used_up("maju", "password", limits.UNKNOWN) == is_used_up


def test_a_known_device_is_not_counted_for_others(db: None) -> None:
    fail(50)

    assert not limits.used_up("maju", "password", "d" * 64)


def test_a_known_device_is_counted_for_itself(db: None) -> None:
    fail(10, device="d" * 64)

    assert limits.used_up("maju", "password", "d" * 64)
    assert not limits.used_up("maju", "password", limits.UNKNOWN)


def test_another_account_is_not_touched(db: None) -> None:
    fail(50)

    assert not limits.used_up("jaya", "password", limits.UNKNOWN)


def test_codes_and_passwords_are_counted_apart(db: None) -> None:
    fail(50)

    assert not limits.used_up("maju", "code", limits.UNKNOWN)


def test_a_user_id_is_one_account_in_any_case(db: None) -> None:
    fail(10, user_id=" MAJU ")

    assert limits.used_up("maju", "password", limits.UNKNOWN)


def test_failures_are_forgotten_after_the_window(db: None) -> None:
    fail(10)
    SignInFailure.objects.update(
        failed_at=F("failed_at") - limits.WINDOW - dt.timedelta(seconds=1)
    )

    assert not limits.used_up("maju", "password", limits.UNKNOWN)


@pytest.mark.parametrize(("hours", "is_used_up"), [(23, True), (25, False)])
def test_codes_are_counted_for_a_day(db: None, hours: int, *, is_used_up: bool) -> None:
    """Who has the password could otherwise try three thousand codes a day, for months."""
    for _ in range(limits.MOST_CODES_A_DAY):
        limits.failed("maju", "code", limits.UNKNOWN, None)
    SignInFailure.objects.update(failed_at=F("failed_at") - dt.timedelta(hours=hours))

    assert limits.used_up("maju", "code", limits.UNKNOWN) == is_used_up


def test_passwords_are_not_counted_for_a_day(db: None) -> None:
    """They cannot be guessed, and the bidder would be locked out for a day."""
    fail(500)
    SignInFailure.objects.update(failed_at=F("failed_at") - dt.timedelta(hours=1))

    assert not limits.used_up("maju", "password", limits.UNKNOWN)


def test_what_was_typed_as_a_user_id_is_not_kept(db: None) -> None:
    """People type their password there."""
    limits.failed("correct horse battery", "password", limits.UNKNOWN, None)

    kept = SignInFailure.objects.values().get()
    assert "horse" not in str(kept)
    assert kept["user_id"] is None


def test_a_failure_is_told_to_the_person_it_concerns(db: None) -> None:
    user = UserFactory(username="maju")

    limits.failed("MAJU", "password", limits.UNKNOWN, "10.0.0.1")

    assert SignInFailure.objects.get().user == user


def test_a_try_counts_from_its_beginning_until_it_was_right(db: None) -> None:
    fail(9)

    last = limits.begin("maju", "password", limits.UNKNOWN, "10.0.0.1")

    assert last is not None
    assert limits.begin("maju", "password", limits.UNKNOWN, "10.0.0.2") is None
    limits.passed(last)
    assert limits.begin("maju", "password", limits.UNKNOWN, "10.0.0.2") is not None


def test_a_refused_try_is_not_counted(db: None) -> None:
    fail(10)

    limits.begin("maju", "password", limits.UNKNOWN, "10.0.0.1")

    assert SignInFailure.objects.count() == 10


def at_once(devices: list[str], factor: limits.Factor = "password") -> list[bool]:
    """A try from each of ``devices`` at the same moment; which of them may be made."""
    may: list[bool] = []
    start = threading.Barrier(len(devices))

    def run(device: str) -> None:
        start.wait()
        try:
            may.append(limits.begin("maju", factor, device, "10.0.0.1") is not None)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[device]) for device in devices]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return may


@pytest.mark.parametrize(("before", "pass_"), [(0, 10), (9, 1), (10, 0)])
def test_of_many_tries_at_once_no_more_are_made_than_are_left(
    transactional_db: None, before: int, pass_: int
) -> None:
    fail(before)

    may = at_once([limits.UNKNOWN] * 24)

    assert (may.count(True), len(may)) == (pass_, 24)
    assert SignInFailure.objects.count() == 10


def test_a_flood_from_elsewhere_is_not_waited_for_on_a_known_device(
    transactional_db: None,
) -> None:
    fail(limits.MOST_FAILURES)

    may = at_once([limits.UNKNOWN] * 12 + ["d" * 64])

    assert may.count(True) == 1
    assert SignInFailure.objects.filter(device="d" * 64).count() == 1


def test_a_counting_that_hangs_elsewhere_does_not_stop_a_known_device(
    transactional_db: None,
) -> None:
    hangs, over = threading.Event(), threading.Event()

    def hang() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            key = f"{limits.account_of('maju')} password {limits.UNKNOWN}"
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [limits.LOCK, key])
            hangs.set()
            over.wait(30)
        connection.close()

    stuck = threading.Thread(target=hang)
    stuck.start()
    try:
        hangs.wait(30)
        assert at_once(["d" * 64]) == [True]
    finally:
        over.set()
        stuck.join(30)


def test_old_failures_are_removed(db: None) -> None:
    fail(3)
    SignInFailure.objects.update(failed_at=F("failed_at") - limits.KEPT - dt.timedelta(seconds=1))
    fail(1)

    assert limits.forget_old_failures() == 3
    assert SignInFailure.objects.count() == 1
