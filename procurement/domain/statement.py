"""The key statement: who may open, how many it takes, and until when bids come in.

Signing it *is* approving the announcement (P3(1)b): the body names the digest of what is
announced. With the signatures of more than half of the committee it becomes valid, and only
then does anything take effect.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from lpse import assets
from lpse.audit.events import Event
from lpse.audit.log import record
from lpse.clock import database_now, instant, parse_instant
from lpse.errors import Refused
from lpse.mail import notify
from lpse.sealing import jcs, office_key
from lpse.sealing.sign import verify_object
from procurement.domain import member_key, rule_set, tender_lock
from procurement.domain import schedule as timetable
from procurement.domain import tender as announcement
from procurement.domain.schedule import Changes
from procurement.models import (
    CommitteeKey,
    KeyStatement,
    StageCode,
    StatementSignature,
    Tender,
    TenderState,
)
from registration.models import User

FORMAT = "lpse-key-statement/1"


@dataclass(frozen=True, slots=True)
class Hindrance:
    """A member to whom nothing can be sealed yet, and why: it blocks the announcement."""

    member: User
    reason: str


# --- Reading ----------------------------------------------------------------------------------


def latest_valid(tender: Tender) -> KeyStatement | None:
    return tender.statements.exclude(valid_at=None).order_by("version").last()


def valid_chain(tender: Tender) -> list[KeyStatement]:
    """Every version that was ever valid, in order: what bidders and members verify."""
    valid = tender.statements.exclude(valid_at=None).order_by("version")
    return list(valid.prefetch_related("signatures__member"))


def pending(tender: Tender) -> KeyStatement | None:
    """The proposal that waits for signatures."""
    return tender.statements.filter(valid_at=None, discarded_at=None).first()


def body_of(statement: KeyStatement) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(statement.body)
    return body


def as_chain(statements: Sequence[KeyStatement]) -> list[dict[str, Any]]:
    """``statements`` as programs read them: body and signatures of each version."""
    return [
        {
            "statement": body_of(statement),
            "signatures": [
                {"member": signature.member.username, "signature": signature.signature}
                for signature in statement.signatures.all()
            ],
        }
        for statement in statements
    ]


def opening_at(statement: KeyStatement) -> dt.datetime:
    return parse_instant(body_of(statement)["opening_at"])


def deadline(statement: KeyStatement) -> dt.datetime:
    return parse_instant(body_of(statement)["deadline"])


def openers(statement: KeyStatement) -> list[User]:
    """The members whom the statement names: they open, whoever sits on the committee later."""
    stated = [member["member"] for member in body_of(statement)["members"]]
    users = {user.username: user for user in User.objects.filter(username__in=stated)}
    return [users[name] for name in stated]


def names(statement: KeyStatement, user: User) -> bool:
    """Whether ``user`` is one of those who open by ``statement``."""
    return any(member["member"] == user.username for member in body_of(statement)["members"])


def key_of(statement: KeyStatement, user: User) -> CommitteeKey | None:
    """The key of ``user`` that ``statement`` names, in use still or replaced since."""
    stated = (m for m in body_of(statement)["members"] if m["member"] == user.username)
    own = next(stated, None)
    if own is None:
        return None
    return CommitteeKey.objects.filter(
        user=user, recipient=own["recipient"], signing_key=own["signing_key"]
    ).first()


def needed(statement: KeyStatement) -> int:
    """How many signatures make it valid: more than half."""
    return majority(body_of(statement)["n"])


def majority(n: int) -> int:
    """The least number that is more than half of ``n``; 1 of 1 for an officer alone."""
    return n // 2 + 1


def hindrances(tender: Tender) -> list[Hindrance]:
    """Members without a usable key: each of them blocks the announcement."""
    now = database_now()
    members = list(tender.members(localdate(now)))
    keys = member_key.of(members)
    faults = ((member, member_key.fault(keys.get(member.pk), now)) for member in members)
    return [Hindrance(member, reason) for member, reason in faults if reason]


def stale(statement: KeyStatement) -> str | None:
    """Why a proposal no longer says what would be announced, or ``None``."""
    tender = statement.tender
    dates = timetable.from_json(statement.schedule)
    if statement.content != announcement.content_text(tender, dates):
        return _("The announcement was changed after this was proposed.")
    if statement.version > 1:
        return None
    if body_of(statement)["members"] != _members(tender):
        return _("The committee or its keys changed after this was proposed.")
    if body_of(statement)["bundle"] != assets.bundle_digest():
        return _("The programs of this site changed after this was proposed.")
    return None


# --- Proposing --------------------------------------------------------------------------------


@transaction.atomic
def propose(tender: Tender, *, by: User) -> KeyStatement:
    """Put the announcement, as it now is, before the committee for signature.

    A proposal that is still undecided is discarded: at any time one can be signed, or none.
    """
    locked = _locked(tender, by)
    if locked.state != TenderState.HANDED_OVER:
        raise Refused(_("The tender has been announced already."))
    announcement.require_complete(locked)
    if hindered := hindrances(locked):
        raise Refused(
            "; ".join(f"{hindrance.member} {hindrance.reason}" for hindrance in hindered)
        )
    members = _members(locked)
    body = {
        "format": FORMAT,
        "lpse": settings.LEDGER_ORIGIN,
        "log_key": base64.b64encode(office_key.public_key()).decode(),
        "tender": locked.code,
        "version": 1,
        "previous": None,
        "envelopes": sorted(rule_set.of(locked).procedures[locked.procedure].envelopes),
        "k": _threshold(locked, len(members)),
        "n": len(members),
        "members": members,
        "rule_set": {"code": locked.rule_set, "digest": locked.rule_set_digest},
        "bundle": assets.bundle_digest(),
    }
    return _propose(locked, body, dates={}, reason="", by=by)


@transaction.atomic
def propose_change(tender: Tender, *, dates: Changes, reason: str, by: User) -> KeyStatement:
    """Put a later deadline before the committee: the next version, all else as it was signed."""
    locked = _locked(tender, by)
    previous = latest_valid(locked)
    if locked.state != TenderState.ANNOUNCED or previous is None:
        raise Refused(_("Only the schedule of an announced tender is changed this way."))
    if not reason.strip():
        raise Refused(_("Say why the schedule changes: everybody will read it."), field="reason")
    timetable.check_change(locked, dates)
    body = body_of(previous) | {"version": previous.version + 1, "previous": previous.digest}
    proposed = _propose(locked, body, dates=dates, reason=reason.strip(), by=by)
    if deadline(proposed) < deadline(previous):
        raise Refused(_("The deadline for bids can only be moved to a later time."))
    return proposed


def _propose(
    tender: Tender, body: dict[str, Any], *, dates: Changes, reason: str, by: User
) -> KeyStatement:
    now = database_now()
    stages = {stage.code: stage for stage in timetable.after(tender, dates)}
    closes, opens = stages[StageCode.SUBMISSION].ends_at, stages[StageCode.OPENING].starts_at
    if closes <= now:
        raise Refused(_("The deadline for bids lies in the past."))
    if opens < closes:
        raise Refused(_("Bids cannot be opened before the deadline."))
    body |= {
        "deadline": instant(closes),
        "opening_at": instant(opens),
        "content": announcement.content_digest(tender, dates),
    }
    _discard_pending(tender, now)
    proposed = KeyStatement.objects.create(
        tender=tender,
        version=body["version"],
        body=jcs.canonical(body).decode(),
        digest=jcs.digest(body),
        content=announcement.content_text(tender, dates),
        schedule=timetable.as_json(dates),
        reason=reason,
        proposed_at=now,
        proposed_by=by,
    )
    _record(Event.STATEMENT_PROPOSED, proposed, by)
    others = [member for member in openers(proposed) if member != by]
    notify(others, "statement_proposed", url=_page(tender), tender=tender, statement=proposed)
    return proposed


def _discard_pending(tender: Tender, now: dt.datetime) -> None:
    tender.statements.filter(valid_at=None, discarded_at=None).update(discarded_at=now)


# --- Signing ----------------------------------------------------------------------------------


@transaction.atomic
def sign(statement: KeyStatement, signature: str, *, by: User) -> bool:
    """Take a member's signature; say whether it made the statement valid."""
    tender = _locked(statement.tender, by)
    now = database_now()
    locked = KeyStatement.objects.select_for_update(of=("self",)).get(pk=statement.pk)
    key = key_of(locked, by)
    if key is None:
        raise PermissionDenied
    _require_undecided(locked, tender, now)
    if not verify_object(key.signing_key, body_of(locked), signature):
        raise Refused(_("The signature does not hold: it was not made with your key."))
    _signed, is_new = StatementSignature.objects.get_or_create(
        statement=locked,
        member=by,
        defaults={"key": key, "signature": signature, "signed_at": now},
    )
    if not is_new:
        raise Refused(_("You have signed this already."))
    _record(Event.STATEMENT_SIGNED, locked, by, member=by.username, signature=signature)
    if locked.signatures.count() < needed(locked):
        return False
    _make_valid(locked, tender, now, by=by)
    return True


