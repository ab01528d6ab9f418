"""Reading receipts: what the LPSE says it committed, and whether it really said so."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from lpse.sealing import jcs, sign
from lpse.sealing.digests import from_base64
from lpse.sealing.errors import ReceiptRefused
from lpse.sealing.shape import (
    is_base64_of,
    is_code,
    is_count,
    is_digest,
    is_envelope,
    is_instant,
    is_key,
    is_object,
    is_one_of,
    is_signature,
    is_text,
    shaped,
)

FORMAT = "lpse-receipt/1"
ENTRY_FORMAT = "lpse-entry/1"
EVENT_OF = {"accepted": "bid:submitted", "withdrawn": "bid:withdrawn", "refused": "bid:refused"}

Receipt = dict[str, Any]

_FIELDS = {
    "format": is_text,
    "lpse": is_text,
    "outcome": is_one_of(*EVENT_OF),
    "reason": lambda value: value is None or is_text(value),
    "tender": is_code,
    "envelope": is_envelope,
    "provider": is_code,
    "bidder": is_key,
    "manifest": is_digest,
    "ciphertext": is_object,
    "version": is_count,
    "at": is_instant,
    "deadline": is_instant,
    "statement": is_digest,
    "entry": is_object,
    "log": is_object,
}
_CIPHERTEXT = {"sha256": is_digest, "size": is_count}
_ENTRY = {"salt": is_base64_of(32), "body": is_object}
_LOG = {"origin": is_text, "promise": is_instant}


def check(receipt: Any) -> None:
    """The form of a receipt, and that it does not contradict itself."""
    if not isinstance(receipt, dict) or receipt.get("format") != FORMAT:
        _refuse("format", _("This is not a receipt of the known format."))
    shaped(receipt, _FIELDS, _bad_field)
    shaped(receipt["ciphertext"], _CIPHERTEXT, _bad_field)
    shaped(receipt["entry"], _ENTRY, _bad_field)
    shaped(receipt["log"], _LOG, _bad_field)
    _require_entry(receipt)
    if receipt["outcome"] == "accepted" and receipt["at"] >= receipt["deadline"]:
        _refuse("late", _("The receipt accepts a bid at or after the deadline."))


def verify(file: Mapping[str, Any], *, key: str) -> Receipt:
    """The receipt in ``file`` if the holder of ``key`` has signed it."""
    receipt: Any = file.get("receipt")
    signature = str(file.get("signature", ""))
    if not (
        is_object(receipt)
        and is_signature(signature)
        and file.get("key") == key
        and sign.verify_object(key, receipt, signature)
    ):
        _refuse("signature", _("The LPSE has not signed this receipt with its key."))
    check(receipt)
    read: Receipt = receipt
    return read


def _require_entry(receipt: Receipt) -> None:
    """What is in the ledger must be this very act: another entry would be found there too."""
    body = receipt["entry"]["body"]
    data = body.get("data")
    if (
        body.get("format") != ENTRY_FORMAT
        or body.get("event") != EVENT_OF[receipt["outcome"]]
        or body.get("at") != receipt["at"]
        or not isinstance(data, dict)
        or data.get("manifest") != receipt["manifest"]
        or receipt["log"]["origin"] != receipt["lpse"]
    ):
        _refuse("entry", _("The ledger entry is of an unknown format, or of something else."))


def log_entry(receipt: Receipt) -> bytes:
    """The 32-byte commitment to the receipt's audit entry, which must be in the ledger."""
    entry = receipt["entry"]
    return hashlib.sha256(from_base64(entry["salt"]) + jcs.canonical(entry["body"])).digest()


def _bad_field(field: str) -> NoReturn:
    raise ReceiptRefused(
        "receipt:field",
        _("A field of the receipt is missing, unknown or wrong: %(field)s") % {"field": field},
        field=field,
    )


def _refuse(code: str, reason: str) -> NoReturn:
    raise ReceiptRefused(f"receipt:{code}", reason)
