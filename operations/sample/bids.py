"""The sample bids: really sealed, by the reference sealer, and sent like any other bid."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from bidding.domain import participation as participations
from bidding.domain import submission, upload
from bidding.domain.offer import Slot, Statement
from bidding.models import Participation, Receipt
from lpse import assets, pdf
from lpse.money import as_text, rounded, terbilang
from lpse.sealing import jcs, sealer, sign
from procurement.domain import rule_set, statement
from procurement.models import Tender
from registration.models import Provider, User

ENVELOPE = "single"
FILES = (
    (Slot.LETTER, "surat-penawaran.pdf", "Surat Penawaran"),
    (Slot.TECHNICAL, "usulan-teknis.pdf", "Usulan Teknis"),
    (Slot.QUALIFICATION, "data-kualifikasi.pdf", "Data Kualifikasi"),
)


@dataclass
class Offer:
    """A bid before it is sealed."""

    tender: Tender
    provider: Provider
    terms: Mapping[str, Any]
    by: User


def prepare(tender: Tender, provider: Provider, *, share_of_hps: Decimal, by: User) -> Offer:
    """Decide the prices and have the firm's papers ready: no clock runs yet."""
    for _slot, _name, title in FILES:
        _paper(title, provider)
    return Offer(tender, provider, _terms(tender, share_of_hps), by)


@cache
def _paper(title: str, provider: Provider) -> bytes:
    """A firm sends the same papers with all its sample bids."""
    return pdf.render("pdf/sample_document.html", {"title": title, "provider": provider}, "id")


def send(offer: Offer) -> Receipt:
    """Join the tender, seal the offer and submit it; the receipt."""
    participation = participations.join(offer.tender, pact_accepted=True, by=offer.by)
    seed = sign.make_seed()
    participations.register_tender_key(participation, sign.public_key(seed), by=offer.by)
    valid = statement.latest_valid(offer.tender)
    if valid is None:
        raise ValueError(f"{offer.tender} has no valid key statement")
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "bid.age"
        sealed = sealer.seal(
            offer.terms,
            _files(offer, Path(folder)),
            target,
            statement=statement.body_of(valid),
            envelope=ENVELOPE,
            provider=offer.provider.code,
            tender_seed=seed,
            bundle=assets.bundle_digest(),
        )
        return _submit(participation, target, sealed, offer.by)


def _terms(tender: Tender, share_of_hps: Decimal) -> Mapping[str, Any]:
    """The bidder's part of ``bid.json``: every line at a share of its secret HPS price."""
    items = list(tender.items.all())
    prices = [rounded(item.hps_unit_price * share_of_hps) for item in items]
    pairs = zip(items, prices, strict=True)
    subtotal = sum((rounded(item.volume * price) for item, price in pairs), Decimal(0))
    percent = rule_set.of(tender).tax.ppn.percent
    tax = rounded(subtotal * percent / 100)
    return {
        "lines": [
            {
                "no": item.number,
                "volume": f"{item.volume.normalize():f}",
                "unit_price": as_text(price),
            }
            for item, price in zip(items, prices, strict=True)
        ],
        "subtotal": as_text(subtotal),
        "tax_percent": str(percent),
        "tax": as_text(tax),
        "total": as_text(subtotal + tax),
        "total_words": terbilang(subtotal + tax),
        "validity_days": 60,
        "statements": [code.value for code in Statement],
    }


def _files(offer: Offer, folder: Path) -> list[sealer.File]:
    files = []
    for slot, name, title in FILES:
        path = folder / name
        path.write_bytes(_paper(title, offer.provider))
        files.append(sealer.File(name, slot.value, path))
    return files


def _submit(
    participation: Participation, target: Path, sealed: sealer.SealedBid, by: User
) -> Receipt:
    size = target.stat().st_size
    began = upload.create(participation, envelope=ENVELOPE, length=size, by=by)
    with target.open("rb") as stream:
        for offset in range(0, size, upload.LARGEST_PIECE):
            length = min(upload.LARGEST_PIECE, size - offset)
            began = upload.append(
                began, stream, offset=offset, length=length, checksum=None, by=by
            )
    joined = upload.assemble(began, by=by)
    return submission.submit(
        participation,
        joined,
        manifest=jcs.canonical(sealed.manifest).decode(),
        signature=sealed.signature,
        shares={s.member: base64.b64encode(s.sealed).decode() for s in sealed.shares},
        by=by,
    )
