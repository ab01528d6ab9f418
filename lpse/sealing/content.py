"""``bid.json``: the form of a bid, and that it names the envelope it was found in.

A copied ciphertext, submitted by another bidder or for another tender, opens well; it is found
here, because what is inside names whose it is.
"""

from __future__ import annotations

from typing import Any, NoReturn

from django.utils.translation import gettext as _

from lpse.sealing import jcs
from lpse.sealing.errors import EnvelopeRefused, FormatRefused
from lpse.sealing.file_names import is_file_name
from lpse.sealing.manifest import Manifest
from lpse.sealing.shape import (
    is_code,
    is_count,
    is_digest,
    is_envelope,
    is_key,
    is_kind,
    is_object,
    is_text,
    list_of,
    shaped,
)

FORMAT = "lpse-bid/1"
NAMED = ("tender", "envelope", "provider", "bidder", "statement")

_FIELDS = {
    "format": is_text,
    "tender": is_code,
    "envelope": is_envelope,
    "provider": is_code,
    "bidder": is_key,
    "statement": is_digest,
    "lines": list_of(is_object),
    "subtotal": is_text,
    "tax_percent": is_text,
    "tax": is_text,
    "total": is_text,
    "total_words": is_text,
    "validity_days": is_count,
    "statements": list_of(is_text),
    "files": list_of(is_object),
}
_LINE = {"no": is_count, "volume": is_text, "unit_price": is_text}
_FILE = {"name": is_file_name, "kind": is_kind, "size": is_count}


def read(data: bytes, *, manifest: Manifest) -> dict[str, Any]:
    """The content of ``bid.json`` if it is of exactly the bid that ``manifest`` describes."""
    try:
        bid = jcs.parse(data)
    except FormatRefused as error:
        raise EnvelopeRefused("content:format", _("The bid form cannot be read.")) from error
    if not isinstance(bid, dict) or bid.get("format") != FORMAT:
        _refuse("format", _("The bid form is not of the known format."))
    shaped(bid, _FIELDS, _bad_field)
    for line in bid["lines"]:
        shaped(line, _LINE, _bad_field)
    for file in bid["files"]:
        shaped(file, _FILE, _bad_field)
    if len({file["name"].casefold() for file in bid["files"]}) != len(bid["files"]):
        _bad_field("files")
    for name in NAMED:
        if bid[name] != manifest[name]:
            _refuse(name, _REASONS[name]())
    content: dict[str, Any] = bid
    return content


_REASONS = {
    "tender": lambda: _("The content was sealed for another tender."),
    "envelope": lambda: _("The content was sealed for another envelope."),
    "provider": lambda: _("The content was sealed by another provider."),
    "bidder": lambda: _("The content was sealed with another tender key."),
    "statement": lambda: _("The content was sealed under another key statement."),
}


def _bad_field(field: str) -> NoReturn:
    raise EnvelopeRefused(
        "content:field",
        _("A field of the bid form is missing, unknown or wrong: %(field)s") % {"field": field},
        field=field,
    )


def _refuse(code: str, reason: str) -> NoReturn:
    raise EnvelopeRefused(f"content:{code}", reason)
