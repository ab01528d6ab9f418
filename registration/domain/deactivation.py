"""User IDs that may not sign in: deactivated, answered, lifted (P10(4)).

What such a person sealed and sent stays in its box; only nothing more is done with the User ID.
"""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from lpse.audit.events import Event
from lpse.audit.log import record
from lpse.clock import database_now, office_zone
from lpse.errors import Refused
from lpse.mail import notify
from lpse.sealing.digests import sha256
from registration.domain import session
from registration.models import Deactivation, Ground, User, office_date
from registration.models.sanction import REQUESTERS

SALT = "registration.deactivation.answer"


@transaction.atomic
def deactivate(wanted: Deactivation, *, by: User) -> Deactivation:
    """Take the User ID of ``wanted``, which is not saved yet, out of use at once.

    Both rows are locked, in one order: two verifiers who deactivate each other at the same
    moment would leave nobody to lift either. Since whoever deactivates is a verifier still in
    use, and somebody else, one always remains.
    """
    user, verifier = _lock(wanted.user, by)
    if not verifier.is_active or not verifier.has_perm("registration.deactivate_user", user):
        raise PermissionDenied
    now = database_now()
    if not user.is_active:
        raise Refused(_("This User ID is deactivated already."))
    if wanted.until is not None and wanted.until < now.astimezone(office_zone()).date():
        raise Refused(_("The last day lies in the past."), field="until")
    if wanted.ground == Ground.BLACKLIST:
        _require_a_request(wanted)
    wanted.since, wanted.decided_by = now, by
    wanted.save(force_insert=True)
    user.is_active = False
    user.save(update_fields=["is_active"])
    session.end_all(user)
    record(Event.ACCOUNT_DEACTIVATED, subject=user, by=by, **_facts(wanted))
    notify([user], "account_deactivated", url=answer_path(wanted), deactivation=wanted)
    return wanted


@transaction.atomic
def answer(wanted: Deactivation, words: str) -> None:
    """Keep what the holder says to it, once. Whoever has the link is taken for the holder."""
    found = _lock_one(wanted)
    if found.lifted_at is not None:
        raise Refused(_("The deactivation has ended already."))
    if found.answered_at is not None:
        raise Refused(_("An answer was given already. It was received and is kept."))
    found.answer, found.answered_at = words, database_now()
    found.save(update_fields=["answer", "answered_at"])
    record(
        Event.DEACTIVATION_ANSWERED,
        subject=found.user,
        by=found.user,
        deactivation=found.pk,
        answer=sha256(words.encode()),
    )
    where = reverse("user", kwargs={"username": found.user.username})
    notify([found.decided_by], "deactivation_answered", url=where)


@transaction.atomic
def keep(wanted: Deactivation, *, reply: str, by: User) -> None:
    """Decide on the answer that the deactivation stays, and tell its holder why."""
    found = _lock_one(wanted)
    if not by.has_perm("registration.deactivate_user", found.user):
        raise PermissionDenied
    if found.lifted_at is not None:
        raise Refused(_("The deactivation has ended already."))
    if found.answered_at is None or found.replied_at is not None:
        raise Refused(_("There is no answer that waits for a decision."))
    found.reply, found.replied_at, found.replied_by = reply, database_now(), by
    found.save(update_fields=["reply", "replied_at", "replied_by"])
    record(Event.DEACTIVATION_KEPT, subject=found.user, by=by, deactivation=found.pk)
    notify([found.user], "deactivation_kept", url=answer_path(found))


@transaction.atomic
def lift(wanted: Deactivation, *, reason: str, by: User) -> None:
    """Give the User ID back, by decision."""
    user, verifier = _lock(wanted.user, by)
    if not verifier.is_active or not verifier.has_perm("registration.deactivate_user", user):
        raise PermissionDenied
    if not reason:
        raise Refused(_("Say why the User ID is given back."), field="reason")
    if not _lift(wanted, reason=reason, by=by):
        raise Refused(_("The deactivation has ended already."))


def lift_expired() -> int:
    """End what has passed its last day. Any number of these may run at once, and again."""
    due = Deactivation.objects.filter(lifted_at=None, until__lt=office_date())
    return sum(_lift_expired(deactivation) for deactivation in due.select_related("user"))


def answered() -> QuerySet[Deactivation]:
    """What waits for a verifier: answers that nobody has decided on."""
    return (
        Deactivation.objects.filter(answered_at__isnull=False, replied_at=None, lifted_at=None)
        .select_related("user")
        .order_by("answered_at")
    )


# --- The link -----------------------------------------------------------------------------------


def answer_path(deactivation: Deactivation) -> str:
    """Where its holder answers, who cannot sign in.

    The link is signed and bound to this one deactivation, so nobody finds one by guessing. It
    lets its bearer read the ground and answer once, nothing else: no session comes of it.
    """
    token = signing.dumps(deactivation.pk, salt=SALT)
    return reverse("deactivation_answer", kwargs={"token": token})


def by_token(token: str) -> Deactivation | None:
    try:
        pk = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return Deactivation.objects.select_related("user").filter(pk=pk).first()


# --- Inside -------------------------------------------------------------------------------------


def _lock(user: User, by: User) -> tuple[User, User]:
    """Both as they are in the database now, asked for nothing before."""
    locked = User.objects.select_for_update(no_key=True).filter(pk__in=[user.pk, by.pk])
    people = {person.pk: person for person in locked.order_by("pk")}
    return people[user.pk], people[by.pk]


def _lock_one(wanted: Deactivation) -> Deactivation:
    locked = Deactivation.objects.select_for_update(of=("self",))
    return locked.select_related("user", "decided_by").get(pk=wanted.pk)


@transaction.atomic
def _lift_expired(deactivation: Deactivation) -> bool:
    User.objects.select_for_update(no_key=True).get(pk=deactivation.user_id)
    return _lift(deactivation, reason="", by=None)


def _lift(wanted: Deactivation, *, reason: str, by: User | None) -> bool:
    found = _lock_one(wanted)
    if found.lifted_at is not None:
        return False
    found.lifted_at, found.lifted_by, found.lift_reason = database_now(), by, reason
    found.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
    found.user.is_active = True
    found.user.save(update_fields=["is_active"])
    record(
        Event.ACCOUNT_REACTIVATED,
        subject=found.user,
        by=by,
        deactivation=found.pk,
        reason=reason,
        until=found.until,
    )
    notify([found.user], "account_reactivated", url=reverse("account_login"))
    return True


def _require_a_request(wanted: Deactivation) -> None:
    """P10(4): PA/KPA, PPK, ULP or Pejabat Pengadaan ask for it, in a letter."""
    if wanted.requester_role not in REQUESTERS:
        raise Refused(
            _("Only PA/KPA, PPK, ULP or Pejabat Pengadaan may ask for this (Pasal 10(4))."),
            field="requester_role",
        )
    needed = {
        "requester_name": _("Say who asks for it."),
        "letter_number": _("The request has a number."),
        "letter_date": _("The request has a date."),
        "letter": _("Add a copy of the request."),
    }
    for field, words in needed.items():
        if not getattr(wanted, field):
            raise Refused(words, field=field)


def _facts(wanted: Deactivation) -> dict[str, Any]:
    return {
        "deactivation": wanted.pk,
        "ground": str(wanted.ground),
        "facts": sha256(wanted.facts.encode()),
        "requester_role": str(wanted.requester_role),
        "requester_name": wanted.requester_name,
        "letter_number": wanted.letter_number,
        "letter_date": wanted.letter_date,
        "letter": wanted.letter.sha256 if wanted.letter else None,
        "until": wanted.until,
    }