def _require_undecided(statement: KeyStatement, tender: Tender, now: dt.datetime) -> None:
    if statement.valid_at is not None:
        raise Refused(_("A majority has signed already: it is valid."))
    if statement.discarded_at is not None:
        raise Refused(_("This proposal was replaced by another one."))
    previous = latest_valid(tender)
    # The old deadline decides: what has passed cannot be moved, whoever has signed before.
    if previous is not None and now >= deadline(previous):
        raise Refused(_("The deadline for bids has passed and can never be moved."))
    if now >= deadline(statement):
        raise Refused(_("The deadline for bids lies in the past."))
    if reason := stale(statement):
        raise Refused(reason + " " + _("It must be proposed again."))


def _make_valid(statement: KeyStatement, tender: Tender, now: dt.datetime, *, by: User) -> None:
    statement.valid_at = now
    statement.save(update_fields=["valid_at"])
    _record(Event.STATEMENT_VALID, statement, by)
    if statement.version == 1:
        announcement.announce(tender, by=by)
    else:
        dates = timetable.from_json(statement.schedule)
        timetable.apply(tender, dates, reason=statement.reason, by=by)


# --- What the statement is made of ------------------------------------------------------------


def _members(tender: Tender) -> list[dict[str, str]]:
    """The committee's public keys in use, sorted by User ID as every reader expects."""
    members = list(tender.members(localdate(database_now())))
    keys = member_key.of(members)
    return sorted(
        (
            {
                "member": member.username,
                "recipient": keys[member.pk].recipient,
                "signing_key": keys[member.pk].signing_key,
            }
            for member in members
            if member.pk in keys
        ),
        key=lambda member: member["member"],
    )


def _threshold(tender: Tender, n: int) -> int:
    """How many open, as the rule set says. The only word for it so far is the majority."""
    word = rule_set.of(tender).committee.opening_threshold.text
    if word != "majority":
        raise Refused(_("The rule set asks for an unknown number of openers."))
    return majority(n)


def _locked(tender: Tender, by: User) -> Tender:
    """The tender's row, alone and first: what is signed is decided one after the other."""
    locked = tender_lock.take(tender)
    if not by.has_perm("procurement.sign_statement", locked):
        raise PermissionDenied
    return locked


def _record(event: Event, statement: KeyStatement, by: User, **data: Any) -> None:
    record(
        event,
        subject=statement,
        by=by,
        tender=statement.tender.code,
        version=statement.version,
        digest=statement.digest,
        **data,
    )


def _page(tender: Tender) -> str:
    return f"/tenders/{tender.code}/statement/"
