from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from pytest_django import Settings

from lpse.audit.events import Event
from lpse.audit.log import log_entry, record
from lpse.audit.models import AuditEntry
from lpse.files.storage import storage
from lpse.ledger import log, note, sequencer, tree
from lpse.ledger.log import Halted
from lpse.ledger.models import Checkpoint, Leaf, Publication
from lpse.ledger.tiles import Corrupt, Tiles, unbundle
from tests.unit.ledger import reference

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _batch(settings: Settings) -> None:
    settings.LEDGER_BATCH = 8


@transaction.atomic
def act(number: int = 1) -> AuditEntry:
    return record(Event.TENDER_CHANGED, subject=("test.Thing", str(number)), by=None)


def in_the_ledger() -> list[bytes]:
    return [bytes(entry) for entry in Leaf.objects.values_list("log_entry", flat=True)]


def published() -> note.Head:
    text = log.published_note("ledger")
    assert text is not None
    return note.read(text)


def test_the_first_checkpoint_holds_the_beginning_of_the_ledger_itself() -> None:
    sequencer.sequence()

    first = Leaf.objects.get(index=0).entry
    assert first is not None
    assert first.event == Event.LEDGER_STARTED
    assert first.data["origin"] == "lpse.example/ledger"
    assert published() == note.Head("lpse.example/ledger", 16, reference.mth(in_the_ledger()))


def test_every_entry_gets_one_leaf_with_its_commitment() -> None:
    entries = [act(number) for number in range(20)]

    sequencer.sequence()

    leaves = Leaf.objects.filter(entry__in=entries)
    assert {leaf.entry_id: bytes(leaf.log_entry) for leaf in leaves} == {
        entry.pk: log_entry(entry) for entry in entries
    }


@pytest.mark.parametrize(("acts", "growth"), [(0, 8), (1, 8), (8, 8), (9, 16)])
def test_the_ledger_grows_by_whole_batches_whatever_happens(acts: int, growth: int) -> None:
    before = sequencer.sequence().size
    for number in range(acts):
        act(number)

    assert sequencer.sequence().size == before + growth


def test_a_place_in_the_batch_tells_nothing() -> None:
    sequencer.sequence()
    places = set()
    for _round in range(20):
        entry = act()
        sequencer.sequence()
        places.add(Leaf.objects.get(entry=entry).index % 8)

    assert len(places) > 1


def test_many_batches_give_the_root_of_the_definition(settings: Settings) -> None:
    settings.LEDGER_BATCH = 100
    for number in range(7):
        act(number)
        sequencer.sequence()

        assert published().root == reference.mth(in_the_ledger())
    entries = storage().read("ledger/tile/entries/001")
    assert unbundle(entries) == in_the_ledger()[256:512]


def test_a_backlog_is_taken_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequencer, "AT_ONCE", 5)
    sequencer.sequence()
    entries = [act(number) for number in range(12)]

    sequencer.sequence()

    assert Leaf.objects.filter(entry__in=entries).count() == 12


def test_partial_tiles_are_forgotten_once_the_full_one_is_published(
    settings: Settings,
) -> None:
    settings.LEDGER_BATCH = 100
    for _round in range(4):
        sequencer.sequence()

    assert storage().exists("ledger/tile/0/000")
    assert not storage().exists("ledger/tile/0/000.p/200")
    assert not storage().exists("ledger/tile/entries/000.p/200")
    assert storage().exists("ledger/tile/0/001.p/244")


def crash(*_args: object, **_options: object) -> None:
    raise ConnectionError("power cut")


# --- A crash between any two steps --------------------------------------------------------------


