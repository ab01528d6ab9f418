"""Phase two of the opening: everything that can be opened is decrypted, all together.

Run by a task, and run again after whatever stopped it: a bid that has its result is not opened
again, and no bid waits for another.
"""

from __future__ import annotations

import datetime as dt
import logging
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import DataError, connection, transaction
from django.db.models import QuerySet

from bidding.domain import arithmetic, deadline
from bidding.domain import minutes as minutes_
from bidding.domain import opening as openings
from bidding.domain.bid import BID
from bidding.models import Bid, OpenedBid, OpenedFile, Opening, OpeningOutcome
from lpse.audit.events import Event
from lpse.audit.log import record
from lpse.clock import database_now
from lpse.errors import Refused
from lpse.files import intake
from lpse.files.models import FileKind, StoredFile
from lpse.files.storage import storage
from lpse.mail import notify
from lpse.sealing import jcs, manifest, shares
from lpse.sealing import opening as envelope
from lpse.sealing.archive import Archive, Found, Verdict
from lpse.sealing.digests import sha256
from lpse.sealing.errors import EnvelopeRefused
from procurement.domain import rule_set, statement
from procurement.domain.tender import TENDER
from procurement.models import KeyStatement, Tender

LOCK = 0x4C50_5345_4F50  # "LPSEOP", with the opening's key: one process opens a box at a time
LOST, UNREADABLE = "envelope:lost", "content:error"
EMPTY, UNKNOWN_KIND = "empty", "kind"

