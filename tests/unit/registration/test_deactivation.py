"""User IDs out of use: by whom, why, what the holder may say, and how they come back (P10(4))."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.clock import database_now
from lpse.errors import Refused
from lpse.mail.models import Message
from registration.domain import deactivation as domain
from registration.models import Deactivation, Ground, Role, Session, User
from registration.tasks import lift_expired_deactivations
from tests.cast import Cast
from tests.factories.registration import AssignmentFactory, UserFactory, today
from tests.factories.sanction import a_deactivation, a_paper

pytestmark = [pytest.mark.django_db, pytest.mark.clause("P10(4)")]


def a_request(**facts: Any) -> dict[str, Any]:
    return {
        "ground": Ground.BLACKLIST,
        "requester_role": Role.PPK,
        "requester_name": "Sari Contoh",
        "letter_number": "CONTOH/DH/7",
        "letter_date": today(),
        "letter": a_paper(),
        **facts,
    }


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_a_user_id_is_out_of_use_and_its_sessions_end_at_once(cast: Cast) -> None:
    Session.objects.create(
        session_key="s" * 32, session_data="", expire_date=database_now(), user=cast.maju
    )

    made = a_deactivation(cast.maju, by=cast.wati)

    assert not fresh(cast.maju).is_active
    assert not Session.objects.filter(user=cast.maju).exists()
    entry = AuditEntry.objects.get(event=Event.ACCOUNT_DEACTIVATED)
    assert entry.data["ground"] == "violation"
    assert entry.data["deactivation"] == made.pk


@pytest.mark.parametrize(
    ("language", "article"), [("id", "Pasal 10 ayat (4)"), ("en", "Pasal 10(4)")]
)
def test_the_holder_is_told_the_ground_the_article_and_how_to_answer(
    cast: Cast, language: str, article: str
) -> None:
    User.objects.filter(pk=cast.maju.pk).update(language=language)

    made = a_deactivation(fresh(cast.maju), by=cast.wati)

    [message] = Message.objects.filter(recipient=cast.maju, template="account_deactivated")
    assert article in message.body
    assert message.url == domain.answer_path(made)
    assert cast.maju.full_name not in message.subject
    assert made.facts not in message.body  # it is a postcard


@pytest.mark.parametrize(
    "missing", ["requester_role", "requester_name", "letter_number", "letter_date", "letter"]
)
def test_a_request_concerning_a_blacklist_has_its_letter(cast: Cast, missing: str) -> None:
    empty = None if missing in {"letter_date", "letter"} else ""

    with pytest.raises(Refused) as refusal:
        a_deactivation(cast.maju, by=cast.wati, **a_request(**{missing: empty}))

    assert refusal.value.field == missing
    assert fresh(cast.maju).is_active


def test_only_those_of_the_article_may_ask_for_it(cast: Cast) -> None:
    with pytest.raises(Refused):
        a_deactivation(cast.maju, by=cast.wati, **a_request(requester_role=Role.AUDITOR))

    assert a_deactivation(cast.maju, by=cast.wati, **a_request(requester_role=Role.POKJA))


def test_the_database_refuses_a_request_without_its_letter_too(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Deactivation.objects.create(
            user=cast.maju,
            ground=Ground.BLACKLIST,
            facts="-",
            since=database_now(),
            decided_by=cast.wati,
        )


@pytest.mark.parametrize("name", ["lina", "sari", "budi", "oki", "putri", "maju", "stranger"])
def test_nobody_but_a_verifier_deactivates(cast: Cast, name: str) -> None:
    with pytest.raises(PermissionDenied):
        a_deactivation(cast.jaya, by=getattr(cast, name))


def test_nobody_deactivates_oneself_so_the_last_verifier_stays(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        a_deactivation(cast.wati, by=cast.wati)

    other = UserFactory(username="warni")
    AssignmentFactory(user=other, role=Role.VERIFIER)
    a_deactivation(other, by=cast.wati)
    with pytest.raises(PermissionDenied):
        a_deactivation(cast.wati, by=other)  # one who is out of use deactivates nobody
    assert fresh(cast.wati).is_active


def test_a_second_deactivation_and_a_day_in_the_past_are_refused(cast: Cast) -> None:
    with pytest.raises(Refused):
        a_deactivation(cast.maju, by=cast.wati, until=today() - dt.timedelta(days=1))
    a_deactivation(cast.maju, by=cast.wati)

    with pytest.raises(Refused):
        a_deactivation(cast.maju, by=cast.wati)
    assert Deactivation.objects.count() == 1


def test_the_answer_is_kept_once_and_the_verifier_told(cast: Cast) -> None:
    made = a_deactivation(cast.maju, by=cast.wati)

    domain.answer(made, "Bukan saya.")

    with pytest.raises(Refused):
        domain.answer(made, "Lagi.")
    made.refresh_from_db()
    assert made.answer == "Bukan saya."
    assert [one.pk for one in domain.answered()] == [made.pk]
    assert Message.objects.filter(recipient=cast.wati, template="deactivation_answered").exists()


def test_a_link_is_bound_to_its_deactivation_and_cannot_be_made_up(cast: Cast) -> None:
    made = a_deactivation(cast.maju, by=cast.wati)
    token = domain.answer_path(made).split("/")[-2]

    assert domain.by_token(token) == made
    for wrong in (str(made.pk), token[:-1], signing.dumps(made.pk), signing.dumps(made.pk + 1)):
        assert domain.by_token(wrong) is None


def test_a_decision_on_the_answer_takes_it_off_the_desk(cast: Cast) -> None:
    made = a_deactivation(cast.maju, by=cast.wati)
    with pytest.raises(Refused):
        domain.keep(made, reply="Tetap.", by=cast.wati)  # there is no answer yet
    domain.answer(made, "Bukan saya.")

    domain.keep(made, reply="Buktinya jelas.", by=cast.wati)

    assert not domain.answered().exists()
    assert not fresh(cast.maju).is_active
    with pytest.raises(Refused):
        domain.keep(made, reply="Lagi.", by=cast.wati)
    with pytest.raises(PermissionDenied):
        domain.keep(made, reply="-", by=cast.lina)


def test_a_deactivation_is_lifted_by_decision_with_a_reason(cast: Cast) -> None:
    made = a_deactivation(cast.maju, by=cast.wati)
    with pytest.raises(Refused):
        domain.lift(made, reason="", by=cast.wati)
    with pytest.raises(PermissionDenied):
        domain.lift(made, reason="Kawan.", by=cast.lina)

    domain.lift(made, reason="Terbukti keliru.", by=cast.wati)

    assert fresh(cast.maju).is_active
    assert Message.objects.filter(recipient=cast.maju, template="account_reactivated").exists()
    with pytest.raises(Refused):
        domain.lift(made, reason="Lagi.", by=cast.wati)
    with pytest.raises(Refused):
        domain.answer(made, "Terlambat.")


def test_it_ends_by_itself_after_its_last_day_and_only_once(cast: Cast) -> None:
    ends, stays = cast.maju, cast.jaya
    over = a_deactivation(ends, by=cast.wati, until=today())
    a_deactivation(stays, by=cast.wati)
    lift_expired_deactivations()
    assert not fresh(ends).is_active  # the last day is one of it

    Deactivation.objects.filter(pk=over.pk).update(until=today() - dt.timedelta(days=1))
    lift_expired_deactivations()
    lift_expired_deactivations()

    assert fresh(ends).is_active
    assert not fresh(stays).is_active
    entry = AuditEntry.objects.get(event=Event.ACCOUNT_REACTIVATED)
    assert (entry.actor_uid, entry.subject_id) == ("", str(ends.pk))


def test_the_same_person_may_be_deactivated_again_and_the_history_stays(cast: Cast) -> None:
    domain.lift(a_deactivation(cast.maju, by=cast.wati), reason="Keliru.", by=cast.wati)

    a_deactivation(fresh(cast.maju), by=cast.wati)

    assert Deactivation.objects.filter(user=cast.maju).count() == 2
