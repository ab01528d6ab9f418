from __future__ import annotations

import pytest

from operations.sample import houses, people
from registration.domain import qualification
from registration.models import OfficerRight, QualificationVersion, User


@pytest.mark.django_db
def test_two_sample_firms_have_papers_one_of_them_expires_and_a_reader_looks_on() -> None:
    office = people.load()

    houses.load(office)

    lines = qualification.lines(office.providers["maju"])
    assert [line.validity for line in lines].count(qualification.Validity.SOON) == 1
    assert qualification.lines(office.providers["jaya"])
    reader = User.objects.get(username="wulan")
    assert reader.officer is not None
    assert reader.officer.right == OfficerRight.READER
    assert reader.is_sample
    for version in QualificationVersion.objects.exclude(file=None):
        assert version.file_name.endswith("contoh.pdf")
