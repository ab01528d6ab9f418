"""Who may not do without a second factor."""

from __future__ import annotations

from collections.abc import Callable

from registration.models import User

Duty = Callable[[User], bool]
"""Whether what only an application above knows obliges a person, who may hold no office."""

_duties: list[Duty] = []


def duty(check: Duty) -> Duty:
    """Let an application above oblige people (from its ``ready``)."""
    _duties.append(check)
    return check


def is_needed_by(user: User) -> bool:
    """Whether an office held today, or anything else that ``user`` may do, needs one."""
    return bool(user.offices) or any(check(user) for check in _duties)
