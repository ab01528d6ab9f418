"""The deadline and the clock, read together under the tender's lock: the one way to be in time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from lpse.clock import UTC
from lpse.errors import Refused
from procurement.domain import tender_lock
from procurement.models import StageCode, Tender, TenderState

# A statement of its own: it must see what was committed while we waited for the lock, and must
# not read the clock before the wait. One statement for both was measured to take late bids.
READ = """SELECT clock_timestamp(), t.state, s.starts_at, s.ends_at
    FROM procurement_tender t
    LEFT JOIN procurement_stage s ON s.tender_id = t.id AND s.code = %s
    WHERE t.id = %s
"""


@dataclass(frozen=True, slots=True)
class Moment:
    """What the database says at one instant that stays true until the transaction ends."""

    now: dt.datetime
    state: str
    opens_at: dt.datetime | None
    deadline: dt.datetime | None

    @property
    def is_announced(self) -> bool:
        return self.state == TenderState.ANNOUNCED

    @property
    def is_over(self) -> bool:
        """The deadline is exclusive to the microsecond."""
        return self.deadline is None or self.now >= self.deadline

    @property
    def has_begun(self) -> bool:
        return self.opens_at is not None and self.now >= self.opens_at


def hold(tender: Tender) -> Moment:
    """Keep the schedule of ``tender`` as it is until the transaction ends; others may hold it too.

    Whoever changes the schedule or closes the box takes the row ``FOR UPDATE`` and so waits for
    everybody who holds it. Take this lock before any other.
    """
    tender_lock.hold(tender)
    return _read(tender)


def take(tender: Tender) -> Moment:
    """Like :func:`hold`, alone: waits until every submission under way has ended."""
    tender_lock.take(tender)
    return _read(tender)


def look(tender: Tender) -> Moment:
    """The same without a lock, for a page: true when asked, and perhaps no longer when read."""
    return _read(tender)


def require_open(moment: Moment) -> None:
    """Refuse unless bids for the tender are being prepared or taken."""
    if moment.state == TenderState.CANCELLED:
        raise Refused(_("The tender has been cancelled."))
    if not moment.is_announced or moment.is_over:
        raise Refused(_("The deadline for bids has passed."))


def _read(tender: Tender) -> Moment:
    with connection.cursor() as cursor:
        cursor.execute(READ, [StageCode.SUBMISSION.value, tender.pk])
        row = cursor.fetchone()
    if row is None:
        raise Tender.DoesNotExist
    now, state, opens_at, ends_at = row
    return Moment(now.astimezone(UTC), state, opens_at, ends_at)
