"""Phase two: all together, each with its evidence, and again after whatever stopped it."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import translation

from bidding.domain import box as boxes
from bidding.domain import decryption as domain
from bidding.domain import opening as openings
from bidding.models import (
    Bid,
    BidState,
    Box,
    Minutes,
    OpenedBid,
    OpenedFile,
    Opening,
    OpeningOutcome,
)
from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.clock import database_now
from lpse.errors import Refused
from lpse.files.storage import storage
from lpse.ledger.sequencer import sequence
from lpse.mail.models import Message
from lpse.sealing import jcs, sealer
from lpse.sealing.digests import sha256
from procurement.models import Stage, StageCode, Tender, TenderState
from tests.factories.bidding import (
    Announced,
    Sealed,
    a_bidder,
    an_announced_tender,
    sign_statement,
)
from tests.factories.committee import PDF, a_closed_box, a_filled_box, post, put_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> None:
    translation.activate("en")


def a_file(tmp_path: Path, name: str, content: bytes = PDF, kind: str = "letter") -> sealer.File:
    path = tmp_path / name
    path.write_bytes(content)
    return sealer.File(name, kind, path)


def unlocked(made: Announced, box: Box, *names: str) -> Opening:
    for name in names or ("budi", "rina"):
        post(made, box, name)
    return Opening.objects.get(box=box)


def result(sealed: Sealed) -> OpenedBid:
    return OpenedBid.objects.get(bid__manifest_digest=sha256(sealed.text.encode()))


@pytest.mark.clause("P3(1)c")
def test_what_was_sealed_comes_out_as_it_was(tmp_path: Path) -> None:
    files = (a_file(tmp_path, "Surat penawaran.pdf"), a_file(tmp_path, "teknis é.pdf", PDF + b"x"))
    made, box, sealed = a_filled_box(2, files=files)

    assert domain.open_all(unlocked(made, box)) is True

    for bid in sealed:
        opened = result(bid)
        assert opened.outcome == OpeningOutcome.OPENED
        assert opened.total_rupiah == Decimal("1000000.00")
        assert opened.evidence["used"] == ["budi", "rina"]
        for kept, file in zip(opened.files.all(), files, strict=True):
            assert (kept.name, kept.kind, kept.verdict) == (file.name, "letter", "ok")
            assert kept.sha256 == sha256(file.path.read_bytes())
            assert storage().read(kept.file.name) == file.path.read_bytes()
    assert Tender.objects.get(pk=made.tender.pk).state == TenderState.OPENED
    assert set(Bid.objects.values_list("state", flat=True)) == {BidState.OPENED}


def test_nothing_is_opened_before_the_shares_are_complete() -> None:
    made, box, _sealed = a_filled_box(1)
    post(made, box, "budi")

    with pytest.raises(Refused):
        domain.open_all(Opening.objects.get(box=box))

    assert not OpenedBid.objects.exists()


def test_no_plaintext_stays_beside_the_store(tmp_path: Path) -> None:
    made, box, _sealed = a_filled_box(1, files=(a_file(tmp_path, "surat.pdf"),))

    domain.open_all(unlocked(made, box))

    assert list(storage().scratch.iterdir()) == []


def test_one_flipped_bit_is_fatal_reported_and_stops_nobody_else() -> None:
    made, box, sealed = a_filled_box(2)
    opening = unlocked(made, box)
    broken = Bid.objects.get(manifest_digest=sha256(sealed[0].text.encode()))
    flipped = bytearray(storage().read(broken.name))
    flipped[len(flipped) // 2] ^= 1
    storage().write(broken.name, bytes(flipped))

    assert domain.open_all(opening) is True

    failed = result(sealed[0])
    assert (failed.outcome, failed.reason) == (OpeningOutcome.UNOPENABLE, "envelope:digest")
    assert result(sealed[1]).outcome == OpeningOutcome.OPENED
    broken.refresh_from_db()
    assert broken.state == BidState.UNOPENABLE
    entry = AuditEntry.objects.get(event=Event.BID_UNOPENABLE)
    assert entry.data["evidence"] == jcs.digest(failed.evidence)


def test_a_lost_file_is_reported_as_lost() -> None:
    made, box, sealed = a_filled_box(1)
    opening = unlocked(made, box)
    storage().delete(Bid.objects.get().name)

    domain.open_all(opening)

    assert result(sealed[0]).reason == "envelope:lost"


def test_a_bid_filed_again_under_another_name_is_never_decrypted() -> None:
    """Even if the members' browsers gave the shares: each names whose bid it is."""
    made, box, sealed = _with_a_copy()

    domain.open_all(unlocked(made, box, "budi", "dewi", "rina"))

    assert result(sealed[0]).outcome == OpeningOutcome.OPENED
    refused = result(sealed[1])
    assert refused.reason == "shares:too_few"
    assert set(refused.evidence["disputed"].values()) == {"share:provider"}
    faults = AuditEntry.objects.filter(event=Event.SHARE_DISPUTED)
    assert {entry.data["fault"] for entry in faults} == {"bidder"}


