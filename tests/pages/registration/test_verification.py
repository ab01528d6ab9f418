from __future__ import annotations

import datetime as dt
from http import HTTPStatus

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.clock import database_now
from registration.domain import verification
from registration.domain import visit as visits
from registration.models import (
    Application,
    ApplicationState,
    CheckResult,
    Counter,
    DocumentCheck,
    User,
)
from tests.cast import Cast, Client
from tests.factories.application import a_counter, all_fit, an_application

pytestmark = pytest.mark.django_db
QUEUE = "/verifications/"


@pytest.fixture
def wati(cast: Cast, client: Client) -> Client:
    client.force_login(cast.wati)
    return client


def desk(application: Application, part: str = "") -> str:
    return f"{QUEUE}{application.code}/{part}"


def entered(application: Application, **changes: str) -> dict[str, str]:
    """The desk's form with every document in order."""
    said = {"seen": verification.shown(application)}
    for paper in verification.standing(application):
        pk = paper.document.pk
        said |= {f"{pk}-copy_received": "on", f"{pk}-original_seen": "on", f"{pk}-result": "fits"}
    return said | changes


# --- The queue --------------------------------------------------------------------------------


def many(count: int, beginning: int = 0) -> None:
    """``count`` applications of as many people, in few statements."""
    now = database_now()
    people = User.objects.bulk_create(
        User(username=f"pemohon{number}", email=f"pemohon{number}@contoh.example")
        for number in range(beginning, beginning + count)
    )
    Application.objects.bulk_create(
        Application(
            code=f"{number:04}-BBBB",
            applicant=person,
            state=ApplicationState.SUBMITTED,
            name=f"PT Pemohon {number} Contoh",
            npwp=f"{number:015}",
            submitted_at=now - dt.timedelta(days=30, minutes=number),
            complete_by=now,
        )
        for number, person in enumerate(people, start=beginning)
    )


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(address).status_code == HTTPStatus.OK
    return len(caught)


def test_ten_thousand_applications_need_as_many_queries_as_ten(wati: Client) -> None:
    addresses = [
        QUEUE,
        f"{QUEUE}?shown=overdue",
        f"{QUEUE}?shown=all&q=pt",
        desk(an_application()),
        "/home/",
    ]
    many(10)
    for address in addresses:
        queries(wati, address)  # what is asked once a process
    few = [queries(wati, address) for address in addresses]
    many(9_990, beginning=10)

    assert [queries(wati, address) for address in addresses] == few


def test_the_queue_masks_numbers_and_marks_what_is_overdue_in_words(wati: Client) -> None:
    application = an_application(ago=dt.timedelta(days=30))

    page = wati.get(QUEUE).content.decode()

    assert application.npwp not in page
    assert f"{'•' * 5}{application.npwp[5:9]}{'•' * 6}" in page
    assert application.responsible_nik not in page
    assert "Overdue" in page
    assert "To be confirmed by the LPSE." in page


def test_a_scanned_code_opens_the_application(wati: Client) -> None:
    application = an_application()

    answer = wati.get(QUEUE, {"q": application.code.replace("-", "").lower()})

    assert answer.status_code == HTTPStatus.FOUND
    assert answer["Location"] == application.get_absolute_url()


def test_an_office_without_counters_is_told_to_set_them_up(wati: Client) -> None:
    assert "Set up the counters" in wati.get(QUEUE).content.decode()
    assert "Set up the counters" in wati.get(reverse("visits")).content.decode()


# --- The desk ---------------------------------------------------------------------------------


def test_what_is_entered_is_kept_and_leads_to_the_decision(wati: Client) -> None:
    application = an_application()

    answer = wati.post(desk(application), entered(application))

    assert answer["Location"].endswith("#decision")
    assert DocumentCheck.objects.count() == application.documents.count()
    page = wati.get(desk(application)).content.decode()
    assert "Every document was seen in original and fits" in page


def test_nothing_that_was_typed_is_lost_when_something_is_missing(wati: Client) -> None:
    application = an_application()
    document = application.documents.first()
    assert document is not None
    wrong = {f"{document.pk}-result": CheckResult.DOES_NOT_FIT, f"{document.pk}-note": ""}

    answer = wati.post(desk(application), entered(application, **wrong))

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "say in the note" in answer.content.decode()
    assert not DocumentCheck.objects.exists()


