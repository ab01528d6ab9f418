from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.calendar.models import Holiday
from lpse.clock import database_now, office_zone
from lpse.errors import Refused
from lpse.mail.models import Message
from registration.domain import counter as counters
from registration.domain import law
from registration.domain import visit as visits
from registration.domain.visit import Slot
from registration.models import ApplicationState, Counter, CounterHours, Visit
from tests.cast import Cast
from tests.factories.application import a_counter, an_application

pytestmark = pytest.mark.django_db


def first_slot() -> Slot:
    return next(iter(visits.free_by_day(database_now()).values()))[0]


def test_times_are_free_on_working_days_as_far_ahead_as_the_law_lets(cast: Cast) -> None:
    a_counter()
    now = database_now()

    days = visits.free_by_day(now)

    last = now.astimezone(office_zone()).date() + dt.timedelta(
        days=law.current().visit.book_ahead.number
    )
    assert max(days) <= last
    assert all(day.weekday() < 5 for day in days)
    assert all(slot.starts_at > now for slots in days.values() for slot in slots)

    holiday = max(days)
    Holiday.objects.create(day=holiday, name="Libur")
    assert holiday not in visits.free_by_day(now)


def test_an_office_without_counters_has_no_times() -> None:
    assert visits.free_by_day(database_now()) == {}


@pytest.mark.clause("P22(1)a.2.a")
def test_an_applicant_books_and_is_told_where_and_when(cast: Cast) -> None:
    a_counter()
    application, slot = an_application(), first_slot()

    visit = visits.book(application, slot.starts_at, by=application.applicant)

    assert visits.coming(application) == visit
    message = Message.objects.get(template="visit_booked")
    assert "Loket 1" in message.body
    assert "Ruang Contoh" in message.body
    assert application.name not in message.subject + message.body
    assert slot.starts_at not in [
        s.starts_at for day in visits.free_by_day(database_now()).values() for s in day
    ]


def test_booking_again_gives_the_former_time_back(cast: Cast) -> None:
    a_counter()
    application = an_application()
    first = first_slot()
    visits.book(application, first.starts_at, by=application.applicant)
    second = first_slot()

    visits.book(application, second.starts_at, by=application.applicant)

    booked = visits.coming(application)
    assert booked is not None
    assert booked.starts_at == second.starts_at
    assert first_slot().starts_at == first.starts_at


def test_two_counters_serve_two_at_one_time_and_a_third_is_told(cast: Cast) -> None:
    a_counter()
    a_counter("Loket 2")
    slot = first_slot()
    one, two, three = an_application(), an_application(), an_application()

    taken = {visits.book(a, slot.starts_at, by=a.applicant).counter.name for a in (one, two)}

    assert taken == {"Loket 1", "Loket 2"}
    with pytest.raises(Refused, match="taken"):
        visits.book(three, slot.starts_at, by=three.applicant)


@pytest.mark.parametrize("shift", [dt.timedelta(days=-7), dt.timedelta(days=365)])
def test_no_time_is_booked_in_the_past_or_too_far_ahead(cast: Cast, shift: dt.timedelta) -> None:
    a_counter()
    application = an_application()

    with pytest.raises(Refused, match="taken"):
        visits.book(application, first_slot().starts_at + shift, by=application.applicant)


@pytest.mark.parametrize("state", [ApplicationState.DRAFT, ApplicationState.ARCHIVED])
def test_only_what_was_sent_is_visited_for(cast: Cast, state: ApplicationState) -> None:
    a_counter()
    application = an_application(state)

    with pytest.raises(Refused, match="sent"):
        visits.book(application, first_slot().starts_at, by=application.applicant)


def test_nobody_books_for_somebody_else(cast: Cast) -> None:
    a_counter()
    application = an_application()

    with pytest.raises(PermissionDenied):
        visits.book(application, first_slot().starts_at, by=cast.maju)
    with pytest.raises(PermissionDenied):
        visits.cancel(application, by=cast.lina)


