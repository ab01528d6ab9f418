"""What every test stands on: the real database, entered with the application's own rights."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker, Settings

from lpse.sealing import certificate, office_key
from tests import database
from tests.cast import Cast, Client


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Instead of pytest-django's: the owner makes the database, the tests are not the owner."""
    made = database.made()
    with django_db_blocker.unblock():
        made.__enter__()
    # Django would flush as the application's role, which may not.
    TransactionTestCase._fixture_teardown = lambda self: database.empty()  # noqa: SLF001
    yield
    with django_db_blocker.unblock():
        made.__exit__(None, None, None)


@pytest.fixture(autouse=True)
def _cold_cache(request: pytest.FixtureRequest) -> None:
    """Rate limits and other counters begin anew for every test that reaches the database."""
    if "django_db_setup" in request.fixturenames:
        cache.clear()


@pytest.fixture(scope="session", autouse=True)
def _key_of_the_lpse() -> None:
    """What ``init_lpse`` makes at the first start."""
    if not office_key.exists():
        office_key.create()
    certificate.create()


@pytest.fixture(autouse=True)
def _storage_of_its_own(settings: Settings) -> None:
    """The rows of a test are gone after it, so what they spoke of is gone too.

    Above all the ledger, which does not go on when its published checkpoint is not its own.
    """
    settings.STORAGE_URL = f"file://{configured.VAR_DIR}/storage/{uuid.uuid4().hex}"


@pytest.fixture
def cast(db: None) -> Cast:
    """The people of every test (``tests.cast``)."""
    return Cast()


@pytest.fixture
def client() -> Client:
    """Whoever is logged in by force has shown the second factor that an office needs."""
    return Client()
