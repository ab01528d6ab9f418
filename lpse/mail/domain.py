"""What a person does with the own inbox."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import transaction
from django.db.models import QuerySet

from lpse.clock import database_now
from lpse.mail.models import Message

Person = AbstractBaseUser | AnonymousUser  # whom nobody writes to


def inbox(user: Person) -> QuerySet[Message]:
    return _own(Message.objects.all(), user)


def unread_count(user: Person) -> int:
    return inbox(user).filter(read_at=None).count()


@transaction.atomic
def mark_read(messages: QuerySet[Message], *, by: Person) -> int:
    """Mark those of ``messages`` that are ``by``'s own and unread; how many."""
    return _own(messages, by).filter(read_at=None).update(read_at=database_now())


def _own(messages: QuerySet[Message], person: Person) -> QuerySet[Message]:
    """Who is not signed in has no key, and neither has a message to an address a recipient."""
    return messages.filter(recipient_id=person.pk).exclude(recipient=None)
