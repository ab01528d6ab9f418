"""What counts as a bid, and what its receipt says."""

from __future__ import annotations

import pytest

from bidding.domain import receipt as receipts
from bidding.models import Bid, BidState, Outcome
from lpse.sealing import receipt as sealing_receipt
from tests.factories.bidding import a_bidder, an_announced_tender

pytestmark = pytest.mark.django_db


def test_a_sealed_bid_is_accepted_with_a_signed_receipt() -> None:
    bidder = a_bidder(an_announced_tender())
    sealed = bidder.seal()

    receipt = sealed.submit()

    file = receipts.file_of(receipt)
    said = sealing_receipt.verify(file, key=file["key"])
    assert receipt.outcome == Outcome.ACCEPTED
    assert said["version"] == 1
    assert said["ciphertext"] == sealed.bid.manifest["ciphertext"]
    assert Bid.objects.get().state == BidState.SUBMITTED
