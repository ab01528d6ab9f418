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
from django.db.models import Model
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
    message = _message_model()
    people = {user.pk: user for user in users}.values()
    message._default_manager.bulk_create(
        message(
            recipient_id=person.pk,
            email_state="due" if person.email else "none",
            **_rendered(template, person.language, url, {**context, "recipient": person}),
        )
        for person in people
    )


def notify_address(
    address: str, template: str, *, language: str, url: str = "", **context: Any
) -> None:
    """Write ``emails/<template>`` to somebody who has no account, so that no inbox keeps it.

    Nobody has shown yet that the address is theirs: the subject is given nothing of ``context``,
    so that it names no person.
    """
    message = _message_model()
    written = _rendered(template, language, url, context, plain_subject=True)
    message._default_manager.create(address=address, **written)


def _message_model() -> type[Model]:
    """The model, for a text that commits with what it tells.

    It is loaded late: the package offers these functions before any model is there.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a message must commit together with what it tells")
    return apps.get_model("mail", "Message")


def _rendered(
    template: str,
    language: str,
    url: str,
    context: dict[str, Any],
    *,
    plain_subject: bool = False,
) -> dict[str, str]:
    link = f"{settings.BASE_URL.rstrip('/')}{url}" if url else ""
    with translation.override(language):
        always = {"url": url, "link": link, "office": settings.LPSE_NAME}
        said = {} if plain_subject else context
        subject = _text(f"emails/{template}_subject.txt", {**said, **always})
        body = _text(f"emails/{template}.txt", {**context, **always})
    return {
        "template": template,
        "language": language,
        "url": url,
        "subject": " ".join(subject.split())[:200],
        "body": body.strip() + "\n",
    }


def _text(name: str, parts: dict[str, Any]) -> str:
    """A template as plain text: in an e-mail ``&amp;`` would be read as it stands."""
    return Engine.get_default().get_template(name).render(Context(parts, autoescape=False))
