"""Refusals of the sealed envelope: a machine code beside the reason, the same as in JavaScript."""

from __future__ import annotations

from lpse.errors import Refused


class SealingRefused(Refused):
    """``code`` is ``part:reason`` and stable: tests, records and evidence name it."""

    def __init__(self, code: str, reason: object, **details: object) -> None:
        super().__init__(reason)
        self.code = code
        self.details = details  # never secret: it may be shown and recorded


class FormatRefused(SealingRefused):
    """Bytes that are not canonical JSON, base64 … of the expected form."""


class KeyRefused(SealingRefused):
    """A key file that does not fit."""


class StatementRefused(SealingRefused):
    """A key statement that must not be trusted."""


class ManifestRefused(SealingRefused):
    """A manifest that is not what its bidder signed, or not for this tender."""


class ShareRefused(SealingRefused):
    """A share that does not belong to exactly this bid, member and key statement."""


class EnvelopeRefused(SealingRefused):
    """A sealed file whose header, size, digest or content is not as recorded."""


class ReceiptRefused(SealingRefused):
    """A receipt that the LPSE has not signed or that does not say what it should."""
