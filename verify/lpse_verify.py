#!/usr/bin/env python3
"""Check what an LPSE has said, without trusting the LPSE, its website or its program.

This is one file on purpose: read it, keep it, run it anywhere with Python 3.11 and the package
``cryptography``. It imports nothing of the system it checks. The keys are yours: you give the
LPSE's key with ``--key``, as you wrote it down or got it from somebody you trust.

    lpse_verify.py receipt receipt.json --key KEY --proof receipt.tlog-proof
    lpse_verify.py inclusion receipt.json --key KEY --ledger https://lpse.example/ledger
    lpse_verify.py checkpoint https://lpse.example/ledger --key KEY --full
    lpse_verify.py consistency OLD NEW --key KEY --ledger https://lpse.example/ledger
    lpse_verify.py box box.json --key KEY --receipt receipt.json --statement statement.json
    lpse_verify.py statement statement.json --key KEY

Every check has a number, explained in docs/verify.md. The exit code is 0 if all of them hold,
1 if one fails, and 2 if there was nothing that could be checked.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import datetime as dt
import hashlib
import json
import re
import struct
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

CHECKS = {
    1: "the receipt is complete and in the known format",
    2: "the receipt is signed with the LPSE's key",
    3: "the receipt does not contradict itself",
    4: "the ledger entry in the receipt is about this bid",
    5: "the checkpoint is signed with the LPSE's key",
    6: "the checkpoint is of the ledger that was named",
    7: "the entry is in the ledger",
    8: "the checkpoint is signed by the witness",
    9: "all entries of the ledger, hashed again, give the signed root",
    10: "the later ledger begins with the earlier one",
    11: "the closing of the box is a ledger entry of this tender",
    12: "the list of the box is sorted, without repetition, and complete",
    13: "the list of the box gives the root that was fixed at the closing",
    14: "the bid of the receipt is in the box",
    15: "the deadline of the box is not earlier than the receipt's",
    16: "the opened bids are exactly those of the list",
    17: "every opened bid is signed by its bidder, for this tender",
    18: "the key statement is complete and in the known format",
    19: "the committee and its threshold are possible",
    20: "a majority of the committee has signed the key statement",
    21: "later versions change only what a schedule change changes",
    22: "the key statement names the LPSE's key",
    23: "the box was closed under the last key statement, at its deadline",
}

ED25519, COSIGNATURE = b"\x01", b"\x04"
PROOF_FORMAT = "c2sp.org/tlog-proof@v1"
WIDTH, HEIGHT, HASH = 256, 8, 32
LARGEST_INTEGER = 2**53 - 1
LARGEST_FILE = 64 * 1024 * 1024
MOST_MEMBERS = 255
PATIENCE = 30

VERIFIER_KEY = re.compile(r"(?P<name>[^\s+]+)\+(?P<id>[0-9a-f]{8})\+(?P<key>[A-Za-z0-9+/]+=*)")
DIGEST = re.compile(r"[0-9a-f]{64}")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
RECIPIENT = re.compile(r"age1[02-9ac-hj-np-z]{58}")
NUMBER = re.compile(r"0|[1-9][0-9]{0,15}")

RECEIPT_FIELDS = {
    *("format", "lpse", "outcome", "reason", "tender", "envelope", "provider", "bidder"),
    *("manifest", "ciphertext", "version", "at", "deadline", "statement", "entry", "log"),
}
ENTRY_FIELDS = {"format", "id", "event", "subject", "actor", "at", "data"}
STATEMENT_FIELDS = {
    *("format", "lpse", "log_key", "tender", "version", "previous", "envelopes", "k", "n"),
    *("members", "deadline", "opening_at", "rule_set", "bundle", "content"),
}
MAY_CHANGE = {"version", "previous", "deadline", "opening_at", "content"}
EVENT_OF = {"accepted": "bid:submitted", "withdrawn": "bid:withdrawn", "refused": "bid:refused"}


class Unreadable(Exception):
    """There is nothing to check: something is missing, or is not what it was said to be."""


class Failed(Exception):
    """A check does not hold; the message says why."""


# What a file of another form makes of reading it; to the reader that is a failed check.
MISSHAPEN = (KeyError, TypeError, AttributeError, ValueError, IndexError, RecursionError)


def need(condition: object, why: str) -> None:
    if not condition:
        raise Failed(why)


# --- Saying what was checked --------------------------------------------------------------------


class Report:
    """Prints each check when it is decided, and remembers whether all of them held."""

    def __init__(self) -> None:
        self.held = self.failed = 0

    @contextmanager
    def check(self, number: int, about: str = "") -> Iterator[None]:
        """The block is check ``number``: it fails by raising ``Failed``, and others go on."""
        what = f"{CHECKS[number]}{about and f' ({about})'}"
        try:
            yield
        except (Failed, *MISSHAPEN) as failure:
            self.failed += 1
            why = str(failure) if isinstance(failure, Failed) else "it is not of the known form"
            print(f"V{number:<2} FAILED  {what}: {why}")
        else:
            self.held += 1
            print(f"V{number:<2} ok      {what}")

    def say(self, text: str) -> None:
        print(f"            {text}")

    def not_checked(self, text: str) -> None:
        print(f"--  not checked: {text}")

    def verdict(self) -> int:
        if self.failed:
            print(f"\nFAILED: {self.failed} of {self.held + self.failed} checks do not hold.")
            return 1
        if not self.held:
            raise Unreadable("nothing was checked")
        print(f"\nAll {self.held} checks hold.")
        return 0


# --- Bytes, JSON, keys --------------------------------------------------------------------------


def sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def from_base64(text: object, length: int | None = None) -> bytes:
    try:
        content = base64.b64decode(str(text), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Failed(f"not base64: {str(text)[:40]!r}") from error
    need(base64.b64encode(content).decode() == text, "base64 in another spelling")
    need(length is None or len(content) == length, f"not {length} bytes")
    return content


def canonical(value: object) -> bytes:
    """RFC 8785, for JSON without floats: the bytes that were signed and hashed."""
    return _spelled(value).encode()


def _spelled(value: object) -> str:
    match value:
        case None | bool() | str():
            return json.dumps(value, ensure_ascii=False)
        case int():
            need(abs(value) <= LARGEST_INTEGER, "a number is too large to be exact")
            return str(value)
        case list():
            return f"[{','.join(map(_spelled, value))}]"
        case dict():
            names = sorted(value, key=lambda name: str(name).encode("utf-16-be"))
            members = (f"{_spelled(name)}:{_spelled(value[name])}" for name in names)
            return f"{{{','.join(members)}}}"
    raise Failed(f"JSON with a {type(value).__name__}")


def digest_of(value: object) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()


def parsed(content: bytes, name: str) -> Any:
    """JSON that means one thing only: no doubled names, no floats."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) != len(pairs):
            raise Unreadable(f"{name} has a name twice")
        return members

    def no_float(text: str) -> Any:
        raise Unreadable(f"{name} has a number that is not whole: {text}")

    try:
        return json.loads(
            content, object_pairs_hook=once, parse_float=no_float, parse_constant=no_float
        )
    except ValueError as error:
        raise Unreadable(f"{name} is not JSON: {error}") from error


