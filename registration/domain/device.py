"""The browsers on which a person signed in before."""

from __future__ import annotations

import hashlib
import secrets

from django.db import transaction

from lpse.clock import database_now
from registration.models import KnownDevice, User


def new_secret() -> str:
    """What the cookie of a device holds."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def is_known(user_id: str, device: str) -> bool:
    return KnownDevice.objects.filter(
        user__username=user_id.strip().lower(), device=device
    ).exists()


@transaction.atomic
def remember(user: User, device: str, user_agent: str) -> bool:
    """Know ``device`` from now on; whether it is new to an account that knew others."""
    mine = KnownDevice.objects.filter(user=user)
    knew_others = mine.exclude(device=device).exists()
    _known, is_new = mine.update_or_create(
        user=user,
        device=device,
        defaults={"user_agent": user_agent[:200], "last_used_at": database_now()},
    )
    return is_new and knew_others


def forget(known: KnownDevice) -> None:
    known.delete()
