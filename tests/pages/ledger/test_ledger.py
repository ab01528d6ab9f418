from __future__ import annotations

import re

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from lpse.audit.events import Event
from lpse.audit.log import log_entry, record
from lpse.audit.models import AuditEntry
from lpse.files.storage import storage
from lpse.ledger import log, note, proof, sequencer
from lpse.ledger.tiles import unbundle

pytestmark = pytest.mark.django_db


@transaction.atomic
def act() -> AuditEntry:
    return record(Event.TENDER_CHANGED, subject=("test.Thing", "1"), by=None)


def english(client: Client) -> Client:
    client.cookies["django_language"] = "en"
    return client


def test_before_the_first_checkpoint_the_page_says_so(client: Client) -> None:
    answer = english(client).get("/ledger/")

    assert answer.status_code == 200
    assert "Nothing has been published yet" in answer.content.decode()


def test_the_page_shows_the_latest_checkpoint_and_what_nobody_confirmed(client: Client) -> None:
    checkpoint = sequencer.sequence()

    text = english(client).get("/ledger/").content.decode()

    assert f'data-size="{checkpoint.size}"' in text
    assert bytes(checkpoint.root).hex() in text
    assert note.verifier_key(checkpoint.log.origin) in text
    assert "Not witnessed" in text
    assert "Not time-stamped" in text


def test_a_longer_ledger_costs_no_more_queries(client: Client) -> None:
    sequencer.sequence()
    with CaptureQueriesContext(connection) as short:
        client.get("/ledger/")
    for _round in range(3):
        sequencer.sequence()
    with CaptureQueriesContext(connection) as longer:
        client.get("/ledger/")

    assert len(longer) == len(short)


def test_the_page_says_that_the_ledger_is_stopped(client: Client) -> None:
    current = sequencer.sequence().log
    beyond = note.sign(note.Head(current.origin, 4000, bytes(32)))
    storage().write("ledger/checkpoint", beyond.encode())

    text = english(client).get("/ledger/").content.decode()

    assert "The ledger is stopped" in text
    assert "at 4000 is not in the database" in text


def test_the_checkpoint_is_served_as_a_note_that_is_not_kept_long(client: Client) -> None:
    sequencer.sequence()

    answer = client.get("/ledger/checkpoint")

    assert answer.content.decode() == log.published_note("ledger")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Cache-Control"] == "public, max-age=5"
    assert "Set-Cookie" not in answer


def test_tiles_and_bundles_are_served_to_be_kept_for_ever(client: Client) -> None:
    entry = act()
    size = sequencer.sequence().size

    tile, bundle = (client.get(f"/ledger/tile/{kind}/000.p/{size}") for kind in ("0", "entries"))

    assert len(tile.content) == size * 32
    assert log_entry(entry) in unbundle(bundle.content)
    assert tile["Content-Type"] == bundle["Content-Type"] == "application/octet-stream"
    assert tile["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_full_tile_is_served_when_it_is_full(client: Client, settings: Settings) -> None:
    settings.LEDGER_BATCH = 150
    for _round in range(3):
        sequencer.sequence()

    assert len(client.get("/ledger/tile/0/000").content) == 256 * 32
    assert len(client.get("/ledger/tile/1/000.p/2").content) == 2 * 32
    assert client.get("/ledger/tile/0/002").status_code == 404


def test_what_is_not_under_a_published_checkpoint_is_not_served(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tile may be cached for ever, so nobody may see one that a crash can still change."""
    size = sequencer.sequence().size
    with monkeypatch.context() as broken:
        broken.setattr(sequencer, "show", lambda *_arguments: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            sequencer.sequence()

    assert storage().exists(f"ledger/tile/0/000.p/{size + 8}")
    assert client.get(f"/ledger/tile/0/000.p/{size + 8}").status_code == 404


@pytest.mark.parametrize(
    "tile",
    [
        *("0/1", "0/0000", "00/000", "0/x000/000", "99/000", "-1/000", "x/000", "entries/%00"),
        *("0/000.p/0", "0/000.p/08", "0/000.p/256", "0/000.p/8/..", "0/../../checkpoint"),
    ],
)
def test_another_spelling_of_a_place_is_not_found(client: Client, tile: str) -> None:
    sequencer.sequence()

    assert client.get(f"/ledger/tile/{tile}").status_code == 404


def test_a_proof_is_given_to_whoever_knows_the_entry(client: Client) -> None:
    entry = act()
    waiting = client.get(f"/ledger/proof/{log_entry(entry).hex()}.tlog-proof")
    sequencer.sequence()

    answer = client.get(f"/ledger/proof/{log_entry(entry).hex()}.tlog-proof")

    assert waiting.status_code == 404
    assert answer.content.decode() == proof.tlog_proof(entry)
    assert re.match(r"c2sp\.org/tlog-proof@v1\nindex \d+\n", answer.content.decode())
    assert "attachment" in answer["Content-Disposition"]


def test_an_older_ledger_stays_where_it_was(client: Client, settings: Settings) -> None:
    held = sequencer.sequence()
    settings.LEDGER_ORIGIN = f"{held.log.origin}/2"
    log.start(reason="moved")
    sequencer.sequence()

    assert client.get("/ledger/checkpoint").content.decode() == held.note
    newer = client.get("/ledger/2/checkpoint").content.decode()
    assert note.read(newer).origin == settings.LEDGER_ORIGIN
    assert client.get("/ledger/2/tile/0/000.p/8").status_code == 200
    assert client.get("/ledger/3/checkpoint").status_code == 404
    assert held.log.origin in client.get("/ledger/").content.decode()


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
@pytest.mark.parametrize("path", ["", "checkpoint", "tile/0/000"])
def test_the_ledger_is_only_read(client: Client, method: str, path: str) -> None:
    assert getattr(client, method)(f"/ledger/{path}").status_code == 405
