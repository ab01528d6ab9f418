"""Phase one of the opening: members post the shares of all bids, each in one signed act.

A member's browser has refused by then every share that does not name exactly its bid. Here the
same is asked again, because a browser can be somebody's own program: what does not match its
commitment is kept, disputed, and its sender is named.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bidding.domain import box as boxes
from bidding.domain import deadline
from bidding.domain.bid import BID
from bidding.models import Bid, Box, Opening, PostedShare, ShareAct
from lpse.audit.events import Event
from lpse.audit.log import record
from lpse.clock import database_now
from lpse.errors import Refused
from lpse.mail import notify
from lpse.sealing import jcs, manifest, shares
from lpse.sealing.digests import from_base64, sha256
from lpse.sealing.errors import FormatRefused, ShareRefused
from lpse.sealing.sign import verify_object
from procurement.domain import statement
from procurement.models import KeyStatement, Tender
from registration.models import User

ACT_FORMAT = "lpse-share-act/1"
ACT_FIELDS = {"format", "tender", "envelope", "statement", "root", "member", "shares"}
ITEM_FIELDS = {"manifest", "share", "objection"}
LARGEST_SHARE = 4096
OBJECTION = re.compile(r"[a-z]{2,10}:[a-z-]{2,24}")

# Once as many members have acted as it takes, the others have a day: an absent member must not
# hold up every bid, and nobody may end phase one over their heads within the hour.
PATIENCE = dt.timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an opening is, as everybody may see it."""

    box: Box
    opening: Opening
    statement: KeyStatement
    opens_at: dt.datetime
    now: dt.datetime
    is_published: bool
    acts: Sequence[ShareAct]
    opened: int

    @property
    def may_begin(self) -> bool:
        return self.is_published and self.now >= self.opens_at

    @property
    def phase(self) -> str:
        """The one word for it: ``closed``, ``shares``, ``decrypting`` or ``opened``."""
        if self.opening.completed_at:
            return "opened"
        if self.opening.shares_complete_at:
            return "decrypting"
        return "shares" if self.may_begin else "closed"


def progress(box: Box) -> Progress:
    valid = valid_statement(box.tender)
    acts = box.acts.select_related("member").prefetch_related("shares")
    return Progress(
        box=box,
        opening=box.opening,
        statement=valid,
        opens_at=statement.opening_at(valid),
        now=database_now(),
        is_published=boxes.is_published(box),
        acts=list(acts.order_by("posted_at")),
        opened=box.bids.exclude(bid__result=None).count(),
    )


def valid_statement(tender: Tender) -> KeyStatement:
    """The statement that the box was closed under; a later one cannot come."""
    found = statement.latest_valid(tender)
    if found is None:
        raise Refused(_("The tender has no valid key statement."))
    return found


def bids_of(box: Box) -> QuerySet[Bid]:
    """The bids in the order of the box."""
    return (
        Bid.objects.filter(boxed__box=box)
        .select_related("participation__provider", "participation__tender")
        .order_by("boxed__position")
    )


def manifest_of(bid: Bid) -> manifest.Manifest:
    return manifest.read(bid.manifest.encode())


# --- Phase one --------------------------------------------------------------------------------


@transaction.atomic
def post_shares(
    tender: Tender, *, act: Mapping[str, Any], signature: str, texts: Mapping[str, str], by: User
) -> ShareAct:
    """Take a member's one act: for every bid in the box its share, or an objection with reason.

    ``texts`` gives the share of a bid (by the digest of its manifest) as base64. An act that is
    not what it should be is refused as a whole and leaves nothing; a share in it that is not
    what its bidder committed to is kept as evidence against its sender.
    """
    moment = deadline.hold(tender)
    box = Box.objects.select_related("tender", "entry").filter(tender=tender).first()
    if box is None:
        raise Refused(_("The box is still open."))
    opening = Opening.objects.select_for_update(of=("self",)).get(box=box)
    valid = valid_statement(tender)
    if not by.has_perm("bidding.open_bids", tender):
        raise PermissionDenied
    _require_time(box, opening, valid, moment.now)
    bids = list(bids_of(box))
    items = _checked_act(act, box=box, valid=valid, bids=bids, by=by)
    if not verify_object(_signing_key(valid, by), act, signature):
        raise Refused(_("The signature does not hold: it was not made with your key."))
    if box.acts.filter(member=by).exists():
        raise Refused(_("You have posted your shares already. There is one act for each member."))
    kept = ShareAct.objects.create(
        box=box,
        member=by,
        body=jcs.canonical(act).decode(),
        signature=signature,
        posted_at=moment.now,
    )
    if not opening.started_at:
        opening.started_at = moment.now
        opening.save(update_fields=["started_at"])
        record(
            Event.TENDER_OPENING_STARTED,
            subject=tender,
            by=by,
            at=moment.now,
            tender=tender.code,
            root=box.root,
        )
    for bid, item in zip(bids, items, strict=True):
        _keep(kept, bid, item, texts, valid)
    _record_act(kept, act, by)
    _advance(opening, valid, bids, moment.now)
    return kept


