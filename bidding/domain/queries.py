"""Readings of bids that pages share."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bidding.domain.submission import ENDED
from bidding.models import Bid, Box, Outcome, Participation, Receipt
from procurement.models import StageCode, TenderState
from registration.models import Provider


@dataclass(frozen=True, slots=True)
class Standing:
    """A tender that a firm has joined, and how its bid stands."""

    participation: Participation
    deadline: dt.datetime | None
    bid: Bid | None
    receipts: list[Receipt]
    box: Box | None

    @property
    def envelope(self) -> str:
        """The envelope in one of the words that every page has for it."""
        if self.bid is None:
            return "open"
        return {"opened": "opened", "unopenable": "unopenable"}.get(self.bid.state, "sent")

    @property
    def accepted(self) -> Receipt | None:
        """The receipt of the version that counts."""
        return next(
            (
                receipt
                for receipt in self.receipts
                if receipt.outcome == Outcome.ACCEPTED
                and receipt.bid_id == (self.bid and self.bid.pk)
            ),
            None,
        )

    @property
    def is_running(self) -> bool:
        return self.participation.tender.state == TenderState.ANNOUNCED


def standings(provider: Provider) -> list[Standing]:
    """Everything the firm has joined, the nearest deadline on top. A fixed number of queries."""
    joined = list(
        Participation.objects.filter(provider=provider)
        .select_related("tender__agency")
        .prefetch_related("tender__stages", "bids", "receipts")
        .order_by("-joined_at")
    )
    boxes = {
        box.tender_id: box for box in Box.objects.filter(tender__in=[p.tender_id for p in joined])
    }
    found = [_standing(participation, boxes) for participation in joined]
    return sorted(found, key=_urgency)


def _standing(participation: Participation, boxes: dict[int, Box]) -> Standing:
    ends = {stage.code: stage.ends_at for stage in participation.tender.stages.all()}
    counting = [bid for bid in participation.bids.all() if bid.state not in ENDED]
    return Standing(
        participation=participation,
        deadline=ends.get(StageCode.SUBMISSION),
        bid=counting[-1] if counting else None,
        receipts=sorted(participation.receipts.all(), key=lambda receipt: -receipt.pk),
        box=boxes.get(participation.tender_id),
    )


def _urgency(standing: Standing) -> tuple[bool, float]:
    at = standing.deadline.timestamp() if standing.deadline else 0.0
    return (False, at) if standing.is_running else (True, -at)
