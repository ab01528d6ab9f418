"""Who may do what to a bid. Deadlines and states are not decided here."""

from __future__ import annotations

import rules

from bidding.models import Bid, Participation, Receipt, Upload
from procurement.domain import statement
from procurement.models import Tender, TenderState
from procurement.rules import audits_it, is_its_ppk, is_on_its_committee
from registration.models import ProviderOfficer, User
from registration.rules import ACTING

Offered = Participation | Bid | Upload | Receipt


def officer(user: User) -> ProviderOfficer | None:
    """The provider that ``user`` acts for, and with which right.

    Asked of the database each time, unlike ``user.officer``: the verbs ask again under a lock.
    """
    if not user.is_authenticated:
        return None
    return (
        ProviderOfficer.objects.select_related("provider").filter(user=user, left_at=None).first()
    )


def participation_of(subject: Offered) -> Participation:
    return subject if isinstance(subject, Participation) else subject.participation


def _may_act(mine: ProviderOfficer) -> bool:
    """Who has the right to bind the firm, once its papers have been verified (P22(2))."""
    return mine.right in ACTING and mine.provider.verified_at is not None


@rules.predicate
def is_officer(user: User) -> bool:
    return officer(user) is not None


@rules.predicate
def reads_for_the_bidder(user: User, subject: Offered) -> bool:
    mine = officer(user)
    return mine is not None and mine.provider_id == participation_of(subject).provider_id


@rules.predicate
def acts_for_the_bidder(user: User, subject: Offered) -> bool:
    mine = officer(user)
    if mine is None or mine.provider_id != participation_of(subject).provider_id:
        return False
    return _may_act(mine)


@rules.predicate
def may_join(user: User, tender: Tender) -> bool:
    mine = officer(user)
    return tender.announced_at is not None and mine is not None and _may_act(mine)


@rules.predicate
def opens_it(user: User, tender: Tender) -> bool:
    """Whether the valid key statement names ``user``.

    The statement decides, not the office held today: a share that was sealed to a member can
    be opened by nobody in that member's place.
    """
    valid = statement.latest_valid(tender) if user.is_authenticated else None
    return valid is not None and statement.names(valid, user)


@rules.predicate
def is_opened(_user: User, tender: Tender) -> bool:
    return tender.state == TenderState.OPENED


rules.add_perm("bidding.view_own_bids", is_officer)
rules.add_perm("bidding.view_bid", reads_for_the_bidder)
rules.add_perm("bidding.submit_bid", acts_for_the_bidder)
rules.add_perm("bidding.join_tender", may_join)
rules.add_perm("bidding.open_bids", opens_it)
rules.add_perm("bidding.approve_minutes", opens_it)
rules.add_perm(
    "bidding.read_bids", is_opened & (opens_it | is_on_its_committee | is_its_ppk | audits_it)
)
