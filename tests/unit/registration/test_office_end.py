from __future__ import annotations

import datetime as dt

import pytest

from lpse.mail.models import Message
from registration.domain import account
from registration.domain import office_end as domain
from registration.domain import session as sessions
from registration.models import Role, Session
from tests.cast import Cast
from tests.factories.registration import AssignmentFactory, CertificateFactory, today

DAY = dt.timedelta(days=1)


def told(user: object) -> list[str]:
    return sorted(m.template for m in Message.objects.filter(recipient=user))


def test_holder_and_agency_are_reminded_once_before_an_office_ends(cast: Cast) -> None:
    account.choose_language(cast.stranger, "en")
    assert [cast.umi, cast.vina]
    AssignmentFactory(
        user=cast.stranger, role=Role.PPK, agency=cast.agency, until=today() + 30 * DAY
    )

    assert (domain.remind(), domain.remind()) == (1, 0)

    assert told(cast.stranger) == ["office_ends"]
    assert told(cast.umi) == ["office_ends_agency"]
    assert told(cast.vina) == []
    mine = Message.objects.get(recipient=cast.stranger)
    assert "ends by itself" in mine.body
    assert "Stranger" not in Message.objects.get(recipient=cast.umi).subject


@pytest.mark.parametrize("days", [-1, 31, None])
def test_what_ended_or_lasts_is_not_spoken_of(cast: Cast, days: int | None) -> None:
    until = None if days is None else today() + days * DAY
    AssignmentFactory(user=cast.stranger, role=Role.PPK, until=until)

    assert domain.remind() == 0


def test_a_committee_members_end_is_told_to_the_agency_of_the_committee(cast: Cast) -> None:
    assert cast.umi
    AssignmentFactory(
        user=cast.stranger, role=Role.POKJA, committee=cast.committee(), until=today()
    )

    domain.remind()

    assert told(cast.umi) == ["office_ends_agency"]


def test_the_end_of_an_office_of_the_lpse_is_told_to_its_head(cast: Cast) -> None:
    assert [cast.lina, cast.umi]
    AssignmentFactory(
        user=cast.stranger, role=Role.DESK, agency=cast.agency, until=today() + 3 * DAY
    )

    domain.remind()

    assert (told(cast.lina), told(cast.umi)) == (["office_ends_agency"], [])


def test_holder_and_agency_are_reminded_once_before_a_certificate_ends(cast: Cast) -> None:
    assert [cast.umi, cast.joko]
    CertificateFactory(user=cast.joko, valid_until=today() + 29 * DAY)

    assert (domain.remind(), domain.remind()) == (1, 0)

    assert told(cast.joko) == ["certificate_ends"]
    assert told(cast.umi) == ["certificate_ends_agency"]


def test_whose_last_office_ended_by_its_date_is_signed_out(cast: Cast) -> None:
    office = AssignmentFactory(user=cast.stranger, role=Role.DESK, until=today() - DAY)
    Session.objects.create(
        session_key="s" * 32,
        session_data="",
        expire_date="2099-01-01T00:00Z",
        user=office.user,
        signed_in_at=dt.datetime.combine(today() - DAY, dt.time(6), tzinfo=dt.UTC),
    )

    assert sessions.end_lapsed() == 1
