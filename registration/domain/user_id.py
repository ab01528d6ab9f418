"""For whoever forgot the own User ID: it is written to the mailbox, and said nowhere else."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse

from lpse.mail import notify_address
from registration.domain import signup
from registration.models import User


@transaction.atomic(durable=True)
def ask(address: str, *, device: str, language: str) -> None:
    """Write to ``address`` which User ID it has, or that it has none.

    The page says the same either way, and takes as long: an account is not to be found out by
    asking.
    """
    address = address.strip().lower()
    if not signup.gets_another(address, device=device, purpose="user ID "):
        return
    person = User.objects.filter(email=address, is_active=True).first()
    if person is None:
        notify_address(address, "user_id_none", language=language, url=reverse("front"))
    else:
        notify_address(
            address,
            "user_id",
            language=person.language,
            url=reverse("account_login"),
            username=person.username,
        )
