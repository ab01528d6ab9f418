"""The desks of an agency's administrator and of the verifier who decides on its requests."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from registration.models import (
    Agency,
    Assignment,
    Certificate,
    Committee,
    OfficeRequest,
    RequestState,
    Role,
    User,
    WorkUnit,
)
from tests.cast import Cast, Client
from tests.factories.office import PDF, a_request
from tests.factories.registration import AssignmentFactory, today


def letter(cast: Cast, **changes: object) -> dict[str, object]:
    return {
        "full_name": "Doni Contoh",
        "employee_number": "198501012010011001",
        "email": "doni@contoh.example",
        "agency": cast.agency.pk,
        "role": "ppk",
        "decree_number": "800/12/2026",
        "decree_date": "2026-01-05",
        "decree_copy": SimpleUploadedFile("sk.pdf", PDF),
        "since": today().isoformat(),
        **changes,
    }


@pytest.mark.clause("P22(1)b", "P10(2)a")
def test_from_the_agencys_letter_to_the_office(cast: Cast, client: Client) -> None:
    client.force_login(cast.umi)
    response = client.post(reverse("request_new"), letter(cast))
    request = OfficeRequest.objects.get()
    assert response.url == reverse("office_request", args=[request.pk])

    client.force_login(cast.wati)
    assert "Doni Contoh" in client.get(reverse("requests")).text
    desk = client.get(response.url).text
    assert 'value="doni"' in desk
    client.post(response.url, {"decision": "approve", "original_seen": "on", "username": "doni"})

    assert [o.role for o in User.objects.get(username="doni").offices] == [Role.PPK]


def test_the_form_offers_only_what_its_asker_may_ask_for(cast: Cast, client: Client) -> None:
    """Units of another agency are not even named."""
    elsewhere = WorkUnit.objects.create(agency=cast.other_agency, name="Dinas Lain")
    client.force_login(cast.umi)

    form = client.get(reverse("request_new")).context["form"]

    assert list(form.fields["agency"].queryset) == [cast.agency]
    assert elsewhere not in form.fields["work_unit"].queryset
    roles = {value for value, _label in form.fields["role"].choices}
    assert "ppk" in roles
    assert not roles & {"verifier", "head", "observer"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"role": "pokja"}, "committee"),
        ({"role": "auditor"}, "until"),
        ({"decree_copy": SimpleUploadedFile("sk.pdf", b"MZ nothing")}, "decree_copy"),
        ({"employee_number": "12"}, "employee_number"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    cast: Cast, client: Client, changes: dict[str, object], field: str
) -> None:
    client.force_login(cast.umi)

    response = client.post(reverse("request_new"), letter(cast, **changes))

    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert "800/12/2026" in response.text
    assert not OfficeRequest.objects.exists()


@pytest.mark.clause("P13(3)")
def test_the_desk_names_the_office_that_stands_against_it(cast: Cast, client: Client) -> None:
    request = a_request(email=cast.oki.email)
    client.force_login(cast.wati)
    address = reverse("office_request", args=[request.pk])
    assert "13(3)" in client.get(address).text

    response = client.post(
        address, {"decision": "approve", "original_seen": "on", "reason": "catatan saya"}
    )

    assert response.status_code == 422
    assert "13(3)" in response.text
    assert "catatan saya" in response.text
    assert not Assignment.objects.filter(user=cast.oki, role=Role.PPK).exists()


@pytest.mark.clause("P10(3)")
def test_a_rejection_without_a_reason_stays_on_the_page(cast: Cast, client: Client) -> None:
    request = a_request()
    client.force_login(cast.wati)
    address = reverse("office_request", args=[request.pk])

    response = client.post(address, {"decision": "reject"})
    assert response.status_code == 422
    assert "reason" in response.context["form"].errors
    client.post(address, {"decision": "reject", "reason": "tanda tangan kurang"})

    request.refresh_from_db()
    assert request.state == RequestState.REJECTED
    client.force_login(cast.umi)
    assert "tanda tangan kurang" in client.get(address).text


def test_reading_the_decree_is_recorded_and_nothing_in_it_runs(cast: Cast, client: Client) -> None:
    request = a_request()
    client.force_login(cast.wati)

    response = client.get(reverse("request_decree", args=[request.pk]))

    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert b"".join(response.streaming_content) == PDF
    entry = AuditEntry.objects.get(event=Event.IDENTITY_DOCUMENT_READ)
    assert entry.actor_uid == "wati"


@pytest.mark.parametrize("name", ["vina", "lina", "sari", "stranger"])
def test_nobody_else_finds_the_request(cast: Cast, client: Client, name: str) -> None:
    request = a_request()
    client.force_login(getattr(cast, name))

    for url in ("office_request", "request_decree"):
        assert client.get(reverse(url, args=[request.pk])).status_code == 404


@pytest.mark.parametrize("number", [1, 40])
def test_the_queue_costs_a_fixed_number_of_queries(
    cast: Cast, client: Client, number: int, django_assert_max_num_queries: object
) -> None:
    first = a_request()
    OfficeRequest.objects.bulk_create(
        OfficeRequest(
            full_name=f"Orang {n}",
            email=f"orang{n}@contoh.example",
            role=Role.PPK,
            agency=first.agency,
            decree_number="1",
            decree_date=today(),
            decree_copy=first.decree_copy,
            since=today(),
            asked_by=first.asked_by,
        )
        for n in range(number)
    )
    client.force_login(cast.wati)
    client.get(reverse("requests"))

    with django_assert_max_num_queries(12):
        client.get(reverse("requests"))


def test_home_says_what_waits(cast: Cast, client: Client) -> None:
    a_request()
    client.force_login(cast.wati)
    assert reverse("requests") in client.get(reverse("home")).text

    pokja = cast.committee()
    client.force_login(cast.umi)
    assert reverse("agency_committee", args=[pokja.pk]) in client.get(reverse("home")).text
    assert cast.members()
    assert reverse("agency_committee", args=[pokja.pk]) not in client.get(reverse("home")).text


def test_the_lpse_takes_in_an_agency_and_its_administrator_fills_it(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.wati)
    facts = {"name": "Kota Contoh", "kind": "regional", "address": "Jalan 1"}
    client.post(reverse("agency_new"), facts)
    kota = Agency.objects.get(name="Kota Contoh")
    assert client.post(reverse("agency_new"), facts).status_code == 422
    client.post(reverse("agency_edit", args=[kota.pk]), facts | {"address": "Jalan 2"})
    client.post(reverse("agency_edit", args=[kota.pk]), facts | {"name": cast.agency.name})
    kota.refresh_from_db()
    assert (kota.name, kota.address) == ("Kota Contoh", "Jalan 2")

    AssignmentFactory(user=cast.stranger, role=Role.AGENCY, agency=kota)
    client.force_login(cast.stranger)
    assert client.get(reverse("agencies")).url == reverse("agency", args=[kota.pk])
    client.post(reverse("unit_new", args=[kota.pk, "work-unit"]), {"name": "Dinas A"})
    unit = WorkUnit.objects.get(name="Dinas A")
    client.post(
        reverse("unit_new", args=[kota.pk, "procurement-unit"]),
        {"name": "ULP A", "work_unit": unit.pk},
    )
    ulp = kota.procurement_units.get()
    client.post(
        reverse("unit_new", args=[kota.pk, "committee"]), {"name": "Pokja A", "unit": ulp.pk}
    )
    pokja = Committee.objects.get(name="Pokja A")
    client.post(
        reverse("unit_edit", args=["committee", pokja.pk]), {"name": "Pokja B", "unit": ulp.pk}
    )
    page = client.get(reverse("agency", args=[kota.pk])).text
    assert "Pokja B" in page
    client.post(reverse("unit_remove", args=["work-unit", unit.pk]))
    assert WorkUnit.objects.filter(pk=unit.pk).exists()
    client.post(reverse("unit_remove", args=["committee", pokja.pk]))
    assert not Committee.objects.filter(pk=pokja.pk).exists()


def test_a_kind_of_unit_that_is_none_is_not_found(cast: Cast, client: Client) -> None:
    client.force_login(cast.umi)

    assert client.get(reverse("unit_new", args=[cast.agency.pk, "user"])).status_code == 404


@pytest.mark.clause("P5(2)")
def test_the_unit_of_the_lpse_is_refused_at_its_field(cast: Cast, client: Client) -> None:
    AssignmentFactory(user=cast.stranger, role=Role.HEAD, work_unit=cast.work_unit)
    client.force_login(cast.umi)

    response = client.post(
        reverse("unit_new", args=[cast.agency.pk, "procurement-unit"]),
        {"name": "ULP B", "work_unit": cast.work_unit.pk},
    )

    assert "5(2)" in str(response.context["form"].errors["work_unit"])
    assert "ULP B" in response.text


def test_a_certificate_is_recorded_seen_at_the_committee_and_taken_out(
    cast: Cast, client: Client
) -> None:
    members, umi = cast.members(), cast.umi
    Certificate.objects.all().delete()
    client.force_login(umi)
    committee = reverse("agency_committee", args=[cast.committee().pk])
    assert members[0].full_name in str(client.get(committee).context["lacks"])

    client.post(
        reverse("certificate_new", args=["budi"]),
        {
            "number": "CONTOH/77",
            "issuer": "Lembaga Contoh",
            "issued_on": "2025-01-01",
            "valid_until": (today() + dt.timedelta(days=5)).isoformat(),
            "copy": SimpleUploadedFile("sertifikat.pdf", PDF),
        },
    )

    paper = Certificate.objects.get()
    assert "CONTOH/77" in client.get(committee).text
    copy = client.get(reverse("certificate_copy", args=[paper.pk]))
    assert copy["Content-Type"] == "application/pdf"
    client.force_login(cast.budi)
    assert "CONTOH/77" in client.get(reverse("certificates", args=["budi"])).text
    client.force_login(umi)
    client.post(reverse("certificate_remove", args=[paper.pk]))
    assert "CONTOH/77" not in client.get(committee).text