def test_what_is_entered_beside_former_data_is_not_kept_and_the_new_ones_are_shown(
    wati: Client,
) -> None:
    application = an_application()
    typed = entered(application)
    Application.objects.filter(pk=application.pk).update(name="PT Nama Baru Contoh")

    answer = wati.post(desk(application), typed)

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    page = answer.content.decode()
    assert "after you opened the page" in page
    assert "PT Nama Baru Contoh" in page
    assert not DocumentCheck.objects.exists()


def test_after_a_decision_the_next_application_is_there(wati: Client, cast: Cast) -> None:
    first = an_application(ago=dt.timedelta(hours=3))
    second = an_application(ago=dt.timedelta(hours=2))
    all_fit(first, by=cast.wati)

    answer = wati.post(desk(first, "approve/"))
    assert answer["Location"] == second.get_absolute_url()

    answer = wati.post(desk(second, "reject/"), {"reason": "Dokumen palsu."})
    assert answer["Location"] == QUEUE


def test_an_approval_that_is_hindered_says_by_what(wati: Client) -> None:
    application = an_application()

    page = wati.post(desk(application, "approve/"), follow=True).content.decode()

    assert "cannot be approved yet" in page
    application.refresh_from_db()
    assert application.state == ApplicationState.SUBMITTED


def test_a_return_takes_the_notes_along_and_names_what_lacks(wati: Client, cast: Cast) -> None:
    application = an_application()
    document = application.documents.get(code="deed")
    wati.post(
        desk(application),
        entered(
            application,
            **{f"{document.pk}-result": "does_not_fit", f"{document.pk}-note": "Halaman hilang."},
        ),
    )

    assert "Halaman hilang." in wati.get(desk(application, "return/")).content.decode()
    wati.post(
        desk(application, "return/"),
        {"deed": "Halaman hilang.", "field_1": "phone", "words_1": "Nomor salah."},
    )

    application.refresh_from_db()
    assert application.state == ApplicationState.RETURNED
    assert application.returned_items.count() == 2
    printed = wati.get(desk(application, "list/"))
    assert printed["Content-Type"] == "application/pdf"


@pytest.mark.parametrize(
    "entry",
    [{}, {"field_1": "phone"}, {"words_1": "Salah."}, {"field_1": "neraca", "words_1": "x"}],
)
def test_an_empty_or_half_list_is_not_sent(wati: Client, entry: dict[str, str]) -> None:
    application = an_application()

    answer = wati.post(desk(application, "return/"), entry)

    assert answer.status_code in {HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.OK}
    application.refresh_from_db()
    assert application.state == ApplicationState.SUBMITTED


# --- The documents ----------------------------------------------------------------------------


def test_every_reading_of_a_document_is_recorded_and_nothing_in_it_runs(
    wati: Client, cast: Cast
) -> None:
    application = an_application()
    document = application.documents.first()
    assert document is not None

    answer = wati.get(desk(application, f"documents/{document.pk}/"))

    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    b"".join(answer.streaming_content)  # type: ignore[arg-type]
    assert AuditEntry.objects.filter(event=Event.IDENTITY_DOCUMENT_READ).count() == 1


def test_a_document_is_not_read_under_another_application_or_by_another_person(
    wati: Client, cast: Cast
) -> None:
    application, other = an_application(), an_application()
    document = application.documents.first()
    assert document is not None

    assert wati.get(desk(other, f"documents/{document.pk}/")).status_code == 404
    wati.force_login(other.applicant)
    assert wati.get(desk(application, f"documents/{document.pk}/")).status_code == 404
    assert wati.get(desk(application)).status_code == 403
    assert wati.get(desk(application, "minutes/")).status_code == 404
    assert not AuditEntry.objects.filter(event=Event.IDENTITY_DOCUMENT_READ).exists()


def test_the_applicant_has_the_minutes_too(wati: Client, cast: Cast) -> None:
    application = an_application()
    verification.reject(application, reason="Tidak cocok.", by=cast.wati)
    wati.force_login(application.applicant)

    answer = wati.get(desk(application, "minutes/"))

    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


