"""Changing an announced schedule: at once, or by a new key statement where bids depend on it."""

from __future__ import annotations

from django.db import transaction

from procurement.domain import schedule, statement, tender_lock
from procurement.domain.schedule import Changes
from procurement.models import KeyStatement, Tender
from registration.models import User


@transaction.atomic
def change(tender: Tender, changes: Changes, *, reason: str, by: User) -> KeyStatement | None:
    """Change dates of an announced tender; the key statement to be signed, if it needs one.

    Bids are sealed to a statement that names the deadline and the opening. Nobody moves either
    alone: the majority that announced them must sign the new ones (P3(3): never the LPSE). So
    what is moved is asked of the row that is locked: the dates that ``tender`` was read with may
    have been replaced by signed ones since.
    """
    tender = tender_lock.take(tender)
    if schedule.moves_the_box(tender, changes):
        return statement.propose_change(tender, dates=changes, reason=reason, by=by)
    schedule.apply(tender, changes, reason=reason, by=by)
    return None
