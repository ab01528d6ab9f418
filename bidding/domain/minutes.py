"""The minutes of the opening (*berita acara pembukaan*), drawn up from the record alone.

What stands in them was written by the acts themselves; members approve, they do not type. With
the approval of more than half, the minutes become a sealed PDF whose digest is in the ledger.
"""

from __future__ import annotations

import datetime as dt
import io
import secrets
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import segno
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from bidding.domain import opening as openings
from bidding.domain import wording
from bidding.models import (
    Bid,
    Box,
    Minutes,
    MinutesApproval,
    Opening,
    OpeningOutcome,
    ShareAct,
)
from lpse import pdf
from lpse.audit.events import Event
from lpse.audit.log import record, subject_of
from lpse.audit.models import AuditEntry
from lpse.clock import database_now, instant, parse_instant
from lpse.errors import Refused
from lpse.files import intake
from lpse.files.models import FileKind
from lpse.ledger import note, proof
from lpse.money import as_text
from lpse.sealing import jcs, pdf_seal
from lpse.sealing.digests import sha256
from lpse.sealing.reasons import reason
from procurement.domain import rule_set, statement
from procurement.models import KeyStatement
from registration.models import User

OPENING = "opening"
FORMAT = "lpse-minutes/1"
LANGUAGE = "id"  # the document is filed in Indonesia, whoever asked for it
MOMENTS = ("deadline", "opening_at", "started_at", "shares_complete_at", "completed_at")
LONGEST_REMARKS = 4000
LARGEST_PDF = 32 * 1024 * 1024


def prepare(opening: Opening) -> Minutes:
    """Draw up the minutes of a completed opening, in the transaction that completes it."""
    box = opening.box
    tender = box.tender
    valid = openings.valid_statement(tender)
    now = database_now()
    return Minutes.objects.create(
        tender=tender,
        kind=OPENING,
        number=f"BA-PEMBUKAAN/{tender.code}/{localdate(now).year}",
        code=secrets.token_hex(8),
        content=_content(opening, valid),
        prepared_at=now,
    )


def digest(minutes: Minutes) -> str:
    """What a member approves: the record and the remarks, and nothing else."""
    return jcs.digest({"content": minutes.content, "remarks": minutes.remarks})


def needed(minutes: Minutes) -> int:
    """How many approvals seal the minutes: more than half of the members."""
    return statement.majority(len(minutes.content["members"]))


@transaction.atomic
def remark(minutes: Minutes, text: str, *, by: User) -> None:
    """Write the committee's remarks, as long as nobody has approved the minutes."""
    locked = _locked(minutes, by)
    if locked.approvals.exists():
        raise Refused(_("The minutes have been approved by a member: they stay as they are."))
    if len(text) > LONGEST_REMARKS:
        raise Refused(_("The remarks are too long."), field="remarks")
    locked.remarks = minutes.remarks = text.strip().replace("\r\n", "\n")
    locked.save(update_fields=["remarks"])


@transaction.atomic
def approve(minutes: Minutes, *, by: User, method: str, seen: str) -> MinutesApproval:
    """Take a member's approval of the text with the digest ``seen``.

    ``method`` says how the member had signed in; it stands in the minutes.
    """
    locked = _locked(minutes, by)
    if locked.approvals.filter(member=by).exists():
        raise Refused(_("You have approved the minutes already."))
    if seen != digest(locked):
        raise Refused(_("The remarks were changed meanwhile. Read the minutes again."))
    now = database_now()
    approval = MinutesApproval.objects.create(
        minutes=locked, member=by, method=method, digest=seen, approved_at=now
    )
    record(
        Event.MINUTES_APPROVED,
        subject=locked,
        by=by,
        at=now,
        tender=locked.tender.code,
        number=locked.number,
        digest=seen,
        method=method,
    )
    return approval


def due() -> QuerySet[Minutes]:
    """Minutes that may wait for their seal; :func:`seal` knows whether they do."""
    return Minutes.objects.filter(sealed_at=None, approvals__isnull=False).distinct()


