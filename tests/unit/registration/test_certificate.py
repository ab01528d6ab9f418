from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.errors import Refused
from registration.domain import certificate as domain
from registration.models import Certificate, Role, User
from tests.cast import Cast
from tests.factories.office import a_decree
from tests.factories.registration import AssignmentFactory, CertificateFactory, today

DAY = dt.timedelta(days=1)


def paper(user: User, **facts: object) -> Certificate:
    described = {
        "number": "CONTOH/900",
        "issuer": "Lembaga Contoh",
        "issued_on": today() - 100 * DAY,
        "copy": a_decree(),
    }
    return Certificate(user=user, **(described | facts))


def test_the_administrator_records_a_certificate_of_the_own_people(cast: Cast) -> None:
    kept = domain.add(paper(cast.joko), by=cast.umi)

    assert domain.without_one([cast.joko, cast.sari], today()) == [cast.sari]
    assert kept.recorded_by == cast.umi
    entry = AuditEntry.objects.get(event=Event.CERTIFICATE_RECORDED)
    assert (entry.data["user"], entry.data["number"]) == ("joko", "CONTOH/900")


@pytest.mark.parametrize("name", ["vina", "wati", "lina", "joko", "sari", "stranger"])
def test_nobody_else_does(cast: Cast, name: str) -> None:
    with pytest.raises(PermissionDenied):
        domain.add(paper(cast.joko), by=getattr(cast, name))


def test_nobody_records_an_own_certificate(cast: Cast) -> None:
    AssignmentFactory(user=cast.umi, role=Role.PP, agency=cast.agency)

    with pytest.raises(PermissionDenied):
        domain.add(paper(cast.umi), by=cast.umi)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"issued_on": dt.date(2099, 1, 1)}, "issued_on"),
        ({"valid_until": dt.date(2020, 1, 1)}, "valid_until"),
    ],
)
def test_impossible_days_are_refused(cast: Cast, facts: dict[str, object], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        domain.add(paper(cast.joko, **facts), by=cast.umi)

    assert refusal.value.field == field


def test_a_certificate_belongs_to_one_person(cast: Cast) -> None:
    domain.add(paper(cast.joko), by=cast.umi)

    with pytest.raises(Refused) as refusal:
        domain.add(paper(cast.sari), by=cast.umi)

    assert refusal.value.field == "number"


@pytest.mark.parametrize(
    ("issued", "until", "counts"),
    [(-10, None, True), (-10, 0, True), (-10, -1, False), (1, None, False)],
)
def test_a_certificate_counts_from_its_first_to_its_last_day(
    cast: Cast, issued: int, until: int | None, *, counts: bool
) -> None:
    CertificateFactory(
        user=cast.joko,
        issued_on=today() + issued * DAY,
        valid_until=None if until is None else today() + until * DAY,
    )

    assert domain.valid_on(today(), [cast.joko]).exists() is counts


def test_a_certificate_taken_out_counts_no_more_and_stays_in_the_log(cast: Cast) -> None:
    kept = domain.add(paper(cast.joko), by=cast.umi)
    with pytest.raises(PermissionDenied):
        domain.remove(kept, by=cast.vina)

    domain.remove(kept, by=cast.umi)

    assert domain.without_one([cast.joko], today()) == [cast.joko]
    assert Certificate.objects.filter(pk=kept.pk).exists()
    assert AuditEntry.objects.filter(event=Event.CERTIFICATE_REMOVED).exists()
    with pytest.raises(Refused):
        domain.remove(kept, by=cast.umi)


@pytest.mark.parametrize("name", ["vina", "sari", "maju", "stranger"])
def test_nobody_of_elsewhere_reads_a_copy(cast: Cast, name: str) -> None:
    kept = domain.add(paper(cast.joko), by=cast.umi)

    with pytest.raises(PermissionDenied):
        domain.read(kept, by=getattr(cast, name))
    domain.read(kept, by=cast.umi)
    assert AuditEntry.objects.get(event=Event.IDENTITY_DOCUMENT_READ).actor_uid == "umi"
