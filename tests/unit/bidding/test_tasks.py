"""The alarms: each looks into the database for its work, and may come twice or not at all."""

from __future__ import annotations

import datetime as dt

import pytest

from bidding import tasks
from bidding.models import Bid, ReceiptDocument, Upload, UploadPiece
from lpse.clock import database_now
from lpse.files.storage import storage
from tests.factories.bidding import a_bidder, an_announced_tender

pytestmark = pytest.mark.django_db


def test_an_upload_whose_time_is_over_is_given_up_with_its_bytes() -> None:
    upload = a_bidder(an_announced_tender()).seal().send_up()
    left = [upload.name, *(piece.name for piece in UploadPiece.objects.all())]
    Upload.objects.update(expires_at=database_now() - dt.timedelta(seconds=1))

    for _alarm in range(2):
        tasks.expire_uploads()

    upload.refresh_from_db()
    assert upload.terminated_at is not None
    assert not UploadPiece.objects.exists()
    assert [name for name in left if storage().exists(name)] == []


def test_what_is_left_of_a_replaced_version_is_destroyed() -> None:
    bidder = a_bidder(an_announced_tender())
    bidder.seal().submit()
    bidder.seal().submit()  # what follows the commit did not run

    for _alarm in range(2):
        tasks.destroy_ended_bids()

    replaced, counting = Bid.objects.order_by("version")
    assert (replaced.destroyed_at is None, counting.destroyed_at is None) == (False, True)
    assert storage().exists(counting.name)


def test_the_pdf_of_a_receipt_is_made_without_anybody_asking() -> None:
    receipt = a_bidder(an_announced_tender()).seal().submit()

    for _alarm in range(2):
        tasks.render_receipts()

    assert ReceiptDocument.objects.get().receipt == receipt
