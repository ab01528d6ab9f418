"""The life of a sealed bid, from the box to its opening."""

from __future__ import annotations

from bidding.models import BidState
from lpse.audit.events import Event
from lpse.workflow import Transition, Workflow

BID = Workflow(
    "state",
    (
        Transition(
            name="replace",
            sources=(BidState.SUBMITTED,),
            target=BidState.REPLACED,
            permission="bidding.submit_bid",
            event=Event.BID_REPLACED,
            article="P3(1)c",
        ),
        Transition(
            name="withdraw",
            sources=(BidState.SUBMITTED,),
            target=BidState.WITHDRAWN,
            permission="bidding.submit_bid",
            event=Event.BID_WITHDRAWN,
            article="P3(1)c",
        ),
        Transition(
            name="find_openable",
            sources=(BidState.SUBMITTED,),
            target=BidState.OPENABLE,
            permission=None,
            event=Event.BID_OPENABLE,
            article="P24(2)",
        ),
        Transition(
            name="ask_for_recovery",
            sources=(BidState.SUBMITTED,),
            target=BidState.NEEDS_RECOVERY,
            permission=None,
            event=Event.BID_NEEDS_RECOVERY,
            article="P24(2)",
        ),
        Transition(
            name="open",
            sources=(BidState.OPENABLE,),
            target=BidState.OPENED,
            permission=None,
            event=Event.BID_OPENED,
            article="P3(1)c",
        ),
        Transition(
            name="give_up",
            sources=(BidState.OPENABLE, BidState.NEEDS_RECOVERY),
            target=BidState.UNOPENABLE,
            permission=None,
            event=Event.BID_UNOPENABLE,
            article="P24(2)",
        ),
    ),
)
