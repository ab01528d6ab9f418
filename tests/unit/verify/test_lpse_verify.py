"""The stand-alone program against the real ledger, and against everything it is there to find."""

from __future__ import annotations

import ast
import base64
import copy
import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from pytest_django import Settings

from lpse.audit.events import Event
from lpse.audit.log import body, record
from lpse.audit.models import AuditEntry
from lpse.clock import instant, parse_instant
from lpse.files.storage import storage
from lpse.ledger import log, note, proof, sequencer, tree
from lpse.sealing import jcs, office_key

pytestmark = pytest.mark.django_db

PROGRAM = Path(__file__).parents[3] / "verify" / "lpse_verify.py"
ORIGIN = "lpse.example/ledger"
TENDER = "1234901"
SENT_AT = "2026-01-01T00:00:00.000000Z"
DEADLINE = "2026-01-02T00:00:00.000000Z"

Run = Callable[..., str]


def loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("lpse_verify", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["lpse_verify"] = module  # where dataclasses look for their module
    spec.loader.exec_module(module)
    return module


VERIFY = loaded()


def base64_of(content: bytes) -> str:
    return base64.b64encode(content).decode()


def lpse_key() -> str:
    return base64_of(office_key.public_key())


def public(key: Ed25519PrivateKey) -> str:
    return base64_of(key.public_key().public_bytes_raw())


def signature(key: Ed25519PrivateKey, value: object) -> str:
    return base64_of(key.sign(jcs.canonical(value)))


def disclosed(entry: AuditEntry) -> dict[str, Any]:
    return {"salt": base64_of(bytes(entry.salt)), "body": body(entry)}


class World:
    """One tender with a committee of three, whose statement is signed, and bids in its box."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.members = {name: Ed25519PrivateKey.generate() for name in ("budi", "dewi", "rina")}
        self.bidders = {name: Ed25519PrivateKey.generate() for name in ("jaya", "karya", "maju")}
        self.versions = [self.version(1, None, DEADLINE)]
        self.statement = jcs.digest(self.versions[-1]["statement"])
        self.bids = [self.bid(name) for name in self.bidders]
        self.receipts = [self.receipt(bid["manifest"]) for bid in self.bids]
        self.box = self.closed_box()

    def version(self, number: int, previous: str | None, deadline: str) -> dict[str, Any]:
        statement = {
            "format": "lpse-key-statement/1",
            "lpse": ORIGIN,
            "log_key": lpse_key(),
            "tender": TENDER,
            "version": number,
            "previous": previous,
            "envelopes": ["single"],
            "k": 2,
            "n": 3,
            "members": [
                {
                    "member": name,
                    "recipient": "age1" + "qpzry9x8gf"[at] * 58,
                    "signing_key": public(key),
                }
                for at, (name, key) in enumerate(self.members.items())
            ],
            "deadline": deadline,
            "opening_at": deadline,
            "rule_set": {"code": "perpres-16-2018", "digest": "11" * 32},
            "bundle": "22" * 32,
            "content": "33" * 32,
        }
        return self.signed_version(statement)

    def signed_version(self, statement: dict[str, Any]) -> dict[str, Any]:
        signers = list(self.members)[:2]
        return {
            "statement": statement,
            "signatures": [
                {"member": name, "signature": signature(self.members[name], statement)}
                for name in signers
            ],
        }

    def bid(self, provider: str) -> dict[str, Any]:
        key = self.bidders[provider]
        manifest = {
            "format": "lpse-manifest/1",
            "tender": TENDER,
            "envelope": "single",
            "provider": provider,
            "bidder": public(key),
            "statement": self.statement,
            "ciphertext": {"sha256": provider.encode().hex().ljust(64, "0"), "size": 65776},
        }
        return {"manifest": manifest, "signature": signature(key, manifest), "bidder": public(key)}

    def receipt(self, manifest: dict[str, Any]) -> dict[str, Any]:
        digest = jcs.digest(manifest)
        with transaction.atomic():
            entry = record(
                Event.BID_SUBMITTED,
                subject=("bidding.Bid", "1"),
                by=None,
                at=parse_instant(SENT_AT),
                tender=TENDER,
                envelope="single",
                provider=manifest["provider"],
                manifest=digest,
            )
        return self.signed_receipt(
            {
                "format": "lpse-receipt/1",
                "lpse": ORIGIN,
                "outcome": "accepted",
                "reason": None,
                "tender": TENDER,
                "envelope": "single",
                "provider": manifest["provider"],
                "bidder": manifest["bidder"],
                "manifest": digest,
                "ciphertext": manifest["ciphertext"],
                "version": 1,
                "at": instant(entry.at),
                "deadline": DEADLINE,
                "statement": self.statement,
                "entry": disclosed(entry),
                "log": {"origin": ORIGIN, "promise": instant(entry.at)},
            }
        )

    def signed_receipt(self, receipt: dict[str, Any]) -> dict[str, Any]:
        signed = base64_of(office_key.sign(jcs.canonical(receipt)))
        return {"receipt": receipt, "signature": signed, "key": lpse_key()}

    def closed_box(self, **changed: Any) -> dict[str, Any]:
        leaves = sorted(jcs.digest(bid["manifest"]) for bid in self.bids)
        data = {
            "tender": TENDER,
            "root": tree.root_of([tree.leaf_hash(bytes.fromhex(leaf)) for leaf in leaves]).hex(),
            "count": len(leaves),
            "deadline": DEADLINE,
            "statement": self.statement,
            **changed,
        }
        with transaction.atomic():
            entry = record(
                Event.TENDER_BOX_CLOSED,
                subject=("procurement.Tender", TENDER),
                by=None,
                **data,
            )
        sequencer.sequence()
        return {
            "format": "lpse-box/1",
            "tender": TENDER,
            "entry": disclosed(entry),
            "proof": proof.tlog_proof(entry),
            "leaves": leaves,
            "bids": self.bids,
        }

    def proof_of(self, receipt: dict[str, Any]) -> str:
        entry = AuditEntry.objects.get(pk=receipt["receipt"]["entry"]["body"]["id"])
        text = proof.tlog_proof(entry)
        assert text is not None
        return text

    def file(self, name: str, content: object) -> str:
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def ledger() -> str:
    store = storage()
    return str(store.scratch.parent / "ledger")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str, code: int = 0, key: str = "") -> str:
        outcome = VERIFY.main([*arguments, "--key", key or lpse_key()])
        said = capsys.readouterr()
        assert outcome == code, said.out + said.err
        return said.out + said.err

    return run


def failed(output: str) -> set[int]:
    lines = [line for line in output.splitlines() if line.startswith("V")]
    return {int(line[1:].split()[0]) for line in lines if " FAILED " in line}


def held(output: str) -> set[int]:
    lines = [line for line in output.splitlines() if line.startswith("V")]
    return {int(line[1:].split()[0]) for line in lines if " ok " in line}


# --- What it is ---------------------------------------------------------------------------------


def test_it_imports_nothing_of_the_system_it_checks() -> None:
    imported = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(ast.parse(PROGRAM.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }

    others = {name.split(".")[0] for name in imported} - set(sys.stdlib_module_names)
    assert others == {"cryptography"}


def test_it_runs_alone(world: World) -> None:
    receipt = world.file("receipt.json", world.receipts[0])
    done = subprocess.run(
        [sys.executable, "-I", PROGRAM, "receipt", receipt, "--key", lpse_key()],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "V2  ok" in done.stdout


def test_every_check_has_its_paragraph_in_the_manual() -> None:
    manual = (PROGRAM.parents[1] / "docs" / "verify.md").read_text()

    assert [number for number in VERIFY.CHECKS if f"**V{number}**" not in manual] == []


# --- A receipt ----------------------------------------------------------------------------------


def test_a_receipt_with_its_proof_holds(world: World, run: Run) -> None:
    output = run(
        "receipt",
        world.file("r.json", world.receipts[0]),
        "--proof",
        world.file("r.tlog-proof", world.proof_of(world.receipts[0])),
    )

    assert held(output) == {1, 2, 3, 4, 5, 6, 7}


def test_a_receipt_holds_by_the_files_of_the_ledger_alone(
    world: World, run: Run, ledger: str
) -> None:
    output = run("receipt", world.file("r.json", world.receipts[0]), "--ledger", ledger)

    assert held(output) == {1, 2, 3, 4, 5, 6, 7, 9}


def test_a_receipt_alone_says_what_was_not_checked(world: World, run: Run) -> None:
    output = run("receipt", world.file("r.json", world.receipts[0]))

    assert held(output) == {1, 2, 3, 4}
    assert "not checked: whether the entry is in the ledger" in output


def test_a_key_with_its_name_is_understood(world: World, run: Run) -> None:
    receipt = world.file("r.json", world.receipts[0])

    assert held(run("receipt", receipt, key=note.verifier_key(ORIGIN))) == {1, 2, 3, 4}


def test_a_mistyped_key_is_told_apart_from_a_false_receipt(world: World, run: Run) -> None:
    receipt = world.file("r.json", world.receipts[0])
    mistyped = note.verifier_key(ORIGIN).replace("lpse.", "lpsa.")

    assert "mistyped" in run("receipt", receipt, key=mistyped, code=2)


def altered(receipt: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    changed = copy.deepcopy(receipt)
    *steps, last = path.split(".")
    at = changed
    for step in steps:
        at = at[step]
    at[last] = value
    return changed


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("receipt.at", DEADLINE),
        ("receipt.manifest", "ab" * 32),
        ("receipt.outcome", "withdrawn"),
        ("receipt.version", 2),
        ("receipt.entry.body.at", DEADLINE),
        ("key", base64_of(bytes(32))),
        ("signature", base64_of(bytes(64))),
    ],
)
def test_a_changed_receipt_is_found(world: World, run: Run, path: str, value: object) -> None:
    receipt = world.file("r.json", altered(world.receipts[0], path, value))

    assert 2 in failed(run("receipt", receipt, code=1))


@pytest.mark.parametrize(
    ("path", "value", "check"),
    [
        ("format", "lpse-receipt/2", 1),
        ("extra", 1, 1),
        ("manifest", "xyz", 1),
        ("deadline", SENT_AT, 3),
        ("at", "2026-11-24T00:00:00.000000Z", 3),
        ("outcome", "maybe", 3),
        ("entry.body.data.tender", "9999901", 4),
        ("entry.body.data.manifest", "ab" * 32, 4),
        ("entry.body.event", "tender:announced", 4),
    ],
)
def test_what_the_lpse_should_never_have_signed_is_found(
    world: World, run: Run, path: str, value: object, check: int
) -> None:
    receipt = world.signed_receipt(altered(world.receipts[0]["receipt"], path, value))

    output = run("receipt", world.file("r.json", receipt), code=1)
    assert check in failed(output)
    assert 2 in held(output)


def test_the_proof_of_another_entry_is_refused(world: World, run: Run) -> None:
    output = run(
        "receipt",
        world.file("r.json", world.receipts[0]),
        "--proof",
        world.file("p", world.proof_of(world.receipts[1])),
        code=1,
    )

    assert failed(output) == {7}


def test_an_entry_that_was_promised_and_is_not_in_the_ledger_is_found(
    world: World, run: Run, ledger: str
) -> None:
    receipt = world.receipt(world.bids[0]["manifest"])  # and nobody sequences it

    output = run("inclusion", world.file("r.json", receipt), "--ledger", ledger, code=1)
    assert failed(output) == {7}
    assert "broken its promise" in output


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"receipt": 1}', '{"a": 1.5}', '{"a": 1, "a": 2}', "\x00", "null"]
)
def test_what_is_no_receipt_is_not_called_false(world: World, run: Run, content: str) -> None:
    assert "Nothing to check" in run("receipt", world.file("r.json", content), code=2)


# --- Checkpoints --------------------------------------------------------------------------------


@pytest.mark.usefixtures("world")
def test_the_whole_ledger_is_hashed_again(run: Run, ledger: str) -> None:
    assert held(run("checkpoint", ledger, "--full")) == {5, 9}


@pytest.mark.usefixtures("world")
def test_one_changed_entry_of_the_whole_ledger_is_found(run: Run, ledger: str) -> None:
    size = note.read(log.published_note("ledger") or "").size
    (bundle,) = Path(ledger).glob(f"tile/entries/000.p/{size}")
    content = bytearray(bundle.read_bytes())
    content[40] ^= 1
    bundle.write_bytes(bytes(content))

    assert failed(run("checkpoint", ledger, "--full", code=1)) == {9}


@pytest.mark.usefixtures("world")
def test_a_checkpoint_of_another_key_is_refused(run: Run, ledger: str) -> None:
    other = public(Ed25519PrivateKey.generate())

    assert failed(run("checkpoint", ledger, key=other, code=1)) == {5}


def test_a_ledger_that_grew_continues_the_earlier_one(
    world: World, run: Run, ledger: str, settings: Settings
) -> None:
    settings.LEDGER_BATCH = 300
    old = world.file("old", log.published_note("ledger") or "")
    sequencer.sequence()
    sequencer.sequence()

    assert held(run("consistency", old, ledger, "--ledger", ledger)) == {5, 6, 10}


def test_a_rewritten_ledger_is_found(world: World, run: Run, ledger: str) -> None:
    size = note.read(log.published_note("ledger") or "").size
    forged = world.file("old", note.sign(note.Head(ORIGIN, size - 3, bytes(32))))

    assert failed(run("consistency", forged, ledger, "--ledger", ledger, code=1)) == {10}


def test_two_roots_for_one_size_are_two_histories(world: World, run: Run, ledger: str) -> None:
    size = note.read(log.published_note("ledger") or "").size
    forged = world.file("other", note.sign(note.Head(ORIGIN, size, bytes(32))))

    output = run("consistency", forged, ledger, code=1)
    assert failed(output) == {10}
    assert "two histories" in output


# --- The box ------------------------------------------------------------------------------------


def test_a_box_with_receipt_and_statement_holds(world: World, run: Run) -> None:
    output = run(
        "box",
        world.file("box.json", world.box),
        "--receipt",
        world.file("r.json", world.receipts[0]),
        "--statement",
        world.file("s.json", {"versions": world.versions}),
    )

    assert held(output) == {1, 2, 3, 4, 5, 7, *range(11, 21), 22, 23}


def test_before_the_opening_the_list_of_digests_is_enough(world: World, run: Run) -> None:
    world.box["bids"] = []

    output = run("box", world.file("box.json", world.box))

    assert held(output) == {5, 7, 11, 12, 13}
    assert "not checked: the bids themselves" in output


def test_a_bid_that_was_left_out_of_the_box_is_proved_by_its_receipt(
    world: World, run: Run
) -> None:
    world.bids = world.bids[1:]
    box = world.closed_box()

    output = run(
        "box",
        world.file("box.json", box),
        "--receipt",
        world.file("r.json", world.receipts[0]),
        code=1,
    )

    assert 14 in failed(output)
    assert "this receipt proves the omission" in output
    assert {7, 11, 12, 13} <= held(output)


def test_a_box_that_closed_before_the_deadline_of_a_receipt_is_found(
    world: World, run: Run
) -> None:
    box = world.closed_box(deadline="2026-01-01T12:00:00.000000Z")
    receipt = world.file("r.json", world.receipts[0])

    output = run("box", world.file("box.json", box), "--receipt", receipt, code=1)
    assert failed(output) == {15}


def test_a_box_that_closed_before_its_own_deadline_is_found(world: World, run: Run) -> None:
    box = world.closed_box(deadline="2999-01-01T00:00:00.000000Z")

    assert failed(run("box", world.file("box.json", box), code=1)) == {11}


def test_a_bid_taken_out_of_the_list_afterwards_is_found(world: World, run: Run) -> None:
    world.box["leaves"].pop()

    output = run("box", world.file("box.json", world.box), code=1)
    assert failed(output) == {12, 13, 16}


def test_a_bid_put_in_after_the_closing_is_found(world: World, run: Run) -> None:
    world.box["leaves"] = sorted([*world.box["leaves"], "ab" * 32])
    world.box["entry"]["body"]["data"]["count"] = 4

    assert failed(run("box", world.file("box.json", world.box), code=1)) == {7, 13, 16}


def test_a_bid_left_out_of_the_opening_is_found(world: World, run: Run) -> None:
    world.box["bids"] = world.bids[1:]

    assert failed(run("box", world.file("box.json", world.box), code=1)) == {16}


def test_an_opened_bid_that_was_exchanged_is_found(world: World, run: Run) -> None:
    world.box["bids"] = copy.deepcopy(world.bids)
    world.box["bids"][0]["manifest"]["ciphertext"]["sha256"] = "ab" * 32

    assert failed(run("box", world.file("box.json", world.box), code=1)) == {16, 17}


def test_a_box_closed_under_another_statement_is_found(world: World, run: Run) -> None:
    statement = world.version(1, None, "2026-01-03T00:00:00.000000Z")

    output = run(
        "box",
        world.file("box.json", world.box),
        "--statement",
        world.file("s.json", statement),
        code=1,
    )
    assert 23 in failed(output)


# --- The key statement --------------------------------------------------------------------------


def later(world: World, **changed: object) -> list[dict[str, Any]]:
    newer = {
        **world.versions[0]["statement"],
        "version": 2,
        "previous": world.statement,
        "deadline": "3000-01-31T00:00:00.000000Z",
        "opening_at": "3000-01-31T00:00:00.000000Z",
        **changed,
    }
    return [world.versions[0], world.signed_version(newer)]


def test_a_key_statement_and_its_later_version_hold(world: World, run: Run) -> None:
    output = run("statement", world.file("s.json", {"versions": later(world)}))

    assert held(output) == {18, 19, 20, 21, 22}
    assert world.statement in output


@pytest.mark.parametrize(
    ("changed", "check"),
    [
        ({"deadline": SENT_AT}, 21),
        ({"k": 3}, 21),
        ({"previous": "ab" * 32}, 21),
        ({"version": 3}, 21),
        ({"envelopes": ["price"]}, 21),
        ({"log_key": base64_of(bytes(32))}, 22),
        ({"k": 1}, 19),
        ({"n": 4}, 19),
        ({"members": []}, 19),
        ({"format": "lpse-key-statement/0"}, 18),
        ({"opening_at": SENT_AT}, 18),
        ({"surprise": True}, 18),
    ],
)
def test_a_later_version_that_changes_too_much_is_found(
    world: World, run: Run, changed: dict[str, object], check: int
) -> None:
    versions = world.file("s.json", {"versions": later(world, **changed)})

    assert check in failed(run("statement", versions, code=1))


def test_a_statement_signed_by_a_minority_is_found(world: World, run: Run) -> None:
    statement = copy.deepcopy(world.versions[0])
    statement["signatures"].pop()

    assert failed(run("statement", world.file("s.json", statement), code=1)) == {20}


def test_one_member_signing_twice_is_no_majority(world: World, run: Run) -> None:
    statement = copy.deepcopy(world.versions[0])
    statement["signatures"][1] = statement["signatures"][0]

    assert failed(run("statement", world.file("s.json", statement), code=1)) == {20}


def test_a_swapped_member_key_is_found(world: World, run: Run) -> None:
    statement = copy.deepcopy(world.versions[0])
    statement["statement"]["members"][0]["recipient"] = "age1" + "l" * 58

    assert failed(run("statement", world.file("s.json", statement), code=1)) == {20}
