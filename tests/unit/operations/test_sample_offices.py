from __future__ import annotations

import pytest

from operations.sample import offices, people
from registration.domain import certificate, request
from registration.models import OfficeRequest, RequestState
from tests.factories.registration import today


@pytest.mark.django_db
def test_the_sample_has_requests_in_every_state_and_certified_committees() -> None:
    office = people.load()

    offices.load(office)

    assert {r.state for r in OfficeRequest.objects.all()} == set(RequestState)
    assert request.waiting().count() == 2
    for members in office.members.values():
        assert certificate.without_one(members, today()) == []
