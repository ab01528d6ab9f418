"""What the bidder's browser is told before it seals; nothing comes back but what is sealed.

The secret unit prices of the HPS are on the same rows as what is told here; they stay.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings

from bidding.domain import deadline, submission, upload
from bidding.domain import participation as participations
from bidding.domain.offer import SLOTS, Statement
from bidding.models import Bid, BidState, Participation, Receipt
from lpse.clock import instant
from procurement.domain import rule_set
from procurement.domain import statement as statements
from procurement.domain.tender import volume_text
from registration.models import User

ENVELOPE = "single"


def terms(participation: Participation) -> dict[str, Any]:
    """What stays as it is while the page is open."""
    tender = participation.tender
    law = rule_set.of(tender)
    return {
        "tender": tender.code,
        "envelope": ENVELOPE,
        "provider": participation.provider.code,
        "origin": settings.LEDGER_ORIGIN,
        "items": [
            {"no": item.number, "volume": volume_text(item.volume)} for item in tender.items.all()
        ],
        "tax_percent": str(law.tax.ppn.value),
        "hps": str(tender.hps_rupiah),
        "validity_minimum": law.bid.validity_minimum.number,
        "slots": [
            {
                "slot": str(terms.slot),
                "required": terms.required,
                "kinds": [str(kind) for kind in terms.kinds],
                "words": list(terms.words),
            }
            for terms in SLOTS
        ],
        "statements": [str(code) for code in Statement],
        "largest": upload.largest(),
    }


def standing(participation: Participation) -> dict[str, Any]:
    """What may change while the page is open; it asks again."""
    tender = participation.tender
    moment = deadline.look(tender)
    versions = statements.valid_chain(tender)
    key = participations.latest_key(participation)
    return {
        "now": instant(moment.now),
        "state": moment.state,
        "opens_at": instant(moment.opens_at) if moment.opens_at else None,
        "deadline": instant(moment.deadline) if moment.deadline else None,
        "statements": statements.as_chain(versions),
        "members": _names(versions[-1]) if versions else {},
        "tender_key": key.public_key if key else None,
        "bid": _said(submission.counting(participation, ENVELOPE)),
        "room": upload.room_left(participation),
    }


def _said(bid: Bid | None) -> dict[str, Any] | None:
    if bid is None:
        return None
    accepted = Receipt.objects.filter(bid=bid).order_by("pk").first()
    return {
        "version": bid.version,
        "manifest": bid.manifest_digest,
        "ciphertext": bid.ciphertext_sha256,
        "at": instant(bid.submitted_at),
        "receipt": accepted.code if accepted else None,
        "counts": bid.state == BidState.SUBMITTED,
    }


def _names(statement: Any) -> dict[str, str]:
    """The members' names: a User ID alone tells a bidder nothing."""
    named = [member["member"] for member in statements.body_of(statement)["members"]]
    return {user.username: str(user) for user in User.objects.filter(username__in=named)}