@transaction.atomic
def end_waiting(opening: Opening) -> bool:
    """End phase one if its time has come: the clock's own step, harmless to repeat."""
    moment = deadline.hold(opening.box.tender)
    locked = Opening.objects.select_for_update(of=("self",)).get(pk=opening.pk)
    valid = valid_statement(locked.box.tender)
    if locked.shares_complete_at is not None or moment.now < statement.opening_at(valid):
        return False
    if not boxes.is_published(locked.box):
        return False
    _advance(locked, valid, list(bids_of(locked.box)), moment.now)
    return locked.shares_complete_at is not None


def due_to_advance() -> QuerySet[Opening]:
    """Openings whose phase one may end by the clock: nobody is waited for, or there is no bid."""
    waiting = Opening.objects.filter(shares_complete_at=None).select_related("box__tender")
    return waiting.filter(waits_until__lte=database_now()) | waiting.filter(box__count=0)


def _require_time(box: Box, opening: Opening, valid: KeyStatement, now: dt.datetime) -> None:
    if now < statement.opening_at(valid):
        raise Refused(_("The opening has not begun yet."))
    if not boxes.is_published(box):
        raise Refused(_("The closing of the box is not in the ledger yet. Wait a moment."))
    if opening.shares_complete_at is not None:
        raise Refused(_("The shares are complete: no more are taken."))


def _checked_act(
    act: Mapping[str, Any], *, box: Box, valid: KeyStatement, bids: Sequence[Bid], by: User
) -> list[Mapping[str, Any]]:
    """The items of ``act``, one for every bid of the box in its order, or ``Refused``."""
    expected = {
        "format": ACT_FORMAT,
        "tender": box.tender.code,
        "envelope": statement.body_of(valid)["envelopes"][0],
        "statement": valid.digest,
        "root": box.root,
        "member": by.username,
    }
    if set(act) != ACT_FIELDS or any(act[name] != value for name, value in expected.items()):
        raise Refused(_("This act is not one for this box, key statement and member."))
    items = act["shares"]
    if not isinstance(items, list) or not all(map(_is_item, items)):
        raise Refused(_("This act is not written as it must be."))
    if [item["manifest"] for item in items] != [bid.manifest_digest for bid in bids]:
        raise Refused(_("An act decides about all bids in the box, each once, and no other."))
    return items


def _is_item(item: Any) -> bool:
    if not isinstance(item, dict) or set(item) != ITEM_FIELDS:
        return False
    share, objection = item["share"], item["objection"]
    if share is None:
        return isinstance(objection, str) and OBJECTION.fullmatch(objection) is not None
    return isinstance(share, str) and objection is None


def _keep(
    act: ShareAct,
    bid: Bid,
    item: Mapping[str, Any],
    texts: Mapping[str, str],
    valid: KeyStatement,
) -> None:
    if item["objection"] is not None:
        PostedShare.objects.create(act=act, bid=bid, objection=item["objection"])
        return
    plain = _plain(texts.get(bid.manifest_digest), item["share"])
    disputed = _fault(plain, bid, act.member, valid)
    posted = PostedShare.objects.create(act=act, bid=bid, share=plain.decode(), disputed=disputed)
    if disputed:
        record(
            Event.SHARE_DISPUTED,
            subject=posted,
            by=act.member,
            tender=act.box.tender.code,
            manifest=bid.manifest_digest,
            member=act.member.username,
            reason=disputed,
            fault=fault_of(posted),
            share=item["share"],
        )


