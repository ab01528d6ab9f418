"""An announced tender, its committee's keys, firms, and bids really sealed for it."""

from __future__ import annotations

import datetime as dt
import secrets
import tempfile
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from bidding.domain import participation as participations
from bidding.domain import submission
from bidding.domain import upload as uploads
from bidding.models import Participation, Receipt, Upload
from lpse.clock import database_now, instant
from lpse.sealing import certificate, jcs, member_key, office_key, sealer, sign
from lpse.sealing import statement as statements
from lpse.sealing.digests import to_base64
from procurement.domain import rule_set
from procurement.domain import tender as tenders
from procurement.models import (
    Category,
    CommitteeKey,
    ContractType,
    Item,
    KeyStatement,
    Stage,
    StageCode,
    StatementSignature,
    Tender,
    TenderState,
)
from registration.models import (
    Agency,
    AgencyKind,
    Committee,
    OfficerRight,
    ProcurementUnit,
    Provider,
    ProviderKind,
    ProviderOfficer,
    User,
    WorkUnit,
)

_numbers = count(1)
BUNDLE = "b" * 64
DIGEST = "d" * 64
RULES = "perpres-16-2018"


def the_office() -> None:
    """The LPSE's own key and certificate, once for all tests of a run."""
    if not office_key.exists():
        office_key.create()
    certificate.create()


def a_user(username: str = "", **fields: Any) -> User:
    name = username or f"user{next(_numbers)}"
    known = User.objects.filter(username=name).first()
    if known:
        return known
    fields = {"full_name": name.capitalize(), "email": f"{name}@example.com", **fields}
    return User.objects.create_user(name, **fields)


def a_firm(username: str = "", *, right: str = OfficerRight.ADMINISTRATOR) -> User:
    """An officer of a verified firm of its own."""
    user = a_user(username)
    provider = Provider.objects.create(
        code=f"pt-{user.username}",
        name=f"PT {user.full_name} Contoh",
        kind=ProviderKind.COMPANY,
        npwp=f"{next(_numbers):015}",
        address="Jalan Contoh 1",
        verified_at=database_now(),
    )
    ProviderOfficer.objects.create(provider=provider, user=user, right=right)
    return user


def a_colleague(user: User, *, right: str) -> User:
    """Another officer of the same firm."""
    other = a_user()
    ProviderOfficer.objects.create(
        provider=user.officer_of.get().provider, user=other, right=right
    )
    return other


@dataclass
class Announced:
    """A tender with its key statement, and the members' keys, which only a test has."""

    tender: Tender
    keys: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def statement(self) -> KeyStatement:
        return self.tender.statements.exclude(valid_at=None).order_by("version").last()

    @property
    def body(self) -> dict[str, Any]:
        return jcs.parse(self.statement.body.encode())


def an_announced_tender(
    *,
    members: tuple[str, ...] = ("budi", "dewi", "rina"),
    k: int = 2,
    closes_in: dt.timedelta = dt.timedelta(hours=2),
    items: int = 2,
    signed: bool = True,
) -> Announced:
    """A tender that takes bids now, its statement signed by every member, unless told."""
    the_office()
    now = database_now()
    number = next(_numbers)
    agency = Agency.objects.create(name=f"Dinas {number}", kind=AgencyKind.REGIONAL)
    unit = ProcurementUnit.objects.create(agency=agency, name=f"ULP {number}")
    tender = Tender.objects.create(
        code=f"{number}901",
        title="Pembangunan Jalan Desa Contoh",
        agency=agency,
        work_unit=WorkUnit.objects.create(agency=agency, name="Bidang Bina Marga"),
        budget_year=2026,
        category=Category.WORKS,
        contract_type=ContractType.UNIT_PRICE,
        location="Kabupaten Contoh",
        budget_ceiling_rupiah=900_000_000,
        hps_rupiah=850_000_000,
        ppk=a_user(f"ppk{number}"),
        committee=Committee.objects.create(unit=unit, name=f"Pokja {number}"),
        procedure="tender-post-one",
        rule_set=RULES,
        rule_set_digest=rule_set.load(RULES).digest,
        state=TenderState.ANNOUNCED,
        handed_over_at=now - dt.timedelta(days=9),
        announced_at=now - dt.timedelta(days=7),
    )
    for line in range(1, items + 1):
        Item.objects.create(
            tender=tender,
            number=line,
            description=f"Pekerjaan {line}",
            volume=10 * line,
            unit="m3",
            hps_unit_price=1_000_000,
        )
    _schedule(tender, now, now + closes_in)
    made = Announced(tender)
    for name in members:
        made.keys[name] = _key(name, now)
    if signed:
        sign_statement(made, deadline=now + closes_in, k=k)
    return made


