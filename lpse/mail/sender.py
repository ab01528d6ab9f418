"""Sending what is due by e-mail, one message in one transaction."""

from __future__ import annotations

import datetime as dt
from email.utils import parseaddr

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from lpse.clock import database_now
from lpse.mail.models import EmailState, Message

LAST_ATTEMPT = 10  # after some seventeen hours
MOST_AT_ONCE = 500

log = structlog.get_logger(__name__)


def send_due() -> int:
    """Send what is due; how many messages went out. Any number of these may run at once."""
    sent = 0
    with get_connection(fail_silently=False) as server:
        for _round in range(MOST_AT_ONCE):
            outcome = _send_next(server)
            if outcome is None:
                break
            sent += outcome
    return sent


@transaction.atomic
def _send_next(server: BaseEmailBackend) -> bool | None:
    """Whether the next message due went out; ``None`` when none is due.

    A crash between the server's answer and the commit sends the same message twice, with the
    same Message-ID; the other order would lose it.
    """
    message = (
        Message.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("recipient")
        .filter(email_state=EmailState.DUE, due_at__lte=database_now())
        .order_by("due_at")
        .first()
    )
    if message is None:
        return None
    message.attempts += 1
    try:
        _email(message, server).send()
    except Exception as error:
        _postpone(message, error)
        return False
    Message.objects.filter(pk=message.pk).update(
        email_state=EmailState.SENT,
        # No inbox shows it, and the link to an address may hold a secret: it is kept nowhere.
        url=message.url if message.recipient else "",
        sent_at=database_now(),
        attempts=message.attempts,
        last_error="",
    )
    return True


def _postpone(message: Message, error: Exception) -> None:
    given_up = message.attempts >= LAST_ATTEMPT
    log.warning("email_not_sent", message=str(message.pk), attempts=message.attempts)
    Message.objects.filter(pk=message.pk).update(
        email_state=EmailState.FAILED if given_up else EmailState.DUE,
        due_at=database_now() + dt.timedelta(minutes=2**message.attempts),
        attempts=message.attempts,
        last_error=f"{type(error).__name__}: {error}"[:300],
    )


def _email(message: Message, server: BaseEmailBackend) -> EmailMessage:
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return EmailMessage(
        subject=message.subject,
        body=message.body + _footer(message),
        to=[message.to],
        headers={"Message-ID": f"<{message.pk}@{host}>", "Auto-Submitted": "auto-generated"},
        connection=server,
    )


def _footer(message: Message) -> str:
    where = f"\n{settings.BASE_URL.rstrip('/')}{message.url}\n" if message.url else ""
    with translation.override(message.language):
        said = (
            _("Sent by %(office)s. The inbox there keeps this message.")
            if message.recipient
            else _("Sent by %(office)s to this address.")
        )
        return f"{where}\n-- \n{said % {'office': settings.LPSE_NAME}}\n"