def test_a_copied_ciphertext_of_another_bidder_is_refused_with_that_reason() -> None:
    """The other bidder was in the plot and gave its key, for new shares."""
    made, box, sealed = _with_a_copy(shared_anew=True)

    domain.open_all(unlocked(made, box))

    assert result(sealed[0]).outcome == OpeningOutcome.OPENED
    assert result(sealed[1]).reason == "content:provider"


def _with_a_copy(*, shared_anew: bool = False) -> tuple[Announced, Box, list[Sealed]]:
    """The second bidder sends the first one's sealed file and shares under its own name."""
    made = an_announced_tender(signed=False)
    first, second = a_bidder(made), a_bidder(made)
    _let_the_deadline_come(made)
    original = first.seal()
    copy = _sent_by(original, second, made.tender.code)
    if shared_anew:
        copy = _shared_anew(copy, original.bid.recovery["identity"])
    for bid in (original, copy):
        put_in(bid)
    return made, a_closed_box(made), [original, copy]


def _sent_by(original: Sealed, bidder: Any, tender: str) -> Sealed:
    manifest = original.bid.manifest | {
        "tender": tender,
        "statement": bidder.made.statement.digest,
        "provider": bidder.participation.provider.code,
        "bidder": bidder.participation.keys.get().public_key,
    }
    signature = sealer.sign.sign_object(bidder.seed, manifest)
    bid = sealer.SealedBid(manifest, signature, original.bid.shares, {})
    return Sealed(bidder, bid, original.path)


def _shared_anew(sealed: Sealed, identity: str) -> Sealed:
    """The bid with ``identity`` split into shares that name this bid and its bidder."""
    manifest = sealed.bid.manifest
    shares = sealer.make_shares(
        identity,
        manifest["recipient"],
        sealer.Digested(**manifest["ciphertext"]),
        statement=sealed.bidder.made.body,
        envelope="single",
        provider=manifest["provider"],
        bidder=manifest["bidder"],
    )
    manifest = manifest | {
        "shares": [
            {"member": s.member, "commitment": s.commitment, "sealed": sha256(s.sealed)}
            for s in shares
        ]
    }
    signature = sealer.sign.sign_object(sealed.bidder.seed, manifest)
    bid = sealer.SealedBid(manifest, signature, tuple(shares), {})
    return Sealed(sealed.bidder, bid, sealed.path)


