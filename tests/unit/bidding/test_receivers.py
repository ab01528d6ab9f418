"""Who is told of a changed schedule: whoever joined, and nobody who left the firm."""

from __future__ import annotations

import datetime as dt

import pytest

from bidding.models import Participation
from lpse.clock import database_now
from lpse.mail.models import Message
from procurement.domain import notice, schedule
from tests.factories import procurement as make
from tests.factories.registration import ProviderOfficerFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_the_officers_of_a_participant_hear_of_every_change(cast, settings):
    settings.SAMPLE_INSTALLATION = True
    tender = make.an_announced_tender(law="training")
    maju, _jaya = cast.maju, cast.jaya
    colleague = ProviderOfficerFactory(provider=cast.provider("maju"), user=UserFactory()).user
    ProviderOfficerFactory(
        provider=cast.provider("maju"), user=UserFactory(), left_at=database_now()
    )
    Participation.objects.create(
        tender=tender, provider=cast.provider("maju"), joined_at=database_now(), joined_by=maju
    )
    contract = tender.stages.get(code="contract")

    schedule.apply(
        tender,
        {"contract": (contract.starts_at, contract.ends_at + dt.timedelta(days=1))},
        reason="Libur daerah.",
        by=cast.budi,
    )

    assert set(notice.followers(tender)) == {maju, colleague}
    told = Message.objects.filter(template="schedule_changed").values_list("recipient", flat=True)
    assert {maju.pk, colleague.pk} <= set(told)
