"""The key statement: who may open, how many it takes, and until when bids come in.

A majority of the members signs it; a later version may change only what a schedule change
changes. The same checks, with the same codes, run in every browser (``statement.js``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
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
MAY_CHANGE = frozenset({"version", "previous", "deadline", "opening_at", "content"})
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


@dataclass(frozen=True, slots=True)
class Chain:
    """Every valid version, verified, by digest; the last of them counts."""

    by_digest: Mapping[str, Statement]

    @property
    def digest(self) -> str:
        return list(self.by_digest)[-1]

    @property
    def latest(self) -> Statement:
        return self.by_digest[self.digest]


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
        _refuse("format", _("This is not a key statement of the known format."))
    shaped(statement, _FIELDS, _bad_field)
    shaped(statement["rule_set"], _RULE_SET, _bad_field)
    for member in statement["members"]:
        shaped(member, _MEMBER, _bad_field)
        if not is_recipient(member["recipient"]):
            _refuse("recipient", _("A member's opening key is of an unknown type."))
    _check_numbers(statement)
    if not _ascend(statement["envelopes"]) or not statement["envelopes"]:
        _refuse("envelopes", _("The envelopes are not listed, sorted and distinct."))
    if statement["opening_at"] < statement["deadline"]:
        _refuse("instants", _("Bids would be opened before the deadline."))
    if (statement["version"] == 1) is not (statement["previous"] is None):
        _refuse("version", _("A later version names the one before it, the first one none."))


def verify(statement: Any, signatures: Signatures) -> str:
    """The digest of ``statement`` if a majority of its members has signed it."""
    check(statement)
    keys = {member["member"]: member["signing_key"] for member in statement["members"]}
    signers = set()
    for signature in signatures:
        member = signature["member"]
        if member not in keys:
            _refuse("signer", _("Somebody signed who is not in the committee."))
        if not sign.verify_object(keys[member], statement, signature["signature"]):
            _refuse("signature", _("A signature under the key statement does not hold."))
        signers.add(member)
    if len(signers) * 2 <= statement["n"]:
        _refuse("majority", _("No majority of the committee has signed."))
    return digest(statement)


def verify_chain(
    versions: Sequence[tuple[Any, Signatures]], *, tender: str, pinned: Collection[str] = ()
) -> Chain:
    """All versions in order; ``pinned`` are digests known from before, which must be among them."""
    by_digest: dict[str, Statement] = {}
    older: Statement | None = None
    for statement, signatures in versions:
        found = verify(statement, signatures)
        if statement["tender"] != tender:
            _refuse("tender", _("The key statement is of another tender."))
        if older is None and statement["version"] != 1:
            _refuse("version", _("The first key statement is missing."))
        if older is not None:
            _require_succession(older, statement)
        by_digest[found] = older = statement
    if older is None:
        _refuse("missing", _("There is no key statement."))
    if not set(pinned) <= set(by_digest):
        _refuse("swapped", _("The key statement known from before has been replaced."))
    return Chain(by_digest)


def _require_succession(older: Statement, newer: Statement) -> None:
    if newer["version"] != older["version"] + 1 or newer["previous"] != digest(older):
        _refuse("version", _("A version of the key statement is missing or out of order."))
    if _fixed(newer) != _fixed(older):
        _refuse("changed", _("A later key statement changes more than the schedule."))
    if newer["deadline"] < older["deadline"]:
        _refuse("earlier", _("A later key statement moves the deadline forward."))


def _fixed(statement: Statement) -> Statement:
    return {name: value for name, value in statement.items() if name not in MAY_CHANGE}


def _check_numbers(statement: Statement) -> None:
    members, k, n = statement["members"], statement["k"], statement["n"]
    distinct = all(
        len({member[field] for member in members}) == len(members)
        for field in ("recipient", "signing_key")
    )
    in_order = _ascend([member["member"] for member in members])
    if len(members) != n or not in_order or not distinct:
        _refuse("members", _("The members are not counted, sorted and distinct."))
    # One member of several must never be able to open alone.
    least = 1 if n == 1 else 2
    if not 1 <= n <= MOST_MEMBERS or not least <= k <= n:
        _refuse("threshold", _("This number of members cannot be required."))


def _ascend(values: Sequence[str]) -> bool:
    return all(first < second for first, second in zip(values, values[1:], strict=False))


def _bad_field(field: str) -> NoReturn:
    raise StatementRefused(
        "statement:field",
        _("A field of the key statement is missing, unknown or wrong: %(field)s")
        % {"field": field},
        field=field,
    )


def _refuse(code: str, reason: str) -> NoReturn:
    raise StatementRefused(f"statement:{code}", reason)
