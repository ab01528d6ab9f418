"""How often a password or a code may be wrong, such that nobody can lock somebody else out.

The adversary is a rival who types wrong passwords at a bidder's User ID before a deadline. So a
device on which the person signed in before is counted by itself and never for what others do;
only all unknown devices together share one count for an account. No address is ever counted: a
whole office stands behind one. When the unknown devices have used up theirs, a passkey, two
codes in a row or the link sent to the own mailbox still lead in from anywhere.

A try is counted before it is made and taken off the count when it was right. Whoever counted
first and recorded afterwards would let everybody through who asks at the same moment.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Literal

from django.db import connection, transaction
from django.db.models import QuerySet, Value
from django.db.models.functions import Now

from registration.models import SignInFailure, User

Factor = Literal["password", "code"]

MOST_FAILURES = 10
WINDOW = dt.timedelta(minutes=5)
# Ten tries at a code every five minutes would find one within months, and who has the password
# has the patience. A day of them is counted too: the owner still has two codes in a row.
MOST_CODES_A_DAY = 50
A_DAY = dt.timedelta(days=1)
KEPT = dt.timedelta(days=30)  # long enough for the person to read about them

# The first half of the advisory lock's name, "SIGN"; the second is the hash of what is counted.
LOCK = 0x5349474E

UNKNOWN = ""  # the device of everybody whom the account does not know


def account_of(user_id: str) -> str:
    """The account a typed User ID means, whether it exists or not."""
    return hashlib.sha256(user_id.strip().lower().encode()).hexdigest()


def used_up(user_id: str, factor: Factor, device: str) -> bool:
    """Whether ``device`` has failed too often just now, or at codes within a day."""
    failures = SignInFailure.objects.filter(
        account=account_of(user_id), factor=factor, device=device
    )
    if _are_many(failures, MOST_FAILURES, WINDOW):
        return True
    return factor == "code" and _are_many(failures, MOST_CODES_A_DAY, A_DAY)


def _are_many(failures: QuerySet[SignInFailure], most: int, within: dt.timedelta) -> bool:
    recent = failures.filter(failed_at__gt=Now() - Value(within))
    return recent[:most].count() >= most


@transaction.atomic(durable=True)
def begin(user_id: str, factor: Factor, device: str, address: str | None) -> SignInFailure | None:
    """Count a try as failed before it is made; ``None`` if there is none left.

    Tries of the same account, factor and device pass one after the other, for as long as
    counting takes: a flood from unknown devices is never waited for on a known one.
    """
    key = f"{account_of(user_id)} {factor} {device}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK, key])
    if used_up(user_id, factor, device):
        return None
    return failed(user_id, factor, device, address)


def passed(attempt: SignInFailure) -> None:
    """Take a try that was right off the count. One that never came to an end stays on it."""
    attempt.delete()


def failed(user_id: str, factor: Factor, device: str, address: str | None) -> SignInFailure:
    """Record a wrong password or code."""
    user = User.objects.filter(username=user_id.strip().lower()).first()
    return SignInFailure.objects.create(
        account=account_of(user_id), user=user, factor=factor, device=device, address=address
    )


def forget_old_failures() -> int:
    old = SignInFailure.objects.filter(failed_at__lt=Now() - Value(KEPT))
    return old.delete()[0]