def load(path: str) -> Any:
    return parsed(Source(path).content(), path)


def signed(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def key_id(name: str, kind: bytes, key: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + kind + key)[:4]


@dataclass(frozen=True, slots=True)
class Key:
    """A key the user gave, with its name if it was given as a verifier key."""

    public: bytes
    name: str = ""

    @classmethod
    def read(cls, text: str) -> Key:
        """From base64 of 32 bytes, from ``name+id+base64``, or from a file with one of them."""
        if Path(text).is_file():
            text = Path(text).read_text().strip()
        try:
            if found := VERIFIER_KEY.fullmatch(text):
                content = from_base64(found["key"], 33)
                if key_id(found["name"], content[:1], content[1:]).hex() != found["id"]:
                    raise Unreadable("the key is mistyped: its check digits do not fit")
                return cls(content[1:], found["name"])
            return cls(from_base64(text, 32))
        except Failed as error:
            raise Unreadable(f"not a key: {error}") from error


@dataclass(frozen=True, slots=True)
class Source:
    """A file, a folder or an address, and what is found under it."""

    place: str

    @property
    def is_address(self) -> bool:
        return self.place.startswith(("https://", "http://"))

    def find(self, name: str = "") -> bytes | None:
        path = f"{self.place.rstrip('/')}/{name}" if name else self.place
        try:
            if not self.is_address:
                return Path(path).read_bytes()
            with urllib.request.urlopen(path, timeout=PATIENCE) as answer:  # noqa: S310
                return bytes(answer.read(LARGEST_FILE))
        except urllib.error.HTTPError as error:
            if error.code in {404, 410}:
                return None
            raise Unreadable(f"{path}: {error}") from error
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return None
        except OSError as error:
            raise Unreadable(f"{path}: {error}") from error

    def content(self, name: str = "") -> bytes:
        content = self.find(name)
        if content is None:
            raise Unreadable(f"there is no {name or 'file'} at {self.place}")
        return content

    def checkpoint(self) -> str:
        """The checkpoint in the file, or the one under the folder or address of a ledger."""
        if self.is_address and not self.place.rstrip("/").endswith("/checkpoint"):
            return self.content("checkpoint").decode()
        if Path(self.place).is_dir():
            return self.content("checkpoint").decode()
        return self.content().decode()


# --- The Merkle tree of RFC 6962 ----------------------------------------------------------------

Node = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry)


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right)