def seal(minutes: Minutes) -> bool:
    """Render, seal and keep the minutes once a majority has approved; whether they are sealed.

    The document is made before the row is locked: it takes a second, and making it twice does
    no harm. Its approvals are those that were there; a later one stands on the page.
    """
    if minutes.sealed_at is not None:
        return True
    approvals = list(minutes.approvals.select_related("member"))
    if len(approvals) < needed(minutes):
        return False
    with translation.override(LANGUAGE):  # the codes are put into words on the way
        content = document_of(minutes, approvals)
    document = pdf.render("pdf/minutes_opening.html", content, LANGUAGE)
    sealed = pdf_seal.seal(document, reason=minutes.number)
    return _keep(minutes, sealed, approvals)


@transaction.atomic
def _keep(minutes: Minutes, sealed: bytes, approvals: Sequence[MinutesApproval]) -> bool:
    locked = Minutes.objects.select_for_update(of=("self",)).get(pk=minutes.pk)
    if locked.sealed_at is None:
        file = intake.store(io.BytesIO(sealed), max_size=LARGEST_PDF, kinds=[FileKind.PDF])
        locked.file, locked.sealed_at = file, database_now()
        locked.save(update_fields=["file", "sealed_at"])
        record(
            Event.MINUTES_SEALED,
            subject=locked,
            by=None,
            at=locked.sealed_at,
            tender=locked.tender.code,
            number=locked.number,
            digest=digest(locked),
            sha256=file.sha256,
            approved=[approval.member.username for approval in approvals],
        )
    minutes.refresh_from_db()
    return True


def entry_of(minutes: Minutes) -> AuditEntry | None:
    """The log entry of the seal: what the ledger commits to."""
    kind, key = subject_of(minutes)
    sealed = AuditEntry.objects.filter(event=Event.MINUTES_SEALED)
    return sealed.filter(subject_type=kind, subject_id=key).first()


def address(minutes: Minutes) -> str:
    """Where anyone can compare a copy of the minutes with what was sealed."""
    return f"{settings.BASE_URL.rstrip('/')}/minutes/{minutes.code}/"


def document_of(minutes: Minutes, approvals: Sequence[MinutesApproval]) -> dict[str, Any]:
    """Everything that page and PDF show, codes in words and instants as instants."""
    record = minutes.content
    return {
        "minutes": minutes,
        "tender": record["tender"] | {"hps": Decimal(record["tender"]["hps"])},
        "record": record,
        "moments": {name: _moment(record[name]) for name in MOMENTS},
        "box": record["box"] | {"closed_at": parse_instant(record["box"]["closed_at"])},
        "acts": [_shown_act(act, record) for act in record["acts"]],
        "absent": _absent(record),
        "bids": [_shown_bid(bid) for bid in record["bids"]],
        "approvals": [
            {"member": a.member, "at": a.approved_at, "method": wording.method(a.method)}
            for a in approvals
        ],
        "digest": digest(minutes),
        "url": address(minutes),
        "qr": segno.make(address(minutes), error="m").svg_data_uri(border=0),
        "is_sample": settings.SAMPLE_INSTALLATION,
    }


def _shown_act(act: dict[str, Any], record: dict[str, Any]) -> dict[str, Any]:
    names = {bid["manifest"]: bid["provider"]["name"] for bid in record["bids"]}
    return act | {
        "at": parse_instant(act["at"]),
        "refusals": [
            {"bidder": names[o["manifest"]], "reason": reason(o["reason"])}
            for o in act["objections"]
        ],
        "disputes": [
            {
                "bidder": names[d["manifest"]],
                "reason": reason(d["reason"]),
                "fault": wording.fault(d["fault"]),
            }
            for d in act["disputed"]
        ],
    }


def _absent(record: dict[str, Any]) -> list[dict[str, Any]]:
    acted = {act["member"] for act in record["acts"]}
    return [member for member in record["members"] if member["member"] not in acted]


def _shown_bid(bid: dict[str, Any]) -> dict[str, Any]:
    return bid | {
        "is_open": bid["outcome"] == OpeningOutcome.OPENED,
        "why": reason(bid["reason"]) if bid["reason"] else "",
        "submitted_at": parse_instant(bid["submitted_at"]),
        "total": bid["total"] and Decimal(bid["total"]),
        "computed": bid["computed"] and Decimal(bid["computed"]),
        "files": [
            file | {"slot": wording.slot(file["kind"]), "says": wording.verdict(file["verdict"])}
            for file in bid["files"]
        ],
    }


def _moment(text: str | None) -> dt.datetime | None:
    return parse_instant(text) if text else None


