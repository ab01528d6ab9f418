"""A committee with real keys, a tender that waits for its signatures, and a closed box."""

from __future__ import annotations

import base64
import datetime as dt
import io
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any

from bidding.domain import box as boxes
from bidding.domain import opening
from bidding.models import Bid, Box, SealedShare, ShareAct
from lpse.clock import database_now, instant
from lpse.files.storage import storage
from lpse.ledger.sequencer import sequence
from lpse.sealing import age_file, member_key
from lpse.sealing.digests import from_base64, sha256
from lpse.sealing.member_key import MemberKey
from lpse.sealing.sign import sign_object
from procurement.domain import document, schedule, statement
from procurement.domain import member_key as registered
from procurement.domain import tender as tenders
from procurement.domain.member_key import Proof, Purpose
from procurement.domain.tender import Line
from procurement.models import (
    CommitteeKey,
    DocumentKind,
    KeyStatement,
    Stage,
    StageCode,
    Tender,
)
from registration.models import (
    Agency,
    AgencyKind,
    Assignment,
    Committee,
    ProcurementUnit,
    Role,
    User,
    WorkUnit,
)
from tests.factories.bidding import (
    Announced,
    Sealed,
    a_bidder,
    a_user,
    an_announced_tender,
    sign_statement,
    the_office,
)

_numbers = count(1)
LAW, PROCEDURE = "perpres-16-2018", "tender-post-one"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PASSPHRASE = "abadi abjad abon absen acara aceh adab"


def an_office(user: User, role: Role, **where: Any) -> Assignment:
    return Assignment.objects.create(
        user=user,
        role=role,
        decree_number="SK/1",
        decree_date=dt.date(2020, 1, 2),
        since=dt.date(2020, 1, 2),
        **where,
    )


def a_member(name: str, committee: Committee) -> User:
    user = a_user(name)
    an_office(user, Role.POKJA, committee=committee)
    return user


@dataclass
class Waiting:
    """A tender that is complete but for the signatures, and those who sign."""

    tender: Tender
    members: list[User]
    ppk: User
    keys: dict[str, MemberKey] = field(default_factory=dict)

    def propose(self) -> KeyStatement:
        return statement.propose(self.tender, by=self.members[0])

    def sign(self, proposed: KeyStatement, member: User) -> bool:
        signature = sign_with(self.keys[member.username], statement.body_of(proposed))
        return statement.sign(proposed, signature, by=member)

    def announce(self) -> KeyStatement:
        proposed = self.propose()
        for member in self.members[: statement.needed(proposed)]:
            self.sign(proposed, member)
        self.tender.refresh_from_db()
        proposed.refresh_from_db()
        return proposed


def a_complete_tender(
    names: Sequence[str] = ("budi", "dewi", "rina"), *, with_keys: bool = True
) -> Waiting:
    """Handed over, its procedure chosen, its schedule legal, its documents uploaded."""
    the_office()
    number = next(_numbers)
    agency = Agency.objects.create(name=f"Dinas Contoh {number}", kind=AgencyKind.REGIONAL)
    work_unit = WorkUnit.objects.create(agency=agency, name="Bidang Bina Marga")
    unit = ProcurementUnit.objects.create(agency=agency, name=f"ULP Contoh {number}")
    committee = Committee.objects.create(unit=unit, name=f"Pokja Contoh {number}")
    ppk = a_user(f"ppk-contoh{number}")
    an_office(ppk, Role.PPK, agency=agency)
    members = [a_member(name, committee) for name in names]
    tender = tenders.create(
        by=ppk,
        title="Rehabilitasi Jalan Desa Contoh",
        description="Data contoh.",
        agency=agency,
        work_unit=work_unit,
        rup_code="32000001",
        budget_year=database_now().year,
        fund_source="APBD",
        category="works",
        contract_type="unit_price",
        location="Kabupaten Contoh",
        budget_ceiling_rupiah=900_000_000,
        qualification_terms="NIB; NPWP.",
    )
    lines = [
        Line("Galian tanah", Decimal("10.5"), "m3", Decimal("1000000")),
        Line("Perkerasan", Decimal(20), "m2", Decimal("2000000")),
    ]
    tenders.set_items(tender, lines, by=ppk)
    tenders.hand_over(tender, committee, by=ppk)
    first = members[0]
    tenders.choose_procedure(tender, code=LAW, procedure=PROCEDURE, by=first)
    document.upload(tender, DocumentKind.SELECTION, "dokumen.pdf", io.BytesIO(PDF), by=first)
    periods = schedule.propose(tender, database_now() + dt.timedelta(days=1))
    dates = {period.code: (period.starts_at, period.ends_at) for period in periods}
    schedule.set_schedule(tender, dates, by=first)
    tender.refresh_from_db()
    waiting = Waiting(tender, members, ppk)
    if with_keys:
        for member in members:
            waiting.keys[member.username], _kept = a_registered_key(member)
    return waiting


# --- Keys -------------------------------------------------------------------------------------


def proof_of(
    user: User, key: MemberKey, purpose: Purpose, file: bytes, *, challenge: str | None = None
) -> Proof:
    """What the member's browser signs."""
    word = challenge or registered.challenge(user)
    body = registered.proof_body(
        user,
        purpose,
        recipient=key["recipient"],
        signing_key=key["signing_key"],
        wrapped=file,
        challenge=word,
    )
    return Proof(word, sign_with(key, body))


