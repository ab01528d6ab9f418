"""The receipt: what the LPSE says, over its signature, about something that is committed."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from typing import Any

from django.conf import settings

from bidding.models import Bid, Outcome, Participation, Receipt
from lpse.audit.log import body as entry_body
from lpse.audit.models import AuditEntry
from lpse.clock import instant
from lpse.sealing import jcs, office_key, sign
from lpse.sealing import manifest as manifests
from lpse.sealing import receipt as sealing_receipt
from lpse.sealing.digests import to_base64
from procurement.models import KeyStatement

PROMISE = dt.timedelta(seconds=60)  # until the entry is in a published checkpoint


def issue(
    participation: Participation,
    *,
    outcome: Outcome,
    reason: str | None,
    manifest: dict[str, Any],
    bid: Bid | None,
    statement: KeyStatement,
    deadline: dt.datetime,
    entry: AuditEntry,
) -> Receipt:
    """Sign and store what was just written, in the transaction that writes it.

    Only what is committed is signed, as far as anybody outside can tell: the signature is made
    after every other row is written, is itself one of them, and leaves this process only with
    the row's commit (``submission`` returns after it). If the commit fails, what was computed
    dies with the request. The other order, commit first and sign afterwards, would leave
    accepted bids without a receipt whenever a process dies between the two, and could not
    refuse to sign again.
    """
    body = {
        "format": sealing_receipt.FORMAT,
        "lpse": settings.LEDGER_ORIGIN,
        "outcome": outcome.value,
        "reason": reason,
        "tender": participation.tender.code,
        "envelope": manifest["envelope"],
        "provider": participation.provider.code,
        "bidder": manifest["bidder"],
        "manifest": manifests.digest(manifest),
        "ciphertext": manifest["ciphertext"],
        "version": bid.version if bid else 0,
        "at": instant(entry.at),
        "deadline": instant(deadline),
        # The version in force now, which need not be the one the bid was sealed under: it is the
        # one that names this deadline, and the bidder's browser compares the two.
        "statement": statement.digest,
        "entry": {"salt": to_base64(bytes(entry.salt)), "body": entry_body(entry)},
        "log": {"origin": settings.LEDGER_ORIGIN, "promise": instant(entry.at + PROMISE)},
    }
    sealing_receipt.check(body)
    text = jcs.canonical(body)
    return Receipt.objects.create(
        participation=participation,
        bid=bid,
        outcome=outcome,
        manifest_digest=body["manifest"],
        body=text.decode(),
        signature=to_base64(office_key.sign(text)),
        code=secrets.token_hex(8),
        issued_at=entry.at,
    )


def contents(receipt: Receipt) -> dict[str, Any]:
    """What the receipt says, as it was signed."""
    body: dict[str, Any] = json.loads(receipt.body)
    return body


def file_of(receipt: Receipt) -> dict[str, Any]:
    """The receipt as the bidder keeps it: whoever has the LPSE's key can check it, offline."""
    return {
        "receipt": contents(receipt),
        "signature": receipt.signature,
        "key": to_base64(office_key.public_key()),
    }


def entry_of(receipt: Receipt) -> AuditEntry:
    """The entry in the log that the receipt embeds."""
    return AuditEntry.objects.get(pk=contents(receipt)["entry"]["body"]["id"])


def is_signed(receipt: Receipt) -> bool:
    """Whether the signature that is kept holds under the key of this LPSE."""
    key = to_base64(office_key.public_key())
    return sign.verify_bytes(key, receipt.body.encode(), receipt.signature)


def digest(receipt: Receipt) -> str:
    return jcs.digest(contents(receipt))
