"""Closing the box: at the deadline the set of bids becomes one number that cannot change.

Its root is in a published checkpoint of the ledger before any member gives a share away. So a
bid that was added, left out or exchanged later is found by whoever compares.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from bidding.domain import deadline
from bidding.models import Bid, BidState, Box, BoxedBid, Opening
from lpse.audit import log
from lpse.clock import database_now
from lpse.errors import Refused
from lpse.ledger import proof, tree
from lpse.mail import notify
from procurement.domain import statement
from procurement.domain.tender import TENDER
from procurement.models import KeyStatement, StageCode, Tender, TenderState


def due() -> list[Tender]:
    """Tenders whose deadline has passed and whose box is still open."""
    passed = Tender.objects.filter(
        state=TenderState.ANNOUNCED,
        stages__code=StageCode.SUBMISSION,
        stages__ends_at__lte=database_now(),
    )
    return list(passed.order_by("pk"))


@transaction.atomic
def close(tender: Tender) -> Box:
    """Close the box of ``tender``; one that is closed already is given as it is.

    The row of the tender is taken alone first: that waits for every submission that began in
    time, and every later one finds the box closed. Only then is the clock asked.
    """
    moment = deadline.take(tender)
    locked = Tender.objects.get(pk=tender.pk)
    if box := Box.objects.filter(tender=locked).first():
        return box
    valid = statement.latest_valid(locked)
    if not moment.is_announced or not moment.is_over or valid is None:
        raise Refused(_("The box is still open."))
    bids = list(_sent(locked))
    digests = [bid.manifest_digest for bid in bids]
    box_root = root(digests)
    entry = TENDER.fire(
        locked,
        "close",
        by=None,
        at=moment.now,
        tender=locked.code,
        root=box_root,
        count=len(bids),
        deadline=moment.deadline,
        statement=valid.digest,
    )
    box = Box.objects.create(
        tender=locked, root=box_root, count=len(bids), closed_at=moment.now, entry=entry
    )
    BoxedBid.objects.bulk_create(
        BoxedBid(box=box, bid=bid, position=position) for position, bid in enumerate(bids)
    )
    Opening.objects.create(box=box)
    _tell(box, bids, valid)
    tender.refresh_from_db(fields=["state"])
    return box


def root(digests: Sequence[str]) -> str:
    """The root over manifest digests in ascending order (RFC 6962)."""
    return tree.root_of(_leaves(digests)).hex()


def inclusion(digests: Sequence[str], digest: str) -> dict[str, Any]:
    """The proof that ``digest`` is one of ``digests``: any bidder can follow it to the root."""
    index = list(digests).index(digest)
    path = tree.inclusion(tree.nodes_of(_leaves(digests)), index, len(digests))
    return {
        "digest": digest,
        "index": index,
        "size": len(digests),
        "path": [sibling.hex() for sibling in path],
    }


def is_published(box: Box) -> bool:
    """Whether the closing is in a published checkpoint, which a witness has seen where one is."""
    return proof.published(box.entry) is not None


def closing(box: Box) -> dict[str, Any]:
    """What anyone needs to check the closing: the entry, its salt, its proof in the ledger."""
    salt = base64.b64encode(bytes(box.entry.salt)).decode()
    return {
        "entry": {"salt": salt, "body": log.body(box.entry)},
        "proof": proof.tlog_proof(box.entry),
    }


def digests(box: Box) -> list[str]:
    """The leaves: manifest digests in their places."""
    return list(box.bids.order_by("position").values_list("bid__manifest_digest", flat=True))


def _sent(tender: Tender) -> Any:
    sent = Bid.objects.select_for_update(of=("self",)).filter(
        participation__tender=tender, state=BidState.SUBMITTED
    )
    return sent.select_related("participation__provider").order_by("manifest_digest")


def _leaves(digests: Sequence[str]) -> list[bytes]:
    return [tree.leaf_hash(bytes.fromhex(digest)) for digest in digests]


def _tell(box: Box, bids: Sequence[Bid], valid: KeyStatement) -> None:
    """Tell the committee that the box waits for it, and every bidder that its bid is in it."""
    tender = box.tender
    notify(
        statement.openers(valid),
        "box_closed_committee",
        url=f"/tenders/{tender.code}/opening/",
        tender=tender,
        count=box.count,
        opening_at=statement.opening_at(valid),
    )
    officers = [
        officer.user
        for bid in bids
        for officer in bid.participation.provider.officers.filter(left_at=None)
    ]
    notify(
        officers,
        "box_closed_bidder",
        url=f"/tenders/{tender.code}/box/",
        tender=tender,
        root=box.root,
    )
