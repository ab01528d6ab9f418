"""The life of an application: filled in, verified, completed, decided (P10, P22)."""

from __future__ import annotations

from lpse.audit.events import Event
from lpse.workflow import Transition, Workflow
from registration.models import ApplicationState

APPLICATION = Workflow(
    "state",
    (
        Transition(
            name="submit",
            sources=(ApplicationState.DRAFT, ApplicationState.RETURNED),
            target=ApplicationState.SUBMITTED,
            permission="registration.edit_application",
            event=Event.APPLICATION_SUBMITTED,
            article="P22(1)a.1",
        ),
        Transition(
            name="return",
            sources=(ApplicationState.SUBMITTED,),
            target=ApplicationState.RETURNED,
            permission="registration.verify_application",
            event=Event.APPLICATION_RETURNED,
            article="P10(2)b",
        ),
        Transition(
            name="approve",
            sources=(ApplicationState.SUBMITTED,),
            target=ApplicationState.APPROVED,
            permission="registration.verify_application",
            event=Event.APPLICATION_APPROVED,
            article="P10(3)",
        ),
        Transition(
            name="reject",
            sources=(ApplicationState.SUBMITTED, ApplicationState.RETURNED),
            target=ApplicationState.REJECTED,
            permission="registration.verify_application",
            event=Event.APPLICATION_REJECTED,
            article="P10(3)",
        ),
        Transition(
            name="archive",
            sources=(ApplicationState.DRAFT, ApplicationState.RETURNED),
            target=ApplicationState.ARCHIVED,
            permission=None,
            event=Event.APPLICATION_ARCHIVED,
            article="P22(1)a.1",
        ),
    ),
)
