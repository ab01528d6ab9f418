from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.KEY_DIR = tmp_path / "keys"
    return tmp_path / "keys"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_first_start_makes_keys_that_only_the_lpse_can_read(folder: Path) -> None:
    call_command("init_lpse", stdout=io.StringIO())

    assert contents(folder) != {}
    assert [path.name for path in folder.glob("*.key") if path.stat().st_mode & 0o077] == []


def test_a_later_start_replaces_nothing(folder: Path) -> None:
    call_command("init_lpse", stdout=io.StringIO())
    made = contents(folder)

    call_command("init_lpse", stdout=io.StringIO())

    assert contents(folder) == made


def test_it_says_what_it_made_and_where_a_copy_belongs(folder: Path) -> None:
    said = io.StringIO()

    call_command("init_lpse", stdout=said)

    assert f"made {folder / 'lpse.key'}: keep a copy of it offline" in said.getvalue()
