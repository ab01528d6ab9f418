"""A state machine is a table; this module knows how to read one.

Every lifecycle in the system is a ``Workflow``: a tuple of ``Transition`` rows
beside the verbs it governs. ``Workflow.fire`` is the only code that writes a
state column, and it writes the audit entry in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pgtrigger
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils.translation import gettext as _

from lpse.audit.events import Event
from lpse.audit.log import record
from lpse.audit.models import AuditEntry
from lpse.errors import Refused

Guard = Callable[[Any], str | None]
"""Return why the transition is refused, in the user's language, or ``None``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    name: str
    sources: tuple[str, ...]
    target: str
    permission: str | None  # ``None``: nobody; only the clock takes this step
    guards: tuple[Guard, ...] = ()
    event: Event
    article: str  # the regulation this step answers to

    def open_to(self, user: AbstractUser | None, subject: models.Model) -> bool:
        if self.permission is None:
            return user is None
        return user is not None and user.has_perm(self.permission, subject)


@dataclass(frozen=True, slots=True)
class Workflow:
    field: str
    transitions: tuple[Transition, ...]

    def __iter__(self) -> Iterator[Transition]:
        return iter(self.transitions)

    def available(self, subject: models.Model, user: AbstractUser) -> list[Transition]:
        """The steps ``user`` could take with ``subject`` now: what the page offers as buttons."""
        return [s for s in self if s.open_to(user, subject) and not self._refusal(subject, s)]

    @transaction.atomic
    def fire(
        self, subject: models.Model, name: str, *, by: AbstractUser | None, **details: Any
    ) -> AuditEntry:
        """Take step ``name`` and record it; raise ``PermissionDenied`` or ``Refused``."""
        step = next(step for step in self if step.name == name)
        manager = type(subject)._base_manager
        locked = manager.select_for_update(of=("self",)).get(pk=subject.pk)
        if not step.open_to(by, locked):
            raise PermissionDenied
        if reason := self._refusal(locked, step):
            raise Refused(reason)

        previous = getattr(locked, self.field)
        manager.filter(pk=subject.pk).update(**{self.field: step.target})
        setattr(subject, self.field, step.target)
        return record(
            step.event, subject=subject, by=by, previous=previous, state=step.target, **details
        )

    def _refusal(self, subject: models.Model, step: Transition) -> str | None:
        if getattr(subject, self.field) not in step.sources:
            return _("This step is not possible now: the state is “%(state)s”.") % {
                "state": _state_label(subject, self.field)
            }
        return next((reason for guard in step.guards if (reason := guard(subject))), None)

    def moves(self) -> list[tuple[str, str]]:
        return [(source, step.target) for step in self for source in step.sources]

    def enforce_in_database(self, model: type[models.Model]) -> None:
        """Have PostgreSQL refuse any move that is not in the table (called from ``ready``)."""
        trigger = pgtrigger.FSM(name="state_moves", field=self.field, transitions=self.moves())
        pgtrigger.register(trigger)(model)

    def mermaid(self) -> str:
        """The diagram kept in ``docs/states``; ``make docs`` writes it, CI compares it."""
        rows = [
            f"    {source} --> {step.target}: {step.name}"
            for step in self
            for source in step.sources
        ]
        return "\n".join(["stateDiagram-v2", *rows])


def _state_label(subject: models.Model, field: str) -> str:
    return str(getattr(subject, f"get_{field}_display")())
