"""The PPK's and the committee's desks: forms, messages, and who may sit at them."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.clock import office_zone
from procurement.domain import statement
from procurement.models import ScheduleChange, Stage, Tender, TenderDocument, TenderState
from registration.models import Role
from tests.factories import procurement as make
from tests.factories.registration import AssignmentFactory, UserFactory

pytestmark = pytest.mark.django_db

FORM = {
    "title": "Pembangunan Jembatan Contoh",
    "category": "works",
    "contract_type": "lump_sum",
    "location": "Kecamatan Contoh",
    "budget_ceiling_rupiah": "Rp 1.500.000.000",
    "budget_year": "2026",
    "fund_source": "APBD",
    "rup_code": "12345678",
    "description": "",
    "qualification_terms": "NIB",
}


@pytest.fixture(autouse=True)
def _sample(settings):
    settings.SAMPLE_INSTALLATION = True


@pytest.fixture(autouse=True)
def _english(client):
    client.cookies["django_language"] = "en"


def url(name: str, tender=None, **more) -> str:
    return reverse(f"procurement:{name}", kwargs={"code": tender.code, **more} if tender else None)


def lines(*rows, **more):
    form = {"form-TOTAL_FORMS": str(len(rows)), "form-INITIAL_FORMS": "0"}
    for number, row in enumerate(rows):
        names = ("description", "volume", "unit", "hps_unit_price")
        form |= {f"form-{number}-{name}": value for name, value in zip(names, row, strict=True)}
    return form | more


def local(moment: dt.datetime) -> str:
    return moment.astimezone(office_zone()).strftime("%Y-%m-%dT%H:%M")


def dates(stages) -> dict[str, str]:
    return {
        f"{s.code}-{edge}": local(getattr(s, edge))
        for s in stages
        for edge in ("starts_at", "ends_at")
    }


# --- Who sits at which desk -------------------------------------------------------------------

PPK_PAGES = ["package", "package_edit", "package_items", "package_hand_over"]
COMMITTEE_PAGES = ["workspace", "procedure", "schedule_edit", "files", "hand_back", "estimate"]


@pytest.mark.parametrize("name", PPK_PAGES)
@pytest.mark.parametrize(
    ("who", "status"), [("sari", 200), ("tono", 404), ("budi", 404), ("oki", 404), ("maju", 404)]
)
def test_a_package_is_on_its_ppk_s_desk_alone(cast, client, name, who, status):
    tender = make.a_priced_package()
    client.force_login(getattr(cast, who))

    assert client.get(url(name, tender)).status_code == status


@pytest.mark.clause("P3(3)")
@pytest.mark.parametrize("name", COMMITTEE_PAGES)
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("budi", 200),
        ("eko", 404),
        ("tono", 404),
        ("oki", 404),
        ("lina", 404),
        ("agus", 404),
        ("maju", 404),
    ],
)
def test_a_tender_in_preparation_is_on_its_committee_s_desk_alone(cast, client, name, who, status):
    tender = make.a_complete_tender()
    client.force_login(getattr(cast, who))

    assert client.get(url(name, tender)).status_code == status


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("workspace", 200),
        ("estimate", 200),
        ("procedure", 403),
        ("schedule_edit", 403),
        ("files", 403),
        ("hand_back", 403),
        ("schedule_change", 403),
        ("tender_cancel", 403),
    ],
)
def test_the_ppk_reads_the_workspace_and_changes_nothing_in_it(cast, client, name, status):
    tender = make.a_complete_tender()
    client.force_login(cast.sari)

    assert client.get(url(name, tender)).status_code == status


@pytest.mark.parametrize(
    ("who", "status"), [("agus", 200), ("eko", 403), ("oki", 403), ("maju", 403)]
)
def test_an_auditor_reads_the_workspace_of_an_announced_tender(cast, client, who, status):
    tender = make.an_announced_tender()
    client.force_login(getattr(cast, who))

    assert client.get(url("workspace", tender)).status_code == status
    assert client.get(url("schedule_change", tender)).status_code == 403


@pytest.mark.parametrize(("own", "status"), [(True, 200), (False, 403)])
@pytest.mark.parametrize("name", ["workspace", "estimate", "statement"])
def test_a_letter_of_assignment_for_one_agency_opens_no_other(cast, client, name, own, status):
    tender = make.an_announced_tender()
    where = tender.agency if own else cast.other_agency
    auditor = UserFactory(username="audit-lain")
    AssignmentFactory(user=auditor, role=Role.AUDITOR, agency=where)
    client.force_login(auditor)

    assert client.get(url(name, tender)).status_code == status


@pytest.mark.parametrize("name", ["packages", "package_create", "workspaces"])
def test_a_desk_is_closed_to_whoever_has_no_office_there(cast, client, name):
    for who in ("stranger", "maju", "oki", "agus"):
        client.force_login(getattr(cast, who))
        assert client.get(url(name)).status_code == 403


def test_a_desk_asks_who_comes(client):
    assert client.get(url("packages")).status_code == 302


# --- The PPK ----------------------------------------------------------------------------------


def test_a_package_begins_with_its_facts_and_goes_on_to_its_lines(cast, client):
    client.force_login(cast.sari)

    response = client.post(url("package_create"), FORM | {"work_unit": cast.work_unit.pk})

    tender = Tender.objects.get()
    assert response.url == url("package_items", tender)
    assert (tender.budget_ceiling_rupiah, tender.agency) == (1_500_000_000, cast.agency)


def test_a_wrong_package_keeps_what_was_typed(cast, client):
    client.force_login(cast.sari)
    typed = FORM | {
        "work_unit": cast.work_unit.pk,
        "budget_ceiling_rupiah": "1500000.50",
        "title": "X<b>",
    }

    response = client.post(url("package_create"), typed)

    assert response.status_code == 422
    assert "1500000.50" in response.text
    assert "X&lt;b&gt;" in response.text
    assert not Tender.objects.exists()


def test_a_ppk_is_not_offered_the_work_units_of_another_agency(cast, client):
    unit = cast.work_unit
    client.force_login(cast.tono)

    response = client.post(url("package_create"), FORM | {"work_unit": unit.pk})

    assert response.status_code == 422


def test_a_package_is_edited(cast, client):
    tender = make.a_priced_package()
    client.force_login(cast.sari)

    client.post(url("package_edit", tender), FORM | {"work_unit": cast.work_unit.pk})

    tender.refresh_from_db()
    assert tender.title == FORM["title"]
    assert "title" in AuditEntry.objects.filter(event=Event.TENDER_CHANGED).last().data["fields"]


def test_lines_are_written_in_indonesian_numbers(cast, client):
    tender = make.a_package()
    client.force_login(cast.sari)

    response = client.post(
        url("package_items", tender),
        lines(
            ("Galian", "1.250,5", "m3", "85.000"),
            ("", "", "", ""),
            ("Beton", "2", "m3", "Rp 1.000,50"),
        ),
    )

    assert response.url == url("package", tender)
    assert [(i.number, str(i.volume), str(i.hps_unit_price)) for i in tender.items.all()] == [
        (1, "1250.500", "85000.00"),
        (2, "2.000", "1000.50"),
    ]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("Galian", "1.5", "m3", "85.000"), "comma before the decimals"),
        (("Galian", "0", "m3", "85.000"), "more than zero"),
        (("Galian", "1", "m3", "-5"), "greater than or equal to 0"),
        (("Galian", "1", "", "5"), "required"),
        (("Galian", "1", "m3", "900.000.000"), "above the budget ceiling"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_typed_is_lost(cast, client, row, words):
    tender = make.a_package()
    client.force_login(cast.sari)

    response = client.post(url("package_items", tender), lines(("Baik", "1", "ls", "1"), row))

    assert response.status_code == 422
    assert words in response.text
    assert 'value="Galian"' in response.text
    assert not tender.items.exists()


def test_a_row_is_added_without_a_script_and_keeps_what_was_typed(cast, client):
    tender = make.a_package()
    client.force_login(cast.sari)

    response = client.post(url("package_items", tender), lines(("Galian", "x", "m3", ""), add="1"))

    assert response.status_code == 200
    assert 'name="form-1-description"' in response.text
    assert 'value="Galian"' in response.text


def test_a_line_marked_for_removal_is_left_out(cast, client):
    tender = make.a_package()
    client.force_login(cast.sari)
    form = lines(("Satu", "1", "ls", "1"), ("Dua", "1", "ls", "1"))

    client.post(url("package_items", tender), form | {"form-0-DELETE": "on"})

    assert [i.description for i in tender.items.all()] == ["Dua"]


def test_a_package_is_handed_over_and_then_only_read(cast, client):
    tender = make.a_priced_package()
    assert cast.members()
    client.force_login(cast.sari)

    client.post(url("package_hand_over", tender), {"committee": cast.committee().pk})

    text = client.get(url("package", tender)).text
    assert "You can read it and no longer change it" in text
    assert client.get(url("package_items", tender)).status_code == 403


# --- The committee ----------------------------------------------------------------------------


def test_the_workspace_names_what_is_missing_first(cast, client):
    tender = make.a_handed_over_tender()
    client.force_login(cast.budi)

    text = client.get(url("workspace", tender)).text

    assert "Choose the rule set and the procedure." in text
    assert "has not made keys" in text
    assert re.search(r'icons[.\w]*\.svg#alert"></use></svg>\s*What is missing</h2>', text)


def test_the_procedure_is_chosen(cast, client):
    tender = make.a_handed_over_tender()
    client.force_login(cast.budi)

    bad = client.post(url("procedure", tender), {"choice": "x/y"})
    good = client.post(url("procedure", tender), {"choice": "training/tender-post-one"})

    assert bad.status_code == 422
    assert good.url == url("schedule_edit", tender)
    assert Tender.objects.get().is_training


def test_dates_are_called_in_order_only_when_they_are_there(cast, client):
    tender = make.a_complete_tender()
    client.force_login(cast.budi)
    assert "In order" in client.get(url("schedule_edit", tender)).text
    Stage.objects.all().delete()

    assert "In order" not in client.get(url("schedule_edit", tender)).text


def test_a_proposal_fills_the_form_and_writes_nothing(cast, client):
    tender = make.a_complete_tender()
    Stage.objects.all().delete()
    client.force_login(cast.budi)

    response = client.get(url("schedule_edit", tender), {"start": "2027-02-01T08:00"})

    assert "Proposal, not saved yet" in response.text
    assert 'value="2027-02-01T08:00"' in response.text
    assert not Stage.objects.exists()


def test_a_schedule_is_saved_and_what_breaks_a_rule_stands_beside_its_stage(cast, client):
    tender = make.a_complete_tender()
    client.force_login(cast.budi)
    stages = list(tender.stages.all())
    winner = next(s for s in stages if s.code == "winner")
    form = dates(stages) | {"objection-ends_at": local(winner.starts_at + dt.timedelta(days=2))}

    response = client.post(url("schedule_edit", tender), form, follow=True)

    assert response.status_code == 200
    row = response.text.split('id="stage-objection"')[1].split("</tr>")[0]
    assert "Pasal 61 ayat (1)" in row
    assert "The earliest legal date is" in row


@pytest.mark.parametrize("typed", ["", "tomorrow", "2026-13-45T10:00"])
def test_a_date_nobody_can_read_keeps_all_the_others(cast, client, typed):
    tender = make.a_complete_tender()
    client.force_login(cast.budi)
    form = dates(tender.stages.all()) | {
        "proof-ends_at": typed,
        "contract-ends_at": "2030-01-01T10:00",
    }

    response = client.post(url("schedule_edit", tender), form)

    assert response.status_code == 422
    assert 'value="2030-01-01T10:00"' in response.text
    assert "proof-ends_at" in response.context["form"].errors


def test_a_stage_that_ends_before_it_begins_is_told_at_its_field(cast, client):
    tender = make.a_complete_tender()
    client.force_login(cast.budi)
    stages = tender.stages.all()
    proof = next(s for s in stages if s.code == "proof")

    response = client.post(
        url("schedule_edit", tender), dates(stages) | {"proof-ends_at": local(proof.starts_at)}
    )

    assert response.context["form"].errors == {
        "proof-ends_at": ["The stage ends before it begins."]
    }


def test_a_document_is_uploaded_and_removed(cast, client):
    tender = make.a_handed_over_tender()
    client.force_login(cast.budi)
    file = SimpleUploadedFile("Dokumen Pemilihan.pdf", make.PDF)

    client.post(url("files", tender), {"kind": "selection", "file": file})

    kept = TenderDocument.objects.get()
    assert (kept.name, kept.file.size) == ("Dokumen Pemilihan.pdf", len(make.PDF))
    client.post(url("file_remove", tender, pk=kept.pk))
    kept.refresh_from_db()
    assert kept.removed_by == cast.budi


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "empty"), (b"MZ\x90 no document", "one of these")]
)
def test_a_file_of_another_kind_is_refused_at_its_field(cast, client, content, words):
    tender = make.a_handed_over_tender()
    client.force_login(cast.budi)

    response = client.post(
        url("files", tender), {"kind": "selection", "file": SimpleUploadedFile("a.pdf", content)}
    )

    assert response.status_code == 422
    assert words in response.text


def test_reading_the_secret_lines_is_on_record(cast, client):
    tender = make.a_complete_tender()
    client.force_login(cast.dewi)

    text = client.get(url("estimate", tender)).text

    assert "Rp 85.000,00" in text
    assert AuditEntry.objects.get(event=Event.TENDER_ESTIMATE_READ).actor == cast.dewi


def test_a_package_is_returned_with_a_reason(cast, client):
    tender = make.a_handed_over_tender()
    client.force_login(cast.budi)

    assert client.post(url("hand_back", tender), {"reason": ""}).status_code == 422
    response = client.post(url("hand_back", tender), {"reason": "Volume keliru."})

    assert response.url == url("workspaces")
    assert Tender.objects.get().state == TenderState.DRAFT


# --- After the announcement -------------------------------------------------------------------


def test_only_what_was_typed_anew_is_a_change(cast, client):
    """The stages have seconds, the form has minutes: sending it back unchanged changes nothing."""
    tender = make.an_announced_tender(law="training")
    client.force_login(cast.budi)

    response = client.post(
        url("schedule_change", tender), dates(tender.stages.all()) | {"reason": "Uji."}
    )

    assert response.status_code == 422
    assert "Nothing would change." in response.text


def test_a_schedule_is_changed_with_a_reason_everybody_reads(cast, client):
    tender = make.an_announced_tender(law="training")
    client.force_login(cast.budi)
    later = local(tender.stages.get(code="contract").ends_at + dt.timedelta(days=2))
    form = dates(tender.stages.all()) | {"contract-ends_at": later}

    missing = client.post(url("schedule_change", tender), form | {"reason": ""})
    done = client.post(url("schedule_change", tender), form | {"reason": "Libur daerah."})

    assert missing.status_code == 422
    assert later in missing.text
    assert done.url == url("schedule", tender)
    assert ScheduleChange.objects.get().reason == "Libur daerah."


def test_a_later_deadline_leads_to_the_key_statement(cast, client, monkeypatch):
    tender = make.an_announced_tender(law="training")
    monkeypatch.setattr(statement, "propose_change", lambda *_a, **_k: "proposal")
    client.force_login(cast.budi)
    opening = tender.stages.get(code="opening")
    form = dates(tender.stages.all()) | {
        "opening-starts_at": local(opening.starts_at + dt.timedelta(hours=1)),
        "reason": "Banjir.",
    }

    response = client.post(url("schedule_change", tender), form)

    assert response.url == url("statement", tender)
    assert not ScheduleChange.objects.exists()


def test_a_stage_that_is_over_cannot_be_typed_into(cast, client):
    tender = make.an_announced_tender(law="training")
    client.force_login(cast.budi)

    form = client.get(url("schedule_change", tender)).context["form"]

    assert form.fields["clarification-ends_at"].disabled
    assert not form.fields["submission-ends_at"].disabled


def test_a_refused_change_stands_at_its_field(cast, client):
    tender = make.an_announced_tender(law="training")
    client.force_login(cast.budi)
    download = tender.stages.get(code="download")
    form = dates(tender.stages.all()) | {
        "download-starts_at": local(download.starts_at + dt.timedelta(hours=3)),
        "reason": "x",
    }

    response = client.post(url("schedule_change", tender), form)

    assert response.status_code == 422
    assert "only its end" in str(response.context["form"].errors["download-starts_at"])


def test_a_tender_is_cancelled_with_a_reason(cast, client):
    tender = make.an_announced_tender()
    client.force_login(cast.budi)

    assert client.post(url("tender_cancel", tender), {"reason": " "}).status_code == 422
    response = client.post(url("tender_cancel", tender), {"reason": "Anggaran dialihkan."})

    assert response.url == tender.get_absolute_url()
    assert Tender.objects.get().cancelled_at is not None


# --- What waits today -------------------------------------------------------------------------


def test_the_queue_names_what_waits_for_whom(cast, client):
    make.a_package(title="Belum lengkap")
    make.a_handed_over_tender(title="Disiapkan Pokja")
    make.an_announced_tender(title="Segera ditutup", ends_in=dt.timedelta(hours=30))
    make.an_announced_tender(title="Masih lama", ends_in=dt.timedelta(days=9))

    client.force_login(cast.sari)
    of_sari = client.get("/home/").text
    client.force_login(cast.budi)
    of_budi = client.get("/home/").text

    assert "Complete and hand over: Belum lengkap" in of_sari
    assert "Prepare the announcement: Disiapkan Pokja" in of_budi
    assert "Bids close: Segera ditutup" in of_budi
    assert "Bids close: Masih lama" not in of_budi


def test_the_front_page_shows_what_closes_next(cast, client):
    make.an_announced_tender(title="Nanti", ends_in=dt.timedelta(days=9))
    make.an_announced_tender(title="Sekarang", ends_in=dt.timedelta(hours=1))
    make.an_announced_tender(title="Lewat", ends_in=-make.HOUR)

    response = client.get("/")

    assert [t.title for t in response.context["closing_soon"]] == ["Sekarang", "Nanti"]
    assert [c["number"] for c in response.context["counts"]] == ["2", "3", "0"]
