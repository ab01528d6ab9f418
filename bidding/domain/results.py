"""What an opening gave, ready to be shown: to everybody, and in full to the committee."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from bidding.domain import arithmetic, good_standing, wording
from bidding.domain import box as boxes
from bidding.domain import opening as openings
from bidding.domain.offer import Statement
from bidding.models import Bid, Box, OpenedBid, OpenedFile, OpeningOutcome, Participation
from lpse.audit.events import Event
from lpse.audit.log import record
from lpse.clock import office_zone
from lpse.files.models import StoredFile
from lpse.sealing.reasons import reason
from procurement.domain import statement
from procurement.models import KeyStatement, Tender, TenderState
from registration.models import Provider, Sanction, User

BOX_FORMAT = "lpse-box/1"


@dataclass(frozen=True, slots=True)
class Shown:
    """A bid of an opened box as everybody sees it."""

    bid: Bid
    provider: Provider
    result: OpenedBid
    files: int
    why: str
    sanction: Sanction | None = None  # a note for the committee, which judges it

    @property
    def is_open(self) -> bool:
        return self.result.outcome == OpeningOutcome.OPENED

    @property
    def differs(self) -> bool:
        """Whether the stated total is not what the lines come to."""
        computed = self.result.computed_rupiah
        return computed is not None and computed != self.result.total_rupiah


def bids(tender: Tender) -> list[Shown]:
    """Opened bids by price, then those that could not be opened."""
    found = (
        Bid.objects.filter(boxed__box__tender=tender, result__isnull=False)
        .select_related("result", "participation__provider")
        .prefetch_related("result__files")
    )
    sanctions = _sanctions(tender, found)
    shown = [
        Shown(
            bid,
            bid.participation.provider,
            bid.result,
            len(bid.result.files.all()),
            reason(bid.result.reason) if bid.result.reason else "",
            sanctions.get(bid.participation.provider_id),
        )
        for bid in found
    ]
    return sorted(shown, key=_by_price)


def _sanctions(tender: Tender, found: Iterable[Bid]) -> dict[int, Sanction]:
    """A blacklist entry opens and closes no bid: what it means for one, the committee decides."""
    closed = Box.objects.filter(tender=tender).values_list("closed_at", flat=True).first()
    providers = [bid.participation.provider for bid in found]
    if closed is None or not providers:
        return {}
    deadline = closed.astimezone(office_zone()).date()
    return good_standing.since_the_deadline(providers, deadline)


def _by_price(shown: Shown) -> tuple[bool, bool, Decimal, str]:
    total = shown.result.total_rupiah
    return not shown.is_open, total is None, total or Decimal(0), shown.provider.name


def participants(tender: Tender) -> list[dict[str, Any]]:
    """Who joined, and whether the participant sent a bid: public once the bids are open."""
    joined = Participation.objects.filter(tender=tender).select_related("provider")
    sent = set(
        Bid.objects.filter(boxed__box__tender=tender).values_list("participation", flat=True)
    )
    return [
        {"provider": one.provider, "joined_at": one.joined_at, "has_bid": one.pk in sent}
        for one in joined.order_by("provider__name")
    ]


def leaves(box: Box) -> list[dict[str, str]]:
    """The list of the box, and whose bid each is once the bids are open."""
    is_open = box.tender.state == TenderState.OPENED
    return [
        {
            "digest": bid.manifest_digest,
            "name": bid.participation.provider.name if is_open else "",
        }
        for bid in openings.bids_of(box)
    ]


def public_file(box: Box) -> dict[str, Any]:
    """The box as stand-alone programs read it: leaves at once, manifests after the opening.

    A manifest names its bidder, so it stays here until names are public.
    """
    file: dict[str, Any] = {
        "format": BOX_FORMAT,
        "tender": box.tender.code,
        **boxes.closing(box),
        "leaves": boxes.digests(box),
    }
    if box.tender.state == TenderState.OPENED:
        file["bids"] = [
            {"manifest": openings.manifest_of(bid), "signature": bid.signature}
            for bid in openings.bids_of(box)
        ]
    return file


def openers_needed(valid: KeyStatement) -> dict[str, int]:
    body = statement.body_of(valid)
    return {"k": body["k"], "n": body["n"]}


# --- One bid, for the committee ---------------------------------------------------------------


def lines(tender: Tender, result: OpenedBid) -> list[dict[str, Any]]:
    """The price form: what was asked, what was offered, and the amount computed from both."""
    offered = {line["no"]: line for line in reversed(result.content.get("lines", []))}
    amounts = result.arithmetic.get("amounts", {})
    return [
        {
            "item": item,
            # In a bid stands any text: 1E999999999 is a number, and fills the memory as digits.
            "unit_price": arithmetic.amount(offered.get(item.number, {}).get("unit_price")),
            "amount": Decimal(computed) if (computed := amounts.get(str(item.number))) else None,
        }
        for item in tender.items.all()
    ]


def statements(content: Mapping[str, Any]) -> list[str]:
    """What the bidder declared, in words where the code is one of ours."""
    return [
        str(Statement(code).label) if code in Statement.values else str(code)
        for code in content.get("statements", [])
    ]


def files(result: OpenedBid) -> list[dict[str, Any]]:
    return [
        {
            "file": file,
            "slot": wording.slot(file.kind),
            "verdict": wording.verdict(file.verdict),
            "is_good": file.verdict == "ok",
        }
        for file in result.files.select_related("file")
    ]


def evidence(bid: Bid) -> list[dict[str, Any]]:
    """Every member's share or objection for ``bid``, with what was found wrong and whose fault."""
    posted = bid.posted.select_related("act__member", "bid").order_by("act__posted_at")
    used = set(bid.result.evidence.get("used", []))
    return [
        {
            "member": share.act.member,
            "at": share.act.posted_at,
            "objection": reason(share.objection) if share.objection else "",
            "disputed": reason(share.disputed) if share.disputed else "",
            "fault": wording.fault(openings.fault_of(share)) if share.disputed else "",
            "is_used": share.act.member.username in used,
        }
        for share in posted
    ]


@transaction.atomic
def read_file(file: OpenedFile, *, by: User) -> StoredFile:
    """Note that ``by`` reads ``file``, and give it."""
    bid = file.opened.bid
    if file.file is None or not by.has_perm("bidding.read_bids", bid.participation.tender):
        raise PermissionDenied
    record(
        Event.BID_FILE_READ,
        subject=file,
        by=by,
        tender=bid.participation.tender.code,
        manifest=bid.manifest_digest,
        sha256=file.sha256,
    )
    return file.file
