"""The key statement: what is signed is what is announced, and a majority decides."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, transaction
from django.utils import translation

from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.clock import database_now, instant
from lpse.errors import Refused
from lpse.mail.models import Message
from lpse.sealing import chain, jcs
from procurement.domain import amendment, schedule, statement
from procurement.domain import member_key as keys
from procurement.domain import tender as tenders
from procurement.models import (
    CommitteeKey,
    KeyStatement,
    Stage,
    StageCode,
    StatementSignature,
    TenderState,
)
from tests.factories.bidding import Announced, an_announced_tender
from tests.factories.committee import (
    Waiting,
    a_complete_tender,
    a_member,
    a_registered_key,
    sign_with,
    wait_for_deadline,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> None:
    translation.activate("en")


@pytest.fixture
def waiting() -> Waiting:
    return a_complete_tender()


def later(waiting: Waiting, days: int = 7) -> schedule.Changes:
    """Deadline, opening and all that follows, ``days`` later."""
    codes = list(StageCode)
    moved = codes[codes.index(StageCode.SUBMISSION) :]
    shift = dt.timedelta(days=days)
    stages = {stage.code: stage for stage in waiting.tender.stages.all()}
    return {
        code: (
            stages[code].starts_at + (shift if code != StageCode.SUBMISSION else dt.timedelta()),
            stages[code].ends_at + shift,
        )
        for code in moved
    }


def test_the_statement_names_keys_times_rules_programs_and_content(waiting: Waiting) -> None:
    proposed = waiting.propose()

    body = statement.body_of(proposed)
    stages = {stage.code: stage for stage in waiting.tender.stages.all()}
    assert body["members"] == [
        {name: waiting.keys[member][name] for name in ("member", "recipient", "signing_key")}
        for member in ("budi", "dewi", "rina")
    ]
    assert (body["k"], body["n"], body["envelopes"]) == (2, 3, ["single"])
    assert statement.deadline(proposed) == stages[StageCode.SUBMISSION].ends_at
    assert statement.opening_at(proposed) == stages[StageCode.OPENING].starts_at
    assert body["rule_set"]["digest"] == waiting.tender.rule_set_digest
    assert body["content"] == tenders.content_digest(waiting.tender)
    assert body["content"] == jcs.digest(json.loads(proposed.content))
    assert proposed.digest == jcs.digest(body)


@pytest.mark.clause("P3(1)b")
def test_the_tender_is_announced_with_the_signature_of_the_majority(waiting: Waiting) -> None:
    proposed = waiting.propose()

    assert waiting.sign(proposed, waiting.members[0]) is False
    waiting.tender.refresh_from_db()
    assert waiting.tender.state == TenderState.HANDED_OVER

    assert waiting.sign(proposed, waiting.members[2]) is True
    waiting.tender.refresh_from_db()
    assert waiting.tender.state == TenderState.ANNOUNCED
    events = AuditEntry.objects.filter(event__startswith="statement:").order_by("at")
    assert list(events.values_list("event", flat=True)) == [
        Event.STATEMENT_PROPOSED,
        Event.STATEMENT_SIGNED,
        Event.STATEMENT_SIGNED,
        Event.STATEMENT_VALID,
    ]


def test_what_is_valid_verifies_as_every_reader_verifies_it(waiting: Waiting) -> None:
    valid = waiting.announce()

    verified = chain.verify(
        statement.as_chain(statement.valid_chain(waiting.tender)), tender=waiting.tender.code
    )

    assert verified.digest == valid.digest


@pytest.mark.parametrize("fault", ["none", "untested", "expired"])
def test_a_member_without_a_usable_key_blocks_the_announcement(
    waiting: Waiting, fault: str
) -> None:
    dewi = waiting.members[1]
    keys.revoke(keys.in_use(dewi), by=dewi)
    if fault != "none":
        _key, kept = a_registered_key(dewi, tested=fault == "expired")
    if fault == "expired":
        CommitteeKey.objects.filter(pk=kept.pk).update(revoked_at=database_now())
        now = database_now()
        CommitteeKey.objects.create(
            user=dewi,
            recipient="age1" + "q" * 58,
            signing_key="x",
            wrapped="x",
            created_at=now - keys.VALIDITY,
            expires_at=now,
            backup_tested_at=now - keys.VALIDITY,
        )

    with pytest.raises(Refused, match="Dewi"):
        waiting.propose()

    assert [hindrance.member for hindrance in statement.hindrances(waiting.tender)] == [dewi]


def test_nobody_signs_with_a_key_that_is_not_the_stated_one(waiting: Waiting) -> None:
    proposed = waiting.propose()
    budi, dewi = waiting.members[:2]
    foreign = sign_with(waiting.keys["dewi"], statement.body_of(proposed))

    with pytest.raises(Refused, match="not made with your key"):
        statement.sign(proposed, foreign, by=budi)
    with pytest.raises(Refused, match="not made with your key"):
        statement.sign(proposed, "AAAA", by=dewi)

    assert not StatementSignature.objects.exists()


def test_a_member_signs_once(waiting: Waiting) -> None:
    proposed = waiting.propose()
    waiting.sign(proposed, waiting.members[0])

    with pytest.raises(Refused, match="signed this already"):
        waiting.sign(proposed, waiting.members[0])


def test_who_is_not_on_the_committee_neither_proposes_nor_signs(waiting: Waiting) -> None:
    proposed = waiting.propose()

    with pytest.raises(PermissionDenied):
        statement.propose(waiting.tender, by=waiting.ppk)
    with pytest.raises(PermissionDenied):
        statement.sign(proposed, "AAAA", by=waiting.ppk)


def test_a_member_who_joined_later_is_not_in_the_statement(waiting: Waiting) -> None:
    proposed = waiting.propose()
    eko = a_member("eko", waiting.tender.committee)
    waiting.keys["eko"], _kept = a_registered_key(eko)

    with pytest.raises(PermissionDenied):
        waiting.sign(proposed, eko)


def test_a_change_of_the_announcement_makes_the_proposal_stale(waiting: Waiting) -> None:
    proposed = waiting.propose()
    waiting.sign(proposed, waiting.members[0])
    stages = {stage.code: stage for stage in waiting.tender.stages.all()}
    contract = stages[StageCode.CONTRACT]
    moved = {StageCode.CONTRACT: (contract.starts_at, contract.ends_at + dt.timedelta(days=7))}
    schedule.set_schedule(waiting.tender, moved, by=waiting.members[0])

    with pytest.raises(Refused, match="was changed after"):
        waiting.sign(proposed, waiting.members[1])

    again = waiting.propose()
    proposed.refresh_from_db()
    assert proposed.discarded_at is not None
    assert again.signatures.count() == 0
    with pytest.raises(Refused, match="replaced by another"):
        waiting.sign(proposed, waiting.members[1])


def test_new_keys_of_a_member_make_the_proposal_stale(waiting: Waiting) -> None:
    proposed = waiting.propose()
    waiting.keys["rina"], _kept = a_registered_key(waiting.members[2])

    with pytest.raises(Refused, match="keys changed"):
        waiting.sign(proposed, waiting.members[0])


def test_an_incomplete_tender_is_not_proposed(waiting: Waiting) -> None:
    waiting.tender.documents.all().delete()

    with pytest.raises(Refused, match="selection document"):
        waiting.propose()


def test_a_later_deadline_needs_a_majority_again(waiting: Waiting) -> None:
    first = waiting.announce()
    dates = later(waiting)

    proposed = amendment.change(
        waiting.tender, dates, reason="Addendum dokumen.", by=waiting.members[1]
    )
    assert isinstance(proposed, KeyStatement)
    waiting.sign(proposed, waiting.members[1])
    assert statement.latest_valid(waiting.tender) == first

    waiting.sign(proposed, waiting.members[0])

    deadline = Stage.objects.get(tender=waiting.tender, code=StageCode.SUBMISSION).ends_at
    assert deadline == dates[StageCode.SUBMISSION][1]
    verified = chain.verify(
        statement.as_chain(statement.valid_chain(waiting.tender)), tender=waiting.tender.code
    )
    assert [body["version"] for body in verified.by_digest.values()] == [1, 2]
    assert verified.latest["previous"] == first.digest


def test_a_deadline_is_never_moved_to_an_earlier_time(waiting: Waiting) -> None:
    waiting.announce()
    stages = {stage.code: stage for stage in waiting.tender.stages.all()}
    code = StageCode.SUBMISSION
    earlier = {code: (stages[code].starts_at, stages[code].ends_at - dt.timedelta(minutes=30))}

    with pytest.raises(Refused, match="later time"):
        statement.propose_change(
            waiting.tender, dates=earlier, reason="Lekas.", by=waiting.members[0]
        )


def test_a_passed_deadline_is_not_moved_by_signatures_given_before() -> None:
    made = an_announced_tender(closes_in=dt.timedelta(seconds=2))
    committee = made.tender.committee
    members = [a_member(name, committee) for name in made.keys]
    proposed = _a_second_version(made)
    body = statement.body_of(proposed)
    statement.sign(proposed, sign_with(made.keys["budi"], body), by=members[0])
    wait_for_deadline(made)

    with pytest.raises(Refused, match="can never be moved"):
        statement.sign(proposed, sign_with(made.keys["dewi"], body), by=members[1])

    proposed.refresh_from_db()
    assert proposed.valid_at is None


def _a_second_version(made: Announced) -> KeyStatement:
    """A proposal with a later deadline, as it stands in the database."""
    first = made.statement
    moment = instant(database_now() + dt.timedelta(days=1))
    body = made.body | {
        "version": 2,
        "previous": first.digest,
        "deadline": moment,
        "opening_at": moment,
    }
    return KeyStatement.objects.create(
        tender=made.tender,
        version=2,
        body=jcs.canonical(body).decode(),
        digest=jcs.digest(body),
        content=tenders.content_text(made.tender),
        reason="Lebih lama.",
        proposed_at=database_now(),
        proposed_by=made.statement.proposed_by,
    )


def test_the_others_are_told_that_their_signature_is_waited_for(waiting: Waiting) -> None:
    waiting.propose()

    told = Message.objects.filter(template="statement_proposed")
    assert {message.recipient.username for message in told} == {"dewi", "rina"}


@pytest.mark.parametrize("field", ["body", "digest", "content", "reason"])
def test_the_database_keeps_what_was_proposed_as_it_was(waiting: Waiting, field: str) -> None:
    proposed = waiting.propose()

    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        KeyStatement.objects.filter(pk=proposed.pk).update(**{field: "other"})
    with pytest.raises(ProgrammingError, match="Cannot delete"), transaction.atomic():
        KeyStatement.objects.filter(pk=proposed.pk).delete()


def test_what_is_decided_stays_decided(waiting: Waiting) -> None:
    valid = waiting.announce()

    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        KeyStatement.objects.filter(pk=valid.pk).update(valid_at=None)


def test_one_officer_alone_opens_alone() -> None:
    assert [statement.majority(n) for n in (1, 2, 3, 4, 5)] == [1, 2, 2, 3, 3]


def test_two_members_signing_at_once_announce_once() -> None:
    """The race itself is in ``tests/flows``; here the second finds it announced."""
    waiting = a_complete_tender()
    proposed = waiting.propose()
    waiting.sign(proposed, waiting.members[0])
    waiting.sign(proposed, waiting.members[1])

    with pytest.raises(Refused, match="it is valid"):
        waiting.sign(proposed, waiting.members[2])
