"""What counts as a bid, what its receipt says, and what neither time nor repetition changes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from bidding.domain import participation, submission, upload
from bidding.domain import receipt as receipts
from bidding.domain.submission import Reason
from bidding.models import Bid, BidState, Outcome, Receipt, SealedShare, Upload
from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.clock import database_now, parse_instant
from lpse.errors import Refused
from lpse.files.storage import storage
from lpse.sealing import receipt as sealing_receipt
from lpse.sealing import sign
from lpse.sealing.digests import sha256, to_base64
from procurement.models import Stage, StageCode, Tender, TenderState
from registration.models import OfficerRight, ProviderOfficer
from tests.factories.bidding import (
    Announced,
    Bidder,
    a_bidder,
    a_colleague,
    an_announced_tender,
    sign_statement,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> Announced:
    return an_announced_tender()


@pytest.fixture
def bidder(made: Announced) -> Bidder:
    return a_bidder(made)


def close(tender: Tender) -> None:
    """Let the deadline be now. The trigger forbids moving one that has passed, not this."""
    now = database_now()
    Stage.objects.filter(tender=tender, code=StageCode.SUBMISSION).update(ends_at=now)


def said(receipt: Receipt) -> dict[str, Any]:
    """The content of the receipt, its signature checked as a stranger does."""
    file = receipts.file_of(receipt)
    return sealing_receipt.verify(file, key=file["key"])


@pytest.mark.clause("P3(1)c")
def test_a_sealed_bid_is_accepted_with_a_signed_receipt(bidder: Bidder) -> None:
    sealed = bidder.seal()

    content = said(sealed.submit())

    bid = Bid.objects.get()
    assert (content["outcome"], content["reason"]) == ("accepted", None)
    assert content["manifest"] == bid.manifest_digest
    assert content["ciphertext"] == sealed.bid.manifest["ciphertext"]
    assert (content["version"], bid.version, bid.state) == (1, 1, BidState.SUBMITTED)
    assert storage().read(bid.name) == sealed.path.read_bytes()


def test_the_receipt_embeds_the_entry_that_the_ledger_commits_to(bidder: Bidder) -> None:
    receipt = bidder.seal().submit()

    content = said(receipt)
    entry = AuditEntry.objects.get(event=Event.BID_SUBMITTED)
    assert content["entry"]["body"]["id"] == str(entry.id)
    assert content["at"] == content["entry"]["body"]["at"]
    promise = parse_instant(content["log"]["promise"]) - parse_instant(content["at"])
    assert promise == dt.timedelta(seconds=60)


def test_a_share_is_kept_for_every_member(made: Announced, bidder: Bidder) -> None:
    sealed = bidder.seal()
    sealed.submit()

    kept = {
        s.member.username: bytes(s.sealed) for s in SealedShare.objects.select_related("member")
    }
    assert kept == {share.member: share.sealed for share in sealed.bid.shares}


def test_the_same_manifest_again_gives_the_same_receipt(bidder: Bidder) -> None:
    sealed = bidder.seal()
    uploaded = sealed.send_up()

    first, second = sealed.submit(uploaded), sealed.submit(uploaded)

    assert first == second
    assert Bid.objects.count() == Receipt.objects.count() == 1
    assert AuditEntry.objects.filter(event=Event.BID_SUBMITTED).count() == 1


def test_the_receipt_is_given_again_after_the_key_changed_and_the_deadline_passed(
    bidder: Bidder,
) -> None:
    sealed = bidder.seal()
    uploaded = sealed.send_up()
    first = sealed.submit(uploaded)
    another = sign.public_key(b"\7" * 32)
    participation.register_tender_key(bidder.participation, another, by=bidder.user)
    close(bidder.made.tender)

    assert sealed.submit(uploaded) == first


def test_a_new_version_replaces_the_earlier_one_and_its_bytes_and_shares_are_destroyed(
    bidder: Bidder, django_capture_on_commit_callbacks: Any
) -> None:
    bidder.seal("1000000.00").submit()
    old = Bid.objects.get()

    with django_capture_on_commit_callbacks(execute=True):
        receipt = bidder.seal("900000.00").submit()

    old.refresh_from_db()
    assert said(receipt)["version"] == 2
    assert (old.state, old.ended_at is not None, old.destroyed_at is not None) == (
        BidState.REPLACED,
        True,
        True,
    )
    assert not storage().exists(old.name)
    assert not old.shares.exists()
    assert len(old.manifest_digest) == len(old.ciphertext_sha256) == 64
    assert submission.counting(bidder.participation, "single") == receipt.bid


def test_a_replaced_version_is_never_sent_again_by_a_late_repetition(bidder: Bidder) -> None:
    sealed = bidder.seal()
    uploaded = sealed.send_up()
    sealed.submit(uploaded)
    bidder.seal().submit()

    with pytest.raises(Refused, match="replaced or withdrawn"):
        sealed.submit(uploaded)
    assert Bid.objects.filter(state=BidState.SUBMITTED).get().version == 2


def test_what_a_crash_left_of_a_replaced_version_is_destroyed_later(bidder: Bidder) -> None:
    bidder.seal().submit()
    old = Bid.objects.get()
    bidder.seal().submit()
    storage().delete(old.name)  # as far as it came

    assert submission.undestroyed() == [old]
    submission.destroy(old)
    assert submission.undestroyed() == []
    old.refresh_from_db()
    assert old.destroyed_at is not None


def test_a_bid_that_counts_is_not_destroyed(bidder: Bidder) -> None:
    bid = bidder.seal().submit().bid
    assert bid is not None

    with pytest.raises(RuntimeError, match="counts"):
        submission.destroy(bid)
    assert storage().exists(bid.name)


# --- The deadline ------------------------------------------------------------------------------


def test_a_late_bid_is_refused_with_a_signed_receipt_and_not_by_an_exception(
    bidder: Bidder,
) -> None:
    sealed = bidder.seal()
    uploaded = sealed.send_up()
    close(bidder.made.tender)

    receipt = sealed.submit(uploaded)

    content = said(receipt)
    assert (content["outcome"], content["reason"]) == ("refused", Reason.LATE)
    assert content["at"] >= content["deadline"]
    assert content["version"] == 0
    assert not Bid.objects.exists()
    assert AuditEntry.objects.filter(event=Event.BID_REFUSED).count() == 1


def test_asked_again_a_late_bid_gets_the_same_refusal(bidder: Bidder) -> None:
    sealed = bidder.seal()
    uploaded = sealed.send_up()
    close(bidder.made.tender)

    assert sealed.submit(uploaded) == sealed.submit(uploaded)
    assert Receipt.objects.count() == 1


def test_a_late_bid_does_not_touch_the_one_that_was_in_time(bidder: Bidder) -> None:
    bidder.seal().submit()
    late = bidder.seal()
    uploaded = late.send_up()
    close(bidder.made.tender)

    assert late.submit(uploaded).outcome == Outcome.REFUSED
    bid = Bid.objects.get()
    assert bid.state == BidState.SUBMITTED
    assert storage().exists(bid.name)


def test_bids_for_a_cancelled_tender_are_refused_with_that_reason(bidder: Bidder) -> None:
    sealed = bidder.seal()
    uploaded = sealed.send_up()
    Tender.objects.filter(pk=bidder.made.tender.pk).update(
        state=TenderState.CANCELLED, cancelled_at=database_now(), cancel_reason="contoh"
    )

    assert said(sealed.submit(uploaded))["reason"] == Reason.CANCELLED


def test_nothing_is_accepted_before_the_stage_begins(bidder: Bidder) -> None:
    sealed = bidder.seal()
    uploaded = sealed.send_up()
    soon = database_now() + dt.timedelta(minutes=5)
    stage = Stage.objects.filter(tender=bidder.made.tender, code=StageCode.SUBMISSION)
    stage.update(starts_at=soon)

    with pytest.raises(Refused):
        sealed.submit(uploaded)
    assert not Receipt.objects.exists()


def test_a_bid_sealed_before_the_deadline_was_moved_still_counts(bidder: Bidder) -> None:
    sealed = bidder.seal()
    later = database_now() + dt.timedelta(hours=5)
    newer = sign_statement(bidder.made, deadline=later)
    stage = Stage.objects.filter(tender=bidder.made.tender, code=StageCode.SUBMISSION)
    stage.update(ends_at=later)

    receipt = sealed.submit()

    content = said(receipt)
    assert content["statement"] == newer.digest
    assert parse_instant(content["deadline"]) == later
    assert receipt.bid is not None
    assert receipt.bid.statement.version == 1


# --- Withdrawing -------------------------------------------------------------------------------


def test_a_bid_can_be_withdrawn_and_the_receipt_says_so(
    bidder: Bidder, django_capture_on_commit_callbacks: Any
) -> None:
    bid = bidder.seal().submit().bid
    assert bid is not None

    with django_capture_on_commit_callbacks(execute=True):
        receipt = submission.withdraw(bid, by=bidder.user)

    bid.refresh_from_db()
    assert said(receipt)["outcome"] == "withdrawn"
    assert (bid.state, bid.destroyed_at is not None) == (BidState.WITHDRAWN, True)
    assert not storage().exists(bid.name)
    assert submission.counting(bidder.participation, "single") is None
    assert submission.withdraw(bid, by=bidder.user) == receipt


def test_after_a_withdrawal_another_bid_can_be_sent(bidder: Bidder) -> None:
    bid = bidder.seal().submit().bid
    assert bid is not None
    submission.withdraw(bid, by=bidder.user)

    assert said(bidder.seal().submit())["version"] == 2


def test_a_late_withdrawal_is_refused_and_the_bid_stays(bidder: Bidder) -> None:
    bid = bidder.seal().submit().bid
    assert bid is not None
    close(bidder.made.tender)

    receipt = submission.withdraw(bid, by=bidder.user)

    bid.refresh_from_db()
    assert said(receipt)["reason"] == Reason.WITHDRAWAL_LATE
    assert bid.state == BidState.SUBMITTED
    assert storage().exists(bid.name)


# --- What is no bid ----------------------------------------------------------------------------


def test_a_changed_manifest_is_refused(bidder: Bidder) -> None:
    sealed = bidder.seal()
    sealed.bid.manifest["recipient"] = bidder.made.body["members"][0]["recipient"]

    with pytest.raises(Refused):
        sealed.submit()
    assert not Bid.objects.exists()


def test_a_bid_signed_with_another_key_than_the_registered_one_is_refused(
    bidder: Bidder,
) -> None:
    bidder.seed = b"\1" * 32

    with pytest.raises(Refused):
        bidder.seal().submit()


def test_another_file_than_the_one_that_was_sealed_is_refused(bidder: Bidder) -> None:
    other = bidder.seal().send_up()

    with pytest.raises(Refused):
        bidder.seal().submit(other)


def test_the_upload_of_another_bidder_cannot_be_submitted(made: Announced) -> None:
    theirs = a_bidder(made).seal()
    uploaded = theirs.send_up()

    with pytest.raises(PermissionDenied):
        a_bidder(made).seal().submit(uploaded)


def test_one_upload_is_one_bid(bidder: Bidder) -> None:
    sealed = bidder.seal()
    uploaded = sealed.send_up()
    bid = sealed.submit(uploaded).bid
    assert bid is not None
    submission.withdraw(bid, by=bidder.user)
    sealed.bid.manifest["bundle"] = "c" * 64
    again = sign.sign_object(bidder.seed, sealed.bid.manifest)

    with pytest.raises(Refused):
        submission.submit(
            bidder.participation,
            uploaded,
            manifest=sealed.text,
            signature=again,
            shares=sealed.shares,
            by=bidder.user,
        )


def test_a_missing_foreign_or_damaged_share_is_refused(bidder: Bidder) -> None:
    sealed = bidder.seal()
    uploaded = sealed.send_up()
    whole = sealed.shares
    damaged = to_base64(b"\0" + sealed.bid.shares[0].sealed[1:])

    for shares in (
        {name: share for name, share in whole.items() if name != "rina"},
        {**whole, "tono": whole["rina"]},
        {**whole, "budi": whole["rina"]},
        {**whole, "budi": damaged},
        {**whole, "budi": "not base64"},
    ):
        with pytest.raises(Refused):
            submission.submit(
                bidder.participation,
                uploaded,
                manifest=sealed.text,
                signature=sealed.bid.signature,
                shares=shares,
                by=bidder.user,
            )
    assert not SealedShare.objects.exists()


def test_what_the_pass_word_header_hides_is_refused_as_a_share(bidder: Bidder) -> None:
    """A share for which the manifest honestly states another kind of age file."""
    sealed = bidder.seal()
    uploaded = sealed.send_up()
    strange = b"age-encryption.org/v1\n-> scrypt AAAAAAAAAAAAAAAAAAAAAA 18\n" + b"A" * 400
    stated = sealed.bid.manifest["shares"][0]
    stated["sealed"] = sha256(strange)

    with pytest.raises(Refused):
        submission.submit(
            bidder.participation,
            uploaded,
            manifest=sealed.text,
            signature=sign.sign_object(bidder.seed, sealed.bid.manifest),
            shares={**sealed.shares, stated["member"]: to_base64(strange)},
            by=bidder.user,
        )


def test_a_copied_ciphertext_is_taken_as_the_copier_s_and_told_apart_at_the_opening(
    made: Announced,
) -> None:
    """The box takes it: only the content, at the opening, names another bidder."""
    original, copier = a_bidder(made).seal(), a_bidder(made)
    original.submit()
    copied = copier.seal()
    copied.path.write_bytes(original.path.read_bytes())
    copied.bid.manifest["ciphertext"] = original.bid.manifest["ciphertext"]
    copied.bid.manifest["recipient"] = original.bid.manifest["recipient"]

    receipt = submission.submit(
        copier.participation,
        copied.send_up(),
        manifest=copied.text,
        signature=sign.sign_object(copier.seed, copied.bid.manifest),
        shares=copied.shares,
        by=copier.user,
    )

    assert receipt.outcome == Outcome.ACCEPTED
    assert len({bid.name for bid in Bid.objects.all()}) == 2


# --- Who may -----------------------------------------------------------------------------------


def test_a_reader_of_the_firm_cannot_submit(bidder: Bidder) -> None:
    sealed = bidder.seal()
    uploaded = sealed.send_up()
    bidder.user = a_colleague(bidder.user, right=OfficerRight.READER)

    with pytest.raises(PermissionDenied):
        sealed.submit(uploaded)


def test_another_bidder_of_the_firm_can_submit_what_a_colleague_sealed(bidder: Bidder) -> None:
    sealed = bidder.seal()
    uploaded = sealed.send_up()
    bidder.user = a_colleague(bidder.user, right=OfficerRight.BIDDER)

    assert sealed.submit(uploaded).outcome == Outcome.ACCEPTED


def test_who_has_left_the_firm_can_do_nothing_more(bidder: Bidder) -> None:
    sealed = bidder.seal()
    uploaded = sealed.send_up()
    ProviderOfficer.objects.filter(user=bidder.user).update(left_at=database_now())

    with pytest.raises(PermissionDenied):
        sealed.submit(uploaded)


# --- Only what is committed is signed ------------------------------------------------------------


def test_when_the_commit_fails_no_receipt_is_given(
    bidder: Bidder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last write fails: nothing of the submission is left, and nothing was handed out."""
    sealed = bidder.seal()
    uploaded = sealed.send_up()
    real = Receipt.objects.create

    def fails(**fields: Any) -> Receipt:
        real(**fields)
        raise OSError("the disk is full")

    monkeypatch.setattr(Receipt.objects, "create", fails)
    with pytest.raises(OSError, match="full"):
        sealed.submit(uploaded)
    monkeypatch.undo()

    assert not Receipt.objects.exists()
    assert not Bid.objects.exists()
    assert sealed.submit(uploaded).outcome == Outcome.ACCEPTED


@pytest.mark.django_db(transaction=True)
def test_a_receipt_is_never_given_inside_a_transaction_that_could_still_fail() -> None:
    sealed = a_bidder(an_announced_tender()).seal()
    uploaded = sealed.send_up()

    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        sealed.submit(uploaded)


def test_the_upload_of_a_bid_cannot_be_given_up(bidder: Bidder) -> None:
    sealed = bidder.seal()
    uploaded = sealed.send_up()
    sealed.submit(uploaded)

    with pytest.raises(upload.Busy):
        upload.terminate(Upload.objects.get(), by=bidder.user)
