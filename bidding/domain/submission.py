"""*Kirim*: a sealed bid becomes a bid that counts, or is refused with a receipt that says why.

Everything that takes time is checked before the transaction; what depends on the deadline is
decided in it, under the tender's lock, by the database's clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from bidding.domain import deadline as deadlines
from bidding.domain import good_standing
from bidding.domain import participation as participations
from bidding.domain import receipt as receipts
from bidding.domain.bid import BID
from bidding.models import (
    Bid,
    BidState,
    Outcome,
    Participation,
    Receipt,
    SealedShare,
    TenderKey,
    Upload,
)
from lpse.audit.events import Event
from lpse.audit.log import record
from lpse.clock import database_now
from lpse.errors import Refused
from lpse.files.storage import storage
from lpse.mail import notify
from lpse.sealing import age_header, chain, digests
from lpse.sealing import manifest as manifests
from procurement.domain import statement as statements
from procurement.models import KeyStatement, TenderState
from registration.models import User

ENDED = (BidState.REPLACED, BidState.WITHDRAWN)


class Reason(StrEnum):
    """Why a receipt refuses. A code: it is signed, and read by programs."""

    LATE = "late"
    WITHDRAWAL_LATE = "withdrawal_late"
    CANCELLED = "cancelled"
    SANCTIONED = "sanctioned"
    DEACTIVATED = "deactivated"


@dataclass(frozen=True, slots=True)
class Verified:
    """A submission of which everything holds that does not depend on the clock."""

    manifest: dict[str, Any]
    text: str
    digest: str
    signature: str
    key: TenderKey
    statement: KeyStatement
    shares: dict[str, bytes]  # member's User ID → the sealed share


def submit(
    participation: Participation,
    upload: Upload,
    *,
    manifest: str,
    signature: str,
    shares: Mapping[str, str],
    by: User,
) -> Receipt:
    """Submit the sealed file of ``upload``; the receipt says whether it was accepted.

    ``manifest`` is the JCS text as it was signed, ``shares`` the sealed shares in base64. Asked
    again with the same manifest, the same receipt is given: who did not hear the answer may ask
    as often as it takes.
    """
    if not by.has_perm("bidding.submit_bid", participation):
        raise PermissionDenied
    text = manifest.encode()
    # Before anything is verified: keys and uploads may have changed since the first answer.
    if known := _known_receipt(participation, manifests.digest(manifests.read(text))):
        return known
    verified = verify(participation, upload, text, signature, shares)
    return _decide(participation, upload, verified, by=by)


def verify(
    participation: Participation,
    upload: Upload,
    manifest: bytes,
    signature: str,
    shares: Mapping[str, str],
) -> Verified:
    """Everything about a submission that can be known without the clock, or ``Refused``."""
    tender = participation.tender
    versions = statements.valid_chain(tender)
    key = participations.latest_key(participation)
    if key is None:
        raise Refused(_("Register the key of this tender first."))
    body = manifests.verify(
        manifest,
        signature,
        chain=chain.verify(statements.as_chain(versions), tender=tender.code),
        bidder=key.public_key,
        provider=participation.provider.code,
    )
    _require_upload(upload, participation, body)
    return Verified(
        manifest=body,
        text=manifest.decode(),
        digest=manifests.digest(body),
        signature=signature,
        key=key,
        statement=next(v for v in versions if v.digest == body["statement"]),
        shares=_checked_shares(shares, body),
    )


def destroy(bid: Bid) -> None:
    """Destroy the bytes and the shares of an ended version; its digests stay.

    Bytes first: what is interrupted here is found again by the task, as long as the row does
    not say that it is done.
    """
    bid.refresh_from_db(fields=["state"])
    if bid.state not in ENDED:
        raise RuntimeError(f"{bid} counts; it is not destroyed")
    storage().delete(bid.name)
    with transaction.atomic():
        locked = Bid.objects.select_for_update(of=("self",)).get(pk=bid.pk)
        if locked.destroyed_at is not None:
            return
        locked.shares.all().delete()
        locked.destroyed_at = database_now()
        locked.save(update_fields=["destroyed_at"])
        Upload.objects.filter(name=locked.name).update(terminated_at=locked.destroyed_at)
        record(
            Event.BID_DESTROYED,
            subject=locked,
            by=None,
            manifest=locked.manifest_digest,
            ciphertext=locked.ciphertext_sha256,
        )


def undestroyed() -> list[Bid]:
    """Replaced and withdrawn versions of which a crash has left something."""
    return list(Bid.objects.filter(state__in=ENDED, destroyed_at=None))


def counting(participation: Participation, envelope: str) -> Bid | None:
    """The version that counts."""
    return participation.bids.filter(envelope=envelope).exclude(state__in=ENDED).first()


@transaction.atomic(durable=True)
def _decide(
    participation: Participation, upload: Upload, verified: Verified, *, by: User
) -> Receipt:
    """Short: nothing here waits for a byte."""
    moment = deadlines.hold(participation.tender)
    locked = Participation.objects.select_for_update(of=("self",)).get(pk=participation.pk)
    if not by.has_perm("bidding.submit_bid", locked):
        raise PermissionDenied
    if known := _known_receipt(locked, verified.digest):
        return known
    good_standing.hold(locked.provider, by)
    if reason := _refusal(moment) or _bad_standing(locked, by):
        return _refuse(locked, verified.manifest, verified.digest, reason, moment, by=by)
    if not moment.has_begun:
        raise Refused(_("Bids are not taken yet."))
    if participations.latest_key(locked) != verified.key:
        raise Refused(_("Another key was registered meanwhile. Seal the bid again."))
    return _accept(locked, upload, verified, moment, by=by)


def _accept(
    participation: Participation,
    upload: Upload,
    verified: Verified,
    moment: deadlines.Moment,
    *,
    by: User,
) -> Receipt:
    kept = Upload.objects.select_for_update(of=("self",)).get(pk=upload.pk)
    if kept.terminated_at is not None or Bid.objects.filter(name=kept.name).exists():
        raise Refused(_("The uploaded file is no longer there. Upload it again."))
    manifest = verified.manifest
    replaced = counting(participation, manifest["envelope"])
    if replaced is not None:
        BID.fire(replaced, "replace", by=by, at=moment.now, manifest=replaced.manifest_digest)
        _end(replaced, moment)
    last = participation.bids.filter(envelope=manifest["envelope"]).order_by("version").last()
    bid = Bid.objects.create(
        participation=participation,
        envelope=manifest["envelope"],
        version=last.version + 1 if last else 1,
        manifest=verified.text,
        manifest_digest=verified.digest,
        signature=verified.signature,
        tender_key=verified.key,
        statement=verified.statement,
        recipient=manifest["recipient"],
        ciphertext_sha256=kept.sha256,
        ciphertext_size=kept.length,
        name=kept.name,
        submitted_at=moment.now,
        submitted_by=by,
    )
    members = {user.username: user for user in _members(verified.statement)}
    SealedShare.objects.bulk_create(
        SealedShare(
            bid=bid,
            member=members[stated["member"]],
            commitment=stated["commitment"],
            sealed=verified.shares[stated["member"]],
        )
        for stated in manifest["shares"]
    )
    entry = record(
        Event.BID_SUBMITTED,
        subject=bid,
        by=by,
        at=moment.now,
        tender=participation.tender.code,
        envelope=bid.envelope,
        provider=participation.provider.code,
        version=bid.version,
        manifest=bid.manifest_digest,
        ciphertext=bid.ciphertext_sha256,
        size=bid.ciphertext_size,
        statement=verified.statement.digest,
    )
    _tell(participation, "bid_accepted")
    return receipts.issue(
        participation,
        outcome=Outcome.ACCEPTED,
        reason=None,
        manifest=manifest,
        bid=bid,
        statement=_in_force(participation),
        deadline=_deadline(moment),
        entry=entry,
    )


@transaction.atomic(durable=True)
def withdraw(bid: Bid, *, by: User) -> Receipt:
    """Take the bid back before the deadline. Its bytes and shares are destroyed."""
    moment = deadlines.hold(bid.participation.tender)
    participation = Participation.objects.select_for_update(of=("self",)).get(
        pk=bid.participation_id
    )
    locked = Bid.objects.select_for_update(of=("self",)).get(pk=bid.pk)
    if not by.has_perm("bidding.submit_bid", locked):
        raise PermissionDenied
    known = participation.receipts.filter(
        manifest_digest=locked.manifest_digest, outcome=Outcome.WITHDRAWN
    ).first()
    if known:
        return known
    manifest = manifests.read(locked.manifest.encode())
    # A firm under sanction may still take back what is its own; a deactivated person may nothing.
    good_standing.require_in_use(by)
    if reason := _refusal(moment):
        late = Reason.WITHDRAWAL_LATE if reason is Reason.LATE else reason
        return _refuse(
            participation, manifest, locked.manifest_digest, late, moment, by=by, bid=locked
        )
    entry = BID.fire(locked, "withdraw", by=by, at=moment.now, manifest=locked.manifest_digest)
    _end(locked, moment)
    _tell(participation, "bid_withdrawn")
    return receipts.issue(
        participation,
        outcome=Outcome.WITHDRAWN,
        reason=None,
        manifest=manifest,
        bid=locked,
        statement=_in_force(participation),
        deadline=_deadline(moment),
        entry=entry,
    )


def _refuse(
    participation: Participation,
    manifest: dict[str, Any],
    digest: str,
    reason: Reason,
    moment: deadlines.Moment,
    *,
    by: User,
    bid: Bid | None = None,
) -> Receipt:
    """A refusal is an outcome: committed, signed, in the ledger. Asked again, it is the same."""
    earlier = participation.receipts.filter(outcome=Outcome.REFUSED, manifest_digest=digest)
    for receipt in earlier:
        if receipts.contents(receipt)["reason"] == reason:
            return receipt
    entry = record(
        Event.BID_REFUSED,
        subject=participation,
        by=by,
        at=moment.now,
        tender=participation.tender.code,
        provider=participation.provider.code,
        reason=reason,
        manifest=digest,
        ciphertext=manifest["ciphertext"]["sha256"],
        deadline=moment.deadline,
    )
    return receipts.issue(
        participation,
        outcome=Outcome.REFUSED,
        reason=reason.value,
        manifest=manifest,
        bid=bid,
        statement=_in_force(participation),
        deadline=_deadline(moment),
        entry=entry,
    )


def _bad_standing(participation: Participation, by: User) -> Reason | None:
    """Refused with a receipt, like a late bid: the firm can show that it tried, and when."""
    if not good_standing.is_in_use(by):
        return Reason.DEACTIVATED
    return Reason.SANCTIONED if good_standing.sanction_of(participation.provider) else None


def _refusal(moment: deadlines.Moment) -> Reason | None:
    if moment.state == TenderState.CANCELLED:
        return Reason.CANCELLED
    # The clock before the state: a tender whose box is closed is past its deadline.
    return Reason.LATE if moment.is_over or not moment.is_announced else None


def _known_receipt(participation: Participation, digest: str) -> Receipt | None:
    """What was answered to the same manifest before, as long as it is still true."""
    answers = participation.receipts.select_related("bid").filter(manifest_digest=digest)
    accepted = answers.filter(outcome=Outcome.ACCEPTED).first()
    if accepted is None:
        return answers.filter(outcome=Outcome.REFUSED, bid=None).first()
    if accepted.bid is not None and accepted.bid.state in ENDED:
        raise Refused(_("This version was replaced or withdrawn. Seal the bid again to send it."))
    return accepted


def _end(bid: Bid, moment: deadlines.Moment) -> None:
    """What is destroyed is destroyed after the commit; if that fails, the task does it."""
    bid.ended_at = moment.now
    bid.save(update_fields=["ended_at"])
    transaction.on_commit(lambda: destroy(bid), robust=True)


def _tell(participation: Participation, template: str) -> None:
    """Tell the firm's officers; that there is a bid stays between the firm and the box."""
    notify(
        participations.officers(participation),
        template,
        url="/bids/",
        tender=participation.tender,
    )