# What a bidder can make a reader of the content raise. A disk or a database that fails raises
# something else: then there is no result, and the next run tries again.
BY_CONTENT = (
    ArithmeticError,
    EOFError,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the tender asks a bid to price, and the tax of its rule set."""

    lines: tuple[arithmetic.Asked, ...]
    tax_percent: Decimal


@dataclass(frozen=True, slots=True)
class Content:
    """What came out of an envelope."""

    body: dict[str, Any]
    files: list[tuple[Found, StoredFile | None, str]]
    sums: arithmetic.Sums


@dataclass(frozen=True, slots=True)
class Failure:
    """Why nothing came out, by its code, with what shows it."""

    reason: str
    details: Mapping[str, Any] = field(default_factory=dict)


def due() -> QuerySet[Opening]:
    """Openings whose shares are complete and whose bids are not all open."""
    ready = Opening.objects.filter(shares_complete_at__isnull=False, completed_at=None)
    return ready.select_related("box__tender").order_by("pk")


def open_all(opening: Opening) -> bool:
    """Open every bid of the box that has no result yet; whether the opening is complete now.

    If another process is at it, nothing is done here.
    """
    if opening.shares_complete_at is None:
        raise Refused("the shares are not complete")
    with _alone(opening) as is_ours:
        if not is_ours:
            return False
        valid = openings.valid_statement(opening.box.tender)
        asked = asked_by(opening.box.tender)
        for bid in openings.bids_of(opening.box).filter(result=None):
            try:
                open_one(bid, valid, asked)
            except Exception:
                # Whatever it is, it holds up nobody else's bid.
                logger.exception("bid %s will be tried again", bid.pk)
        return _finish(opening, valid)


def asked_by(tender: Tender) -> Asked:
    items = tender.items.all()
    lines = tuple(arithmetic.Asked(item.number, item.volume) for item in items)
    return Asked(lines, rule_set.of(tender).tax.ppn.percent)


def open_one(bid: Bid, valid: KeyStatement, asked: Asked) -> OpenedBid:
    """Open ``bid``, or find out why it cannot be; either is written once, with its evidence."""
    combined = openings.combination(bid, valid)
    if combined.identity is None:
        outcome: Content | Failure = Failure(f"shares:{combined.fault}")
    else:
        outcome = _opened(bid, combined.identity, asked)
    try:
        return _write(bid, outcome, _evidence(bid, combined, outcome))
    except DataError as error:
        # A value that no column takes is the bidder's; whoever made it must not gain by it.
        outcome = Failure(UNREADABLE, {"error": type(error).__name__})
        return _write(bid, outcome, _evidence(bid, combined, outcome))


# --- The envelope -----------------------------------------------------------------------------


def _opened(bid: Bid, identity: str, asked: Asked) -> Content | Failure:
    """The plaintext lies on this machine only as long as it is read, under a private name."""
    store = storage()
    named = openings.manifest_of(bid)
    target = store.private_path()
    with ExitStack() as cleaning:
        cleaning.callback(target.unlink, missing_ok=True)
        try:
            sealed, _saved = store.spool(store.chunks(bid.name))
        except FileNotFoundError:
            return Failure(LOST, {"name": bid.name})
        cleaning.callback(sealed.unlink, missing_ok=True)
        try:
            envelope.decrypt(sealed, target, manifest=named, identity=identity)
            return _read(target, named, asked)
        except EnvelopeRefused as refused:
            return Failure(refused.code, _shown(refused.details))
        except BY_CONTENT as error:
            return Failure(UNREADABLE, {"error": type(error).__name__})


def _read(path: Path, named: manifest.Manifest, asked: Asked) -> Content:
    with Archive(path, manifest=named) as archive:
        if _holds_nul(archive.content):
            raise EnvelopeRefused("content:field", "no text has a NUL in it")
        files = [_kept(archive, found) for found in archive.files()]
        sums = arithmetic.check(archive.content, asked.lines, asked.tax_percent)
        return Content(archive.content, files, sums)


def _kept(archive: Archive, found: Found) -> tuple[Found, StoredFile | None, str]:
    """A file that is what it says is kept under its digest; any other only leaves its traits."""
    if found.verdict not in {Verdict.OK, Verdict.SIZE, Verdict.UNLISTED}:
        return found, None, found.verdict
    try:
        with archive.open(found.name) as file:
            stored = intake.store(file, max_size=max(found.size, 1), kinds=tuple(FileKind))
    except Refused:
        return found, None, UNKNOWN_KIND if found.size else EMPTY
    return found, stored, found.verdict


def _holds_nul(value: Any) -> bool:
    """Whether a text in ``value`` cannot be kept: PostgreSQL knows no NUL."""
    match value:
        case str():
            return "\0" in value
        case dict():
            return any(map(_holds_nul, [*value, *value.values()]))
        case list():
            return any(map(_holds_nul, value))
    return False


def _shown(details: Mapping[str, object]) -> dict[str, str]:
    """Traits a bidder may have chosen, as the database can keep them."""
    return {name: str(value).replace("\0", "\ufffd")[:200] for name, value in details.items()}


def _evidence(
    bid: Bid, combined: shares.Combination, outcome: Content | Failure
) -> dict[str, Any]:
    """Who posted what and what it gave: enough to see whose fault it is, and no key."""
    posted = bid.posted.select_related("act__member").order_by("act__posted_at")
    return {
        "ciphertext": {"sha256": bid.ciphertext_sha256, "size": bid.ciphertext_size},
        "recipient": bid.recipient,
        "used": list(combined.used),
        "disputed": dict(combined.disputed),
        "inconsistent": list(combined.inconsistent),
        "objections": {p.act.member.username: p.objection for p in posted if p.objection},
        "details": dict(outcome.details) if isinstance(outcome, Failure) else {},
    }


# --- The result -------------------------------------------------------------------------------


@transaction.atomic
def _write(bid: Bid, outcome: Content | Failure, evidence: dict[str, Any]) -> OpenedBid:
    locked = Bid.objects.select_for_update(of=("self",)).get(pk=bid.pk)
    if done := OpenedBid.objects.filter(bid=locked).first():
        return done
    now = database_now()
    if isinstance(outcome, Failure):
        opened = OpenedBid.objects.create(
            bid=locked,
            outcome=OpeningOutcome.UNOPENABLE,
            reason=outcome.reason,
            evidence=evidence,
            opened_at=now,
        )
        BID.fire(
            locked,
            "give_up",
            by=None,
            at=now,
            tender=bid.participation.tender.code,
            manifest=bid.manifest_digest,
            reason=outcome.reason,
            evidence=jcs.digest(evidence),
        )
        return opened
    return _write_content(locked, outcome, evidence, now)


def _write_content(
    bid: Bid, content: Content, evidence: dict[str, Any], now: dt.datetime
) -> OpenedBid:
    opened = OpenedBid.objects.create(
        bid=bid,
        outcome=OpeningOutcome.OPENED,
        evidence=evidence,
        content=content.body,
        total_rupiah=content.sums.stated,
        computed_rupiah=content.sums.computed,
        arithmetic=content.sums.as_json(),
        opened_at=now,
    )
    OpenedFile.objects.bulk_create(
        OpenedFile(
            opened=opened,
            name=found.name,
            kind=found.kind,
            size=found.size,
            sha256=found.sha256,
            file=stored,
            verdict=verdict,
        )
        for found, stored, verdict in content.files
    )
    code = bid.participation.tender.code
    for found, _stored, verdict in content.files:
        record(
            Event.BID_FILE_OPENED,
            subject=opened,
            by=None,
            at=now,
            tender=code,
            manifest=bid.manifest_digest,
            sha256=found.sha256,
            size=found.size,
            verdict=verdict,
        )
    BID.fire(
        bid,
        "open",
        by=None,
        at=now,
        tender=code,
        manifest=bid.manifest_digest,
        content=sha256(jcs.canonical(content.body)),
        total=content.body["total"][:40],
        files=len(content.files),
        used=evidence["used"],
    )
    return opened


@transaction.atomic
def _finish(opening: Opening, valid: KeyStatement) -> bool:
    tender = opening.box.tender
    now = deadline.take(tender).now
    locked = (
        Opening.objects.select_for_update(of=("self",)).select_related("box").get(pk=opening.pk)
    )
    results = OpenedBid.objects.filter(bid__boxed__box=locked.box)
    if locked.completed_at is not None or results.count() != locked.box.count:
        return locked.completed_at is not None
    locked.completed_at = opening.completed_at = now
    locked.save(update_fields=["completed_at"])
    counts = {
        outcome: results.filter(outcome=outcome).count() for outcome in OpeningOutcome.values
    }
    root = locked.box.root
    TENDER.fire(tender, "open", by=None, at=now, tender=tender.code, root=root, **counts)
    drawn_up = minutes_.prepare(locked)
    notify(
        statement.openers(valid),
        "opening_complete_committee",
        url=f"/tenders/{tender.code}/minutes/",
        tender=tender,
        minutes=drawn_up,
        counts=counts,
    )
    officers = [
        officer.user
        for bid in openings.bids_of(locked.box)
        for officer in bid.participation.provider.officers.filter(left_at=None).select_related(
            "user"
        )
    ]
    notify(
        officers,
        "opening_complete_bidder",
        url=f"/tenders/{tender.code}/results/",
        tender=tender,
    )
    return True


@contextmanager
def _alone(opening: Opening) -> Iterator[bool]:
    """Hold the box for this process. The lock ends with the connection, however it ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK + opening.pk])
        row = cursor.fetchone()
        is_ours = bool(row and row[0])
        try:
            yield is_ours
        finally:
            if is_ours:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK + opening.pk])