def wrapped(key: MemberKey, *, openable: bool) -> bytes:
    """The key file. Wrapping it as it must be takes seconds; the server looks at its head only."""
    if openable:
        return member_key.wrap(key, PASSPHRASE)
    return member_key.wrap(key, PASSPHRASE, log_n=10).replace(b" 10\n", b" 18\n", 1)


def a_registered_key(
    user: User, *, tested: bool = True, openable: bool = False
) -> tuple[MemberKey, CommitteeKey]:
    key = member_key.make(user.username, created_at=instant(database_now()))
    file = wrapped(key, openable=openable)
    kept = registered.register(
        by=user,
        recipient=key["recipient"],
        signing_key=key["signing_key"],
        wrapped=base64.b64encode(file).decode(),
        proof=proof_of(user, key, Purpose.REGISTER, file),
    )
    if tested:
        registered.test(
            kept,
            by=user,
            purpose=Purpose.BACKUP,
            proof=proof_of(user, key, Purpose.BACKUP, file),
        )
    return key, kept


def sign_with(key: Mapping[str, Any], body: Mapping[str, Any]) -> str:
    return sign_object(from_base64(key["signing_seed"]), body)


# --- The opening ------------------------------------------------------------------------------


def wait_for_deadline(made: Announced) -> None:
    end = statement.deadline(made.statement)
    while (left := (end - database_now()).total_seconds()) >= 0:
        time.sleep(left + 0.005)


def a_closed_box(made: Announced, *, published: bool = True) -> Box:
    """The box of ``made`` after its deadline, in a published checkpoint."""
    wait_for_deadline(made)
    box = boxes.close(made.tender)
    if published:
        sequence()
    return box


def a_filled_box(
    bids: int = 2,
    *,
    members: tuple[str, ...] = ("budi", "dewi", "rina"),
    k: int = 2,
    **changes: Any,
) -> tuple[Announced, Box, list[Sealed]]:
    """A closed and published box with sealed bids in it, without waiting for a deadline.

    The bids are put where a submission puts them; that only bids in time get there is what the
    tests of submissions show. ``changes`` are handed to :meth:`Bidder.seal`.
    """
    made = an_announced_tender(members=members, k=k, signed=False)
    bidders = [a_bidder(made) for _number in range(bids)]
    deadline = database_now() + dt.timedelta(milliseconds=30)
    Stage.objects.filter(tender=made.tender, code=StageCode.SUBMISSION).update(ends_at=deadline)
    sign_statement(made, deadline=deadline, k=k)
    sealed = [bidder.seal(**changes) for bidder in bidders]
    for bid in sealed:
        put_in(bid)
    return made, a_closed_box(made), sealed


def put_in(sealed: Sealed, *, name: str = "") -> Bid:
    """The rows and bytes of a submitted bid."""
    participation, manifest = sealed.bidder.participation, sealed.bid.manifest
    name = name or f"uploads/{secrets.token_hex(8)}"
    storage().save(name, [sealed.path.read_bytes()])
    bid = Bid.objects.create(
        participation=participation,
        envelope=manifest["envelope"],
        version=1,
        manifest=sealed.text,
        manifest_digest=sha256(sealed.text.encode()),
        signature=sealed.bid.signature,
        tender_key=participation.keys.get(),
        statement=sealed.bidder.made.statement,
        recipient=manifest["recipient"],
        ciphertext_sha256=manifest["ciphertext"]["sha256"],
        ciphertext_size=manifest["ciphertext"]["size"],
        name=name,
        submitted_at=database_now(),
        submitted_by=sealed.bidder.user,
    )
    SealedShare.objects.bulk_create(
        SealedShare(
            bid=bid,
            member=a_user(share.member),
            commitment=share.commitment,
            sealed=share.sealed,
        )
        for share in sealed.bid.shares
    )
    return bid


def an_act(
    made: Announced,
    box: Box,
    name: str,
    *,
    objections: Mapping[str, str] = {},
    plains: Mapping[str, bytes] = {},
) -> tuple[dict[str, Any], dict[str, str]]:
    """What the browser of the member ``name`` would post, and with what texts.

    ``objections`` (manifest → code) stand in place of shares, ``plains`` (manifest → bytes) are
    posted in place of what the sealed share gives.
    """
    key = made.keys[name]
    items, texts = [], {}
    for bid in opening.bids_of(box):
        digest = bid.manifest_digest
        if code := objections.get(digest):
            items.append({"manifest": digest, "share": None, "objection": code})
            continue
        plain = plains.get(digest)
        if plain is None:
            sealed = SealedShare.objects.get(bid=bid, member__username=name)
            plain = age_file.decrypt_bytes(bytes(sealed.sealed), key["identity"])
        texts[digest] = base64.b64encode(plain).decode()
        items.append({"manifest": digest, "share": sha256(plain), "objection": None})
    act = {
        "format": opening.ACT_FORMAT,
        "tender": made.tender.code,
        "envelope": "single",
        "statement": made.statement.digest,
        "root": box.root,
        "member": name,
        "shares": items,
    }
    return act, texts


def post(made: Announced, box: Box, name: str, **changes: Any) -> ShareAct:
    act, texts = an_act(made, box, name, **changes)
    return opening.post_shares(
        made.tender,
        act=act,
        signature=sign_with(made.keys[name], act),
        texts=texts,
        by=a_user(name),
    )