def a_statement(
    made: Announced, *, deadline: dt.datetime, k: int = 2, previous: KeyStatement | None = None
) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """A key statement for the tender and its signatures by all whose keys ``made`` has."""
    body = statements.build(
        lpse="lpse.example/ledger",
        log_key=to_base64(office_key.public_key()),
        tender=made.tender.code,
        version=previous.version + 1 if previous else 1,
        previous=previous.digest if previous else None,
        envelopes=["single"],
        k=k,
        members=[member_key.public_half(key) for key in made.keys.values()],
        deadline=instant(deadline),
        opening_at=instant(deadline),
        rule_set={"code": RULES, "digest": made.tender.rule_set_digest},
        bundle=BUNDLE,
        content=DIGEST,
    )
    return body, [member_key.sign_statement(key, body) for key in made.keys.values()]


def sign_statement(made: Announced, *, deadline: dt.datetime, k: int = 2) -> KeyStatement:
    """Another version of the key statement, signed by all, with ``deadline``."""
    now = database_now()
    body, signatures = a_statement(made, deadline=deadline, k=k, previous=made.statement)
    statement = KeyStatement.objects.create(
        tender=made.tender,
        version=body["version"],
        body=jcs.canonical(body).decode(),
        content=tenders.content_text(made.tender),
        digest=statements.digest(body),
        proposed_at=now,
        proposed_by=a_user(next(iter(made.keys))),
        valid_at=now,
    )
    for signed in signatures:
        key = made.keys[signed["member"]]
        StatementSignature.objects.create(
            statement=statement,
            key=CommitteeKey.objects.get(recipient=key["recipient"]),
            member=a_user(signed["member"]),
            signature=signed["signature"],
            signed_at=now,
        )
    return statement


def _key(name: str, now: dt.datetime) -> dict[str, Any]:
    key = member_key.make(name, created_at=instant(now))
    CommitteeKey.objects.filter(user=a_user(name), revoked_at=None).update(revoked_at=now)
    CommitteeKey.objects.create(
        user=a_user(name),
        recipient=key["recipient"],
        signing_key=key["signing_key"],
        wrapped="QUJD",
        created_at=now,
        expires_at=now + dt.timedelta(days=365),
        backup_tested_at=now,
    )
    return key


def _schedule(tender: Tender, now: dt.datetime, deadline: dt.datetime) -> None:
    """Every stage; those before the bids have begun, those after the deadline have not."""
    begun, day = now - dt.timedelta(days=7), dt.timedelta(days=1)
    for number, code in enumerate(StageCode, start=1):
        if code in {StageCode.ANNOUNCEMENT, StageCode.DOWNLOAD, StageCode.SUBMISSION}:
            starts, ends = begun, deadline
        elif code == StageCode.CLARIFICATION:
            starts, ends = begun, begun + day
        else:
            starts, ends = deadline + number * day, deadline + (number + 1) * day
        Stage.objects.create(
            tender=tender, code=code, number=number, starts_at=starts, ends_at=ends
        )


@dataclass
class Bidder:
    """A firm in a tender, with the key that its browser would have made."""

    made: Announced
    user: User
    participation: Participation
    seed: bytes

    def seal(self, total: str = "1000000.00", *, files: tuple[sealer.File, ...] = ()) -> Sealed:
        """Seal a bid as the bidder's browser does."""
        target = Path(tempfile.mkdtemp()) / "sealed"
        terms = {
            "lines": [{"no": 1, "volume": "10", "unit_price": "100000.00"}],
            "subtotal": total,
            "tax_percent": "0",
            "tax": "0.00",
            "total": total,
            "total_words": "satu juta rupiah",
            "validity_days": 60,
            "statements": ["terms"],
        }
        bid = sealer.seal(
            terms,
            files,
            target,
            statement=self.made.body,
            envelope="single",
            provider=self.participation.provider.code,
            tender_seed=self.seed,
            bundle=BUNDLE,
        )
        return Sealed(self, bid, target)


@dataclass
class Sealed:
    """A sealed bid that has not been sent."""

    bidder: Bidder
    bid: sealer.SealedBid
    path: Path

    @property
    def shares(self) -> dict[str, str]:
        return {share.member: to_base64(share.sealed) for share in self.bid.shares}

    @property
    def text(self) -> str:
        return jcs.canonical(self.bid.manifest).decode()

    def send_up(self) -> Upload:
        """Upload the sealed file in pieces, and have it joined."""
        by = self.bidder.user
        upload = uploads.create(
            self.bidder.participation,
            envelope="single",
            length=self.path.stat().st_size,
            by=by,
        )
        with self.path.open("rb") as file:
            while upload.offset < upload.length:
                length = min(40_000, upload.length - upload.offset)
                upload = uploads.append(
                    upload, file, offset=upload.offset, length=length, checksum=None, by=by
                )
        return uploads.assemble(upload, by=by)

    def submit(self, upload: Upload | None = None) -> Receipt:
        return submission.submit(
            self.bidder.participation,
            upload or self.send_up(),
            manifest=self.text,
            signature=self.bid.signature,
            shares=self.shares,
            by=self.bidder.user,
        )


def a_bidder(made: Announced, username: str = "") -> Bidder:
    """A firm that has joined and registered its key for this tender."""
    user = a_firm(username)
    participation = participations.join(made.tender, pact_accepted=True, by=user)
    seed = secrets.token_bytes(32)
    participations.register_tender_key(participation, sign.public_key(seed), by=user)
    return Bidder(made, user, participation, seed)
