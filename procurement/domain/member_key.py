"""The keys a member opens bids with. They are made in the member's browser; what arrives here
is the two public halves and a file that only the member's passphrase opens.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lpse.audit.events import Event
from lpse.audit.log import record
from lpse.clock import database_now
from lpse.errors import Refused
from lpse.sealing import age_file, sign
from procurement.models import CommitteeKey
from registration.models import User

FORMAT = "lpse-key-proof/1"
VALIDITY = dt.timedelta(days=365)  # keys are renewed yearly
RENEWAL = dt.timedelta(days=30)  # how long before the end the page begins to ask
CHALLENGE_SECONDS = 60 * 60
LARGEST_WRAPPED = 8 * 1024

# The header of age says how the file is wrapped; N = 2^18 is the least that is accepted.
PASSPHRASE_FILE = re.compile(rb"age-encryption\.org/v1\n-> scrypt [A-Za-z0-9+/]{22} (\d{1,2})\n")
PASSKEY_FILE = re.compile(rb"age-encryption\.org/v1\n-> age-encryption\.org/fido2prf ")
LEAST_LOG_N = 18


class Purpose(StrEnum):
    """What a member shows by a signature of the key itself, made over a fresh challenge."""

    REGISTER = "register"
    BACKUP = "backup"  # the file on the member's own disk opens
    CHECK = "check"  # the copy that the server keeps opens
    PASSKEY = "passkey"


@dataclass(frozen=True, slots=True)
class Proof:
    """``signature`` by the key itself over what :func:`proof_body` gives."""

    challenge: str
    signature: str


def in_use(user: User) -> CommitteeKey | None:
    """The key of ``user`` that new statements would name, expired or not."""
    return CommitteeKey.objects.filter(user=user, revoked_at=None).first()


def of(users: Iterable[User]) -> dict[int, CommitteeKey]:
    """The keys in use of ``users``, by the user's key."""
    keys = CommitteeKey.objects.filter(user__in=users, revoked_at=None)
    return {key.user_id: key for key in keys}


def all_of(user: User) -> QuerySet[CommitteeKey]:
    return CommitteeKey.objects.filter(user=user)


def fault(key: CommitteeKey | None, now: dt.datetime) -> str | None:
    """Why nothing new may be sealed to ``key``, in the user's language, or ``None``."""
    if key is None:
        return _("has not made keys yet")
    if key.expires_at <= now:
        return _("has keys that have expired and must be renewed")
    if key.backup_tested_at is None:
        return _("has not tested the backup of the keys yet")
    return None


def challenge(user: User) -> str:
    """A fresh word to sign, so that no old signature can be shown again."""
    return signing.dumps(user.pk, salt=FORMAT)


def proof_body(
    user: User,
    purpose: Purpose,
    *,
    recipient: str,
    signing_key: str,
    wrapped: bytes,
    challenge: str,
) -> dict[str, object]:
    """What the key signs for ``purpose``; ``wrapped`` is the file that was made or opened."""
    return {
        "format": FORMAT,
        "lpse": settings.LEDGER_ORIGIN,
        "member": user.username,
        "recipient": recipient,
        "signing_key": signing_key,
        "purpose": purpose.value,
        "wrapped": hashlib.sha256(wrapped).hexdigest(),
        "challenge": challenge,
    }


@transaction.atomic
def register(
    *, by: User, recipient: str, signing_key: str, wrapped: str, proof: Proof
) -> CommitteeKey:
    """Take the public halves of new keys; they replace the keys in use.

    The replaced keys are revoked, not forgotten: what was sealed to them is opened with them.
    """
    _require_holder(by)
    file = _wrapped_file(wrapped, PASSPHRASE_FILE)
    if not age_file.takes(recipient):
        raise Refused(_("This is not a public key of the known kind (age, X25519)."))
    _require_proof(
        by, Purpose.REGISTER, proof, recipient=recipient, signing_key=signing_key, files=[file]
    )
    # One row of the member's own, so that two pages cannot register at once.
    User.objects.select_for_update().get(pk=by.pk)
    if CommitteeKey.objects.filter(recipient=recipient).exists():
        raise Refused(_("These keys are registered already."))
    now = database_now()
    if old := in_use(by):
        _revoke(old, by=by, now=now, replaced=True)
    key = CommitteeKey.objects.create(
        user=by,
        recipient=recipient,
        signing_key=signing_key,
        wrapped=wrapped,
        created_at=now,
        expires_at=now + VALIDITY,
    )
    record(
        Event.KEY_CREATED,
        subject=key,
        by=by,
        member=by.username,
        recipient=recipient,
        signing_key=signing_key,
        wrapped=hashlib.sha256(file).hexdigest(),
        expires_at=key.expires_at,
    )
    return key


