"""Writing to the audit log, and the commitment to what was written."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AbstractUser
from django.db import connection, models

from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.clock import instant
from lpse.sealing import jcs

FORMAT = "lpse-entry/1"


def record(
    event: Event,
    *,
    subject: models.Model | tuple[str, str],
    by: AbstractUser | None,
    at: dt.datetime | None = None,
    **data: Any,
) -> AuditEntry:
    """Append ``event`` to the log, inside the caller's transaction.

    ``at`` is for a verb that depends on a deadline: it has read deadline and clock together, and
    the entry must say that instant and no other. Everybody else leaves it to the database.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an audit entry must commit together with what it describes")
    entry = AuditEntry(
        event=event,
        actor_id=by.pk if by else None,
        actor_uid=by.get_username() if by else "",
        data=_as_json(data),
        salt=secrets.token_bytes(32),
    )
    entry.subject_type, entry.subject_id = subject_of(subject)
    if at is not None:
        entry.at = at
    jcs.canonical(entry.data)  # what cannot be committed to must not be written
    entry.save(force_insert=True)
    return entry


def subject_of(subject: models.Model | tuple[str, str]) -> tuple[str, str]:
    """How the log names ``subject``: its type and its key, both as text."""
    if isinstance(subject, tuple):
        return subject
    return subject._meta.label, str(subject.pk)


def body(entry: AuditEntry) -> dict[str, Any]:
    """What the ledger commits to, and what a receipt embeds."""
    return {
        "format": FORMAT,
        "id": str(entry.id),
        "event": str(entry.event),
        "subject": [entry.subject_type, entry.subject_id],
        "actor": entry.actor_uid or None,
        "at": instant(entry.at),
        "data": entry.data,
    }


def log_entry(entry: AuditEntry) -> bytes:
    """The 32 bytes that stand for ``entry`` in the ledger, telling nothing without the salt."""
    return hashlib.sha256(bytes(entry.salt) + jcs.canonical(body(entry))).digest()


def _as_json(value: Any) -> Any:
    """``value`` as signed documents write it; what has no exact spelling is a ``TypeError``."""
    for kind, spell in SPELLINGS:
        if isinstance(value, kind):
            return spell(value)
    raise TypeError(f"the audit log has no exact spelling for {type(value).__name__}")


def _same(value: Any) -> Any:
    return value


# The first that fits counts: a datetime is a date too, and an event is a string too.
SPELLINGS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (Enum, lambda member: _as_json(member.value)),
    ((type(None), bool, int, str), _same),
    (dt.datetime, instant),
    (dt.date, dt.date.isoformat),
    (Decimal, lambda amount: f"{amount:f}"),
    (UUID, str),
    (Mapping, lambda members: {str(key): _as_json(value) for key, value in members.items()}),
    ((list, tuple), lambda members: [_as_json(member) for member in members]),
)
