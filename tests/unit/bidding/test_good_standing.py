"""A sanction and a deactivation against bids: nothing new is taken, nothing sent is taken away."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from bidding.domain import decryption, participation, results, submission
from bidding.domain import receipt as receipts
from bidding.models import (
    Bid,
    BidState,
    Opening,
    OpeningOutcome,
    Participation,
    Receipt,
)
from lpse.errors import Refused
from registration.domain import sanction as sanctions
from registration.models import Provider, Sanction, User
from tests.cast import Cast, Client
from tests.factories.bidding import Bidder, a_bidder, a_firm, an_announced_tender
from tests.factories.committee import a_filled_box, post
from tests.factories.registration import today
from tests.factories.sanction import a_deactivation, a_sanction

pytestmark = [pytest.mark.django_db, pytest.mark.clause("P10(4)")]


@pytest.fixture
def bidder() -> Bidder:
    return a_bidder(an_announced_tender())


def reason(receipt: Receipt) -> tuple[str, str | None]:
    content = receipts.contents(receipt)
    return content["outcome"], content["reason"]


def test_a_firm_under_sanction_cannot_join_and_reads_by_which_decree(cast: Cast) -> None:
    made, user = an_announced_tender(), a_firm()
    entry = a_sanction(cast.agency, user.provider, by=cast.wati)

    with pytest.raises(Refused) as refusal:
        participation.join(made.tender, pact_accepted=True, by=user)

    assert entry.decree_number in str(refusal.value)
    assert str(entry.until.year) in str(refusal.value)
    assert not Participation.objects.exists()


@pytest.mark.parametrize("change", ["withdrawn", "over", "to come", "of another"])
def test_only_an_entry_in_force_keeps_a_firm_out(cast: Cast, change: str) -> None:
    made, user = an_announced_tender(), a_firm()
    entry = a_sanction(cast.agency, user.provider, by=cast.wati)
    match change:
        case "withdrawn":
            sanctions.withdraw(entry, number="1", date=today(), reason="Keliru.", by=cast.wati)
        case "over":
            day = today() - dt.timedelta(days=1)
            Sanction.objects.filter(pk=entry.pk).update(until=day)
        case "to come":
            day = today() + dt.timedelta(days=1)
            Sanction.objects.filter(pk=entry.pk).update(since=day)
        case "of another":
            other = a_firm().provider
            Sanction.objects.filter(pk=entry.pk).update(provider=other, npwp=other.npwp)

    assert participation.join(made.tender, pact_accepted=True, by=user)


def test_a_firm_cannot_get_away_by_the_other_spelling_of_its_npwp(cast: Cast) -> None:
    made = an_announced_tender()
    a_sanction(cast.agency, by=cast.wati, npwp="0013121660091000")
    user = a_firm()
    Provider.objects.filter(pk=user.provider.pk).update(npwp="013121660091000")

    with pytest.raises(Refused):
        participation.join(made.tender, pact_accepted=True, by=User.objects.get(pk=user.pk))


def test_a_bid_of_a_firm_under_sanction_is_refused_with_a_signed_receipt(
    cast: Cast, bidder: Bidder
) -> None:
    sealed = bidder.seal()
    uploaded = sealed.send_up()
    a_sanction(cast.agency, bidder.user.provider, by=cast.wati)

    receipt = sealed.submit(uploaded)

    assert reason(receipt) == ("refused", "sanctioned")
    assert not Bid.objects.exists()
    assert sealed.submit(uploaded) == receipt


def test_after_the_entry_is_withdrawn_the_same_bid_is_accepted(cast: Cast, bidder: Bidder) -> None:
    sealed = bidder.seal()
    uploaded = sealed.send_up()
    entry = a_sanction(cast.agency, bidder.user.provider, by=cast.wati)
    sealed.submit(uploaded)
    sanctions.withdraw(entry, number="1", date=today(), reason="Keliru.", by=cast.wati)

    again = bidder.seal()

    assert reason(again.submit()) == ("accepted", None)


def test_a_firm_under_sanction_uploads_nothing(cast: Cast, bidder: Bidder) -> None:
    sealed = bidder.seal()
    a_sanction(cast.agency, bidder.user.provider, by=cast.wati)

    with pytest.raises(Refused):
        sealed.send_up()


def test_a_bid_that_was_sent_before_the_sanction_stays_and_counts(
    cast: Cast, bidder: Bidder
) -> None:
    first = bidder.seal().submit()
    second = bidder.seal()
    uploaded = second.send_up()
    a_sanction(cast.agency, bidder.user.provider, by=cast.wati)

    assert reason(second.submit(uploaded)) == ("refused", "sanctioned")
    bid = Bid.objects.get()
    assert (bid, bid.state) == (first.bid, BidState.SUBMITTED)
    assert submission.counting(bidder.participation, "single") == bid


def test_a_firm_under_sanction_may_still_take_its_bid_back(cast: Cast, bidder: Bidder) -> None:
    bid = bidder.seal().submit().bid
    assert bid is not None
    a_sanction(cast.agency, bidder.user.provider, by=cast.wati)

    assert reason(submission.withdraw(bid, by=bidder.user)) == ("withdrawn", None)


def test_the_bid_of_a_firm_under_sanction_is_opened_like_the_others_and_noted(
    cast: Cast, client: Client
) -> None:
    made, box, _sealed = a_filled_box(2)
    first, second = Bid.objects.all()
    entry = a_sanction(cast.agency, first.participation.provider, by=cast.wati)
    for name in ("budi", "rina"):
        post(made, box, name)
    decryption.open_all(Opening.objects.get(box=box))

    shown = {one.bid: one for one in results.bids(made.tender)}

    assert {one.result.outcome for one in shown.values()} == {OpeningOutcome.OPENED}
    assert (shown[first].sanction, shown[second].sanction) == (entry, None)
    where = reverse("bidding:results", kwargs={"code": made.tender.code})
    client.force_login(User.objects.get(username="budi"))
    assert entry.get_absolute_url() in client.get(where).text
    client.logout()
    assert entry.get_absolute_url() not in client.get(where).text  # the committee judges


def test_a_deactivated_officer_sends_nothing_and_gets_a_receipt_that_says_so(
    cast: Cast, bidder: Bidder
) -> None:
    sealed = bidder.seal()
    uploaded = sealed.send_up()
    a_deactivation(bidder.user, by=cast.wati)

    assert reason(sealed.submit(uploaded)) == ("refused", "deactivated")
    with pytest.raises(Refused):
        participation.join(an_announced_tender().tender, pact_accepted=True, by=bidder.user)


def test_a_deactivated_officer_takes_nothing_back(cast: Cast, bidder: Bidder) -> None:
    bid = bidder.seal().submit().bid
    assert bid is not None
    a_deactivation(bidder.user, by=cast.wati)

    with pytest.raises(Refused):
        submission.withdraw(bid, by=bidder.user)


def test_who_may_not_bind_the_firm_is_not_asked_for_its_standing(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        participation.join(an_announced_tender().tender, pact_accepted=True, by=cast.stranger)
