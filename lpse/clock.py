"""Time, as this house tells it: the database's clock decides, the LPSE's zone is shown.

Never compare a deadline with a web server's clock or with ``now()`` of PostgreSQL (the start
of the transaction): both were measured to accept late bids.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

UTC = dt.UTC


def database_now() -> dt.datetime:
    """The instant on the database's clock, aware, in UTC, to the microsecond."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    assert row is not None  # noqa: S101 - a SELECT without FROM gives one row
    moment: dt.datetime = row[0]
    return moment.astimezone(UTC)


def office_zone() -> ZoneInfo:
    """The zone of the LPSE (WIB, WITA or WIT): what people read, never what is compared."""
    return ZoneInfo(settings.LPSE_TIME_ZONE)


def instant(moment: dt.datetime) -> str:
    """``moment`` as signed documents write it: UTC, microseconds, ``Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_instant(text: str) -> dt.datetime:
    """The inverse of :func:`instant`; raises ``ValueError`` on any other spelling."""
    return dt.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
