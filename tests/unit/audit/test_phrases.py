from __future__ import annotations

import re

import pytest
from django.utils import translation

from lpse.audit.events import Disclosure, Event
from lpse.audit.models import AuditEntry
from lpse.audit.phrases import PHRASES, phrase
from registration.models import User


def test_every_event_has_a_sentence_and_every_sentence_an_event() -> None:
    assert set(PHRASES) == set(Event)


@pytest.mark.parametrize("event", Event)
def test_an_event_is_told_as_one_sentence(event: Event) -> None:
    with translation.override("en"):
        sentence = phrase(AuditEntry(event=event))

    assert re.fullmatch(r"[A-Z][^%]*\.", sentence)


def test_a_sentence_names_the_person() -> None:
    budi = User(pk=1, username="budi", full_name="Budi")

    with translation.override("en"):
        sentence = phrase(AuditEntry(event=Event.TENDER_ANNOUNCED, actor=budi))

    assert sentence == "Budi announced the tender."


@pytest.mark.parametrize("event", Event)
def test_an_event_is_a_subject_and_what_happened_to_it(event: Event) -> None:
    assert re.fullmatch(r"[a-z]+:[a-z_]+", event.value)
    assert isinstance(event.disclosure, Disclosure)


def test_nothing_of_a_tender_that_is_not_announced_is_disclosed() -> None:
    before_the_announcement = {
        Event.TENDER_CREATED,
        Event.TENDER_HANDED_OVER,
        Event.TENDER_SCHEDULE_SET,
        Event.TENDER_DOCUMENT_UPLOADED,
        Event.STATEMENT_PROPOSED,
        Event.STATEMENT_SIGNED,
    }

    assert Disclosure.AT_ONCE not in {event.disclosure for event in before_the_announcement}


def test_nothing_of_a_bid_is_disclosed_before_its_opening() -> None:
    before_the_opening = {
        Event.PARTICIPATION_JOINED,
        Event.TENDER_KEY_REGISTERED,
        Event.BID_SUBMITTED,
        Event.BID_REPLACED,
        Event.BID_WITHDRAWN,
        Event.BID_REFUSED,
        *(event for event in Event if event.startswith("upload:")),
    }

    assert {event.disclosure for event in before_the_opening} == {Disclosure.AT_OPENING}
