"""The sample members at work: they make keys, and post shares as their browsers would."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from bidding.domain import opening
from bidding.models import Box, SealedShare
from lpse.clock import database_now, instant
from lpse.sealing import age_file, member_key
from lpse.sealing.digests import from_base64, sha256
from lpse.sealing.member_key import MemberKey
from lpse.sealing.sign import sign_object
from operations.sample.people import Office
from procurement.domain import member_key as registered
from procurement.domain import statement
from procurement.domain.member_key import Proof, Purpose
from registration.models import User


def make_keys(office: Office) -> tuple[dict[str, MemberKey], dict[str, str]]:
    """A key for every committee member, registered and tested; the keys and passphrases."""
    keys, passphrases = {}, {}
    for user in (user for members in office.members.values() for user in members):
        keys[user.username] = key = member_key.make(
            user.username, created_at=instant(database_now())
        )
        passphrases[user.username] = passphrase = member_key.make_passphrase()
        _register(user, key, member_key.wrap(key, passphrase))
    return keys, passphrases


def post_shares(box: Box, member: User, key: MemberKey) -> None:
    """Open the member's share of every bid in ``box`` and post them in one signed act."""
    valid = statement.latest_valid(box.tender)
    if valid is None:
        raise ValueError(f"{box.tender} has no valid key statement")
    texts, items = {}, []
    for bid in opening.bids_of(box):
        sealed = SealedShare.objects.get(bid=bid, member=member)
        plain = age_file.decrypt_bytes(bytes(sealed.sealed), key["identity"])
        texts[bid.manifest_digest] = base64.b64encode(plain).decode()
        items.append({"manifest": bid.manifest_digest, "share": sha256(plain), "objection": None})
    act: Mapping[str, Any] = {
        "format": opening.ACT_FORMAT,
        "tender": box.tender.code,
        "envelope": statement.body_of(valid)["envelopes"][0],
        "statement": valid.digest,
        "root": box.root,
        "member": member.username,
        "shares": items,
    }
    signature = sign_object(from_base64(key["signing_seed"]), act)
    opening.post_shares(box.tender, act=act, signature=signature, texts=texts, by=member)


def _register(user: User, key: MemberKey, wrapped: bytes) -> None:
    halves = {"recipient": key["recipient"], "signing_key": key["signing_key"]}

    def proof(purpose: Purpose) -> Proof:
        challenge = registered.challenge(user)
        body = registered.proof_body(user, purpose, **halves, wrapped=wrapped, challenge=challenge)
        return Proof(challenge, sign_object(from_base64(key["signing_seed"]), body))

    kept = registered.register(
        by=user,
        **halves,
        wrapped=base64.b64encode(wrapped).decode(),
        proof=proof(Purpose.REGISTER),
    )
    registered.test(kept, by=user, purpose=Purpose.BACKUP, proof=proof(Purpose.BACKUP))
