"""Who may do what: every address × method × person of ``table.txt`` is tried."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import transaction
from django.http import HttpResponseBase
from django.urls import reverse
from pytest_django import DjangoDbBlocker, Settings

from tests.access import table
from tests.access.scene import LPSE, Scene, build

pytestmark = pytest.mark.xdist_group("access")

ROWS = table.rows()
ADDRESSES = {address.name: address for address in table.addresses()}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SAFE = {"GET", "HEAD"}
# For methods that are not in the table: whoever may do the most.
PROBES = ("public", "budi")

# P3(3): what the LPSE does not do. Left, the object; right, the addresses that write it.
TWELVE = {
    "packages": ["package_create", "package_edit", "package_items", "package_hand_over"],
    "method and requirements": ["procedure"],
    "schedule": ["schedule_edit"],
    "changes of the schedule": ["schedule_change"],
    "documents and addenda": ["files", "file_remove"],
    "announcement": ["statement_propose", "statement_sign", "tender_cancel"],
}


@contextmanager
def undone() -> Iterator[None]:
    """A transaction that is rolled back; as in Django's ``TestCase``, durable ones fit in it."""
    block = transaction.atomic()
    block._from_testcase = True  # noqa: SLF001
    with block:
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    """Built once for the module, in a transaction that is never committed."""
    with django_db_blocker.unblock(), undone():
        before = configured.STORAGE_URL
        configured.STORAGE_URL = f"file://{configured.VAR_DIR}/storage/access"
        yield build()
        configured.STORAGE_URL = before


@pytest.fixture(autouse=True)
def _the_storage_of_the_scene(scene: Scene, settings: Settings) -> None:
    settings.STORAGE_URL = f"file://{configured.VAR_DIR}/storage/access"


def ask(scene: Scene, name: str, url: str, method: str) -> str:
    """What becomes of the request, in the words of the table; nothing of it stays."""
    client = scene.client(name)
    address = reverse(url, kwargs=scene.arguments_of(url))
    with undone():
        response = client.generic(
            method,
            address,
            *_content(url, method),
            headers={"Tus-Resumable": "1.0.0", "Accept": "text/html"},
        )
        if response.streaming:
            deque(response, maxlen=0)  # to its end, which closes the file
    return verdict(response)


def _content(url: str, method: str) -> tuple[str, str]:
    """A body that says nothing: enough to be let in or not."""
    if method in SAFE:
        return "", "text/plain"
    if ADDRESSES[url].speaks_json:
        return "{}", "application/json"
    return "nothing=1", "application/x-www-form-urlencoded"


def verdict(response: HttpResponseBase) -> str:
    status = response.status_code
    assert status < 500, f"{status}"
    to_the_door = status == 302 and response["Location"].startswith(reverse("account_login"))
    if to_the_door or status == 401:
        return "in"
    return {403: "no", 404: "404", 405: "405"}.get(status, "yes")


def test_every_address_has_a_verdict_and_every_verdict_an_address() -> None:
    assert set(ADDRESSES) - {row.url for row in ROWS} == set()
    assert {row.url for row in ROWS} - set(ADDRESSES) == set()


def test_no_row_stands_twice() -> None:
    keys = [(row.url, row.method) for row in ROWS]

    assert sorted(keys) == sorted(set(keys))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method}-{row.url}")
def test_everybody_gets_the_verdict_of_the_table(scene: Scene, row: table.Row) -> None:
    got = {name: ask(scene, name, row.url, row.method) for name in row.verdicts}

    assert got == row.verdicts


@pytest.mark.parametrize("url", sorted(a.name for a in ADDRESSES.values() if a.is_ours))
def test_what_the_table_does_not_name_is_not_possible(scene: Scene, url: str) -> None:
    named = {row.method for row in ROWS if row.url == url}
    got = {
        (method, name): ask(scene, name, url, method)
        for method in METHODS
        if method not in named
        for name in PROBES
    }

    assert {key: v for key, v in got.items() if v not in {"405", "in", "404"}} == {}


@pytest.mark.clause("P3(3)")
@pytest.mark.parametrize("thing", TWELVE)
def test_no_office_of_the_lpse_writes_what_is_not_its_own(scene: Scene, thing: str) -> None:
    writes = [r for r in ROWS if r.url.partition(":")[2] in TWELVE[thing] and r.method not in SAFE]
    assert writes

    for row in writes:
        for name in LPSE:
            assert ask(scene, name, row.url, row.method) in {"no", "404"}, (row.url, name)


@pytest.mark.clause("P3(3)")
def test_the_lpse_writes_nothing_at_all_in_a_tender_or_a_bid(scene: Scene) -> None:
    """Also what will be added: any writing address of procurement and bidding is closed to it."""
    writes: list[Any] = [
        row
        for row in ROWS
        if row.url.startswith(("procurement:", "bidding:")) and row.method not in SAFE
    ]

    open_to_it = {
        (row.url, row.method, name)
        for row in writes
        for name in LPSE
        if row.verdicts[name] == "yes"
    }

    assert open_to_it == set()