@pytest.mark.parametrize("step", ["_checkpoint", "_publish", "write_tiles", "show"])
def test_after_a_crash_the_next_run_finishes_what_was_begun(
    step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sequencer.sequence()
    entry = act()

    with monkeypatch.context() as broken:
        broken.setattr(sequencer, step, crash)
        with pytest.raises(ConnectionError):
            sequencer.sequence()
    places = in_the_ledger()
    begun = len(places)
    sequencer.sequence()

    assert in_the_ledger()[:begun] == places
    assert Leaf.objects.filter(entry=entry).count() == 1
    assert published().root == reference.mth(in_the_ledger())
    assert Checkpoint.objects.filter(size=begun).count() == 1


def test_after_a_crash_between_showing_and_noting_it_the_ledger_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sequencer.sequence()

    def shows_and_crashes(checkpoint: Checkpoint, cosignatures: str) -> None:
        show(checkpoint, cosignatures)
        raise ConnectionError("power cut")

    show = sequencer.show
    with monkeypatch.context() as broken:
        broken.setattr(sequencer, "show", shows_and_crashes)
        with pytest.raises(ConnectionError):
            sequencer.sequence()
    shown = published()
    assert not Publication.objects.filter(checkpoint__size=shown.size).exists()

    assert sequencer.sequence().size == shown.size + 8
    assert Publication.objects.filter(checkpoint__size=shown.size).exists()


def test_a_checkpoint_is_stored_before_it_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []
    show = sequencer.show

    def look(checkpoint: Checkpoint, cosignatures: str) -> None:
        seen.append(Checkpoint.objects.filter(pk=checkpoint.pk).exists())
        show(checkpoint, cosignatures)

    monkeypatch.setattr(sequencer, "show", look)
    sequencer.sequence()

    assert seen == [True, True]


# --- What is not as it was ----------------------------------------------------------------------


def flip(name: str, at: int = 5) -> None:
    content = bytearray(storage().read(name))
    content[at] ^= 1
    storage().write(name, bytes(content))


def test_one_flipped_bit_under_the_signed_root_stops_the_ledger() -> None:
    size = sequencer.sequence().size
    flip(f"ledger/tile/0/000.p/{size}")

    with pytest.raises(Corrupt, match="do not give the root signed"):
        sequencer.sequence()
    assert published().size == size


@pytest.mark.parametrize("kind", ["tile/0", "tile/entries"])
def test_one_bit_flipped_on_the_way_to_the_disk_is_never_signed(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = sequencer.sequence().size
    store = storage()
    write = store.write

    def write_badly(name: str, content: bytes) -> None:
        write(name, content)
        if f"ledger/{kind}/" in name:
            flip_stored = bytearray(content)
            flip_stored[-1] ^= 1
            write(name, bytes(flip_stored))

    monkeypatch.setattr(store, "write", write_badly)
    with pytest.raises(Corrupt, match="is not what was written"):
        sequencer.sequence()
    assert Checkpoint.objects.order_by("size").last().size == size


def test_a_second_root_for_one_size_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    sequencer.sequence()
    with monkeypatch.context() as broken:
        broken.setattr(sequencer, "show", crash)
        with pytest.raises(ConnectionError):
            sequencer.sequence()  # now there is a signed checkpoint that nobody has seen
    monkeypatch.setattr(sequencer, "write_tiles", lambda *_args, **_options: bytes(32))

    with pytest.raises(Corrupt, match="no longer give the root"):
        sequencer.sequence()


def test_the_database_holds_one_root_for_a_size() -> None:
    held = sequencer.sequence()

    with pytest.raises(IntegrityError, match="ledger_one_root_for_a_size"), transaction.atomic():
        Checkpoint.objects.create(log=held.log, size=held.size, root=bytes(32), note="")


@pytest.mark.parametrize("table", ["leaf", "checkpoint", "publication", "log"])
def test_the_application_cannot_rewrite_the_ledger(table: str) -> None:
    sequencer.sequence()

    for statement in (f"UPDATE ledger_{table} SET id = id", f"DELETE FROM ledger_{table}"):
        with pytest.raises(ProgrammingError), transaction.atomic():
            connection.cursor().execute(statement)


# --- After a restore ----------------------------------------------------------------------------


def test_a_database_that_lost_the_published_checkpoint_does_not_go_on() -> None:
    current = sequencer.sequence().log
    beyond = note.sign(note.Head(current.origin, 4000, bytes(32)))
    storage().write("ledger/checkpoint", beyond.encode())

    with pytest.raises(Halted, match=r"at 4000 is not in the database.*ledger_new_origin"):
        sequencer.sequence()


def test_a_storage_older_than_the_database_is_told_apart() -> None:
    sequencer.sequence()
    older = log.published_note("ledger")
    assert older is not None
    sequencer.sequence()
    storage().write("ledger/checkpoint", older.encode())

    with pytest.raises(Halted, match=r"the storage is older.*ledger_rebuild"):
        sequencer.sequence()


def test_a_storage_that_was_lost_is_rebuilt_from_the_database(settings: Settings) -> None:
    settings.LEDGER_BATCH = 100
    for _round in range(4):
        sequencer.sequence()
    before = published()
    settings.STORAGE_URL += "-new"
    with pytest.raises(Halted, match="no longer in the storage"):
        sequencer.sequence()

    sequencer.rebuild()

    assert published() == before
    assert Tiles(storage(), "ledger", before.size).root() == before.root
    assert sequencer.sequence().size == before.size + 100


def test_a_published_ledger_is_not_continued_by_an_empty_database() -> None:
    foreign = note.sign(note.Head("lpse.example/ledger", 8, bytes(32)))
    storage().write("ledger/checkpoint", foreign.encode())

    with pytest.raises(Halted, match="it is not its database"):
        sequencer.sequence()
    with pytest.raises(Halted, match="set LEDGER_ORIGIN to a new origin"):
        log.start(reason="the database was lost")


def test_a_checkpoint_signed_by_somebody_else_stops_the_ledger() -> None:
    sequencer.sequence()
    text = log.published_note("ledger")
    assert text is not None
    storage().write("ledger/checkpoint", text.replace("\n\n— ", "\n\n— other.").encode())

    with pytest.raises(Halted, match="not ours"):
        sequencer.sequence()


def test_another_origin_in_the_settings_stops_the_ledger(settings: Settings) -> None:
    sequencer.sequence()
    settings.LEDGER_ORIGIN = "lpse.example/mistyped"

    with pytest.raises(Halted, match=r"LEDGER_ORIGIN says lpse\.example/mistyped"):
        sequencer.sequence()


def test_a_new_origin_begins_with_what_is_lost_of_the_old_one(settings: Settings) -> None:
    held = sequencer.sequence()
    entry = act()
    beyond = note.sign(note.Head(held.log.origin, 4000, bytes(32)))
    storage().write("ledger/checkpoint", beyond.encode())
    settings.LEDGER_ORIGIN = "lpse.example/ledger/2"

    log.start(reason="restored from the backup of yesterday")
    sequencer.sequence()

    first = Leaf.objects.get(log__number=2, index=0).entry
    assert first is not None
    assert first.data == {
        "origin": "lpse.example/ledger/2",
        "held": {
            "origin": "lpse.example/ledger",
            "size": held.size,
            "root": bytes(held.root).hex(),
        },
        "published": beyond,
        "reason": "restored from the backup of yesterday",
    }
    assert log.published_note("ledger") == beyond  # the evidence stays where it was
    assert Leaf.objects.get(entry=entry).log.number == 2
    newest = log.published_note("ledger/2")
    assert newest is not None
    assert note.read(newest).origin == "lpse.example/ledger/2"


# --- Many at once -------------------------------------------------------------------------------


def together(count: int, work: Callable[[int], None]) -> None:
    """Run ``work`` in ``count`` threads that start at the same moment; all must succeed."""
    barrier = threading.Barrier(count)
    failures: list[BaseException] = []

    def run(number: int) -> None:
        barrier.wait()
        try:
            work(number)
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.django_db(transaction=True)
def test_eighty_entries_of_eight_writers_get_one_leaf_each_while_three_sequence() -> None:
    sequencer.sequence()

    def work(number: int) -> None:
        for step in range(10):
            if number < 8:
                act(number * 10 + step)
            else:
                sequencer.sequence()

    together(11, work)
    sequencer.sequence()

    acts = AuditEntry.objects.filter(event=Event.TENDER_CHANGED)
    assert acts.count() == 80
    assert Leaf.objects.filter(entry__in=acts).count() == 80
    assert published().root == reference.mth(in_the_ledger())
    sizes = list(Checkpoint.objects.order_by("size").values_list("size", flat=True))
    assert sizes == sorted(set(sizes))
    for checkpoint in Checkpoint.objects.all():
        assert bytes(checkpoint.root) == reference.mth(in_the_ledger()[: checkpoint.size])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("everything", [True, False])
def test_an_entry_committed_after_later_ones_is_not_skipped(*, everything: bool) -> None:
    written, may_commit = threading.Event(), threading.Event()
    slow: list[AuditEntry] = []

    def slowly() -> None:
        try:
            with transaction.atomic():
                slow.append(act(1))
                written.set()
                may_commit.wait()
        finally:
            connection.close()

    thread = threading.Thread(target=slowly)
    thread.start()
    written.wait()
    later = act(2)
    sequencer.sequence(everything=everything)
    assert Leaf.objects.filter(entry=later).exists()
    assert not Leaf.objects.filter(entry=slow[0]).exists()
    may_commit.set()
    thread.join()

    sequencer.sequence(everything=everything)

    assert Leaf.objects.filter(entry=slow[0]).exists()
    assert slow[0].at < later.at


@pytest.mark.django_db(transaction=True)
def test_a_writer_never_waits_for_the_sequencer() -> None:
    sequencer.sequence()
    with transaction.atomic():
        log.lock()
        thread = threading.Thread(target=lambda: (act(), connection.close()))
        thread.start()
        thread.join(timeout=5)

        assert not thread.is_alive()


def test_publications_follow_checkpoints() -> None:
    for _round in range(3):
        sequencer.sequence()

    assert Publication.objects.count() == Checkpoint.objects.count()
    assert tree.EMPTY_ROOT not in {bytes(c.root) for c in Checkpoint.objects.all()}
