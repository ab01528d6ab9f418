"""The sample bids: really sealed, by the reference sealer, and sent like any other bid."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Mapping
from decimal import Decimal
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


def send(tender: Tender, provider: Provider, *, share_of_hps: Decimal, by: User) -> Receipt:
    """Join ``tender`` for ``provider``, seal a bid and submit it; the receipt."""
    participation = participations.join(tender, pact_accepted=True, by=by)
    seed = sign.make_seed()
    participations.register_tender_key(participation, sign.public_key(seed), by=by)
    valid = statement.latest_valid(tender)
    if valid is None:
        raise ValueError(f"{tender} has no valid key statement")
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "bid.age"
        sealed = sealer.seal(
            terms(tender, share_of_hps),
            _files(tender, provider, Path(folder)),
            target,
            statement=statement.body_of(valid),
            envelope=ENVELOPE,
            provider=provider.code,
            tender_seed=seed,
            bundle=assets.bundle_digest(),
        )
        return _submit(participation, target, sealed, by)


def terms(tender: Tender, share_of_hps: Decimal) -> Mapping[str, Any]:
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


def _files(tender: Tender, provider: Provider, folder: Path) -> list[sealer.File]:
    files = []
    for slot, name, title in FILES:
        path = folder / name
        context = {"title": title, "tender": tender, "provider": provider}
        path.write_bytes(pdf.render("pdf/sample_document.html", context, "id"))
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
