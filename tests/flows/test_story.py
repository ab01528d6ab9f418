"""One tender from the hand-over to the minutes, in browsers that nobody lets off anything."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core import mail
from django.utils import translation
from playwright.sync_api import Browser
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from operations.sample import members, people
from registration.models import Counter, CounterHours
from tests.flows.alarm import ringing
from tests.flows.eyes import Eyes
from tests.story.story import Step, Story

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def passphrases(settings: Settings, live_server: LiveServer) -> dict[str, str]:
    """The sample office, with the keys of the committee that plays."""
    settings.SAMPLE_INSTALLATION, settings.ALLOWED_HOSTS = True, ["localhost"]
    settings.BASE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    with translation.override("id"):
        counter = Counter.objects.create(name="Loket 1", room="Ruang verifikasi")
        for weekday in range(5):
            CounterHours.objects.create(
                counter=counter,
                weekday=weekday,
                opens=dt.time(8),
                closes=dt.time(16),
                minutes=30,
            )
        office = people.load()
        office.members = {"satu": office.members["satu"]}
        return members.make_keys(office)[1]


@contextmanager
def told(title: str) -> Iterator[Step]:
    """A failure says in which part of the story it was."""
    try:
        yield SimpleNamespace(note="")
    except Exception as error:
        error.add_note(f"in the story: {title}")
        raise


def mailbox(address: str, words: str) -> str:
    """The latest mail to ``address`` with ``words`` in it."""
    for _try in range(600):
        for sent in reversed(mail.outbox):
            if address in sent.to and words in sent.body:
                return str(sent.body)
        time.sleep(0.1)
    raise AssertionError(f"no mail to {address} with “{words}”")


def test_a_tender_is_played_from_hand_over_to_minutes_without_a_fault_on_any_page(
    browser: Browser, live_server: LiveServer, passphrases: dict[str, str], tmp_path: Path
) -> None:
    eyes = Eyes()
    story = Story(
        browser=browser,
        address=live_server.url,
        passphrases=passphrases,
        folder=tmp_path,
        watch=eyes,
        step=told,
        mailbox=mailbox,
        by_keyboard=frozenset({"sari", "budi", "rina", "karya"}),
        on_phones=frozenset({"maju"}),
    )

    with ringing():
        story.play()

    assert eyes.faults == []
