"""The life of a tender, from the PPK's draft to the opened box."""

from __future__ import annotations

from lpse.audit.events import Event
from lpse.workflow import Transition, Workflow
from procurement.models import TenderState

TENDER = Workflow(
    "state",
    (
        Transition(
            name="hand_over",
            sources=(TenderState.DRAFT,),
            target=TenderState.HANDED_OVER,
            permission="procurement.hand_over_tender",
            event=Event.TENDER_HANDED_OVER,
            article="Perpres 54/2010 P11(1)a",
        ),
        Transition(
            name="announce",
            sources=(TenderState.HANDED_OVER,),
            target=TenderState.ANNOUNCED,
            permission="procurement.announce_tender",
            event=Event.TENDER_ANNOUNCED,
            article="P3(1)b",
        ),
        Transition(
            name="close",
            sources=(TenderState.ANNOUNCED,),
            target=TenderState.CLOSED,
            permission=None,
            event=Event.TENDER_BOX_CLOSED,
            article="P3(1)c",
        ),
        Transition(
            name="open",
            sources=(TenderState.CLOSED,),
            target=TenderState.OPENED,
            permission=None,
            event=Event.TENDER_OPENED,
            article="P3(1)c",
        ),
        Transition(
            name="cancel",
            sources=(TenderState.DRAFT, TenderState.HANDED_OVER, TenderState.ANNOUNCED),
            target=TenderState.CANCELLED,
            permission="procurement.cancel_tender",
            event=Event.TENDER_CANCELLED,
            article="Perpres 54/2010 P83",
        ),
    ),
)