def tree_hash(node: Node, start: int, end: int) -> bytes:
    """MTH(D[start:end]), from the hashes of complete subtrees."""
    size = end - start
    if size & (size - 1) == 0:
        height = size.bit_length() - 1
        return node(height, start >> height)
    middle = start + (1 << (size - 1).bit_length() - 1)
    return node_hash(tree_hash(node, start, middle), tree_hash(node, middle, end))


def root_of(leaves: Sequence[bytes]) -> bytes:
    def node(height: int, index: int) -> bytes:
        if height == 0:
            return leaves[index]
        return node_hash(node(height - 1, 2 * index), node(height - 1, 2 * index + 1))

    return tree_hash(node, 0, len(leaves)) if leaves else sha256(b"")


def root_from_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """RFC 9162 section 2.1.3.2."""
    need(0 <= index < size, f"there is no place {index} in a ledger of {size}")
    at, last, result = index, size - 1, leaf
    for sibling in path:
        need(last, "the proof is too long")
        if at % 2 or at == last:
            result = node_hash(sibling, result)
            while at % 2 == 0 and at:
                at, last = at >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        at, last = at >> 1, last >> 1
    need(last == 0, "the proof is too short")
    return result


# --- Checkpoints and proofs (C2SP) --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Checkpoint:
    text: str
    signatures: tuple[str, ...]
    origin: str
    size: int
    root: bytes

    @classmethod
    def read(cls, note: str) -> Checkpoint:
        body, blank, signatures = note.rpartition("\n\n")
        lines = body.split("\n")
        if not blank or len(lines) != 3 or not NUMBER.fullmatch(lines[1]):  # noqa: PLR2004
            raise Unreadable("not a checkpoint")
        try:
            root = from_base64(lines[2], HASH)
        except Failed as error:
            raise Unreadable(f"not a checkpoint: {error}") from error
        return cls(body + "\n", tuple(signatures.splitlines()), lines[0], int(lines[1]), root)

    def signatures_of(self, name: str, kind: bytes, key: bytes) -> Iterator[bytes]:
        """What stands on the lines under that name and key identifier."""
        for line in self.signatures:
            mark, _blank, rest = line.partition(" ")
            signer, _blank, encoded = rest.partition(" ")
            if mark == "—" and signer == name:
                content = from_base64(encoded)
                if content[:4] == key_id(name, kind, key):
                    yield content[4:]


