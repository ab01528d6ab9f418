"""Telling people: written with the act it is about, sent after it is committed.

No e-mail is sent from here, and no task is queued: a broker that is away would hold up every
answer for seconds, the receipt of a bid at the deadline among them. The schedule asks the table
every ten seconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.template import Context, Engine
from django.utils import translation


class Recipient(Protocol):
    """What this module needs to know of a user; the model itself is loaded later."""

    pk: Any
    email: str
    language: str


def notify(users: Iterable[Recipient], template: str, *, url: str = "", **context: Any) -> None:
    """Write ``emails/<template>`` to each of ``users``, in the language of each.

    An e-mail is a postcard: the text says that something happened and where to read it, and
    never anything that is secret. ``url`` is the path of the page to read.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a message must commit together with what it tells")
    # This function is offered by the package itself, which is imported before any model is.
    message = apps.get_model("mail", "Message")
    people = {user.pk: user for user in users}.values()
    message._default_manager.bulk_create(
        message(
            recipient_id=person.pk,
            template=template,
            url=url,
            email_state="due" if person.email else "none",
            **_rendered(template, person, {**context, "url": url}),
        )
        for person in people
    )


def _rendered(template: str, person: Recipient, context: dict[str, Any]) -> dict[str, str]:
    link = f"{settings.BASE_URL.rstrip('/')}{context['url']}" if context["url"] else ""
    with translation.override(person.language):
        parts = {**context, "recipient": person, "link": link, "office": settings.LPSE_NAME}
        subject = _text(f"emails/{template}_subject.txt", parts)
        body = _text(f"emails/{template}.txt", parts)
    return {"subject": " ".join(subject.split())[:200], "body": body.strip() + "\n"}


def _text(name: str, parts: dict[str, Any]) -> str:
    """A template as plain text: in an e-mail ``&amp;`` would be read as it stands."""
    return Engine.get_default().get_template(name).render(Context(parts, autoescape=False))
