"""Deactivating at the verifier's desk, answering without signing in, and the door meanwhile."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from registration.domain import deactivation as domain
from registration.models import Deactivation, User
from tests.cast import Cast, Client
from tests.factories.registration import today
from tests.factories.sanction import PDF, a_deactivation

pytestmark = [pytest.mark.django_db, pytest.mark.clause("P10(4)")]

LOGIN = "/accounts/login/"
PASSWORD = "sandi-contoh-panjang"


def a_person_with_a_password(cast: Cast) -> User:
    user = cast.maju
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return user


def test_a_verifier_deactivates_on_request_with_its_letter(cast: Cast, client: Client) -> None:
    client.force_login(cast.wati)
    where = reverse("user_deactivate", kwargs={"username": cast.maju.username})
    request = {
        "ground": "blacklist",
        "facts": "Permintaan daftar hitam.",
        "requester_role": "ppk",
        "requester_name": "Sari Contoh",
        "letter_number": "CONTOH/DH/7",
        "letter_date": today().isoformat(),
    }

    refused = client.post(where, request)
    taken = client.post(where, request | {"letter": SimpleUploadedFile("surat.pdf", PDF)})

    assert refused.status_code == 422
    made = Deactivation.objects.get()
    assert taken["Location"] == reverse("user", kwargs={"username": "maju"})
    page = client.get(taken["Location"]).text
    assert "CONTOH/DH/7" in page
    assert reverse("deactivation_lift", kwargs={"pk": made.pk}) in page
    letter = client.get(reverse("deactivation_letter", kwargs={"pk": made.pk}))
    assert letter["Content-Type"] == "application/pdf"


def test_who_is_signed_in_is_out_with_the_next_click(cast: Cast, client: Client) -> None:
    client.force_login(cast.maju)
    assert client.get("/home/").status_code == 200

    a_deactivation(cast.maju, by=cast.wati)

    assert client.get("/home/")["Location"].startswith(LOGIN)


def test_the_door_tells_a_deactivated_user_from_a_wrong_password_only_by_the_right_one(
    cast: Cast, client: Client
) -> None:
    user = a_person_with_a_password(cast)
    a_deactivation(user, by=cast.wati)

    wrong = client.post(LOGIN, {"login": user.username, "password": "salah-sekali-ini"})
    nobody = client.post(LOGIN, {"login": "tidakada", "password": "salah-sekali-ini"})
    right = client.post(LOGIN, {"login": user.username, "password": PASSWORD})

    def without_what_was_typed(text: str, login: str) -> str:
        start = text.index("<main")
        words = text[start : text.index("</main>")].replace(login, "")
        return "".join(line for line in words.splitlines() if "csrf" not in line)

    assert wrong.status_code == nobody.status_code
    assert without_what_was_typed(wrong.text, user.username) == without_what_was_typed(
        nobody.text, "tidakada"
    )
    assert right["Location"] == reverse("account_inactive")
    assert client.get("/home/")["Location"].startswith(LOGIN)


def test_the_holder_reads_why_and_answers_once_without_signing_in(
    cast: Cast, client: Client
) -> None:
    made = a_deactivation(cast.maju, by=cast.wati)
    where = domain.answer_path(made)

    page = client.get(where)
    assert made.facts in page.text
    assert client.post(where, {"answer": ""}).status_code == 422
    assert client.post(where, {"answer": "Bukan saya."})["Location"] == where
    assert "Bukan saya." in client.get(where).text
    assert client.post(where, {"answer": "Lagi."}).status_code == 422
    assert Deactivation.objects.get().answer == "Bukan saya."
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("token", ["1", "MQ", "MQ:1wxyz:abc", "%00"])
def test_a_made_up_link_leads_nowhere(cast: Cast, client: Client, token: str) -> None:
    a_deactivation(cast.maju, by=cast.wati)

    assert client.get(f"/answer/{token}/").status_code == 404
    assert client.post(f"/answer/{token}/", {"answer": "x"}).status_code == 404


def test_an_answer_waits_on_the_verifiers_home_until_it_is_decided_on(
    cast: Cast, client: Client
) -> None:
    made = a_deactivation(cast.maju, by=cast.wati)
    client.force_login(cast.wati)
    where = reverse("user", kwargs={"username": "maju"}) + "#deactivations"
    assert where not in client.get("/home/").text
    domain.answer(made, "Bukan saya.")
    assert where in client.get("/home/").text

    keep = reverse("deactivation_keep", kwargs={"pk": made.pk})
    assert client.post(keep, {"reply": ""}).status_code == 422
    client.post(keep, {"reply": "Buktinya jelas."})

    assert where not in client.get("/home/").text
    assert "Buktinya jelas." in client.get(domain.answer_path(made)).text


def test_a_verifier_lifts_with_a_reason(cast: Cast, client: Client) -> None:
    made = a_deactivation(cast.maju, by=cast.wati)
    client.force_login(cast.wati)
    where = reverse("deactivation_lift", kwargs={"pk": made.pk})

    assert client.post(where, {"reason": ""}).status_code == 422
    client.post(where, {"reason": "Terbukti keliru."})

    assert User.objects.get(username="maju").is_active
    assert "Terbukti keliru." in client.get(reverse("user", kwargs={"username": "maju"})).text
    assert AuditEntry.objects.get(event=Event.ACCOUNT_REACTIVATED).actor_uid == "wati"
