"""The applicant's pages: steps, uploads, sending, and what others do not get."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.urls import reverse
from PIL import Image

from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.clock import database_now
from lpse.sealing.pdf_reader import PdfReader
from registration.domain import application as domain
from registration.models import Application, ApplicationState, ReturnedItem, User
from tests.cast import Cast, Client
from tests.factories.applying import (
    IDENTITY,
    a_complete_draft,
    a_copy,
    a_draft,
    a_pdf,
    a_sent_application,
)

pytestmark = [pytest.mark.django_db, pytest.mark.clause("P22(1)a.1")]
STEPS = {
    "kind": {"kind": "company"},
    "identity": {"name": "PT Bima Contoh", "npwp": "01.312.166.0-091.000", "nib": ""},
    "address": {"address": "Jalan 1", "region": "33.01", "postal_code": "", "phone": "0282 55512"},
    "responsible": {
        "responsible_name": "Bima Contoh",
        "responsible_position": "Direktur",
        "responsible_nik": "3301 0117 0580 0001",
    },
}


def at(step: str) -> str:
    return reverse("application_step", args=[step])


def upload(client: Client, content: bytes, code: str = "ktp", **more: str) -> HttpResponse:
    sent = {"code": code, "file": SimpleUploadedFile("ktp.pdf", content), **more}
    return client.post(reverse("application_documents"), sent)  # type: ignore[return-value]


@pytest.fixture
def user(cast: Cast, client: Client) -> User:
    client.force_login(cast.stranger)
    return cast.stranger


@pytest.mark.usefixtures("user")
class TestSteps:
    def test_from_the_first_to_the_last_and_sent(self, client: Client) -> None:
        client.post(reverse("application_start"))
        for step, said in STEPS.items():
            assert client.get(at(step)).status_code == 200
            assert client.post(at(step), said).status_code == 302
        for code in ("ktp", "deed", "npwp", "licence"):
            assert upload(client, a_pdf(), code).status_code == 302
        assert client.get(reverse("application_check")).status_code == 200

        assert client.post(reverse("application_check")).status_code == 302

        made = Application.objects.get()
        assert made.state == ApplicationState.SUBMITTED
        assert (made.npwp, made.responsible_nik) == ("013121660091000", "3301011705800001")
        assert made.code in client.get(reverse("application")).text

    def test_a_step_can_be_left_half_filled_and_resumed(self, client: Client, user: User) -> None:
        a_draft(user)

        client.post(at("identity"), {"name": "PT Setengah", "leave": ""})
        client.cookies.clear()
        client.force_login(user)

        assert "PT Setengah" in client.get(at("identity")).text

    @pytest.mark.parametrize(
        ("step", "field", "typed"),
        [
            ("identity", "npwp", "01.312.166.0"),
            ("identity", "npwp", "NPWP saya"),
            ("identity", "nib", "12345"),
            ("responsible", "responsible_nik", "330101170580"),
            ("address", "region", "99.99"),
            ("address", "postal_code", "12"),
            ("address", "phone", "telepon"),
        ],
    )
    def test_a_wrong_field_is_told_and_nothing_typed_is_lost(
        self, client: Client, user: User, step: str, field: str, typed: str
    ) -> None:
        a_draft(user)

        response = client.post(at(step), {**STEPS[step], field: typed})

        assert response.status_code == 422
        assert list(response.context["form"].errors) == [field]
        others = [v for n, v in STEPS[step].items() if n not in {field, "region"} and v]
        assert all(value in response.text for value in others)

    def test_a_number_that_does_not_add_up_is_taken(self, client: Client, user: User) -> None:
        a_draft(user)

        response = client.post(at("identity"), {"name": "X", "npwp": "01.234.567.8-012.000"})

        assert response.status_code == 302

    def test_a_number_is_shown_as_on_its_card(self, client: Client, user: User) -> None:
        a_draft(user, **IDENTITY)

        assert 'value="01.312.166.0-091.000"' in client.get(at("identity")).text
        assert 'value="3301 0117 0580 0001"' in client.get(at("responsible")).text

    def test_every_regency_is_offered_by_province_without_a_script(
        self, client: Client, user: User
    ) -> None:
        a_draft(user)

        text = client.get(at("address")).text

        assert text.count("<optgroup") == 38
        assert text.count("<option") == 515

    def test_what_lacks_is_listed_with_links_to_its_fields(
        self, client: Client, user: User
    ) -> None:
        a_draft(user, name="PT Bima Contoh")

        response = client.post(reverse("application_check"))

        assert response.status_code == 422
        assert f"{at('identity')}?missing#id_npwp" in response.text
        assert f"{reverse('application_documents')}#ktp" in response.text
        assert "field-asked" in client.get(f"{at('identity')}?missing").text
        assert "field-asked" not in client.get(at("identity")).text

    def test_what_the_verifier_asks_for_stands_beside_field_and_paper(
        self, client: Client, user: User, cast: Cast
    ) -> None:
        made = a_sent_application(user)
        for subject, words in (("name", "Nama beda."), ("ktp", "KTP buram.")):
            ReturnedItem.objects.create(
                application=made,
                subject=subject,
                words=words,
                returned_by=cast.wati,
                returned_at=database_now()
                if subject == "name"
                else made.returned_items.get().returned_at,
            )
        domain.APPLICATION.fire(made, "return", by=cast.wati)

        assert "Nama beda." in client.get(at("identity")).text
        assert "KTP buram." in client.get(reverse("application_documents")).text
        overview = client.get(reverse("application")).text
        assert "Nama beda." in overview
        assert "KTP buram." in overview
        assert client.post(at("identity"), STEPS["identity"]).status_code == 302


@pytest.mark.usefixtures("user")
class TestUploads:
    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"MZ\x90" + b"\0" * 99,
            b"<html><script>alert(1)</script>",
            a_pdf()[:150],
            a_pdf()[:150] + b"%%EOF",
            a_pdf("<</S/JavaScript/JS(app.alert(1))>>", catalogue="/OpenAction 4 0 R"),
            a_pdf("<</S/Launch/F(cmd.exe)>>"),
            b"\xff\xd8\xff\xe0" + b"\0" * 99,
        ],
        ids=["empty", "program", "html", "cut", "cut with an end", "script", "launch", "jpeg"],
    )
    def test_a_bad_file_is_refused_and_nothing_else_is_lost(
        self, client: Client, user: User, content: bytes
    ) -> None:
        made = a_draft(user)
        a_copy(made, "npwp")

        response = upload(client, content, number="KTP-77")

        assert response.status_code == 422
        assert list(response.context["form"].errors) == ["file"]
        assert 'value="KTP-77"' in response.text
        assert list(made.documents.values_list("code", flat=True)) == ["npwp"]

    def test_a_file_that_is_too_large_is_refused(self, client: Client, user: User) -> None:
        a_draft(user)

        response = upload(client, b"%PDF-1.4" + b" " * (10 * 1024 * 1024 + 1))

        assert response.status_code == 422
        assert list(response.context["form"].errors) == ["file"]

    def test_a_photo_is_a_copy_too(self, client: Client, user: User) -> None:
        made = a_draft(user)
        photo = io.BytesIO()
        Image.new("RGB", (60, 40)).save(photo, "JPEG")

        assert upload(client, photo.getvalue()).status_code == 302
        assert made.documents.get().file.kind == "jpeg"

    def test_a_copy_is_shown_without_running_anything_and_that_is_recorded(
        self, client: Client, user: User
    ) -> None:
        paper = a_copy(a_draft(user))

        response = client.get(reverse("application_document", args=[paper.pk]))

        assert response["Content-Type"] == "application/pdf"
        assert "sandbox" in response["Content-Security-Policy"]
        assert response["X-Content-Type-Options"] == "nosniff"
        assert AuditEntry.objects.filter(event=Event.IDENTITY_DOCUMENT_READ).count() == 1

    def test_a_paper_the_law_does_not_name_is_refused(self, client: Client, user: User) -> None:
        a_draft(user, kind="person")

        assert upload(client, a_pdf(), "deed").status_code == 422
        assert upload(client, a_pdf(), "domicile").status_code == 422

    def test_before_the_kind_is_chosen_nothing_is_asked_for(
        self, client: Client, user: User
    ) -> None:
        domain.start(by=user)

        text = client.get(reverse("application_documents")).text

        assert 'type="file"' not in text
        assert at("kind") in text


class TestOthers:
    @pytest.mark.parametrize("name", ["maju", "sari", "wati"])
    def test_nobody_reaches_another_ones_papers(
        self, cast: Cast, client: Client, name: str
    ) -> None:
        paper = a_copy(a_draft(cast.stranger))
        client.force_login(getattr(cast, name))

        assert client.get(reverse("application_document", args=[paper.pk])).status_code == 404
        remove = reverse("application_document_remove", args=[paper.pk])
        assert client.post(remove).status_code == 404
        assert client.get(reverse("application_documents")).status_code == 404
        assert client.get(reverse("application_form", args=["registration"])).status_code == 404

    def test_what_was_sent_has_no_pages_to_change_it(self, cast: Cast, client: Client) -> None:
        a_sent_application(cast.stranger)
        client.force_login(cast.stranger)

        for address in (
            at("identity"),
            reverse("application_documents"),
            reverse("application_check"),
        ):
            assert client.get(address).status_code == 404


@pytest.mark.clause("P22(6)")
@pytest.mark.parametrize("form", ["registration", "participation"])
def test_a_form_is_filled_in_and_carries_its_code(
    cast: Cast, client: Client, form: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made = a_complete_draft(cast.stranger)
    client.force_login(cast.stranger)

    response = client.get(reverse("application_form", args=[form]))

    assert response["Content-Type"] == "application/pdf"
    assert made.code in response["Content-Disposition"]
    assert PdfReader(io.BytesIO(response.content)).page_count(most=10) >= 1


def test_a_firm_changes_its_data_by_an_application(cast: Cast, client: Client) -> None:
    client.force_login(cast.maju)

    assert cast.provider("maju").name in client.get(reverse("application")).text
    client.post(reverse("application_start"))

    assert f'value="{cast.provider("maju").name}"' in client.get(at("identity")).text


def test_the_home_page_says_what_to_do(cast: Cast, client: Client) -> None:
    client.force_login(cast.stranger)
    assert reverse("application") in client.get(reverse("home")).text.partition("<main")[0]

    a_draft(cast.stranger)
    assert "<time" in client.get(reverse("home")).text
