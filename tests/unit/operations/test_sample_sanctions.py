"""The sample's blacklist and deactivated account: every state is there, and says it is made up."""

from __future__ import annotations

import pytest

from lpse.clock import database_now, office_zone
from operations.sample import people, sanctions
from registration.domain import deactivation, sanction, terms
from registration.models import Sanction, Status, User

pytestmark = pytest.mark.django_db


def test_the_sample_has_an_entry_in_every_state_and_an_answer_that_waits() -> None:
    office = people.load()
    sanctions.load(office)
    sanctions.accept_terms()

    today = database_now().astimezone(office_zone()).date()
    entries = Sanction.objects.all()
    assert {sanction.status(one, today) for one in entries} == set(Status)
    assert all(one.is_sample and "Contoh" in one.name for one in entries)
    assert [one.user.username for one in deactivation.answered()] == ["nonaktif"]
    assert not User.objects.get(username="nonaktif").is_active
    assert all(terms.owed_by(user) is None for user in User.objects.all())
    assert all(sanction.in_force(firm) is None for firm in office.providers.values())
