"""Shares that members have posted: is each the one its bidder committed to, and what do they give?

Faults are attributed. A share that is not its commitment is disputed together with the sealed
share it came from, and other subsets are tried. Shares that all match their commitments and yet
give no bid key are the fault of the bidder, who made them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, islice
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from lpse.sealing import jcs, shamir
from lpse.sealing.age_file import recipient_of
from lpse.sealing.digests import from_base64, sha256
from lpse.sealing.errors import FormatRefused, KeyRefused, ShareRefused
from lpse.sealing.manifest import Manifest
from lpse.sealing.shape import (
    is_base64_of,
    is_code,
    is_count,
    is_digest,
    is_envelope,
    is_key,
    is_member,
    is_recipient,
    is_text,
    shaped,
)

FORMAT = "lpse-share/1"
PART_SIZE = 74 + 1  # the bid key as text, and the abscissa behind it
MOST_SUBSETS = 20_000  # all quorums of committees up to 15; more would only burn time

Share = dict[str, Any]

_FIELDS = {
    "format": is_text,
    "tender": is_code,
    "envelope": is_envelope,
    "provider": is_code,
    "bidder": is_key,
    "recipient": is_recipient,
    "ciphertext": is_digest,
    "size": is_count,
    "member": is_member,
    "statement": is_digest,
    "share": is_base64_of(PART_SIZE),
}

_REASONS = {
    "tender": lambda: _("The share belongs to another tender."),
    "envelope": lambda: _("The share belongs to another envelope."),
    "provider": lambda: _("The share belongs to the bid of another provider."),
    "bidder": lambda: _("The share was made with the tender key of another bidder."),
    "recipient": lambda: _("The share belongs to another bid."),
    "ciphertext": lambda: _("The share belongs to another sealed file."),
    "size": lambda: _("The share names another size of the sealed file."),
    "member": lambda: _("The share is addressed to another member."),
    "statement": lambda: _("The share was made under another key statement."),
}


class Fault(StrEnum):
    """Why the posted shares give no bid key."""

    TOO_FEW = "too_few"  # of the members' shares, fewer than k are what was committed to
    BIDDER = "bidder"  # enough are, and they give no key: they were made so


@dataclass(frozen=True, slots=True)
class Combination:
    """``identity`` is the bid key and secret; it is never stored, logged or shown."""

    identity: str | None
    fault: Fault | None
    used: tuple[str, ...]  # the members whose shares gave the key
    disputed: Mapping[str, str]  # member → code of what is wrong with the share
    inconsistent: tuple[str, ...]  # members whose share matches but lies on another curve

    def __repr__(self) -> str:
        return f"Combination(used={self.used}, fault={self.fault}, disputed={self.disputed})"


def check(plain: bytes, *, manifest: Manifest, member: str, statements: Collection[str]) -> Share:
    """``plain`` as the share of ``member`` for exactly this bid, or :class:`ShareRefused`.

    ``statements`` are the digests of the accepted key statements of the tender. The manifest
    has been verified before: it names what the share must name.
    """
    try:
        share = jcs.parse(plain)
    except FormatRefused as error:
        raise ShareRefused("share:format", _("The share is not of the known format.")) from error
    if not isinstance(share, dict) or share.get("format") != FORMAT:
        _refuse("format", _("The share is not of the known format."))
    shaped(share, _FIELDS, _bad_field)
    expected = {
        "tender": manifest["tender"],
        "envelope": manifest["envelope"],
        "provider": manifest["provider"],
        "bidder": manifest["bidder"],
        "recipient": manifest["recipient"],
        "ciphertext": manifest["ciphertext"]["sha256"],
        "size": manifest["ciphertext"]["size"],
        "member": member,
        "statement": manifest["statement"],
    }
    for field, value in expected.items():
        if share[field] != value:
            _refuse(field, _REASONS[field]())
    if share["statement"] not in statements:
        _refuse("statement", _REASONS["statement"]())
    stated = [listed["commitment"] for listed in manifest["shares"] if listed["member"] == member]
    if stated != [sha256(plain)]:
        _refuse("commitment", _("The share is not the one the bidder committed to."))
    if from_base64(share["share"])[-1] == 0:
        _bad_field("share")
    checked: Share = share
    return checked


def combine(
    posted: Mapping[str, bytes], *, manifest: Manifest, statements: Collection[str]
) -> Combination:
    """The bid key that the posted shares (member → plaintext) give, or whose fault it is."""
    parts: dict[str, bytes] = {}
    disputed: dict[str, str] = {}
    for member, plain in posted.items():
        try:
            share = check(plain, manifest=manifest, member=member, statements=statements)
        except ShareRefused as refused:
            disputed[member] = refused.code
        else:
            parts[member] = from_base64(share["share"])
    if len(parts) < manifest["k"]:
        return Combination(None, Fault.TOO_FEW, (), disputed, ())
    for members in _subsets(parts, manifest["k"]):
        if identity := _key(members, parts, manifest["recipient"]):
            strangers = _off_the_curve(members, parts, manifest["recipient"])
            return Combination(identity, None, members, disputed, strangers)
    return Combination(None, Fault.BIDDER, (), disputed, ())


def _subsets(parts: Mapping[str, bytes], k: int) -> Iterator[tuple[str, ...]]:
    return islice(combinations(sorted(parts), k), MOST_SUBSETS)


def _key(members: tuple[str, ...], parts: Mapping[str, bytes], recipient: str) -> str | None:
    """Shamir turns wrong parts into a wrong secret without a word; the recipient tells."""
    try:
        identity = shamir.combine([parts[member] for member in members]).decode("ascii")
        return identity if recipient_of(identity) == recipient else None
    except (ValueError, KeyRefused):
        return None


def _off_the_curve(
    used: tuple[str, ...], parts: Mapping[str, bytes], recipient: str
) -> tuple[str, ...]:
    """Members whose share the bidder made so that it gives nothing with the others."""
    others = [member for member in sorted(parts) if member not in used]
    return tuple(member for member in others if not _key((*used[:-1], member), parts, recipient))


def _bad_field(field: str) -> NoReturn:
    raise ShareRefused(
        "share:field",
        _("A field of the share is missing, unknown or wrong: %(field)s") % {"field": field},
        field=field,
    )


def _refuse(code: str, reason: str) -> NoReturn:
    raise ShareRefused(f"share:{code}", reason)
