from __future__ import annotations

import datetime as dt
import smtplib
import threading
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, connection, transaction
from pytest_django import Settings

from lpse.clock import database_now
from lpse.mail import notify, notify_address, sender
from lpse.mail.domain import inbox, mark_read, unread_count
from lpse.mail.models import EmailState, Message
from lpse.mail.tasks import send_due_messages
from registration.models import User

pytestmark = pytest.mark.django_db

TEMPLATES = {
    "emails/schedule_changed_subject.txt": ("Schedule:\n {{ tender }}\n"),
    "emails/schedule_changed.txt": (
        "{% get_current_language as language %}"
        "{{ recipient }} ({{ language }}), {{ reason }} {{ link }} {{ office }}\n"
    ),
}


@pytest.fixture(autouse=True)
def _templates(settings: Settings, tmp_path: Path) -> None:
    """The kernel sends what other applications write; here a template of the test's own."""
    for name, text in TEMPLATES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    settings.TEMPLATES = [
        {**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}
    ]
    settings.BASE_URL = "https://lpse.example"
    settings.LPSE_NAME = "LPSE Contoh"


def person(name: str, *, email: str | None = None, language: str = "en") -> User:
    return User.objects.create(
        username=name,
        full_name=name.title(),
        email=f"{name}@contoh.example" if email is None else email,
        language=language,
    )


@transaction.atomic
def tell(*people: User, **context: str) -> None:
    given = {"tender": "Jalan", "reason": "hujan", **context}
    notify(people, "schedule_changed", url="/tenders/1234901/", **given)


def test_each_person_gets_one_message_in_the_inbox_and_one_due() -> None:
    budi, rina = person("budi"), person("rina")

    tell(budi, rina, budi)

    message = inbox(budi).get()
    assert message.subject == "Schedule: Jalan"
    assert message.body == ("Budi (en), hujan https://lpse.example/tenders/1234901/ LPSE Contoh\n")
    assert message.email_state == EmailState.DUE
    assert inbox(rina).count() == 1


def test_a_text_is_not_escaped_as_if_it_were_a_page() -> None:
    budi = person("budi")

    tell(budi, tender="Jalan & Jembatan <A>")

    assert inbox(budi).get().subject == "Schedule: Jalan & Jembatan <A>"


def test_each_person_reads_the_own_language() -> None:
    budi, rina = person("budi", language="id"), person("rina", language="en")

    tell(budi, rina)

    assert "(id)" in inbox(budi).get().body
    assert "(en)" in inbox(rina).get().body


def test_what_is_due_is_sent_once() -> None:
    tell(person("budi"))

    assert sender.send_due() == 1
    assert sender.send_due() == 0

    (email,) = mail.outbox
    message = Message.objects.get()
    assert email.to == ["budi@contoh.example"]
    assert email.subject == "Schedule: Jalan"
    assert email.body.startswith(message.body)
    assert "https://lpse.example/tenders/1234901/" in email.body
    assert email.message()["Message-ID"].startswith(f"<{message.pk}@")
    assert (message.email_state, message.attempts) == (EmailState.SENT, 1)
    assert message.sent_at is not None


def test_a_person_without_an_address_still_has_the_inbox() -> None:
    budi = person("budi", email="")
    tell(budi)

    assert sender.send_due() == 0
    assert inbox(budi).get().email_state == EmailState.NONE


class Refusing(EmailBackend):
    def send_messages(self, messages: object) -> int:
        raise smtplib.SMTPServerDisconnected("gone")


