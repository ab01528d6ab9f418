"""The one table of what a stage allows."""

from __future__ import annotations

import datetime as dt

import pytest

from procurement.domain.stage import WINDOWS, Verb, allows, current_stages, ends_at, opens_at
from procurement.models import Tender, TenderState
from tests.factories import procurement as make

pytestmark = pytest.mark.django_db

A_MOMENT = dt.timedelta(microseconds=1)


@pytest.fixture
def tender(cast):
    return make.an_announced_tender()


@pytest.mark.parametrize("verb", [Verb.JOIN, Verb.SUBMIT])
def test_a_window_opens_with_its_stage_and_its_end_is_exclusive_to_the_microsecond(tender, verb):
    opens, ends = opens_at(tender, verb), ends_at(tender, verb)

    assert not allows(tender, verb, opens - A_MOMENT)
    assert allows(tender, verb, opens)
    assert allows(tender, verb, ends - A_MOMENT)
    assert not allows(tender, verb, ends)


def test_the_opening_stays_possible_after_its_stage(tender):
    tender = Tender.objects.get(pk=tender.pk)
    closed = Tender(pk=tender.pk, state=TenderState.CLOSED)
    opens, ends = opens_at(closed, Verb.OPEN), ends_at(closed, Verb.OPEN)

    assert not allows(closed, Verb.OPEN, opens - A_MOMENT)
    assert allows(closed, Verb.OPEN, ends + dt.timedelta(days=9))
    assert not allows(tender, Verb.OPEN, opens)  # the box is not closed


@pytest.mark.parametrize(
    "state", [TenderState.DRAFT, TenderState.HANDED_OVER, TenderState.CANCELLED]
)
@pytest.mark.parametrize("verb", list(Verb))
def test_nothing_is_possible_with_what_is_not_announced(tender, state, verb):
    other = Tender(pk=tender.pk, state=state)

    assert not allows(other, verb, opens_at(other, verb))


def test_several_stages_run_at_once(tender):
    at = opens_at(tender, Verb.SUBMIT)

    assert [s.code for s in current_stages(tender, at)] == [
        "announcement",
        "download",
        "submission",
    ]


@pytest.mark.parametrize("state", [TenderState.HANDED_OVER, TenderState.CANCELLED])
def test_what_is_not_announced_or_is_cancelled_is_in_no_stage(tender, state):
    at = opens_at(tender, Verb.SUBMIT)
    tender.state = state

    assert current_stages(tender, at) == []


def test_every_verb_has_one_window():
    assert sorted(w.verb for w in WINDOWS) == sorted(Verb)
