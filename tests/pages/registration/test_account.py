from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.urls import reverse

from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from registration.models import KnownDevice, Session, User
from tests.cast import Cast, Client
from tests.pages.registration.people import PASSWORD, sign_in, signed_in_as, with_password

NEW = "sandi-lain-yang-panjang"


@pytest.fixture
def maju(cast: Cast, client: Client) -> User:
    user = with_password(cast.maju)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    sign_in(client, "maju")
    return user


def test_the_account_says_who_one_is_and_where_one_is_signed_in(
    cast: Cast, client: Client, maju: User
) -> None:
    text = client.get(reverse("account")).text

    assert "PT Maju Contoh" in text
    assert maju.email in text
    assert client.session.session_key not in text


def test_an_officer_sees_the_own_offices(cast: Cast, client: Client) -> None:
    client.force_login(cast.budi)

    assert "Pokja satu" in client.get(reverse("account")).text


def test_the_account_is_for_who_is_signed_in(client: Client, db: None) -> None:
    response = client.get(reverse("account"))

    assert response.url.startswith(reverse("account_login"))


def test_one_ends_the_session_on_another_device(cast: Cast, client: Client, maju: User) -> None:
    elsewhere = Client()
    sign_in(elsewhere, "maju")
    other = Session.objects.exclude(session_key=client.session.session_key).get(user=maju)

    client.post(reverse("session_end", args=[other.handle]))

    assert signed_in_as(client) == "maju"
    assert elsewhere.get(reverse("account")).status_code == 302


def test_one_signs_out_everywhere_else_at_once(cast: Cast, client: Client, maju: User) -> None:
    others = [Client(), Client()]
    for other in others:
        sign_in(other, "maju")

    client.post(reverse("sessions_end"))

    assert client.get(reverse("account")).status_code == 200
    assert [other.get(reverse("account")).status_code for other in others] == [302, 302]


def test_the_session_of_somebody_else_is_not_found(cast: Cast, client: Client, maju: User) -> None:
    stranger = Client()
    stranger.force_login(cast.jaya)
    theirs = Session.objects.get(user=cast.jaya)

    assert client.post(reverse("session_end", args=[theirs.handle])).status_code == 404
    assert client.post(reverse("session_end", args=["0" * 32])).status_code == 404
    assert Session.objects.filter(pk=theirs.pk).exists()


def test_one_forgets_a_device_of_ones_own_only(cast: Cast, client: Client, maju: User) -> None:
    mine = KnownDevice.objects.get(user=maju)
    theirs = KnownDevice.objects.create(user=cast.jaya, device="d" * 64)

    assert client.post(reverse("device_forget", args=[theirs.pk])).status_code == 404
    client.post(reverse("device_forget", args=[mine.pk]))

    assert list(KnownDevice.objects.all()) == [theirs]


def test_messages_come_in_the_language_one_chooses(client: Client, maju: User) -> None:
    client.post(reverse("account_language"), {"language": "en"})

    maju.refresh_from_db()
    assert maju.language == "en"
    assert AuditEntry.objects.get(event=Event.ACCOUNT_CHANGED).data == {"fields": ["language"]}


def test_an_unknown_language_changes_nothing(client: Client, maju: User) -> None:
    client.post(reverse("account_language"), {"language": "xx"})

    maju.refresh_from_db()
    assert maju.language == "id"


def test_a_new_password_keeps_this_session_and_ends_the_others(client: Client, maju: User) -> None:
    elsewhere = Client()
    sign_in(elsewhere, "maju")

    response = client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW},
    )

    assert response.url == reverse("account")
    assert client.get(reverse("account")).status_code == 200
    assert elsewhere.get(reverse("account")).status_code == 302
    maju.refresh_from_db()
    assert maju.check_password(NEW)


@pytest.mark.parametrize(
    ("old", "new"), [("salah", NEW), (PASSWORD, "pendek"), (PASSWORD, "password1234")]
)
def test_a_bad_password_is_refused_at_its_field(
    client: Client, maju: User, old: str, new: str
) -> None:
    response = client.post(
        reverse("account_change_password"),
        {"oldpassword": old, "password1": new, "password2": new},
    )

    assert "error-summary" in response.text
    maju.refresh_from_db()
    assert maju.check_password(PASSWORD)


def test_a_new_address_counts_when_it_was_confirmed(client: Client, maju: User) -> None:
    former = maju.email
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("account_email"), {"email": "baru@contoh.example", "action_add": ""})
    maju.refresh_from_db()
    assert maju.email == former
    assert "baru@contoh.example" in client.get(reverse("account_email")).text

    [message] = mail.outbox
    assert message.to == ["baru@contoh.example"]
    link = next(line for line in message.body.splitlines() if "://" in line)
    path = link.replace("http://testserver", "")
    assert client.get(path).status_code == 200
    client.post(path)

    maju.refresh_from_db()
    assert maju.email == "baru@contoh.example"
    assert [m.to for m in mail.outbox[1:]] == [[former]]
    assert AuditEntry.objects.get(event=Event.ACCOUNT_EMAIL_CHANGED).actor_uid == "maju"


def test_the_address_is_changed_with_the_password_only(client: Client, maju: User) -> None:
    response = client.post(
        reverse("account_email"), {"email": "baru@contoh.example", "action_add": ""}
    )

    assert response.url.startswith(reverse("account_reauthenticate"))
    assert mail.outbox == []


def test_a_made_up_link_confirms_nothing(client: Client, maju: User) -> None:
    response = client.get(reverse("account_confirm_email", args=["MTIz:1x:abc"]))

    assert response.status_code == 200
    assert "<form" not in response.text.partition("<main")[2].partition("</main>")[0]


def test_a_forgotten_password_is_replaced_by_link_once(client: Client, maju: User) -> None:
    visitor = Client()
    page = visitor.post(reverse("account_reset_password"), {"email": maju.email}, follow=True)
    assert page.status_code == 200
    link = next(line for line in mail.outbox[0].body.splitlines() if "://" in line)
    path = link.replace("http://testserver", "")
    form = visitor.get(path, follow=True)

    done = visitor.post(
        form.request["PATH_INFO"], {"password1": NEW, "password2": NEW}, follow=True
    )
    assert done.status_code == 200

    maju.refresh_from_db()
    assert maju.check_password(NEW)
    assert client.get(reverse("account")).status_code == 302
    again = Client().get(path, follow=True)
    assert 'name="password1"' not in again.text


def test_a_forgotten_password_of_nobody_looks_the_same(client: Client, db: None) -> None:
    response = client.post(reverse("account_reset_password"), {"email": "nobody@contoh.example"})

    assert response.url == reverse("account_reset_password_done")
    assert mail.outbox == []


def test_an_account_without_a_password_is_asked_to_choose_one(cast: Cast, client: Client) -> None:
    client.force_login(cast.jaya)

    assert client.get(reverse("account_change_password")).url == reverse("account_set_password")
    client.post(reverse("account_set_password"), {"password1": NEW, "password2": NEW})

    assert User.objects.get(username="jaya").check_password(NEW)