def _plain(text: str | None, promised: str) -> bytes:
    """The bytes of a share, which must be those that the signed act names by digest."""
    try:
        plain = from_base64(text or "")
        is_text = "\0" not in plain.decode()
    except (FormatRefused, UnicodeDecodeError) as error:
        raise Refused(_("A share has not arrived whole. Post again.")) from error
    if not is_text or len(plain) > LARGEST_SHARE:
        raise Refused(_("A share is not written as it must be."))
    if sha256(plain) != promised:
        raise Refused(_("A share is not the one named in the signed act."))
    return plain


def _fault(plain: bytes, bid: Bid, member: User, valid: KeyStatement) -> str:
    """The code of what is wrong with a share, or nothing."""
    try:
        shares.check(
            plain,
            manifest=manifest_of(bid),
            member=member.username,
            statements=_accepted(valid),
        )
    except ShareRefused as refused:
        return refused.code
    return ""


def fault_of(posted: PostedShare) -> str:
    """Whose fault a disputed share is.

    Bytes that are what the bidder committed to were made so by the bidder; any other bytes come
    from the member who posted them.
    """
    stated = manifest_of(posted.bid)["shares"]
    member = posted.act.member.username
    commitments = [share["commitment"] for share in stated if share["member"] == member]
    return "bidder" if sha256(posted.share.encode()) in commitments else "member"


def _record_act(act: ShareAct, body: Mapping[str, Any], by: User) -> None:
    box = act.box
    objections = [item for item in body["shares"] if item["objection"] is not None]
    record(
        Event.SHARE_POSTED,
        subject=act,
        by=by,
        at=act.posted_at,
        tender=box.tender.code,
        root=box.root,
        act=jcs.digest(body),
        shares=len(body["shares"]) - len(objections),
        objections=len(objections),
    )
    for item in objections:
        record(
            Event.SHARE_OBJECTED,
            subject=act,
            by=by,
            at=act.posted_at,
            tender=box.tender.code,
            manifest=item["manifest"],
            reason=item["objection"],
        )


# --- When phase one is over -------------------------------------------------------------------


def combination(bid: Bid, valid: KeyStatement) -> shares.Combination:
    """What the shares posted for ``bid`` give. The key in it is never stored."""
    posted = {
        share.act.member.username: share.share.encode()
        for share in bid.posted.exclude(share="").select_related("act__member")
    }
    return shares.combine(posted, manifest=manifest_of(bid), statements=_accepted(valid))


def _advance(opening: Opening, valid: KeyStatement, bids: Sequence[Bid], now: dt.datetime) -> None:
    """End phase one when every bid can be opened, all have acted, or the waiting is over."""
    body = statement.body_of(valid)
    acted = opening.box.acts.count()
    openable = {bid.pk: combination(bid, valid).identity is not None for bid in bids}
    is_over = opening.waits_until is not None and now >= opening.waits_until
    if all(openable.values()) or acted == body["n"] or is_over:
        _complete(opening, bids, openable, now)
    elif acted >= body["k"] and opening.waits_until is None:
        opening.waits_until = now + PATIENCE
        opening.save(update_fields=["waits_until"])
        _call_the_others(opening, valid)


def _complete(
    opening: Opening, bids: Sequence[Bid], openable: Mapping[int, bool], now: dt.datetime
) -> None:
    for bid in bids:
        step = "find_openable" if openable[bid.pk] else "ask_for_recovery"
        BID.fire(
            bid,
            step,
            by=None,
            at=now,
            tender=opening.box.tender.code,
            manifest=bid.manifest_digest,
        )
    opening.shares_complete_at = now
    opening.save(update_fields=["shares_complete_at"])


def _call_the_others(opening: Opening, valid: KeyStatement) -> None:
    acted = set(opening.box.acts.values_list("member", flat=True))
    notify(
        [member for member in statement.openers(valid) if member.pk not in acted],
        "opening_waits",
        url=f"/tenders/{opening.box.tender.code}/opening/",
        tender=opening.box.tender,
        until=opening.waits_until,
    )


def _accepted(valid: KeyStatement) -> set[str]:
    return {version.digest for version in statement.valid_chain(valid.tender)}


def _signing_key(valid: KeyStatement, by: User) -> str:
    stated = statement.body_of(valid)["members"]
    return next(str(m["signing_key"]) for m in stated if m["member"] == by.username)