def test_the_database_takes_one_visitor_at_a_counter() -> None:
    counter, one, two = a_counter(), an_application(), an_application()
    slot = first_slot()
    half = dt.timedelta(minutes=15)
    Visit.objects.create(
        application=one,
        counter=counter,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        booked_by=one.applicant,
    )

    with pytest.raises(IntegrityError, match="one_visitor_at_a_counter"), transaction.atomic():
        Visit.objects.create(
            application=two,
            counter=counter,
            starts_at=slot.starts_at + half,
            ends_at=slot.ends_at + half,
            booked_by=two.applicant,
        )


def test_a_cancelled_time_is_free_again(cast: Cast) -> None:
    a_counter()
    application, slot = an_application(), first_slot()
    visits.book(application, slot.starts_at, by=application.applicant)

    visits.cancel(application, by=application.applicant)

    assert visits.coming(application) is None
    assert first_slot() == slot
    with pytest.raises(Refused, match="No visit"):
        visits.cancel(application, by=application.applicant)


def test_an_arrival_is_noted_once_and_not_by_the_applicant(cast: Cast) -> None:
    a_counter()
    application = an_application()
    visit = visits.book(application, first_slot().starts_at, by=application.applicant)

    with pytest.raises(PermissionDenied):
        visits.arrive(visit, by=application.applicant)
    visits.arrive(visit, by=cast.wati)
    with pytest.raises(Refused, match="already"):
        visits.arrive(visit, by=cast.wati)
    assert AuditEntry.objects.filter(event=Event.VISIT_ARRIVED).count() == 1


def test_who_walks_in_is_there_at_once_and_needs_the_booked_time_no_more(cast: Cast) -> None:
    counter, application = a_counter(), an_application()
    visits.book(application, first_slot().starts_at, by=application.applicant)

    visit = visits.walk_in(application, counter, by=cast.wati)

    assert visit.walked_in
    assert visit.arrived_at is not None
    assert visits.coming(application) is None


def test_a_calendar_takes_the_visit_with_its_place_and_its_instant(cast: Cast) -> None:
    a_counter()
    application = an_application()
    visit = visits.book(application, first_slot().starts_at, by=application.applicant)

    text = visits.invitation(visit, database_now())

    lines = text.replace("\r\n ", "").split("\r\n")
    assert f"DTSTART:{visit.starts_at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}" in lines
    assert any(line.startswith("LOCATION:Loket 1\\, Ruang Contoh") for line in lines)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert application.name not in text


# --- Counters ---------------------------------------------------------------------------------


@pytest.mark.clause("P23(1)")
def test_verifier_and_head_set_up_counters(cast: Cast) -> None:
    for person in (cast.wati, cast.lina):
        counter = counters.save(
            None, name=f"Loket {person.username}", room="R. 1", is_open=True, by=person
        )
        counters.add_hours(
            counter, [0, 4], opens=dt.time(8), closes=dt.time(12), minutes=20, by=person
        )
        assert counter.hours.count() == 2
    with pytest.raises(PermissionDenied):
        counters.save(None, name="Loket", room="R. 1", is_open=True, by=cast.putri)


def test_hours_of_a_counter_do_not_overlap_and_names_are_unique(cast: Cast) -> None:
    counter = counters.save(None, name="Loket 1", room="R. 1", is_open=True, by=cast.wati)
    counters.add_hours(
        counter, [0], opens=dt.time(8), closes=dt.time(12), minutes=20, by=cast.wati
    )

    with pytest.raises(Refused, match="already"):
        counters.add_hours(
            counter, [0, 1], opens=dt.time(11), closes=dt.time(13), minutes=20, by=cast.wati
        )
    with pytest.raises(Refused, match="closes"):
        counters.add_hours(
            counter, [2], opens=dt.time(9), closes=dt.time(9), minutes=20, by=cast.wati
        )
    with pytest.raises(Refused, match="name"):
        counters.save(None, name="Loket 1", room="R. 2", is_open=True, by=cast.wati)
    assert CounterHours.objects.count() == 1


def test_a_counter_that_closes_takes_no_bookings_and_keeps_those_it_has(cast: Cast) -> None:
    counter, application = a_counter(), an_application()
    visit = visits.book(application, first_slot().starts_at, by=application.applicant)

    counters.save(counter, name=counter.name, room=counter.room, is_open=False, by=cast.wati)

    assert visits.free_by_day(database_now()) == {}
    assert visits.coming(application) == visit
    assert Counter.objects.get() == counter
