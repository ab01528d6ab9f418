"""A committee with real keys, a tender that waits for its signatures, and a closed box."""

from __future__ import annotations

import base64
import datetime as dt
import io
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any

from bidding.domain import box as boxes
from bidding.domain import opening
from bidding.models import Box, SealedShare, ShareAct
from lpse.clock import database_now, instant
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
from procurement.models import CommitteeKey, DocumentKind, KeyStatement, Tender
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
from tests.factories.bidding import Announced, a_user, the_office

_numbers = count(1)
LAW, PROCEDURE = "perpres-16-2018", "tender-post-one"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PASSPHRASE = "abadi abjad abon absen acara aceh adab"
FAST_LOG_N = 18  # the least that the server takes


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


def a_registered_key(user: User, *, tested: bool = True) -> tuple[MemberKey, CommitteeKey]:
    key = member_key.make(user.username, created_at=instant(database_now()))
    file = member_key.wrap(key, PASSPHRASE, log_n=FAST_LOG_N)
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


def an_act(
    made: Announced,
    box: Box,
    name: str,
    *,
    objections: Mapping[str, str] = {},  # noqa: B006 - only read
    plains: Mapping[str, bytes] = {},  # noqa: B006 - only read
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
