"""The manifest: what a bidder sends, named by digests and signed with the tender key."""

from __future__ import annotations

from typing import Any, NoReturn

from django.utils.translation import gettext as _

from lpse.sealing import jcs, sign
from lpse.sealing.age_header import plain_size
from lpse.sealing.chain import Chain
from lpse.sealing.errors import FormatRefused, ManifestRefused
from lpse.sealing.padding import is_padded
from lpse.sealing.shape import (
    is_code,
    is_count,
    is_digest,
    is_envelope,
    is_key,
    is_member,
    is_object,
    is_recipient,
    is_text,
    list_of,
    shaped,
)

FORMAT = "lpse-manifest/1"

Manifest = dict[str, Any]

_FIELDS = {
    "format": is_text,
    "tender": is_code,
    "envelope": is_envelope,
    "provider": is_code,
    "bidder": is_key,
    "statement": is_digest,
    "bundle": is_digest,
    "recipient": is_recipient,
    "ciphertext": is_object,
    "k": is_count,
    "n": is_count,
    "shares": list_of(is_object),
}
_CIPHERTEXT = {"sha256": is_digest, "size": is_count}
_SHARE = {"member": is_member, "commitment": is_digest, "sealed": is_digest}


def digest(manifest: Manifest) -> str:
    return jcs.digest(manifest)


def read(text: bytes) -> Manifest:
    """The manifest that ``text`` spells canonically, its form checked."""
    try:
        manifest = jcs.parse(text)
    except FormatRefused as error:
        raise ManifestRefused(
            "manifest:format", _("This is not a manifest of the known format.")
        ) from error
    check(manifest)
    checked: Manifest = manifest
    return checked


def check(manifest: Any) -> None:
    """The form of a manifest, without its signature."""
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        _refuse("format", _("This is not a manifest of the known format."))
    shaped(manifest, _FIELDS, _bad_field)
    shaped(manifest["ciphertext"], _CIPHERTEXT, _bad_field)
    for share in manifest["shares"]:
        shaped(share, _SHARE, _bad_field)
    plain = plain_size(manifest["ciphertext"]["size"])
    if plain is None or not is_padded(plain):
        _refuse("size", _("The sealed file has a size that no padded bid has."))


def verify(text: bytes, signature: str, *, chain: Chain, bidder: str, provider: str) -> Manifest:
    """The manifest in ``text`` if ``bidder`` signed it for this tender and these openers.

    ``bidder`` is the tender key that ``provider`` registered.
    """
    manifest = read(text)
    if manifest["tender"] != chain.latest["tender"]:
        _refuse("tender", _("The manifest is of another tender."))
    statement = chain.by_digest.get(manifest["statement"])
    if statement is None:
        _refuse("statement", _("The bid was sealed under another key statement."))
    if manifest["envelope"] not in statement["envelopes"]:
        _refuse("envelope", _("The tender has no such envelope."))
    if (manifest["k"], manifest["n"]) != (statement["k"], statement["n"]):
        _refuse("threshold", _("The bid was sealed for another number of openers."))
    addressed = [share["member"] for share in manifest["shares"]]
    if addressed != [member["member"] for member in statement["members"]]:
        _refuse("members", _("The shares are not addressed to the members of the committee."))
    if (manifest["bidder"], manifest["provider"]) != (bidder, provider):
        _refuse("bidder", _("The manifest is of another bidder."))
    if not sign.verify_bytes(bidder, text, signature):
        _refuse("signature", _("The bidder's signature does not hold."))
    return manifest


def _bad_field(field: str) -> NoReturn:
    raise ManifestRefused(
        "manifest:field",
        _("A field of the manifest is missing, unknown or wrong: %(field)s") % {"field": field},
        field=field,
    )


def _refuse(code: str, reason: str) -> NoReturn:
    raise ManifestRefused(f"manifest:{code}", reason)
