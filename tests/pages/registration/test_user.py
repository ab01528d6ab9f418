from __future__ import annotations

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.mail import sender
from lpse.mail.models import Message
from registration.models import Assignment, Role, User
from tests.cast import Cast, Client
from tests.factories.registration import AssignmentFactory, ProviderOfficerFactory, today
from tests.pages.registration.people import with_app

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PERSON = {
    "username": "doni",
    "full_name": "Doni Contoh",
    "employee_number": "198501012010011001",
    "email": "doni@contoh.example",
}


def decree(**changes: object) -> dict[str, object]:
    return {
        "role": "desk",
        "decree_number": "800/12/2026",
        "decree_date": "2026-01-05",
        "decree_copy": SimpleUploadedFile("sk.pdf", PDF),
        "original_seen": "on",
        "since": today().isoformat(),
        **changes,
    }


@pytest.fixture
def wati(cast: Cast, client: Client) -> User:
    client.force_login(cast.wati)
    return cast.wati


@pytest.mark.parametrize("name", ["lina", "nanda", "wati"])
def test_the_register_is_read_by_verifier_head_and_secretariat(
    cast: Cast, client: Client, name: str
) -> None:
    client.force_login(getattr(cast, name))
    sari = cast.sari

    text = client.get(reverse("users")).text

    assert sari.full_name in text
    assert client.get(reverse("user", args=["sari"])).status_code == 200


@pytest.mark.parametrize("name", ["sari", "budi", "oki", "putri", "agus", "maju", "stranger"])
@pytest.mark.parametrize("url", ["users", "user", "user_new", "user_edit", "assignment_new"])
def test_nobody_else_reads_or_writes_it(cast: Cast, client: Client, name: str, url: str) -> None:
    client.force_login(getattr(cast, name))
    args = [] if url in {"users", "user_new"} else [cast.jaya.username]

    assert client.get(reverse(url, args=args)).status_code == 403


@pytest.mark.parametrize("people", [1, 3])
def test_the_register_costs_a_fixed_number_of_queries(
    cast: Cast, client: Client, wati: User, people: int, django_assert_max_num_queries: object
) -> None:
    for _ in range(people):
        AssignmentFactory(role=Role.POKJA)
        ProviderOfficerFactory()
    client.get(reverse("users"))

    with django_assert_max_num_queries(11):
        client.get(reverse("users"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "sari"}, ["sari"]),
        ({"q": "SARI contoh"}, ["sari"]),
        ({"q": "nothing"}, []),
        ({"role": "ppk"}, ["sari", "tono"]),
        ({"role": "pokja"}, ["budi"]),
    ],
)
def test_the_register_is_searched(
    cast: Cast, client: Client, wati: User, query: dict[str, str], found: list[str]
) -> None:
    assert [cast.sari, cast.tono, cast.budi]

    shown = client.get(reverse("users"), query).context["users"]

    assert sorted(user.username for user in shown) == found


def test_that_somebody_was_looked_up_is_recorded(cast: Cast, client: Client, wati: User) -> None:
    sari = cast.sari

    client.get(reverse("user", args=["sari"]))
    client.get(reverse("user", args=["wati"]))

    entry = AuditEntry.objects.get(event=Event.PERSONAL_DATA_READ)
    assert (entry.actor_uid, entry.subject_id) == ("wati", str(sari.pk))


@pytest.mark.clause("P22(1)b")
def test_a_person_is_registered_and_written_to(cast: Cast, client: Client, wati: User) -> None:
    response = client.post(reverse("user_new"), PERSON)

    assert response.url == reverse("user", args=["doni"])
    sender.send_due()
    [message] = mail.outbox
    assert message.to == ["doni@contoh.example"]
    assert reverse("account_reset_password") in message.body


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "sari"),
        ("username", "Dö"),
        ("username", "dua kata"),
        ("employee_number", "123"),
        ("email", "nothing"),
        ("full_name", ""),
    ],
)
def test_a_bad_entry_is_refused_at_its_field(
    cast: Cast, client: Client, wati: User, field: str, value: str
) -> None:
    assert cast.sari

    response = client.post(reverse("user_new"), PERSON | {field: value})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not User.objects.filter(username="doni").exists()


def test_a_person_is_corrected(cast: Cast, client: Client, wati: User) -> None:
    url = reverse("user_edit", args=[cast.sari.username])
    assert client.get(url).status_code == 200

    client.post(url, {"full_name": "Sari Baru", "employee_number": ""})

    assert User.objects.get(username="sari").full_name == "Sari Baru"


