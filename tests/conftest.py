"""What every test stands on: the real database, entered with the application's own rights."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

from tests import database


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Instead of pytest-django's: the owner makes the database, the tests are not the owner."""
    made = database.made()
    with django_db_blocker.unblock():
        made.__enter__()
    TransactionTestCase._fixture_teardown = lambda self: database.empty()
    yield
    with django_db_blocker.unblock():
        made.__exit__(None, None, None)


@pytest.fixture(autouse=True)
def _cold_cache(request: pytest.FixtureRequest) -> None:
    """Rate limits and other counters begin anew for every test that reaches the database."""
    if "django_db_setup" in request.fixturenames:
        cache.clear()
