from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lpse.mail.models import EmailState, Message
from registration.models import User

pytestmark = pytest.mark.django_db


def person(name: str) -> User:
    return User.objects.create(
        username=name, full_name=name.title(), email=f"{name}@contoh.example"
    )


def message(to: User, subject: str = "Schedule changed", url: str = "/ledger/") -> Message:
    return Message.objects.create(
        recipient=to, template="test", subject=subject, body="It was\n\nchanged.\n", url=url
    )


@pytest.fixture
def budi(client: Client) -> User:
    user = person("budi")
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return user


def test_the_inbox_shows_the_own_messages_and_how_many_are_new(client: Client, budi: User) -> None:
    message(budi)
    message(person("rina"), "For Rina only")

    text = client.get("/inbox/").content.decode()

    assert "Schedule changed" in text
    assert "1 new message" in text
    assert "For Rina only" not in text


def test_looking_at_the_inbox_marks_nothing(client: Client, budi: User) -> None:
    message(budi)
    client.get("/inbox/")

    assert Message.objects.get().read_at is None


def test_a_message_is_marked_as_read(client: Client, budi: User) -> None:
    sent = message(budi)

    answer = client.post(f"/inbox/{sent.pk}/read/")

    sent.refresh_from_db()
    assert answer["Location"] == "/inbox/"
    assert sent.read_at is not None


def test_a_message_leads_to_what_it_speaks_of(client: Client, budi: User) -> None:
    sent = message(budi)

    answer = client.post(f"/inbox/{sent.pk}/read/", {"go": "1"})

    sent.refresh_from_db()
    assert answer["Location"] == "/ledger/"
    assert sent.read_at is not None


def test_all_messages_are_marked_at_once_and_only_the_own(client: Client, budi: User) -> None:
    own = [message(budi), message(budi)]
    other = message(person("rina"))

    client.post("/inbox/read/")

    assert Message.objects.filter(read_at=None).get() == other
    assert Message.objects.exclude(read_at=None).count() == len(own)


def test_the_message_of_somebody_else_does_not_exist(client: Client, budi: User) -> None:
    other = message(person("rina"))

    assert client.post(f"/inbox/{other.pk}/read/").status_code == 404
    assert client.post(f"/inbox/{uuid4()}/read/").status_code == 404
    other.refresh_from_db()
    assert other.read_at is None


@pytest.mark.parametrize("path", ["", "read/"])
def test_a_stranger_is_asked_to_sign_in(client: Client, path: str) -> None:
    send = client.post if path else client.get

    answer = send(f"/inbox/{path}")

    assert answer.status_code == 302
    assert "next=" in answer["Location"]


@pytest.mark.usefixtures("budi")
def test_marking_is_never_done_by_a_link(client: Client) -> None:
    assert client.get("/inbox/read/").status_code == 405
    assert client.post("/inbox/").status_code == 405


def test_a_longer_inbox_costs_no_more_queries(client: Client, budi: User) -> None:
    message(budi)
    with CaptureQueriesContext(connection) as one:
        client.get("/inbox/")
    for _message in range(5):
        message(budi)
    with CaptureQueriesContext(connection) as six:
        client.get("/inbox/")

    assert len(six) == len(one)


def test_a_long_inbox_has_pages(client: Client, budi: User) -> None:
    for number in range(25):
        message(budi, f"Number {number:02}")

    first, second = (client.get(f"/inbox/?page={page}").content.decode() for page in (1, 2))

    assert "Number 24" in first
    assert "Number 00" not in first
    assert "Number 00" in second


def test_what_stands_in_a_message_cannot_become_markup(client: Client, budi: User) -> None:
    message(budi, subject="<script>alert(1)</script>")

    assert "<script>alert(1)" not in client.get("/inbox/").content.decode()


def test_every_state_of_the_e_mail_can_be_shown(client: Client, budi: User) -> None:
    for state in (EmailState.DUE, EmailState.FAILED, EmailState.NONE):
        sent = message(budi)
        Message.objects.filter(pk=sent.pk).update(email_state=state)

    text = client.get("/inbox/").content.decode()

    assert all(str(state.label) in text for state in (EmailState.DUE, EmailState.FAILED))
