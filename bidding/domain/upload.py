"""A sealed file on its way up: pieces that are durable before anybody is told so.

The adversary is the line: it breaks anywhere, and browsers repeat a request by themselves. What
was acknowledged is there, what was not counts for nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, transaction
from django.db.models import Exists, OuterRef, Q, Sum
from django.utils.translation import gettext as _

from bidding.domain import deadline, good_standing
from bidding.models import Bid, Participation, Upload, UploadPiece
from lpse.audit.events import Event
from lpse.audit.log import record
from lpse.clock import database_now
from lpse.errors import Refused
from lpse.files.storage import storage
from lpse.sealing import age_header
from procurement.domain import statement
from registration.models import User

LARGEST_PIECE = 8 * 1024 * 1024
READ = 256 * 1024
LIFETIME = dt.timedelta(days=3)  # from the last piece; a session lives as long


class Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Damaged(Exception):
    """The store does not hold what it was given. A person must look; nothing is promised."""


class WrongOffset(Refused):
    """The piece does not begin where the server stands."""


class Busy(Refused):
    """Another piece of the same file is being put in its place."""


class Gone(Refused):
    """The upload was given up or has expired."""


class TooLarge(Refused):
    """More than was announced, or than is taken at once or at all."""


class CutOff(Refused):
    """The piece did not arrive whole."""


class WrongChecksum(Refused):
    """What arrived is not what was sent."""


def largest() -> int:
    """The largest sealed file that is taken, in bytes; said before anything is sent."""
    return int(settings.UPLOAD_LARGEST)


def quota() -> int:
    """How many bytes one participant may have lying here at once."""
    return int(settings.UPLOAD_QUOTA)


def room_left(participation: Participation) -> int:
    lying = participation.uploads.filter(terminated_at=None).aggregate(sum=Sum("length"))["sum"]
    return max(0, quota() - (lying or 0))


@transaction.atomic
def create(participation: Participation, *, envelope: str, length: int, by: User) -> Upload:
    """Begin the upload of a sealed file of ``length`` bytes."""
    moment = deadline.hold(participation.tender)
    locked = Participation.objects.select_for_update().get(pk=participation.pk)
    if not by.has_perm("bidding.submit_bid", locked):
        raise PermissionDenied
    good_standing.require(locked.provider, by)
    deadline.require_open(moment)
    if not moment.has_begun:
        raise Refused(_("Bids are not taken yet."))
    valid = statement.latest_valid(participation.tender)
    if valid is None or envelope not in statement.body_of(valid)["envelopes"]:
        raise Refused(_("The tender has no such envelope."))
    if length > largest():
        raise TooLarge(_("The sealed file is larger than this LPSE takes."))
    if length > room_left(locked):
        raise TooLarge(_("Too many unfinished uploads lie here. Give one up first."))
    upload = Upload.objects.create(
        participation=locked,
        envelope=envelope,
        length=length,
        created_at=moment.now,
        created_by=by,
        expires_at=moment.now + LIFETIME,
    )
    record(Event.UPLOAD_CREATED, subject=upload, by=by, at=moment.now, length=length)
    return upload


def find(upload: UUID, *, by: User) -> Upload:
    """The upload as it stands; hidden from everybody who may not act for its bidder."""
    found = Upload.objects.select_related("participation__tender", "participation__provider")
    existing = found.filter(pk=upload).first()
    if existing is None or not by.has_perm("bidding.submit_bid", existing):
        raise Upload.DoesNotExist
    _require_alive(existing)
    return existing


def append(
    upload: Upload,
    stream: Stream,
    *,
    offset: int,
    length: int,
    checksum: bytes | None,
    by: User,
) -> Upload:
    """Put the next piece in its place; the upload as it stands then.

    The bytes are taken in and verified before any lock, so that a slow line holds nothing. A
    piece that was sent twice finds the offset moved on and changes nothing. ``checksum`` is the
    SHA-256 the sender states.
    """
    if not by.has_perm("bidding.submit_bid", upload):
        raise PermissionDenied
    _require_place(upload, offset, length)
    path, saved = storage().spool(_exactly(stream, length))
    try:
        if saved.size != length:
            raise CutOff(_("The piece did not arrive whole."))
        if checksum is not None and checksum.hex() != saved.sha256:
            raise WrongChecksum(_("What arrived is not what was sent."))
        with transaction.atomic():
            locked = _locked(upload)
            _require_alive(locked)
            _require_place(locked, offset, length)
            if length:
                # Durable first, then promised: a crash in between leaves a stray file, which the
                # next attempt at this offset overwrites. The lock keeps it from anybody else's.
                name = _piece_name(locked, offset)
                storage().adopt(path, name)
                UploadPiece.objects.create(
                    upload=locked, offset=offset, length=length, sha256=saved.sha256, name=name
                )
            locked.offset = offset + length
            locked.expires_at = database_now() + LIFETIME
            locked.save(update_fields=["offset", "expires_at"])
    finally:
        path.unlink(missing_ok=True)
    return locked


def assemble(upload: Upload, *, by: User) -> Upload:
    """Join the pieces, look at the header of the whole, keep it under its digest, and re-read it.

    May be asked again: the answer is the same. Nothing is locked while bytes are moved; two who
    ask at once write the same content to the same name. What does not become a sealed file is
    not kept: nobody would ever count or forget it.
    """
    if not by.has_perm("bidding.submit_bid", upload):
        raise PermissionDenied
    if upload.sha256:
        return upload
    if upload.offset != upload.length:
        raise Refused(_("The upload is not complete."))
    store = storage()
    try:
        path, saved = store.spool(_verified(upload))
    except (FileNotFoundError, Damaged):
        upload.refresh_from_db(fields=["sha256", "name"])
        if upload.sha256:  # another request was faster and has thrown the pieces away
            return upload
        raise
    try:
        _require_sealed(path, saved.size)
        name = f"sealed/{upload.pk.hex}/{saved.sha256}"
        store.adopt(path, name)
    finally:
        path.unlink(missing_ok=True)
    _reread(name, sha256=saved.sha256)
    try:
        return _keep(upload, saved.sha256, name, by=by)
    except Gone:  # given up meanwhile
        store.delete(name)
        raise


def _keep(upload: Upload, sha256: str, name: str, *, by: User) -> Upload:
    with transaction.atomic():
        locked = _locked(upload)
        _require_alive(locked)
        if not locked.sha256:
            locked.sha256, locked.name = sha256, name
            locked.save(update_fields=["sha256", "name"])
            record(
                Event.UPLOAD_COMPLETED,
                subject=locked,
                by=by,
                sha256=sha256,
                length=locked.length,
            )
        transaction.on_commit(lambda: discard_pieces(locked), robust=True)
    return locked


@transaction.atomic
def terminate(upload: Upload, *, by: User) -> None:
    """Give the upload up and forget its bytes, unless they are a bid already."""
    locked = _locked(upload)
    if not by.has_perm("bidding.submit_bid", locked):
        raise PermissionDenied
    _require_alive(locked)
    if Bid.objects.filter(name=locked.name).exclude(name="").exists():
        raise Busy(_("This upload has been submitted as a bid."))
    _end(locked, Event.UPLOAD_TERMINATED, by=by)


def expire() -> int:
    """Give up every unfinished upload whose time is over; how many.

    What was submitted as a bid stays: its bytes are the bid's.
    """
    ended = 0
    while _expire_one():
        ended += 1
    return ended


def leftovers() -> list[Upload]:
    """Joined and given-up uploads of which a crash has left something that should be gone."""
    has_pieces = Exists(UploadPiece.objects.filter(upload=OuterRef("pk")))
    is_given_up = Q(terminated_at__isnull=False)
    return list(
        Upload.objects.filter(
            (has_pieces & (~Q(sha256="") | is_given_up)) | (is_given_up & ~Q(name=""))
        )
    )


def discard_pieces(upload: Upload) -> None:
    """Bytes first, rows after: what is interrupted is found again by its rows."""
    store = storage()
    pieces = list(upload.pieces.all())
    for piece in pieces:
        store.delete(piece.name)
    store.delete(_piece_name(upload, upload.offset))
    UploadPiece.objects.filter(pk__in=[piece.pk for piece in pieces]).delete()
    if upload.terminated_at is not None and upload.name:
        store.delete(upload.name)
        Upload.objects.filter(pk=upload.pk).update(name="")


@transaction.atomic
def _expire_one() -> bool:
    is_a_bid = Bid.objects.filter(name=OuterRef("name"))
    due = (
        Upload.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(terminated_at=None, expires_at__lte=database_now())
        .exclude(~Q(name=""), Exists(is_a_bid))
        .first()
    )
    if due is None:
        return False
    _end(due, Event.UPLOAD_EXPIRED, by=None)
    return True


def _end(upload: Upload, event: Event, *, by: User | None) -> None:
    upload.terminated_at = database_now()
    upload.save(update_fields=["terminated_at"])
    record(event, subject=upload, by=by, offset=upload.offset, length=upload.length)
    transaction.on_commit(lambda: discard_pieces(upload), robust=True)


def _locked(upload: Upload) -> Upload:
    rows = Upload.objects.select_for_update(nowait=True, of=("self",))
    try:
        return rows.select_related("participation__provider").get(pk=upload.pk)
    except OperationalError as error:
        raise Busy(_("Another piece of this file is just arriving.")) from error


def _require_alive(upload: Upload) -> None:
    if upload.terminated_at is not None:
        raise Gone(_("This upload was given up or has expired."))


def _require_place(upload: Upload, offset: int, length: int) -> None:
    if offset != upload.offset:
        raise WrongOffset(_("The server stands at another byte."))
    if length > LARGEST_PIECE or offset + length > upload.length:
        raise TooLarge(_("The piece is larger than it may be."))


def _piece_name(upload: Upload, offset: int) -> str:
    return f"pieces/{upload.pk.hex}/{offset}"


def _exactly(stream: Stream, length: int) -> Iterator[bytes]:
    """``length`` bytes of ``stream``, or what there is of them."""
    left = length
    while left and (chunk := stream.read(min(READ, left))):
        left -= len(chunk)
        yield chunk


def _verified(upload: Upload) -> Iterator[bytes]:
    """The pieces in order; one that is missing or has changed since it came is fatal."""
    end = 0
    for piece in upload.pieces.all():
        if piece.offset != end:
            raise Damaged(f"a piece is missing before {piece}")
        digest = hashlib.sha256()
        for chunk in storage().chunks(piece.name):
            digest.update(chunk)
            yield chunk
        if digest.hexdigest() != piece.sha256:
            raise Damaged(f"{piece} has changed in the store")
        end += piece.length
    if end != upload.length:
        raise Damaged(f"{upload.pk} has {end} bytes of {upload.length}")


def _require_sealed(path: Path, size: int) -> None:
    with path.open("rb") as file:
        head = file.read(age_header.SIZE)
    if fault := age_header.fault_of_sealed_bid(head, size):
        raise Refused(_("This is not a bid as this system seals it: %(why)s.") % {"why": fault})


def _reread(name: str, *, sha256: str) -> None:
    """Compare all of what the store really holds under ``name``."""
    digest = hashlib.sha256()
    for chunk in storage().chunks(name):
        digest.update(chunk)
    if digest.hexdigest() != sha256:
        raise Damaged(f"{name} is not what was written")
