from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from lpse.files import storage as module
from lpse.files.storage import A_DAY, FolderStore, Saved, storage


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "storage")


def test_what_was_saved_is_measured_and_comes_back(store: FolderStore) -> None:
    saved = store.save("sealed/one", [b"first ", b"second"])

    assert saved == Saved(hashlib.sha256(b"first second").hexdigest(), 12)
    assert store.read("sealed/one") == b"first second"
    assert store.size("sealed/one") == 12
    with store.open("sealed/one") as file:
        file.seek(6)
        assert file.read() == b"second"


def test_pieces_are_joined_in_their_order_and_stay(store: FolderStore) -> None:
    for number in range(3):
        store.write(f"pieces/{number}", bytes([number]) * 3)

    saved = store.concatenate((f"pieces/{number}" for number in range(3)), "sealed/whole")

    assert store.read("sealed/whole") == b"\0\0\0\1\1\1\2\2\2"
    assert saved.size == 9
    assert store.exists("pieces/0")


def test_a_big_file_is_never_whole_in_memory(store: FolderStore) -> None:
    def pieces() -> Iterator[bytes]:
        yield from (bytes(module.CHUNK) for _piece in range(5))

    store.save("sealed/big", pieces())

    assert max(len(chunk) for chunk in store.chunks("sealed/big")) == module.CHUNK


def test_saving_again_replaces_the_whole(store: FolderStore) -> None:
    store.write("ledger/checkpoint", b"the longer first content")
    store.write("ledger/checkpoint", b"second")

    assert store.read("ledger/checkpoint") == b"second"


def test_half_a_file_is_never_seen_and_nothing_is_left_behind(store: FolderStore) -> None:
    def cut() -> Iterator[bytes]:
        yield b"half"
        assert not store.exists("sealed/one")
        raise ConnectionError

    with pytest.raises(ConnectionError):
        store.save("sealed/one", cut())

    assert not store.exists("sealed/one")
    assert list(store.scratch.iterdir()) == []


def test_file_and_folder_are_durable_before_save_returns(
    store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order is what survives a power cut: bytes, then name, then the folder's entry."""
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def note_fsync(descriptor: int) -> None:
        steps.append(
            "folder" if Path(f"/proc/self/fd/{descriptor}").resolve().is_dir() else "file"
        )
        fsync(descriptor)

    def note_rename(path: Path, target: Path) -> Path:
        steps.append("rename")
        return replace(path, target)

    store.root.mkdir()
    monkeypatch.setattr(module.os, "fsync", note_fsync)
    monkeypatch.setattr(Path, "replace", note_rename)
    store.write("a/b/c", b"content")
    new_folders = [steps.pop(0), steps.pop(0)]

    assert new_folders == ["folder", "folder"]
    assert steps == ["file", "rename", "folder"]


def test_forgetting_what_is_not_there_changes_nothing(store: FolderStore) -> None:
    store.write("sealed/one", b"content")
    store.delete("sealed/one")
    store.delete("sealed/one")

    assert not store.exists("sealed/one")
    with pytest.raises(FileNotFoundError):
        store.chunks("sealed/one")


@pytest.mark.parametrize(
    "name",
    ["", "/etc/passwd", "a/../b", "..", ".private/x", "a//b", "a/", "A", "a b", "a\n", "a\0"],
)
def test_a_name_never_climbs(store: FolderStore, name: str) -> None:
    for use in (store.read, store.exists, store.delete, store.size, store.open):
        with pytest.raises(ValueError, match="not a name"):
            use(name)
    with pytest.raises(ValueError, match="not a name"):
        store.write(name, b"")


def test_what_a_crash_left_behind_is_swept_after_a_day(store: FolderStore) -> None:
    yesterday, today = store.private_path(), store.private_path()
    for path in (yesterday, today):
        path.write_bytes(b"half")
    os.utime(yesterday, (time.time() - A_DAY - 60,) * 2)

    assert store.sweep() == 1
    assert list(store.scratch.iterdir()) == [today]


def test_the_settings_name_the_store(settings: Settings, tmp_path: Path) -> None:
    settings.STORAGE_URL = f"file://{tmp_path}/some%20folder"

    assert storage() is storage()
    storage().write("x", b"1")
    assert (tmp_path / "some folder" / "x").read_bytes() == b"1"


def test_an_unknown_kind_of_storage_is_refused(settings: Settings) -> None:
    settings.STORAGE_URL = "ftp://somewhere/"

    with pytest.raises(ImproperlyConfigured, match="STORAGE_URL"):
        storage()