def _let_the_deadline_come(made: Announced) -> None:
    deadline = database_now() + dt.timedelta(milliseconds=30)
    Stage.objects.filter(tender=made.tender, code=StageCode.SUBMISSION).update(ends_at=deadline)
    sign_statement(made, deadline=deadline)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"tender": "1901"}, "content:tender"),
        ({"envelope": "price"}, "content:envelope"),
        ({"bidder": "A" * 43 + "="}, "content:bidder"),
        ({"statement": "0" * 64}, "content:statement"),
        ({"format": "lpse-bid/2"}, "content:format"),
        ({"validity_days": "60"}, "content:field"),
        ({"total_words": "satu\0juta"}, "content:field"),
    ],
)
def test_content_that_is_not_of_exactly_this_bid_is_refused(
    monkeypatch: Any, change: dict[str, Any], reason: str
) -> None:
    write = sealer.write_zip

    def another(target: Any, terms: Any, files: Any) -> None:
        content = io.BytesIO()
        write(content, terms, files)
        _rewrite(content, target, change)

    monkeypatch.setattr(sealer, "write_zip", another)
    made, box, sealed = a_filled_box(1)

    domain.open_all(unlocked(made, box))

    assert result(sealed[0]).reason == reason


def _rewrite(source: io.BytesIO, target: Any, change: dict[str, Any]) -> None:
    """The same ZIP with another ``bid.json``, of the same padded length."""
    with zipfile.ZipFile(source) as old:
        bid = json.loads(old.read("bid.json")) | change
        padding = len(old.read("padding"))
        before = len(old.read("bid.json"))
    body = jcs.canonical(bid)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as new:
        new.writestr(zipfile.ZipInfo("bid.json", (2010, 1, 1, 0, 0, 0)), body)
        zeros = bytes(padding - (len(body) - before))
        new.writestr(zipfile.ZipInfo("padding", (2010, 1, 1, 0, 0, 0)), zeros)


def test_a_file_of_an_unknown_kind_leaves_its_traits_and_stops_nothing(tmp_path: Path) -> None:
    sent = (
        a_file(tmp_path, "program.exe", b"MZ" + bytes(100)),
        a_file(tmp_path, "empty.pdf", b""),
        a_file(tmp_path, "surat.pdf"),
    )
    made, box, sealed = a_filled_box(1, files=sent)

    domain.open_all(unlocked(made, box))

    files = result(sealed[0]).files.all()
    found = {file.name: (file.verdict, file.file is None) for file in files}
    assert found == {
        "program.exe": ("kind", True),
        "empty.pdf": ("empty", True),
        "surat.pdf": ("ok", False),
    }
    assert AuditEntry.objects.filter(event=Event.BID_FILE_OPENED).count() == 3


def test_shares_that_the_bidder_made_wrong_are_the_bidders_fault() -> None:
    made, box, sealed = _with_a_key_of_another()

    domain.open_all(unlocked(made, box, "budi", "dewi", "rina"))

    failed = result(sealed)
    assert failed.reason == "shares:bidder"
    assert failed.evidence["disputed"] == {}


def _with_a_key_of_another() -> tuple[Announced, Box, Sealed]:
    """The bidder splits a key that is not the one of the sealed file."""
    made = an_announced_tender(signed=False)
    bidder = a_bidder(made)
    _let_the_deadline_come(made)
    sealed = bidder.seal()
    identity, _recipient = sealer.make_identity()
    wrong = _shared_anew(sealed, identity)
    put_in(wrong)
    return made, a_closed_box(made), wrong


def test_a_bid_without_enough_shares_is_marked_with_the_evidence() -> None:
    made, box, sealed = a_filled_box(2)
    lacking = sha256(sealed[0].text.encode())
    for name in ("budi", "dewi", "rina"):
        post(made, box, name, objections={lacking: "share:closed"})

    domain.open_all(Opening.objects.get(box=box))

    failed = result(sealed[0])
    assert failed.reason == "shares:too_few"
    assert failed.evidence["objections"] == dict.fromkeys(("budi", "dewi", "rina"), "share:closed")
    assert result(sealed[1]).outcome == OpeningOutcome.OPENED


