"""A tender with real bids, checked by the stand-alone program as its bidders would check it."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bidding.domain import box as boxes
from bidding.domain import receipt as receipts
from bidding.domain import submission
from bidding.models import Receipt
from lpse.audit.models import AuditEntry
from lpse.ledger import proof
from lpse.ledger.sequencer import sequence
from lpse.sealing import jcs, office_key
from lpse.sealing.digests import to_base64
from procurement.domain import statement
from tests.factories.bidding import a_bidder, an_announced_tender
from tests.factories.committee import a_closed_box, wait_for_deadline

pytestmark = pytest.mark.django_db

PROGRAM = Path(__file__).parents[2] / "verify" / "lpse_verify.py"


class Desk:
    """What a bidder has: a folder of files, the program, and the LPSE's key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def file(self, name: str, content: object) -> str:
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    def check(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        key = to_base64(office_key.public_key())
        command = [sys.executable, "-I", PROGRAM, *arguments, "--key", key]
        return subprocess.run(command, capture_output=True, text=True, check=False)


def proof_of(receipt: Receipt) -> str:
    entry = AuditEntry.objects.get(pk=receipts.contents(receipt)["entry"]["body"]["id"])
    text = proof.tlog_proof(entry)
    assert text is not None
    return text


def public_file(box: Any, *, opened: bool) -> dict[str, Any]:
    """The public file of the box, as ``docs/verify.md`` defines it."""
    bids = [boxed.bid for boxed in box.bids.select_related("bid").order_by("position")]
    return {
        "format": "lpse-box/1",
        "tender": box.tender.code,
        **boxes.closing(box),
        "leaves": boxes.digests(box),
        "bids": [
            {"manifest": jcs.parse(bid.manifest.encode()), "signature": bid.signature}
            for bid in bids
            if opened
        ],
    }


def test_every_word_of_the_lpse_about_a_tender_holds_for_a_stranger(tmp_path: Path) -> None:
    made = an_announced_tender(closes_in=dt.timedelta(seconds=15))
    maju, jaya, karya = (a_bidder(made) for _bidder in range(3))
    replaced = maju.seal().submit()
    accepted = maju.seal().submit()
    jaya.seal().submit()
    taken_back = karya.seal().submit()
    withdrawn = submission.withdraw(taken_back.bid, by=karya.user)
    late_bid = karya.seal()
    uploaded = late_bid.send_up()
    wait_for_deadline(made)
    refused = late_bid.submit(uploaded)
    box = a_closed_box(made)
    sequence()
    desk = Desk(tmp_path)

    for name, receipt in {
        "accepted": accepted,
        "replaced": replaced,
        "withdrawn": withdrawn,
        "refused": refused,
    }.items():
        file = desk.file(f"{name}.json", receipts.file_of(receipt))
        held = desk.check(
            "receipt", file, "--proof", desk.file(f"{name}.tlog-proof", proof_of(receipt))
        )
        assert held.returncode == 0, held.stdout + held.stderr
        assert held.stdout.count(" ok ") == 7

    versions = statement.as_chain(statement.valid_chain(made.tender))
    arguments = [
        *("--receipt", desk.file("accepted.json", receipts.file_of(accepted))),
        *("--statement", desk.file("statement.json", {"versions": versions})),
    ]
    for opened in (False, True):
        held = desk.check(
            "box", desk.file("box.json", public_file(box, opened=opened)), *arguments
        )
        assert held.returncode == 0, held.stdout + held.stderr

    left_out = desk.check(
        "box",
        desk.file("box.json", public_file(box, opened=True)),
        *("--receipt", desk.file("replaced.json", receipts.file_of(replaced))),
    )
    assert left_out.returncode == 1
    assert "V14 FAILED" in left_out.stdout
