from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from procurement.domain import tender_lock
from procurement.models import Tender
from tests.factories.procurement import a_package

PATIENCE = 30.0


class Someone(threading.Thread):
    """Has the lock from when it gets it until it is let go, in a transaction of its own."""

    def __init__(self, lock: Callable[[Tender], object], tender: Tender) -> None:
        super().__init__(daemon=True)
        self.lock = lock
        self.tender = tender
        self.has = threading.Event()
        self.may_go = threading.Event()

    def run(self) -> None:
        with transaction.atomic():
            self.lock(self.tender)
            self.has.set()
            self.may_go.wait(PATIENCE)
        connection.close()

    def let_go(self) -> None:
        self.may_go.set()
        self.join(PATIENCE)


def until_waiting(number: int) -> None:
    """Until that many wait in PostgreSQL's queue."""
    for _try in range(300):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone() == (number,):
                return
        time.sleep(0.1)
    raise AssertionError(f"never {number} waiting")


@pytest.mark.django_db(transaction=True)
def test_who_comes_after_a_taker_waits_behind_it_though_others_still_hold() -> None:
    """Else one bidder's flood of requests keeps the box open for as long as it likes."""
    tender = a_package()
    before, taker, after = (
        Someone(lock, tender) for lock in (tender_lock.hold, tender_lock.take, tender_lock.hold)
    )
    before.start()
    assert before.has.wait(PATIENCE)
    taker.start()
    until_waiting(1)
    after.start()
    until_waiting(2)

    before.let_go()

    assert taker.has.wait(PATIENCE)
    assert not after.has.is_set()
    taker.let_go()
    assert after.has.wait(PATIENCE)
    after.let_go()


@pytest.mark.django_db(transaction=True)
def test_many_hold_at_once_and_one_may_hold_twice_while_a_taker_waits() -> None:
    tender = a_package()
    other = Someone(tender_lock.hold, tender)
    taker = Someone(tender_lock.take, tender)
    with transaction.atomic():
        tender_lock.hold(tender)
        other.start()
        assert other.has.wait(PATIENCE)
        taker.start()
        until_waiting(1)
        tender_lock.hold(tender)
        other.let_go()
    assert taker.has.wait(PATIENCE)
    taker.let_go()


@pytest.mark.django_db(transaction=True)
def test_a_lock_outside_a_transaction_is_an_error() -> None:
    """It would hold nothing."""
    with pytest.raises(RuntimeError):
        tender_lock.take(a_package())