@dataclass(frozen=True, slots=True)
class Proof:
    index: int
    path: tuple[bytes, ...]
    checkpoint: Checkpoint

    @classmethod
    def read(cls, text: str) -> Proof:
        head, blank, note = text.partition("\n\n")
        first, *lines = head.split("\n")
        if lines and lines[0].startswith("extra "):
            lines.pop(0)
        place = lines.pop(0).removeprefix("index ") if lines else ""
        if not blank or first != PROOF_FORMAT or not NUMBER.fullmatch(place):
            raise Unreadable("not a ledger proof")
        try:
            path = tuple(from_base64(line, HASH) for line in lines)
        except Failed as error:
            raise Unreadable(f"not a ledger proof: {error}") from error
        return cls(int(place), path, Checkpoint.read(note))


class Ledger:
    """The files of a ledger under a folder or an address, believed only as far as they hash."""

    def __init__(self, place: str) -> None:
        self.source = Source(place)

    def checkpoint(self) -> Checkpoint:
        return Checkpoint.read(self.source.checkpoint())

    def proof(self, entry: bytes) -> Proof | None:
        """Ready-made by the LPSE where it serves proofs, which saves reading everything."""
        content = self.source.find(f"proof/{entry.hex()}.tlog-proof")
        return Proof.read(content.decode()) if content else None

    def node(self, size: int) -> Node:
        """The hashes of complete subtrees of the tree of ``size``, from its tiles."""
        known: dict[tuple[int, int], bytes] = {}

        def node(height: int, index: int) -> bytes:
            level, inside = divmod(height, HEIGHT)
            tile, start = divmod(index << inside, WIDTH)
            if (level, tile) not in known:
                known[level, tile] = self._tile(level, tile, size >> HEIGHT * level) or b""
            content = known[level, tile]
            need(len(content) >= (start + (1 << inside)) * HASH, f"tile {level}/{tile} is missing")
            hashes = [
                content[at * HASH : (at + 1) * HASH] for at in range(start, start + (1 << inside))
            ]
            return root_of(hashes)

        return node

    def entries(self, size: int) -> Iterator[bytes]:
        for index in range(-(-size // WIDTH)):
            content = self._tile("entries", index, size)
            need(content is not None, f"the entries {index * WIDTH} and after are missing")
            at = 0
            for _place in range(min(WIDTH, size - index * WIDTH)):
                need(content and len(content) >= at + 2, f"bundle {index} is cut off")
                (length,) = struct.unpack_from(">H", content or b"", at)
                yield (content or b"")[at + 2 : at + 2 + length]
                at += 2 + length

    def _tile(self, level: int | str, index: int, count: int) -> bytes | None:
        """A partial tile may be gone once the full one is there, which begins with it."""
        groups, rest = [f"{index % 1000:03}"], index // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03}")
            rest //= 1000
        path = f"tile/{level}/{'/'.join(groups)}"
        width = min(WIDTH, count - index * WIDTH)
        partial = self.source.find(f"{path}.p/{width}") if width < WIDTH else None
        return partial if partial is not None else self.source.find(path)


# --- The checks ---------------------------------------------------------------------------------


def check_checkpoint(
    report: Report, checkpoint: Checkpoint, options: argparse.Namespace, origin: str = ""
) -> None:
    key: Key = options.key
    with report.check(5):
        name = key.name or origin or checkpoint.origin
        found = list(checkpoint.signatures_of(name, ED25519, key.public))
        need(found, f"there is no signature of {name} with this key")
        for signature in found:
            need(
                signed(key.public, checkpoint.text.encode(), signature),
                "the signature does not hold",
            )
    if named := key.name or origin:
        with report.check(6):
            need(checkpoint.origin == named, f"it is of {checkpoint.origin}, not of {named}")
            need(not origin or origin == checkpoint.origin, f"{origin} was named")
    report.say(f"{checkpoint.origin}: {checkpoint.size} entries, root {checkpoint.root.hex()}")
    if options.witness is None:
        report.not_checked("whether others see the same ledger (no --witness was given)")
        return
    with report.check(8):
        check_witness(report, checkpoint, options.witness)


def check_witness(report: Report, checkpoint: Checkpoint, witness: Key) -> None:
    found = list(checkpoint.signatures_of(witness.name, COSIGNATURE, witness.public))
    need(found, f"there is no signature of {witness.name}")
    for content in found:
        need(len(content) == 8 + 64, "the signature is not of the known form")
        (time,) = struct.unpack(">Q", content[:8])
        message = f"cosignature/v1\ntime {time}\n{checkpoint.text}".encode()
        need(signed(witness.public, message, content[8:]), "the signature does not hold")
        report.say(f"witnessed at {dt.datetime.fromtimestamp(time, dt.UTC):%Y-%m-%d %H:%M:%S} UTC")


def check_inclusion(
    report: Report, entry: bytes, options: argparse.Namespace, origin: str = ""
) -> None:
    """By a proof, or by the files of the ledger, or by neither, which is said."""
    proof = Proof.read(Source(options.proof).content().decode()) if options.proof else None
    if proof is None and options.ledger:
        proof = Ledger(options.ledger).proof(entry)
    if proof is not None:
        check_checkpoint(report, proof.checkpoint, options, origin)
        with report.check(7, f"place {proof.index}"):
            checkpoint = proof.checkpoint
            root = root_from_path(leaf_hash(entry), proof.index, checkpoint.size, proof.path)
            need(root == checkpoint.root, "the proof does not lead to the signed root")
    elif options.ledger:
        check_by_reading_all(report, entry, options, origin)
    else:
        report.not_checked("whether the entry is in the ledger (give --proof or --ledger)")


def check_by_reading_all(
    report: Report, entry: bytes, options: argparse.Namespace, origin: str
) -> None:
    ledger = Ledger(options.ledger)
    checkpoint = ledger.checkpoint()
    check_checkpoint(report, checkpoint, options, origin)
    entries = check_every_entry(report, ledger, checkpoint)
    with report.check(7):
        need(
            entry in entries,
            f"it is none of the {checkpoint.size} entries of this checkpoint; if it is older than "
            "a minute, the LPSE has broken its promise, and this receipt proves it",
        )


def check_every_entry(report: Report, ledger: Ledger, checkpoint: Checkpoint) -> list[bytes]:
    entries: list[bytes] = []
    with report.check(9):
        entries += ledger.entries(checkpoint.size)
        root = root_of([leaf_hash(entry) for entry in entries])
        need(root == checkpoint.root, "they give another root")
    return entries


def check_receipt(report: Report, file: Any, key: Key) -> dict[str, Any]:
    if not isinstance(file, dict) or not isinstance(file.get("receipt"), dict):
        raise Unreadable("not a receipt")
    receipt: dict[str, Any] = file["receipt"]
    with report.check(1):
        need(receipt["format"] == "lpse-receipt/1", "it is of another format")
        need(set(file) == {"receipt", "signature", "key"}, "the file is not a receipt's")
        need(set(receipt) == RECEIPT_FIELDS, "a field is missing or unknown")
        check_fields(receipt)
    with report.check(2):
        need(from_base64(file["key"], 32) == key.public, "it names another key")
        signature = from_base64(file["signature"], 64)
        need(signed(key.public, canonical(receipt), signature), "the signature does not hold")
    with report.check(3):
        accepted = receipt["outcome"] == "accepted"
        need(receipt["outcome"] in EVENT_OF, "the outcome is unknown")
        need(not accepted or receipt["at"] < receipt["deadline"], "accepted after the deadline")
        need(accepted or receipt["outcome"] == "withdrawn" or receipt["reason"], "no reason")
        need(receipt["entry"]["body"]["at"] == receipt["at"], "the entry is of another instant")
        need(receipt["log"]["origin"] == receipt["lpse"], "the ledger is of another LPSE")
    with report.check(4):
        body = receipt["entry"]["body"]
        need(body["format"] == "lpse-entry/1" and set(body) == ENTRY_FIELDS, "not of this format")
        need(body["event"] == EVENT_OF[receipt["outcome"]], f"it says {body['event']}")
        for name in ("tender", "envelope", "provider", "manifest"):
            stated = body["data"].get(name, receipt[name])
            need(stated == receipt[name], f"it names another {name}: {stated}")
        need(body["data"].get("manifest"), "it names no manifest")
    report.say(
        f"{receipt.get('outcome')}: tender {receipt.get('tender')}, {receipt.get('provider')}, "
        f"at {receipt.get('at')}, deadline {receipt.get('deadline')}"
    )
    report.say(f"bid (manifest) {receipt.get('manifest')}")
    return receipt


def check_fields(receipt: dict[str, Any]) -> None:
    for name in ("manifest", "statement"):
        need(DIGEST.fullmatch(receipt[name]), f"{name} is not a digest")
    for name in ("at", "deadline"):
        need(INSTANT.fullmatch(receipt[name]), f"{name} is not an instant")
    need(DIGEST.fullmatch(receipt["ciphertext"]["sha256"]), "ciphertext is not a digest")
    from_base64(receipt["bidder"], 32)
    from_base64(receipt["entry"]["salt"], 32)


def log_entry(disclosed: Any) -> bytes:
    """The 32 bytes in the ledger that stand for salt and body."""
    try:
        return sha256(from_base64(disclosed["salt"], 32) + canonical(disclosed["body"]))
    except (Failed, KeyError, TypeError) as error:
        raise Unreadable(f"there is no ledger entry in it: {error}") from error


def check_box(report: Report, box: Any, options: argparse.Namespace) -> None:
    if not isinstance(box, dict) or box.get("format") != "lpse-box/1":
        raise Unreadable("not the public file of a box")
    entry = log_entry(box.get("entry"))
    body = box["entry"]["body"]
    with report.check(11):
        need(body["event"] == "tender:box_closed", f"it says {body['event']}")
        need(body["data"]["tender"] == box["tender"], "it is of another tender")
        need(body["at"] >= body["data"]["deadline"], "it was closed before the deadline")
    proof = Proof.read(box["proof"]) if box.get("proof") else None
    if proof is not None and not (options.proof or options.ledger):
        check_checkpoint(report, proof.checkpoint, options)
        with report.check(7, "the closing"):
            size, path = proof.checkpoint.size, proof.path
            root = root_from_path(leaf_hash(entry), proof.index, size, path)
            need(root == proof.checkpoint.root, "the proof does not lead to the signed root")
    else:
        check_inclusion(report, entry, options)
    leaves = box.get("leaves", [])
    with report.check(12):
        need(all(DIGEST.fullmatch(leaf) for leaf in leaves), "it is not a list of digests")
        need(all(first < second for first, second in pairwise(leaves)), "it is not sorted")
        need(len(leaves) == body["data"]["count"], f"{len(leaves)} of {body['data']['count']}")
    with report.check(13):
        root = root_of([leaf_hash(bytes.fromhex(leaf)) for leaf in leaves])
        need(root.hex() == body["data"]["root"], "it gives another root")
    report.say(f"tender {box.get('tender')}: {len(leaves)} bids, root {body['data'].get('root')}")
    if options.receipt:
        check_own_bid(report, box, check_receipt(report, load(options.receipt), options.key))
    else:
        report.not_checked("whether your own bid is in the box (give --receipt)")
    check_opened(report, box)
    if options.statement:
        check_closed_under(
            report, body, check_statements(report, load(options.statement), options)
        )


def check_own_bid(report: Report, box: dict[str, Any], receipt: dict[str, Any]) -> None:
    with report.check(14):
        need(receipt["tender"] == box["tender"], "the receipt is of another tender")
        need(receipt["outcome"] == "accepted", f"the receipt says {receipt['outcome']}")
        need(
            receipt["manifest"] in box["leaves"],
            "the LPSE has signed that it accepted this bid, and the box does not hold it. Unless "
            "you replaced or withdrew it later, this receipt proves the omission",
        )
    with report.check(15):
        closed = box["entry"]["body"]["data"]["deadline"]
        need(closed >= receipt["deadline"], f"{closed} is before {receipt['deadline']}")


def check_opened(report: Report, box: dict[str, Any]) -> None:
    bids = box.get("bids")
    if not bids:
        report.not_checked("the bids themselves (their manifests are public after the opening)")
        return
    with report.check(16):
        opened = sorted(digest_of(bid["manifest"]) for bid in bids)
        missing, added = set(box["leaves"]) - set(opened), set(opened) - set(box["leaves"])
        need(not missing, f"missing: {', '.join(sorted(missing))}")
        need(not added, f"not in the box: {', '.join(sorted(added))}")
        need(len(opened) == len(set(opened)), "a bid is listed twice")
    with report.check(17):
        for bid in bids:
            manifest = bid["manifest"]
            who = manifest["provider"]
            need(manifest["tender"] == box["tender"], f"{who}'s is for another tender")
            need(bid.get("bidder", manifest["bidder"]) == manifest["bidder"], f"{who}'s key")
            key, signature = from_base64(manifest["bidder"], 32), from_base64(bid["signature"], 64)
            need(signed(key, canonical(manifest), signature), f"{who}'s signature does not hold")


def check_statements(
    report: Report, file: Any, options: argparse.Namespace
) -> list[dict[str, Any]]:
    """All versions of a key statement, in order."""
    versions = file if isinstance(file, list) else file.get("versions", [file])
    bodies = [version.get("statement") for version in versions]
    if not bodies or not all(isinstance(body, dict) for body in bodies):
        raise Unreadable("there is no key statement in it")
    for version, body in zip(versions, bodies, strict=True):
        which = f"version {body.get('version')}"
        with report.check(18, which):
            need(body["format"] == "lpse-key-statement/1", "it is of another format")
            need(set(body) == STATEMENT_FIELDS, "a field is missing or unknown")
            need(INSTANT.fullmatch(body["deadline"]), "the deadline is not an instant")
            need(body["opening_at"] >= body["deadline"], "it opens before the deadline")
        with report.check(19, which):
            check_committee(body)
        with report.check(20, which):
            check_signatures(body, version["signatures"])
        with report.check(22, which):
            need(from_base64(body["log_key"], 32) == options.key.public, "it names another key")
        report.say(f"fingerprint {digest_of(body)}")
    if len(bodies) > 1 or bodies[0].get("version") != 1:
        with report.check(21):
            check_succession(bodies)
    return bodies


def check_committee(body: dict[str, Any]) -> None:
    members, k, n = body["members"], body["k"], body["n"]
    names = [member["member"] for member in members]
    need(len(members) == n and 1 <= n <= MOST_MEMBERS, "the members are not counted right")
    need(all(first < second for first, second in pairwise(names)), "the members are not sorted")
    for field in ("recipient", "signing_key"):
        need(len({member[field] for member in members}) == n, "two members share a key")
    need(all(RECIPIENT.fullmatch(m["recipient"]) for m in members), "an unknown kind of key")
    need((1 if n == 1 else 2) <= k <= n, f"{k} of {n} is no threshold")


def check_signatures(body: dict[str, Any], signatures: Any) -> None:
    keys = {member["member"]: member["signing_key"] for member in body["members"]}
    signers = set()
    for signature in signatures:
        member = signature["member"]
        need(member in keys, f"{member} is not in the committee")
        content = from_base64(signature["signature"], 64)
        holds = signed(from_base64(keys[member], 32), canonical(body), content)
        need(holds, f"the signature of {member} does not hold")
        signers.add(member)
    need(2 * len(signers) > body["n"], f"only {len(signers)} of {body['n']} have signed")


def check_succession(bodies: list[dict[str, Any]]) -> None:
    need(bodies[0]["version"] == 1 and bodies[0]["previous"] is None, "the first one is missing")
    for older, newer in pairwise(bodies):
        which = f"version {newer['version']}"
        need(newer["version"] == older["version"] + 1, f"{which} is out of order")
        need(newer["previous"] == digest_of(older), f"{which} does not follow the one before")
        for name in STATEMENT_FIELDS - MAY_CHANGE:
            need(newer[name] == older[name], f"{which} changes {name}")
        need(newer["deadline"] >= older["deadline"], f"{which} moves the deadline forward")


def check_closed_under(
    report: Report, closing: dict[str, Any], statements: list[dict[str, Any]]
) -> None:
    with report.check(23):
        last, data = statements[-1], closing["data"]
        need(last["tender"] == data["tender"], "the key statement is of another tender")
        need(digest_of(last) == data["statement"], "it was closed under another key statement")
        need(last["deadline"] == data["deadline"], f"it was closed for {data['deadline']}")


# --- The commands -------------------------------------------------------------------------------


def receipt(report: Report, options: argparse.Namespace) -> None:
    found = check_receipt(report, load(options.file), options.key)
    check_inclusion(report, log_entry(found.get("entry")), options, found["log"]["origin"])


def inclusion(report: Report, options: argparse.Namespace) -> None:
    file = load(options.file)
    held = file.get("receipt", file) if isinstance(file, dict) else {}
    entry = log_entry(held.get("entry", held))
    report.say(f"entry {entry.hex()}")
    check_inclusion(report, entry, options)


def checkpoint(report: Report, options: argparse.Namespace) -> None:
    found = Checkpoint.read(Source(options.file).checkpoint())
    check_checkpoint(report, found, options)
    if options.full:
        check_every_entry(report, Ledger(options.ledger or options.file), found)


def consistency(report: Report, options: argparse.Namespace) -> None:
    old, new = (Checkpoint.read(Source(p).checkpoint()) for p in (options.old, options.new))
    if old.size > new.size:
        old, new = new, old
    check_checkpoint(report, old, options)
    check_checkpoint(report, new, options, old.origin)
    with report.check(10):
        if old.size == new.size:
            need(old.root == new.root, "two roots for one size: the LPSE shows two histories")
            return
        place = options.ledger or options.new
        node = Ledger(place.removesuffix("/checkpoint")).node(new.size)
        need(tree_hash(node, 0, new.size) == new.root, "the files do not give the later root")
        earlier = tree_hash(node, 0, old.size) if old.size else sha256(b"")
        need(earlier == old.root, "what was in it has been changed")


def box(report: Report, options: argparse.Namespace) -> None:
    check_box(report, load(options.file), options)


def statement(report: Report, options: argparse.Namespace) -> None:
    check_statements(report, load(options.file), options)


def arguments() -> argparse.ArgumentParser:
    everywhere = argparse.ArgumentParser(add_help=False)
    everywhere.add_argument("--key", required=True, type=Key.read, help="the LPSE's public key")
    everywhere.add_argument("--witness", type=Key.read, help="the verifier key of a witness")
    everywhere.add_argument("--ledger", help="folder or address of the ledger")
    everywhere.add_argument("--proof", help="a .tlog-proof file")
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(act: Callable[..., None], summary: str, *names: str) -> argparse.ArgumentParser:
        added = commands.add_parser(act.__name__, parents=[everywhere], help=summary)
        added.set_defaults(act=act)
        for name in names or ("file",):
            added.add_argument(name)
        return added

    command(receipt, "a receipt, and its entry in the ledger")
    command(inclusion, "only that the entry of a receipt is in the ledger")
    command(checkpoint, "a checkpoint, and with --full every entry under it").add_argument(
        "--full", action="store_true", help="read and hash the whole ledger"
    )
    command(consistency, "that a later ledger continues an earlier one", "old", "new")
    added = command(box, "the closed box of a tender")
    added.add_argument("--receipt", help="your receipt: is your bid in the box?")
    added.add_argument("--statement", help="the key statement: was it closed as signed?")
    command(statement, "the key statement of a tender and its signatures")
    return parser


def main(given: Sequence[str] | None = None) -> int:
    try:
        options = arguments().parse_args(given)
        report = Report()
        options.act(report, options)
        return report.verdict()
    except Unreadable as reason:
        print(f"Nothing to check: {reason}", file=sys.stderr)
        return 2
    except (Failed, *MISSHAPEN) as reason:
        print(f"\nFAILED: what was given is not of the known form ({reason}).")
        return 1


if __name__ == "__main__":
    sys.exit(main())
