"""Taking part in a tender, and the key with which a provider signs its bid for it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from bidding.domain import deadline, good_standing
from bidding.models import Participation, TenderKey
from bidding.rules import officer
from lpse.audit.events import Event
from lpse.audit.log import record
from lpse.errors import Refused
from lpse.mail import notify
from lpse.sealing import sign
from procurement.domain import stage
from procurement.domain.stage import Verb
from procurement.models import Tender
from registration.models import User

PACT = "integrity_pact"


def of(tender: Tender, user: User) -> Participation | None:
    """The participation of the firm that ``user`` acts for."""
    mine = officer(user)
    if mine is None:
        return None
    found = Participation.objects.select_related("tender", "provider")
    return found.filter(tender=tender, provider=mine.provider).first()


@transaction.atomic
def join(tender: Tender, *, pact_accepted: bool, by: User) -> Participation:
    """Enter the firm of ``by`` as a participant. Who joined is secret until the opening.

    A second officer who presses the same button finds the firm in already.
    """
    moment = deadline.hold(tender)
    mine = officer(by)
    if mine is None or not by.has_perm("bidding.join_tender", tender):
        raise PermissionDenied
    if found := Participation.objects.filter(tender=tender, provider=mine.provider).first():
        return found
    good_standing.require(mine.provider, by)
    deadline.require_open(moment)
    _require_joining(tender, moment)
    if not pact_accepted:
        raise Refused(_("Accept the integrity pact to take part."), field=PACT)
    participation, is_new = Participation.objects.get_or_create(
        tender=tender,
        provider=mine.provider,
        defaults={"joined_at": moment.now, "joined_by": by},
    )
    if is_new:
        record(
            Event.PARTICIPATION_JOINED,
            subject=participation,
            by=by,
            at=moment.now,
            tender=tender.code,
            provider=mine.provider.code,
            integrity_pact=True,
        )
        notify(
            officers(participation),
            "participation_joined",
            url=f"/tenders/{tender.code}/bid/",
            tender=tender,
        )
    return participation


@transaction.atomic
def register_tender_key(participation: Participation, public_key: str, *, by: User) -> TenderKey:
    """Take the public half of the key that the bidder's browser made for this tender.

    The latest counts. That a firm registered another one shows in the ledger.
    """
    moment = deadline.hold(participation.tender)
    locked = Participation.objects.select_for_update().get(pk=participation.pk)
    if not by.has_perm("bidding.submit_bid", locked):
        raise PermissionDenied
    good_standing.require(locked.provider, by)
    deadline.require_open(moment)
    if not sign.is_public_key(public_key):
        raise Refused(_("This is not the public half of an Ed25519 key."))
    if (known := latest_key(locked)) and known.public_key == public_key:
        return known
    if TenderKey.objects.filter(public_key=public_key).exists():
        raise Refused(_("This key was registered before. Make a new one."))
    key = TenderKey.objects.create(
        participation=locked,
        public_key=public_key,
        registered_at=moment.now,
        registered_by=by,
    )
    record(
        Event.TENDER_KEY_REGISTERED,
        subject=locked,
        by=by,
        at=moment.now,
        tender=participation.tender.code,
        provider=participation.provider.code,
        public_key=public_key,
    )
    return key


def _require_joining(tender: Tender, moment: deadline.Moment) -> None:
    """The schedule of the tender says from when until when firms may join."""
    fresh = Tender.objects.prefetch_related("stages").get(pk=tender.pk)
    if stage.allows(fresh, Verb.JOIN, moment.now):
        return
    opens_at = stage.opens_at(fresh, Verb.JOIN)
    if opens_at is not None and moment.now < opens_at:
        raise Refused(_("The tender takes participants later; see its schedule."))
    raise Refused(_("The time to join this tender has passed."))


def latest_key(participation: Participation) -> TenderKey | None:
    return participation.keys.order_by("pk").last()


def officers(participation: Participation) -> list[User]:
    """Everybody of the firm who may act or read: they are told what is done in its name."""
    current = participation.provider.officers.filter(left_at=None).select_related("user")
    return [officer.user for officer in current]
