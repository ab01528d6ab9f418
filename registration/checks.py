"""What must never be deployed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from registration.domain import sample


def _sample_in_public(*_: Any, **__: Any) -> Sequence[CheckMessage]:
    """A sample installation lets anybody be anybody: it is for one's own machine."""
    if not settings.SAMPLE_INSTALLATION:
        return []
    return [
        Error(
            "SAMPLE_INSTALLATION lets everybody sign in as any sample person.",
            hint="Unset SAMPLE_INSTALLATION and begin with an empty database, or let BASE_URL and "
            "ALLOWED_HOSTS name nothing but localhost.",
            id="registration.E001",
        )
    ]


@register(Tags.security, deploy=True)
def no_sample_in_a_deployment(*_: Any, **__: Any) -> Sequence[CheckMessage]:
    return _sample_in_public()


@register(Tags.security)
def no_sample_at_a_public_address(*_: Any, **__: Any) -> Sequence[CheckMessage]:
    """Without ``--deploy`` too: every start and every migration runs this one."""
    return [] if sample.is_on_own_machine() else _sample_in_public()
