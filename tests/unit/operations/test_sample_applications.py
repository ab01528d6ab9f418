from __future__ import annotations

import pytest

from lpse.files.storage import storage
from operations.sample import applications, people
from registration.domain import queue
from registration.models import (
    Application,
    ApplicationDocument,
    ApplicationState,
    Override,
    Visit,
)

pytestmark = pytest.mark.django_db


def test_the_sample_queue_has_an_application_in_every_state() -> None:
    applications.load(people.load())

    states = set(Application.objects.values_list("state", flat=True))
    assert states == set(ApplicationState.values)
    assert queue.overdue(queue.clock()).exists()
    assert queue.waiting().count() > queue.overdue(queue.clock()).count()
    assert Visit.objects.filter(cancelled_at=None).count() == 3
    assert Override.objects.filter(confirmed_at=None).count() == 1


def test_everything_in_it_is_marked_as_a_sample() -> None:
    applications.load(people.load())

    assert not Application.objects.filter(is_sample=False).exists()
    assert not Application.objects.exclude(name__contains="Contoh").exists()
    assert not Application.objects.exclude(applicant__full_name__contains="Contoh").exists()
    for paper in ApplicationDocument.objects.select_related("file"):
        assert b"CONTOH" in storage().read(paper.file.name)