def test_a_lost_second_factor_is_removed_at_the_desk(
    cast: Cast, client: Client, wati: User
) -> None:
    with_app(cast.sari)
    sari = Client()
    sari.force_login(cast.sari)
    assert (
        reverse("user_factors_remove", args=["sari"])
        in client.get(reverse("user", args=["sari"])).text
    )

    client.post(reverse("user_factors_remove", args=["sari"]))

    assert not Authenticator.objects.filter(user=cast.sari).exists()
    assert sari.get(reverse("account")).status_code == 302
    entry = AuditEntry.objects.get(event=Event.ACCOUNT_FACTOR_REMOVED)
    assert (entry.actor_uid, entry.data) == ("wati", {"kind": "all"})
    assert Message.objects.get(template="factors_removed").recipient == cast.sari


def test_what_is_not_there_is_not_removed(cast: Cast, client: Client, wati: User) -> None:
    client.post(reverse("user_factors_remove", args=[cast.sari.username]))

    assert not AuditEntry.objects.filter(event=Event.ACCOUNT_FACTOR_REMOVED).exists()


def test_nobody_removes_the_own_factors_at_the_desk(client: Client, wati: User) -> None:
    assert client.post(reverse("user_factors_remove", args=["wati"])).status_code == 403


def test_a_verifier_does_not_correct_or_appoint_oneself(client: Client, wati: User) -> None:
    for url in ("user_edit", "assignment_new"):
        assert client.get(reverse(url, args=["wati"])).status_code == 403


@pytest.mark.clause("P22(1)b")
def test_an_office_is_recorded_with_its_decree(cast: Cast, client: Client, wati: User) -> None:
    response = client.post(reverse("assignment_new", args=[cast.stranger.username]), decree())

    assert response.url == reverse("user", args=["stranger"])
    office = Assignment.objects.get(user=cast.stranger)
    assert office.decree_copy.kind == "pdf"
    copy = client.get(reverse("assignment_decree", args=[office.pk]))
    assert b"".join(copy.streaming_content) == PDF
    assert "800/12/2026" in client.get(response.url).text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"original_seen": ""}, "original_seen"),
        ({"decree_number": ""}, "decree_number"),
        ({"decree_copy": SimpleUploadedFile("sk.exe", b"MZ not a document")}, "decree_copy"),
        ({"role": "pokja"}, "committee"),
        ({"role": "ppk"}, "agency"),
        ({"role": "auditor"}, "until"),
        ({"role": "king"}, "role"),
        ({"since": "kemarin"}, "since"),
    ],
)
def test_an_incomplete_office_is_refused_at_its_field(
    cast: Cast, client: Client, wati: User, changes: dict[str, object], field: str
) -> None:
    url = reverse("assignment_new", args=[cast.stranger.username])

    response = client.post(url, decree(**changes))

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not Assignment.objects.filter(user=cast.stranger).exists()


@pytest.mark.clause("P13(3)")
def test_the_form_names_the_office_that_excludes_and_its_article(
    cast: Cast, client: Client, wati: User
) -> None:
    url = reverse("assignment_new", args=[cast.sari.username])

    response = client.post(url, decree(role="system"))

    [error] = response.context["form"].errors["role"]
    assert "13(3)" in error
    assert "PPK" in error
    assert cast.sari.assignments.count() == 1


def test_an_office_is_ended_with_a_reason(cast: Cast, client: Client, wati: User) -> None:
    office = cast.budi.assignments.get()
    url = reverse("assignment_end", args=[office.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"reason": ""}).status_code == 422

    client.post(url, {"reason": "mutasi"})

    office.refresh_from_db()
    assert office.end_reason == "mutasi"
    assert client.post(url, {"reason": "lagi"}).status_code == 422


def test_a_person_whose_office_was_ended_is_signed_out(
    cast: Cast, client: Client, wati: User
) -> None:
    budi = Client()
    budi.force_login(cast.budi)
    office = cast.budi.assignments.get()

    client.post(reverse("assignment_end", args=[office.pk]), {"reason": "mutasi"})

    assert budi.get(reverse("account")).status_code == 302


@pytest.mark.parametrize("name", ["lina", "sari", "budi", "maju"])
def test_nobody_but_a_verifier_ends_an_office(cast: Cast, client: Client, name: str) -> None:
    office = AssignmentFactory(user=cast.stranger, role=Role.DESK)
    client.force_login(getattr(cast, name))

    response = client.post(reverse("assignment_end", args=[office.pk]), {"reason": "x"})

    assert response.status_code == 403
    office.refresh_from_db()
    assert office.ended_at is None


def test_who_is_not_there_is_not_found(cast: Cast, client: Client, wati: User) -> None:
    office = AssignmentFactory(user=cast.stranger, role=Role.DESK)

    assert client.get(reverse("user", args=["nobody"])).status_code == 404
    assert client.get(reverse("assignment_end", args=[10**9])).status_code == 404
    assert client.get(reverse("assignment_decree", args=[office.pk])).status_code == 404


def test_an_office_of_the_future_is_not_held_today(cast: Cast, client: Client, wati: User) -> None:
    AssignmentFactory(user=cast.stranger, role=Role.DESK, since=today() + dt.timedelta(days=3))

    assert client.get(reverse("user", args=["stranger"])).context["held"] == set()
