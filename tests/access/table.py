"""Reading the table: a line is an address, a method, and who gets which verdict."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

from tests.access.scene import EVERYBODY, LPSE, PEOPLE, PUBLIC

TABLE = Path(__file__).with_name("table.txt")
VERDICTS = ("yes", "no", "404", "in")
GROUPS = {"*": PEOPLE, "LPSE": LPSE}
LINE = re.compile(r"(?P<url>\S+)\s+(?P<method>GET|POST|PATCH|PUT|DELETE|HEAD)\s+(?P<who>\S.*)")


@dataclass(frozen=True)
class Row:
    url: str
    method: str
    verdicts: dict[str, str]  # who → verdict


@dataclass(frozen=True)
class Address:
    name: str
    kind: str  # of the view; empty: it is allauth's or Django's

    @property
    def is_ours(self) -> bool:
        return self.kind != ""

    @property
    def speaks_json(self) -> bool:
        return self.kind == "api"


def rows() -> list[Row]:
    lines = [line.partition("#")[0].strip() for line in TABLE.read_text().splitlines()]
    return [_row(line) for line in lines if line]


def addresses() -> list[Address]:
    """Every address of the resolver by its name, with its namespace."""
    found = dict(_walk(get_resolver(), ""))
    return [Address(name, kind) for name, kind in found.items()]


def _row(line: str) -> Row:
    """``*`` is everybody who is signed in and not named otherwise; the public is asked in."""
    match = LINE.fullmatch(line)
    assert match, f"not a line of the table: {line}"
    verdicts = {PUBLIC: "in"}
    named: dict[str, str] = {}
    for part in match["who"].split(";"):
        verdict, _colon, who = part.strip().partition(":")
        assert verdict in VERDICTS, f"unknown verdict {verdict} in: {line}"
        for name in who.split():
            names = GROUPS.get(name, (name,))
            assert set(names) <= set(EVERYBODY), f"unknown person {name} in: {line}"
            target = named if name not in GROUPS else verdicts
            for one in names:
                assert one not in target, f"{one} stands twice in: {line}"
                target[one] = verdict
    verdicts |= named
    missing = set(EVERYBODY) - set(verdicts)
    assert not missing, f"no verdict for {sorted(missing)} in: {line}"
    return Row(match["url"], match["method"], verdicts)


def _walk(resolver: URLResolver, namespace: str) -> Iterator[tuple[str, str]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}", getattr(pattern.callback, "kind", "")
        else:
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from _walk(pattern, namespace + inner)