def _members(statement: KeyStatement) -> list[User]:
    """The users whom the statement names."""
    names = [member["member"] for member in statements.body_of(statement)["members"]]
    return list(User.objects.filter(username__in=names))


def _in_force(participation: Participation) -> KeyStatement:
    """The key statement whose deadline is the one that was held."""
    found = statements.latest_valid(participation.tender)
    if found is None:
        raise RuntimeError("an announced tender has a key statement")
    return found


def _deadline(moment: deadlines.Moment) -> dt.datetime:
    if moment.deadline is None:
        raise RuntimeError("an announced tender has a deadline")
    return moment.deadline


def _require_upload(
    upload: Upload, participation: Participation, manifest: dict[str, Any]
) -> None:
    stated = manifest["ciphertext"]
    if upload.participation_id != participation.pk or upload.envelope != manifest["envelope"]:
        raise PermissionDenied
    if not upload.sha256:
        raise Refused(_("The upload is not complete."))
    if (upload.sha256, upload.length) != (stated["sha256"], stated["size"]):
        raise Refused(_("The file that is stored here is not the one that was sealed."))


def _checked_shares(shares: Mapping[str, str], manifest: dict[str, Any]) -> dict[str, bytes]:
    """The sealed shares, each the one that the manifest states and each behind the header gate."""
    stated = {share["member"]: share["sealed"] for share in manifest["shares"]}
    if shares.keys() != stated.keys():
        raise Refused(_("The shares are not those of the members of the committee."))
    sealed = {}
    for member, text in shares.items():
        content = digests.from_base64(text)
        if digests.sha256(content) != stated[member]:
            raise Refused(
                _("The share for %(member)s is not the one that was signed.") % {"member": member}
            )
        if fault := age_header.fault_of_sealed_share(content):
            raise Refused(
                _("The share for %(member)s is not sealed as it must be: %(why)s.")
                % {"member": member, "why": fault}
            )
        sealed[member] = content
    return sealed
