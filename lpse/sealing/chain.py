"""The versions of a key statement. A later one may change only what a schedule change changes;
the committee, the threshold and the envelopes are fixed with the first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from lpse.sealing import statement as statements
from lpse.sealing.statement import Statement, refuse

MAY_CHANGE = frozenset({"version", "previous", "deadline", "opening_at", "content"})


@dataclass(frozen=True, slots=True)
class Chain:
    """Every valid version by its digest, verified and in order; the last one counts."""

    by_digest: Mapping[str, Statement]

    @property
    def digest(self) -> str:
        return list(self.by_digest)[-1]

    @property
    def latest(self) -> Statement:
        return self.by_digest[self.digest]


def verify(
    versions: Sequence[Mapping[str, Any]], *, tender: str, pinned: Collection[str] = ()
) -> Chain:
    """``versions`` are all of them in order, each ``{"statement", "signatures"}``.

    ``pinned`` are digests known from before, which must be among them.
    """
    by_digest: dict[str, Statement] = {}
    older: Statement | None = None
    for version in versions:
        newer = version["statement"]
        digest = statements.verify(newer, version["signatures"])
        if newer["tender"] != tender:
            refuse("tender", _("The key statement is of another tender."))
        _require_succession(older, newer)
        by_digest[digest] = older = newer
    if not by_digest:
        refuse("missing", _("There is no key statement."))
    if not set(pinned) <= set(by_digest):
        refuse("swapped", _("The key statement known from before has been replaced."))
    return Chain(by_digest)


def _require_succession(older: Statement | None, newer: Statement) -> None:
    if older is None:
        if newer["version"] != 1:
            refuse("version", _("The first key statement is missing."))
        return
    if newer["version"] != older["version"] + 1 or newer["previous"] != statements.digest(older):
        refuse("version", _("A version of the key statement is missing or out of order."))
    if _fixed(newer) != _fixed(older):
        refuse("changed", _("A later key statement changes more than the schedule."))
    if newer["deadline"] < older["deadline"]:
        refuse("earlier", _("A later key statement moves the deadline forward."))


def _fixed(statement: Statement) -> Statement:
    return {name: value for name, value in statement.items() if name not in MAY_CHANGE}
