"""The archive of users: found masked, opened in full, every opening recorded (P10(2)d)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.clock import database_now
from registration.models import Application, Provider, ProviderKind
from tests.cast import Cast, Client
from tests.factories.registration import ProviderFactory, UserFactory
from tests.factories.sanction import a_deactivation, a_sanction

pytestmark = [pytest.mark.django_db, pytest.mark.clause("P10(2)d")]

ARCHIVE = "/archive/"
NPWP = "013121660091000"
NIK = "3273014101900001"


@pytest.fixture
def firm(cast: Cast) -> Provider:
    provider = ProviderFactory(code="maju", npwp=NPWP, responsible_nik=NIK)
    assert cast.maju.provider == provider
    return provider


def an_application(cast: Cast) -> Application:
    return Application.objects.create(
        code="ABCD-2345",
        applicant=cast.stranger,
        kind=ProviderKind.COMPANY,
        name="CV Baru Contoh",
        npwp="027654321021000",
        complete_by=database_now(),
    )


def test_it_finds_users_providers_and_applications_and_masks_them(
    cast: Cast, client: Client, firm: Provider
) -> None:
    application = an_application(cast)
    client.force_login(cast.wati)

    for text in ("maju", "01.312.166.0-091.000", f"0{NPWP}", NIK):
        # What was typed stands in the form, and in the addresses above it.
        whole = client.get(ARCHIVE, {"q": text}).text
        page = whole.rpartition('role="search"')[2].partition("</form>")[2]
        assert reverse("archive_provider", kwargs={"code": "maju"}) in page
        assert NPWP not in page
        assert cast.maju.email not in page
    page = client.get(ARCHIVE, {"q": "abcd-2345"}).text
    assert application.name in page
    assert application.npwp not in page
    assert application.get_absolute_url() in page
    assert not AuditEntry.objects.filter(event=Event.PERSONAL_DATA_READ).exists()


def test_whoever_left_long_ago_is_found_too(cast: Cast, client: Client, firm: Provider) -> None:
    cast.maju.officer_of.update(left_at=database_now())
    client.force_login(cast.wati)

    assert reverse("user", kwargs={"username": "maju"}) in client.get(ARCHIVE, {"q": NPWP}).text


def test_opening_a_provider_shows_everything_and_is_recorded(
    cast: Cast, client: Client, firm: Provider
) -> None:
    entry = a_sanction(cast.agency, firm, by=cast.wati)
    a_deactivation(cast.maju, by=cast.wati)
    client.force_login(cast.wati)

    page = client.get(reverse("archive_provider", kwargs={"code": "maju"})).text

    assert "01.312.166.0-091.000" in page
    assert "3273 0141 0190 0001" in page
    assert entry.decree_number in page
    assert reverse("user", kwargs={"username": "maju"}) in page
    read = AuditEntry.objects.get(event=Event.PERSONAL_DATA_READ)
    assert (read.actor_uid, read.subject_type) == ("wati", "registration.Provider")


@pytest.mark.parametrize("name", ["sari", "maju", "putri", "agus", "stranger"])
def test_nobody_else_searches_or_opens(
    cast: Cast, client: Client, firm: Provider, name: str
) -> None:
    client.force_login(getattr(cast, name))

    assert client.get(ARCHIVE, {"q": "maju"}).status_code == 403
    where = reverse("archive_provider", kwargs={"code": "maju"})
    assert client.get(where).status_code == 403
    assert not AuditEntry.objects.filter(event=Event.PERSONAL_DATA_READ).exists()


def test_it_asks_as_often_for_many_as_for_one(cast: Cast, client: Client) -> None:
    client.force_login(cast.wati)
    ProviderFactory(name="PT Banyak Contoh")
    UserFactory(username="banyak")
    client.get(ARCHIVE)
    with CaptureQueriesContext(connection) as one:
        client.get(ARCHIVE, {"q": "banyak"})
    for number in range(25):
        ProviderFactory(name=f"PT Banyak {number}")
        UserFactory(username=f"banyak{number}")

    with CaptureQueriesContext(connection) as many:
        page = client.get(ARCHIVE, {"q": "banyak"}).text

    assert len(many) == len(one)
    assert page.count("/archive/providers/") == 20


def test_nothing_typed_finds_nothing(cast: Cast, client: Client, firm: Provider) -> None:
    client.force_login(cast.wati)

    assert "/archive/providers/" not in client.get(ARCHIVE, {"q": " "}).text