@pytest.mark.parametrize("stop", [0, 1, 2, 3])
def test_a_run_that_was_stopped_anywhere_is_finished_by_the_next(
    monkeypatch: Any, stop: int
) -> None:
    made, box, sealed = a_filled_box(3)
    opening = unlocked(made, box)
    write, written = domain._write, []  # noqa: SLF001 - where a crash is told apart from a refusal

    class Killed(BaseException):
        pass

    def dying(bid: Bid, *rest: Any) -> OpenedBid:
        if len(written) == stop:
            raise Killed
        written.append(bid)
        return write(bid, *rest)

    monkeypatch.setattr(domain, "_write", dying)
    monkeypatch.setattr(domain, "_finish", lambda *_: (_ for _ in ()).throw(Killed))
    with pytest.raises(Killed):
        domain.open_all(opening)
    assert OpenedBid.objects.count() == stop
    monkeypatch.undo()

    assert domain.open_all(opening) is True
    assert domain.open_all(opening) is True

    assert {result(bid).outcome for bid in sealed} == {OpeningOutcome.OPENED}
    assert AuditEntry.objects.filter(event=Event.BID_OPENED).count() == 3
    assert AuditEntry.objects.filter(event=Event.TENDER_OPENED).count() == 1
    assert Minutes.objects.count() == 1


def test_a_storage_that_does_not_answer_marks_nothing_as_unopenable(monkeypatch: Any) -> None:
    made, box, _sealed = a_filled_box(1)
    opening = unlocked(made, box)

    def out_of_order(_self: Any, _name: str) -> Any:
        raise OSError("the bucket does not answer")

    with monkeypatch.context() as broken:
        broken.setattr(type(storage()), "chunks", out_of_order)
        assert domain.open_all(opening) is False
    assert not OpenedBid.objects.exists()

    assert domain.open_all(opening) is True


def test_a_box_without_bids_is_opened_too() -> None:
    _made, box, _none = a_filled_box(0)
    opening = Opening.objects.get(box=box)
    openings.end_waiting(opening)
    opening.refresh_from_db()

    assert domain.open_all(opening) is True

    assert Tender.objects.get(pk=box.tender_id).state == TenderState.OPENED


def test_a_sum_that_does_not_add_up_is_shown_and_not_corrected(tmp_path: Path) -> None:
    made, box, sealed = a_filled_box(1, total="2.00")

    domain.open_all(unlocked(made, box))

    opened = result(sealed[0])
    assert opened.total_rupiah == Decimal("2.00")
    found = {finding["what"] for finding in opened.arithmetic["findings"]}
    assert {"line_missing", "tax_percent"} & found


def test_committee_and_bidders_hear_that_the_bids_are_open() -> None:
    made, box, sealed = a_filled_box(1)

    domain.open_all(unlocked(made, box))

    told = Message.objects.filter(template__startswith="opening_complete")
    assert {(m.template, m.recipient.username) for m in told} == {
        ("opening_complete_committee", "budi"),
        ("opening_complete_committee", "dewi"),
        ("opening_complete_committee", "rina"),
        ("opening_complete_bidder", sealed[0].bidder.user.username),
    }


def test_the_key_of_a_bid_is_written_nowhere() -> None:
    made, box, sealed = a_filled_box(1)

    domain.open_all(unlocked(made, box))

    identity = sealed[0].bid.recovery["identity"]
    rows = [OpenedBid.objects.values_list(), AuditEntry.objects.values_list()]
    assert identity not in str([list(query) for query in rows])


def test_the_database_keeps_results_as_they_were() -> None:
    made, box, _sealed = a_filled_box(1)
    domain.open_all(unlocked(made, box))

    for statement in (
        "UPDATE bidding_openedbid SET total_rupiah = 1",
        "DELETE FROM bidding_openedfile",
        "TRUNCATE bidding_openedbid CASCADE",
        "ALTER TABLE bidding_openedbid DISABLE TRIGGER ALL",
        "UPDATE bidding_bid SET state = 'openable'",
    ):
        with (
            pytest.raises(ProgrammingError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert OpenedFile.objects.count() == 0
    assert boxes.digests(box)
    sequence()