# --- The record -------------------------------------------------------------------------------


def _content(opening: Opening, valid: KeyStatement) -> dict[str, Any]:
    """The facts, as text and whole numbers: what is approved has one spelling."""
    box = opening.box
    tender = box.tender
    body = statement.body_of(valid)
    law = rule_set.of(tender)
    return {
        "format": FORMAT,
        "lpse": settings.LPSE_NAME,
        "tender": {
            "code": tender.code,
            "title": tender.title,
            "agency": tender.agency.name,
            "work_unit": tender.work_unit.name,
            "committee": tender.committee.name if tender.committee else "",
            "procedure": law.procedures[tender.procedure].title,
            "rule_set": law.title,
            "location": tender.location,
            "budget_year": tender.budget_year,
            "hps": str(tender.hps_rupiah),
        },
        "deadline": body["deadline"],
        "opening_at": body["opening_at"],
        "started_at": _instant(opening.started_at),
        "shares_complete_at": _instant(opening.shares_complete_at),
        "completed_at": _instant(opening.completed_at),
        "statement": {"digest": valid.digest, "version": valid.version},
        "k": body["k"],
        "n": body["n"],
        "members": [_member(user) for user in statement.openers(valid)],
        "box": _box(box),
        "acts": [_act(act, body) for act in _acts(box)],
        "bids": [_bid(bid) for bid in openings.bids_of(box)],
    }


def _box(box: Box) -> dict[str, Any]:
    published = proof.published(box.entry)
    checkpoint = note.read(published.checkpoint.note) if published else None
    return {
        "root": box.root,
        "count": box.count,
        "closed_at": instant(box.closed_at),
        "checkpoint": checkpoint
        and {
            "origin": checkpoint.origin,
            "size": checkpoint.size,
            "root": checkpoint.root.hex(),
            "published_at": instant(published.at) if published else "",
        },
    }


def _member(user: User) -> dict[str, str]:
    return {
        "member": user.username,
        "name": user.get_full_name(),
        "nip": user.employee_number,
    }


def _acts(box: Box) -> list[ShareAct]:
    acts = box.acts.select_related("member").prefetch_related("shares__bid")
    return list(acts.order_by("posted_at"))


def _act(act: ShareAct, body: dict[str, Any]) -> dict[str, Any]:
    posted = list(act.shares.all())
    stated = next(m for m in body["members"] if m["member"] == act.member.username)
    return {
        **_member(act.member),
        "at": instant(act.posted_at),
        "signing_key": sha256(stated["signing_key"].encode()),
        "shares": sum(1 for share in posted if share.share),
        "objections": [
            {"manifest": share.bid.manifest_digest, "reason": share.objection}
            for share in posted
            if share.objection
        ],
        "disputed": [
            {
                "manifest": share.bid.manifest_digest,
                "reason": share.disputed,
                "fault": openings.fault_of(share),
            }
            for share in posted
            if share.disputed
        ],
    }


def _bid(bid: Bid) -> dict[str, Any]:
    result = bid.result
    provider = bid.participation.provider
    content = result.content
    return {
        "provider": {
            "code": provider.code,
            "name": provider.name,
            "npwp": provider.npwp,
            "address": provider.address,
        },
        "manifest": bid.manifest_digest,
        "submitted_at": instant(bid.submitted_at),
        "outcome": result.outcome,
        "reason": result.reason,
        "total": _amount(result.total_rupiah),
        "computed": _amount(result.computed_rupiah),
        "findings": len(result.arithmetic.get("findings", [])),
        "validity_days": content.get("validity_days"),
        "files": [
            {
                "name": file.name,
                "kind": file.kind,
                "size": file.size,
                "sha256": file.sha256,
                "verdict": file.verdict,
            }
            for file in result.files.all()
        ],
        "evidence": jcs.digest(result.evidence),
    }


def _amount(amount: Decimal | None) -> str | None:
    return None if amount is None else as_text(amount)


def _instant(moment: dt.datetime | None) -> str | None:
    return None if moment is None else instant(moment)


def _locked(minutes: Minutes, by: User) -> Minutes:
    if not by.has_perm("bidding.approve_minutes", minutes.tender):
        raise PermissionDenied
    return (
        Minutes.objects.select_for_update(of=("self",)).select_related("tender").get(pk=minutes.pk)
    )