@transaction.atomic
def test(key: CommitteeKey, *, by: User, purpose: Purpose, proof: Proof) -> None:
    """Note that the key's own file was opened in the member's browser.

    The file never comes here. What comes is a signature that only its content could make, over
    the digest of the very file that was registered: another file is no backup of this key.
    """
    locked = _own(key, by)
    opened = [base64.b64decode(locked.wrapped)]
    if purpose is Purpose.CHECK and locked.passkey_wrapped:
        opened.append(base64.b64decode(locked.passkey_wrapped))
    _require_proof(
        by,
        purpose,
        proof,
        recipient=locked.recipient,
        signing_key=locked.signing_key,
        files=opened,
    )
    if purpose is Purpose.BACKUP:
        locked.backup_tested_at = key.backup_tested_at = database_now()
        locked.save(update_fields=["backup_tested_at"])
        record(Event.KEY_BACKUP_TESTED, subject=locked, by=by, recipient=locked.recipient)
    else:
        record(Event.KEY_CHECKED, subject=locked, by=by, recipient=locked.recipient)


@transaction.atomic
def add_passkey(key: CommitteeKey, *, by: User, wrapped: str, proof: Proof) -> None:
    """Keep the same key wrapped by a passkey as well; the passphrase goes on working."""
    locked = _own(key, by)
    file = _wrapped_file(wrapped, PASSKEY_FILE)
    _require_proof(
        by,
        Purpose.PASSKEY,
        proof,
        recipient=locked.recipient,
        signing_key=locked.signing_key,
        files=[file],
    )
    locked.passkey_wrapped = wrapped
    locked.save(update_fields=["passkey_wrapped"])
    record(
        Event.KEY_CHECKED,
        subject=locked,
        by=by,
        recipient=locked.recipient,
        passkey_wrapped=hashlib.sha256(file).hexdigest(),
    )


@transaction.atomic
def revoke(key: CommitteeKey, *, by: User) -> None:
    """Take the key out of use: nothing new is sealed to it."""
    _revoke(_own(key, by), by=by, now=database_now(), replaced=False)


def _revoke(key: CommitteeKey, *, by: User, now: dt.datetime, replaced: bool) -> None:
    key.revoked_at = now
    key.save(update_fields=["revoked_at"])
    record(Event.KEY_REVOKED, subject=key, by=by, recipient=key.recipient, replaced=replaced)


def _own(key: CommitteeKey, by: User) -> CommitteeKey:
    """The row of ``key`` locked, if it is the key in use of ``by``."""
    _require_holder(by)
    locked = CommitteeKey.objects.select_for_update().get(pk=key.pk)
    if locked.user_id != by.pk:
        raise PermissionDenied
    if locked.revoked_at is not None:
        raise Refused(_("These keys are no longer in use."))
    return locked


def _require_holder(by: User) -> None:
    if not by.has_perm("procurement.hold_keys"):
        raise PermissionDenied


def _wrapped_file(text: str, header: re.Pattern[bytes]) -> bytes:
    """The bytes of a wrapped key file; a file that is wrapped otherwise is refused."""
    try:
        file = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused(_("The wrapped key file has not arrived whole.")) from error
    found = header.match(file)
    is_weak = header is PASSPHRASE_FILE and found and int(found[1]) < LEAST_LOG_N
    if len(file) > LARGEST_WRAPPED or not found or is_weak:
        raise Refused(_("The key file is not wrapped as it must be."))
    return file


def _require_proof(
    by: User,
    purpose: Purpose,
    proof: Proof,
    *,
    recipient: str,
    signing_key: str,
    files: Sequence[bytes],
) -> None:
    """Refuse unless the key has signed for ``purpose`` over one of ``files``."""
    try:
        owner = signing.loads(proof.challenge, salt=FORMAT, max_age=CHALLENGE_SECONDS)
    except signing.BadSignature as error:
        raise Refused(_("This page is too old. Load it again.")) from error
    bodies = [
        proof_body(
            by,
            purpose,
            recipient=recipient,
            signing_key=signing_key,
            wrapped=file,
            challenge=proof.challenge,
        )
        for file in files
    ]
    holds = any(sign.verify_object(signing_key, body, proof.signature) for body in bodies)
    if owner != by.pk or not holds:
        raise Refused(_("The key has not signed what it should. Nothing was changed."))
