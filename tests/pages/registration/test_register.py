"""Asking for an account and opening it, page by page."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.urls import reverse

from lpse.mail import sender
from lpse.mail.models import Message
from registration.domain import signup, terms
from registration.models import TermsAcceptance, User
from tests.cast import Cast, Client

pytestmark = pytest.mark.clause("P22(1)a.1")
PASSWORD = "sandi-contoh-panjang"
ADDRESS = "bima@contoh.example"


def account(**changes: str) -> dict[str, str]:
    in_force = terms.in_force()
    version = {"version": str(in_force.version), "terms": "on"} if in_force else {}
    said = {"full_name": "Bima Contoh", "wish": "bima"}
    return {**said, "password1": PASSWORD, "password2": PASSWORD, **version, **changes}


def confirm(address: str = ADDRESS) -> str:
    return reverse("register_confirm", args=[signup.token_for(address)])


@pytest.mark.django_db(transaction=True)
def test_the_answer_is_the_same_whoever_has_an_account(cast: Cast, client: Client) -> None:
    answers = []
    for address in (cast.maju.email, ADDRESS, "tidakada@contoh.example"):
        response = client.post(reverse("register"), {"email": address}, follow=True)
        said = response.text.partition("<main")[2].partition("</main>")[0]
        answers.append((response.status_code, response.redirect_chain, said))
        client.cookies.clear()

    assert answers[0] == answers[1] == answers[2]
    assert {m.template for m in Message.objects.all()} == {"signup_link", "signup_known"}


@pytest.mark.django_db(transaction=True)
def test_the_mail_leads_to_an_account_in_which_one_is_signed_in(client: Client) -> None:
    in_force = terms.ensure()
    client.post(reverse("register"), {"email": ADDRESS})
    sender.send_due()
    [written] = mail.outbox
    link = re.search(r"/register/confirm/\S+", written.body)
    assert link
    assert written.to == [ADDRESS]

    assert in_force
    assert in_force.text_en.splitlines()[0] in client.get(link[0]).text
    response = client.post(link[0], account(), follow=True)

    user = User.objects.get(email=ADDRESS)
    assert response.redirect_chain[-1][0] == reverse("application")
    assert response.wsgi_request.user == user
    assert user.username in response.text
    assert TermsAcceptance.objects.filter(user=user, terms=in_force).exists()


@pytest.mark.django_db(transaction=True)
def test_who_asks_too_often_is_told_beside_the_form(client: Client) -> None:
    for number in range(signup.MOST_BY_A_DEVICE):
        client.post(reverse("register"), {"email": f"orang{number}@contoh.example"})

    response = client.post(reverse("register"), {"email": ADDRESS})

    assert response.status_code == 422
    assert ADDRESS in response.text


@pytest.mark.django_db
class TestConfirming:
    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"password2": "lain-sekali-panjang"}, "password2"),
            ({"password1": "pendek", "password2": "pendek"}, "password1"),
            ({"password1": ADDRESS, "password2": ADDRESS}, "password1"),
            ({"wish": "Bi ma!"}, "wish"),
            ({"wish": "b"}, "wish"),
            ({"full_name": ""}, "full_name"),
            ({"terms": ""}, "terms"),
        ],
    )
    def test_what_is_wrong_is_said_and_what_was_typed_stays(
        self, client: Client, wrong: dict[str, str], field: str
    ) -> None:
        terms.ensure()

        response = client.post(confirm(), account(**wrong))

        assert response.status_code == 422
        assert list(response.context["form"].errors) == [field]
        if field not in {"full_name", "wish"}:
            assert "Bima Contoh" in response.text
        assert not User.objects.filter(email=ADDRESS).exists()

    def test_terms_that_changed_are_shown_and_asked_for_again(self, client: Client) -> None:
        first = terms.ensure()
        assert first
        sent = account()
        newer = terms.publish(text_id="Baru.", text_en="Quite new.", changes="x", by=None)

        response = client.post(confirm(), sent)

        assert response.status_code == 422
        assert "Quite new." in response.text
        assert f'name="version" value="{newer.version}"' in response.text
        assert list(response.context["form"].errors) == ["terms"]
        assert client.post(confirm(), account()).status_code == 302

    def test_a_link_that_was_used_says_so_to_who_holds_it(
        self, cast: Cast, client: Client
    ) -> None:
        response = client.get(confirm(cast.maju.email))

        assert response.status_code == 410
        assert reverse("account_reset_password") in response.text

    def test_one_that_is_not_valid_leads_to_a_new_one(self, client: Client) -> None:
        response = client.get(reverse("register_confirm", args=["apa-saja"]))

        assert response.status_code == 410
        assert reverse("register") in response.text

    def test_whoever_is_signed_in_opens_no_second_account(
        self, cast: Cast, client: Client
    ) -> None:
        client.force_login(cast.maju)

        client.post(confirm(), account())

        assert not User.objects.filter(email=ADDRESS).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["front", "account_login", "account_signup"])
def test_the_door_leads_to_registering(client: Client, name: str) -> None:
    text = client.get(reverse(name)).text

    assert f'href="{reverse("register")}"' in text.partition("<main")[2]