@pytest.fixture
def broken_server(settings: Settings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"


@pytest.mark.usefixtures("broken_server")
def test_a_mail_server_that_is_away_is_asked_again_later() -> None:
    tell(person("budi"))

    assert sender.send_due() == 0

    message = Message.objects.get()
    assert (message.email_state, message.attempts) == (EmailState.DUE, 1)
    assert message.last_error == "SMTPServerDisconnected: gone"
    assert message.due_at > database_now() + dt.timedelta(minutes=1)


@pytest.mark.usefixtures("broken_server")
def test_after_ten_attempts_a_message_is_given_up_and_the_others_go_on() -> None:
    tell(person("budi"))
    Message.objects.update(attempts=sender.LAST_ATTEMPT - 1)

    sender.send_due()

    assert Message.objects.get().email_state == EmailState.FAILED


def test_reading_is_the_readers_own() -> None:
    budi, rina = person("budi"), person("rina")
    tell(budi, rina)

    assert mark_read(Message.objects.all(), by=budi) == 1
    assert (unread_count(budi), unread_count(rina)) == (0, 1)
    assert mark_read(Message.objects.all(), by=budi) == 0


# --- To whoever has no account ------------------------------------------------------------------


@transaction.atomic
def invite(language: str = "en") -> None:
    notify_address(
        "calon@contoh.example",
        "schedule_changed",
        language=language,
        url="/register/",
        tender="Jalan",
        reason="hujan",
    )


def test_whoever_has_no_account_is_told_by_e_mail_in_the_language_asked_for() -> None:
    invite("id")

    assert sender.send_due() == 1
    (email,) = mail.outbox
    assert email.to == ["calon@contoh.example"]
    assert "(id), hujan https://lpse.example/register/" in email.body
    assert "LPSE Contoh ke alamat ini." in email.body
    assert Message.objects.get().email_state == EmailState.SENT


def test_only_people_with_an_account_are_told_of_an_inbox() -> None:
    invite()
    tell(person("budi"))

    sender.send_due()

    told = {email.to[0]: "The inbox there keeps" in email.body for email in mail.outbox}
    assert told == {"calon@contoh.example": False, "budi@contoh.example": True}


def test_the_subject_to_an_address_is_given_nothing_of_what_the_text_says() -> None:
    invite()

    assert Message.objects.get().subject == "Schedule:"


def test_an_account_s_message_goes_to_its_address_of_today() -> None:
    budi = person("budi")
    tell(budi)
    budi.email = "budi.baru@contoh.example"
    budi.save()

    sender.send_due()

    assert mail.outbox[0].to == ["budi.baru@contoh.example"]


@pytest.mark.parametrize("has_both", [True, False])
def test_a_message_has_either_a_person_or_an_address(has_both: bool) -> None:
    to = {"recipient": person("budi"), "address": "x@contoh.example"} if has_both else {}

    with pytest.raises(IntegrityError, match="mail_recipient_or_address"), transaction.atomic():
        Message.objects.create(template="none", subject="-", body="-", **to)


def test_nobody_s_inbox_holds_what_went_to_an_address() -> None:
    invite()

    assert not inbox(AnonymousUser()).exists()
    assert unread_count(AnonymousUser()) == 0
    assert mark_read(Message.objects.all(), by=AnonymousUser()) == 0


# --- With transactions that really commit -------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_message_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="must commit together"):
        notify([], "schedule_changed")
    with pytest.raises(RuntimeError, match="must commit together"):
        notify_address("calon@contoh.example", "schedule_changed", language="id")


@pytest.mark.django_db(transaction=True)
def test_telling_needs_neither_a_broker_nor_a_mail_server(settings: Settings) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"

    tell(person("budi"))

    assert Message.objects.get().email_state == EmailState.DUE


@pytest.mark.django_db(transaction=True)
def test_the_alarm_clock_sends_what_is_committed() -> None:
    tell(person("budi"))
    assert mail.outbox == []

    send_due_messages()

    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_an_act_that_fails_tells_nobody() -> None:
    budi = person("budi")

    def fail_after_telling() -> None:
        with transaction.atomic():
            tell(budi)
            raise LookupError

    with pytest.raises(LookupError):
        fail_after_telling()

    assert mail.outbox == []
    assert not Message.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_four_senders_at_once_send_every_message_once() -> None:
    for number in range(20):
        tell(person(f"person{number}"))

    def work() -> None:
        try:
            sender.send_due()
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(email.to[0] for email in mail.outbox) == sorted(
        f"person{number}@contoh.example" for number in range(20)
    )
    assert set(Message.objects.values_list("email_state", flat=True)) == {EmailState.SENT}
