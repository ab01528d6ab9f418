from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lpse.files.storage import FolderStore
from lpse.ledger import tree
from lpse.ledger.tiles import Corrupt, Tile, Tiles, bundle, growth, tile_at, unbundle


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1234067), "tile/0/x001/x234/067"),  # the example of the specification
        (Tile(1, 273, 17), "tile/1/273.p/17"),
        (Tile("entries", 1000, 1), "tile/entries/x001/000.p/1"),
    ],
)
def test_a_tile_has_the_path_of_the_specification(tile: Tile, path: str) -> None:
    assert tile.path == path


def test_a_tree_of_70000_has_the_tiles_of_the_specification() -> None:
    assert tile_at(0, 273, 70_000) == Tile(0, 273, 112)
    assert tile_at(1, 0, 70_000) == Tile(1, 0)
    assert tile_at(1, 1, 70_000) == Tile(1, 1, 17)
    assert tile_at(2, 0, 70_000) == Tile(2, 0, 1)


def leaves(start: int, end: int) -> list[bytes]:
    return [tree.leaf_hash(number.to_bytes(32)) for number in range(start, end)]


def grow(store: FolderStore, start: int, end: int) -> set[Tile]:
    written = growth(Tiles(store, "ledger", start), leaves(start, end))
    for tile, content in written.items():
        store.write(f"ledger/{tile.path}", content)
    return set(written)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.integers(1, 300), min_size=1, max_size=6))
def test_however_it_grows_the_tiles_give_the_root(tmp_path: Path, steps: list[int]) -> None:
    store, size = FolderStore(tmp_path), 0
    for step in steps:
        grow(store, size, size + step)
        size += step

    assert Tiles(store, "ledger", size).root() == tree.root_of(leaves(0, size))


def test_growing_touches_only_the_right_edge(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    grow(store, 0, 70_000)

    assert grow(store, 70_000, 70_008) == {Tile(0, 273, 120)}
    assert grow(store, 70_008, 70_200) == {Tile(0, 273), Tile(0, 274, 56), Tile(1, 1, 18)}
    assert Tiles(store, "ledger", 70_200).root() == tree.root_of(leaves(0, 70_200))


def test_an_older_tree_reads_the_full_tile_when_its_partial_one_is_gone(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    grow(store, 0, 100)
    grow(store, 100, 300)
    store.delete("ledger/tile/0/000.p/100")

    assert Tiles(store, "ledger", 100).root() == tree.root_of(leaves(0, 100))


@pytest.mark.parametrize("damage", ["missing", "short"])
def test_a_tile_that_is_not_whole_is_told_apart(tmp_path: Path, damage: str) -> None:
    store = FolderStore(tmp_path)
    grow(store, 0, 10)
    file = tmp_path / "ledger/tile/0/000.p/10"
    if damage == "missing":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:-1])

    with pytest.raises(Corrupt):
        Tiles(store, "ledger", 10).root()


def test_a_bundle_gives_back_its_entries() -> None:
    entries = [b"", b"one", bytes(32)]

    assert bundle(entries) == b"\0\0\0\3one\0\x20" + bytes(32)
    assert unbundle(bundle(entries)) == entries


def test_a_bundle_that_is_cut_off_is_refused() -> None:
    with pytest.raises(ValueError, match="cut off"):
        unbundle(bundle([bytes(32)])[:-1])
