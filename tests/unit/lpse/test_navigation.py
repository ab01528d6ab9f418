from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from lpse import navigation
from lpse.navigation import Area, Entry, Waiting

NOW = dt.datetime(2026, 11, 24, 3, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _empty_menus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_entries", {area: [] for area in Area})
    monkeypatch.setattr(navigation, "_queues", [])


def test_entries_stand_in_their_order_whoever_adds_first() -> None:
    navigation.add(Area.PUBLIC, Entry("Ledger", "ledger", order=90))
    navigation.add(Area.PUBLIC, Entry("Tenders", "tenders", order=10))

    assert [e.label for e in navigation.entries(Area.PUBLIC, None)] == ["Tenders", "Ledger"]


def test_an_entry_is_shown_only_to_whom_it_concerns() -> None:
    navigation.add(Area.OFFICER, Entry("Keys", "keys", shown=lambda user: user == "budi"))

    assert [e.label for e in navigation.entries(Area.OFFICER, "budi")] == ["Keys"]
    assert navigation.entries(Area.OFFICER, "sari") == []


def test_what_waits_is_sorted_by_its_time_and_the_timeless_come_last() -> None:
    @navigation.waits
    def first(_user: Any) -> list[Waiting]:
        return [Waiting("answer", "/a"), Waiting("open", "/o", due_at=NOW + dt.timedelta(days=1))]

    @navigation.waits
    def second(_user: Any) -> list[Waiting]:
        return [Waiting("approve", "/p", due_at=NOW)]

    assert [w.label for w in navigation.waiting(None)] == ["approve", "open", "answer"]
