"""The tree as static files: C2SP *tlog-tiles*, https://c2sp.org/tlog-tiles.

A tile holds up to 256 consecutive hashes of one level; a tile of level *n* + 1 has one hash for
every full tile of level *n*. A bundle holds the entries under a tile of level 0.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from lpse.files.storage import Store
from lpse.ledger import tree

WIDTH = 256
HEIGHT = 8
HASH = 32
ENTRIES = "entries"


class Corrupt(Exception):
    """What is stored is not what was written. Nothing may be signed until a person has looked."""


@dataclass(frozen=True, slots=True)
class Tile:
    """The place of a tile or bundle: level, index, and how much of it is filled."""

    level: int | str
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        groups = [f"{self.index % 1000:03}"]
        rest = self.index // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03}")
            rest //= 1000
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{self.level}/{'/'.join(groups)}{partial}"

    @property
    def full(self) -> Tile:
        return Tile(self.level, self.index)


def tile_at(level: int, index: int, size: int) -> Tile:
    """The tile ``index`` of ``level`` as a tree of ``size`` leaves has it."""
    return Tile(level, index, min(WIDTH, (size >> HEIGHT * level) - index * WIDTH))


class Tiles:
    """The stored tiles of a tree of ``size`` leaves under ``prefix``, as ``tree.Nodes``."""

    def __init__(self, store: Store, prefix: str, size: int) -> None:
        self.store, self.prefix, self.size = store, prefix, size
        self._read: dict[Tile, bytes] = {}

    def node(self, height: int, index: int) -> bytes:
        level, inside = divmod(height, HEIGHT)
        first = index << inside
        tile = self.hashes(tile_at(level, first // WIDTH, self.size))
        start = first % WIDTH
        return tree.root_of(tile[start : start + (1 << inside)])

    def root(self, size: int | None = None) -> bytes:
        """The root of the first ``size`` leaves; of all of them when not told."""
        return tree.root(self.node, self.size if size is None else size)

    def hashes(self, tile: Tile) -> list[bytes]:
        if tile not in self._read:
            self._read[tile] = self._fetch(tile)
        content = self._read[tile]
        return [content[at : at + HASH] for at in range(0, len(content), HASH)]

    def _fetch(self, tile: Tile) -> bytes:
        """A partial tile may be gone once the full one is there, which begins with it."""
        try:
            content = self.store.read(f"{self.prefix}/{tile.path}")
        except FileNotFoundError:
            try:
                content = self.store.read(f"{self.prefix}/{tile.full.path}")
            except FileNotFoundError as error:
                raise Corrupt(f"{self.prefix}/{tile.path} is missing") from error
        if len(content) < tile.width * HASH:
            raise Corrupt(f"{self.prefix}/{tile.path} is too short")
        return content[: tile.width * HASH]


def growth(old: Tiles, leaves: Sequence[bytes]) -> dict[Tile, bytes]:
    """The tiles that a tree has after ``leaves`` and had not before; all else stays as it is."""
    grown: dict[Tile, bytes] = {}
    size, level, fresh = old.size + len(leaves), 0, list(leaves)
    while fresh:
        index, filled = divmod(old.size >> HEIGHT * level, WIDTH)
        row = old.hashes(tile_at(level, index, old.size)) if filled else []
        row += fresh
        fresh = []
        for start in range(0, len(row), WIDTH):
            hashes = row[start : start + WIDTH]
            grown[tile_at(level, index + start // WIDTH, size)] = b"".join(hashes)
            if len(hashes) == WIDTH:
                fresh.append(tree.root_of(hashes))
        level += 1
    return grown


def bundle(entries: Sequence[bytes]) -> bytes:
    """Log entries as a bundle: each behind its length in two bytes."""
    return b"".join(struct.pack(">H", len(entry)) + entry for entry in entries)


def unbundle(content: bytes) -> list[bytes]:
    entries, at = [], 0
    while at < len(content):
        (length,) = struct.unpack_from(">H", content, at)
        entries.append(content[at + 2 : at + 2 + length])
        at += 2 + length
    if at != len(content):
        raise ValueError("the bundle is cut off")
    return entries