@pytest.mark.parametrize("part", ["minutes/", "list/"])
def test_who_reads_what_was_decided_or_asked_for_is_recorded(
    wati: Client, cast: Cast, part: str
) -> None:
    application = an_application()
    read = AuditEntry.objects.filter(
        event=Event.PERSONAL_DATA_READ, subject_id=str(application.pk), actor_uid="wati"
    )

    wati.get(desk(application, part))
    assert not read.exists()  # there is none yet
    verification.give_back(application, [("phone", "Nomor salah.")], by=cast.wati)
    verification.reject(application, reason="Tidak cocok.", by=cast.wati)
    wati.get(desk(application, part))

    assert read.count() == 1


@pytest.mark.clause("P22(4)")
def test_no_address_leads_to_an_inspection() -> None:
    names = {str(one.pattern) for one in _patterns()}

    assert not [name for name in names if "inspection" in name or "lapangan" in name]


def _patterns() -> list[object]:
    from registration import urls_verification  # noqa: PLC0415 - read only here

    return [*urls_verification.urlpatterns, *urls_verification.verifications]


# --- Visits -----------------------------------------------------------------------------------


def test_an_applicant_books_cancels_and_takes_the_time_to_a_calendar(
    wati: Client, cast: Cast
) -> None:
    a_counter()
    application = an_application()
    wati.force_login(application.applicant)
    slots = next(iter(visits.free_by_day(database_now()).values()))
    chosen = {"starts_at": slots[0].starts_at.isoformat()}

    assert wati.post(reverse("visit"), chosen).status_code == HTTPStatus.FOUND
    assert "Loket 1" in wati.get(reverse("visit")).content.decode()
    calendar = wati.get(reverse("visit_calendar"))
    assert calendar["Content-Type"].startswith("text/calendar")
    assert b"BEGIN:VEVENT" in calendar.content
    wati.post(reverse("visit_cancel"))
    assert visits.coming(application) is None


def test_a_time_that_is_gone_is_said_beside_the_choice(wati: Client, cast: Cast) -> None:
    a_counter()
    application, other = an_application(), an_application()
    slots = next(iter(visits.free_by_day(database_now()).values()))
    visits.book(other, slots[0].starts_at, by=other.applicant)
    wati.force_login(application.applicant)

    answer = wati.post(reverse("visit"), {"starts_at": slots[0].starts_at.isoformat()})

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert visits.coming(application) is None


def test_the_verifier_sees_who_comes_and_ticks_the_arrival(wati: Client, cast: Cast) -> None:
    counter, application = a_counter(), an_application()
    slots = next(iter(visits.free_by_day(database_now()).values()))
    visit = visits.book(application, slots[0].starts_at, by=application.applicant)
    day = visit.starts_at.astimezone(dt.timezone(dt.timedelta(hours=7))).date()

    assert application.name in wati.get(reverse("visits"), {"day": day}).content.decode()
    wati.post(reverse("visit_arrived", kwargs={"pk": visit.pk}))
    visit.refresh_from_db()
    assert visit.arrived_at is not None

    wati.post(desk(application, "walk-in/"), {"counter": counter.pk})
    assert application.visits.filter(walked_in=True).count() == 1
    assert application.name in wati.get(QUEUE).content.decode()


def test_counters_are_set_up_on_their_page(wati: Client) -> None:
    assert "No counter yet" in wati.get(reverse("counters")).content.decode()
    wati.post(reverse("counter_new"), {"name": "Loket A", "room": "Lantai 1", "is_open": "on"})
    page = wati.get(reverse("counters")).content.decode()
    assert "Loket A" in page
    again = wati.post(reverse("counter_new"), {"name": "Loket A", "room": "Lantai 2"})
    assert again.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    counter = Counter.objects.get()
    hours = {"weekdays": ["0", "1"], "opens": "08:00", "closes": "12:00", "minutes": "30"}
    address = reverse("counter_hours", kwargs={"pk": counter.pk})
    assert wati.post(address, hours).status_code == HTTPStatus.FOUND
    assert wati.post(address, hours).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    one = counter.hours.all()[0]
    wati.post(reverse("counter_hours_remove", kwargs={"pk": one.pk}))
    assert counter.hours.count() == 1


def test_home_says_what_waits_for_a_verifier(wati: Client) -> None:
    an_application(ago=dt.timedelta(days=30), with_papers=False)
    an_application(with_papers=False)

    page = wati.get("/home/").content.decode()

    assert "2 applications wait for verification" in page
    assert "1 application is overdue" in page
