"""The key statement: who may open, how many it takes, and until when bids come in.

A majority of the members signs it. The same checks, with the same codes, run in every browser
(``statement.js``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from lpse.sealing import jcs, sign
from lpse.sealing.errors import StatementRefused
from lpse.sealing.shape import (
    is_code,
    is_count,
    is_digest,
    is_envelope,
    is_instant,
    is_key,
    is_member,
    is_object,
    is_recipient,
    is_text,
    list_of,
    shaped,
)

FORMAT = "lpse-key-statement/1"
MOST_MEMBERS = 255

Statement = dict[str, Any]
Signatures = Sequence[Mapping[str, str]]  # [{"member", "signature"}]

_FIELDS = {
    "format": is_text,
    "lpse": is_text,
    "log_key": is_key,
    "tender": is_code,
    "version": lambda value: is_count(value) and value >= 1,
    "previous": lambda value: value is None or is_digest(value),
    "envelopes": list_of(is_envelope),
    "k": is_count,
    "n": is_count,
    "members": list_of(is_object),
    "deadline": is_instant,
    "opening_at": is_instant,
    "rule_set": is_object,
    "bundle": is_digest,
    "content": is_digest,
}
_MEMBER = {"member": is_member, "recipient": is_text, "signing_key": is_key}
_RULE_SET = {"code": is_code, "digest": is_digest}


def build(**fields: Any) -> Statement:
    """A statement of ``fields``, its members in order and counted."""
    members = sorted(fields.pop("members"), key=lambda member: str(member["member"]))
    statement = {**fields, "format": FORMAT, "n": len(members), "members": members}
    check(statement)
    return statement


def digest(statement: Statement) -> str:
    return jcs.digest(statement)


def check(statement: Any) -> None:
    """The form of one statement, without its signatures."""
    if not isinstance(statement, dict) or statement.get("format") != FORMAT:
        refuse("format", _("This is not a key statement of the known format."))
    shaped(statement, _FIELDS, _bad_field)
    shaped(statement["rule_set"], _RULE_SET, _bad_field)
    for member in statement["members"]:
        shaped(member, _MEMBER, _bad_field)
        if not is_recipient(member["recipient"]):
            refuse("recipient", _("A member's opening key is of an unknown type."))
    _check_numbers(statement)
    if not _ascend(statement["envelopes"]) or not statement["envelopes"]:
        refuse("envelopes", _("The envelopes are not listed, sorted and distinct."))
    if statement["opening_at"] < statement["deadline"]:
        refuse("instants", _("Bids would be opened before the deadline."))
    if (statement["version"] == 1) is not (statement["previous"] is None):
        refuse("version", _("A later version names the one before it, the first one none."))


def verify(statement: Any, signatures: Signatures) -> str:
    """The digest of ``statement`` if a majority of its members has signed it."""
    check(statement)
    keys = {member["member"]: member["signing_key"] for member in statement["members"]}
    signers = set()
    for signature in signatures:
        member = signature["member"]
        if member not in keys:
            refuse("signer", _("Somebody signed who is not in the committee."))
        if not sign.verify_object(keys[member], statement, signature["signature"]):
            refuse("signature", _("A signature under the key statement does not hold."))
        signers.add(member)
    if len(signers) * 2 <= statement["n"]:
        refuse("majority", _("No majority of the committee has signed."))
    return digest(statement)


def _check_numbers(statement: Statement) -> None:
    members, k, n = statement["members"], statement["k"], statement["n"]
    distinct = all(
        len({member[field] for member in members}) == len(members)
        for field in ("recipient", "signing_key")
    )
    in_order = _ascend([member["member"] for member in members])
    if len(members) != n or not in_order or not distinct:
        refuse("members", _("The members are not counted, sorted and distinct."))
    # One member of several must never be able to open alone.
    least = 1 if n == 1 else 2
    if not 1 <= n <= MOST_MEMBERS or not least <= k <= n:
        refuse("threshold", _("This number of members cannot be required."))


def _ascend(values: Sequence[str]) -> bool:
    return all(first < second for first, second in pairwise(values))


def _bad_field(field: str) -> NoReturn:
    raise StatementRefused(
        "statement:field",
        _("A field of the key statement is missing, unknown or wrong: %(field)s")
        % {"field": field},
        field=field,
    )


def refuse(code: str, reason: str) -> NoReturn:
    raise StatementRefused(f"statement:{code}", reason)
