"""What can be done now: the one table, read by guards, buttons, calendar and reminders.

A verb is possible while the stage of its window runs and the tender is in a state of the
window. A window without end stays open: what was accepted can be opened also a day late.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from procurement.models import Stage, StageCode, Tender, TenderState


class Verb(StrEnum):
    FETCH_DOCUMENTS = "fetch_documents"
    JOIN = "join"
    SUBMIT = "submit"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Window:
    stage: StageCode
    verb: Verb
    states: tuple[TenderState, ...]
    stays_open: bool = False


RUNNING = (TenderState.ANNOUNCED, TenderState.CLOSED, TenderState.OPENED)
WINDOWS = (
    Window(StageCode.ANNOUNCEMENT, Verb.FETCH_DOCUMENTS, RUNNING, stays_open=True),
    Window(StageCode.DOWNLOAD, Verb.JOIN, (TenderState.ANNOUNCED,)),
    Window(StageCode.SUBMISSION, Verb.SUBMIT, (TenderState.ANNOUNCED,)),
    Window(StageCode.OPENING, Verb.OPEN, (TenderState.CLOSED,), stays_open=True),
)


def current_stages(tender: Tender, now: dt.datetime) -> list[Stage]:
    """The stages that run at ``now``; several may. An end is exclusive to the microsecond.

    Before its announcement a tender has a plan and no stage yet, and once cancelled none any more.
    """
    if tender.state not in RUNNING:
        return []
    return [s for s in tender.stages.all() if s.starts_at <= now < s.ends_at]


def allows(tender: Tender, verb: Verb, now: dt.datetime) -> bool:
    """Whether the schedule lets ``verb`` happen at ``now``; who may is another question."""
    return any(
        tender.state in window.states and _is_open(window, stage, now)
        for window in WINDOWS
        if window.verb is verb
        for stage in tender.stages.all()
        if stage.code == window.stage
    )


def opens_at(tender: Tender, verb: Verb) -> dt.datetime | None:
    """From when on ``verb`` is possible by the schedule."""
    return _edge(tender, verb, "starts_at")


def ends_at(tender: Tender, verb: Verb) -> dt.datetime | None:
    """Until when ``verb`` is possible by the schedule."""
    return _edge(tender, verb, "ends_at")


def _edge(tender: Tender, verb: Verb, edge: str) -> dt.datetime | None:
    codes = {window.stage for window in WINDOWS if window.verb is verb}
    edges: Iterable[dt.datetime] = (
        getattr(stage, edge) for stage in tender.stages.all() if stage.code in codes
    )
    return next(iter(edges), None)


def _is_open(window: Window, stage: Stage, now: dt.datetime) -> bool:
    return stage.starts_at <= now and (window.stays_open or now < stage.ends_at)
