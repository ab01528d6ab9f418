"""A witness and a time-stamping authority, real ones on the loopback with their own keys."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from asn1crypto import keys, pem, tsp, x509
from cryptography import x509 as certificates
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.db import transaction
from pyhanko.sign.timestamps import DummyTimeStamper
from pytest_django import Settings

from lpse.audit.events import Event
from lpse.audit.log import record
from lpse.audit.models import AuditEntry
from lpse.ledger import log, note, proof, sequencer
from lpse.ledger.log import Halted
from lpse.ledger.models import Checkpoint, Publication, Timestamp
from lpse.sealing import timestamp
from tests.unit.ledger import reference

pytestmark = pytest.mark.django_db

NAME = "witness.example/w1"


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Witness:
    """C2SP *tlog-witness* for one log: what it saw last, and whether what comes continues it."""

    def __init__(self) -> None:
        self.key = Ed25519PrivateKey.generate()
        self.size, self.root = 0, b""
        self.is_lying = False

    @property
    def verifier_key(self) -> str:
        public = b"\x04" + self.key.public_key().public_bytes_raw()
        return f"{NAME}+{self.key_id().hex()}+{base64.b64encode(public).decode()}"

    def key_id(self) -> bytes:
        public = self.key.public_key().public_bytes_raw()
        return hashlib.sha256(NAME.encode() + b"\n\x04" + public).digest()[:4]

    def add_checkpoint(self, body: str) -> tuple[int, str]:
        head, text = body.split("\n\n", 1)
        old_line, *lines = head.split("\n")
        old, steps = int(old_line.removeprefix("old ")), [base64.b64decode(line) for line in lines]
        new = note.read(text)  # it trusts the LPSE's key, which is this process's
        if old != self.size:
            return 409, f"{self.size}\n"
        if old and not reference.consistent(old, new.size, self.root, new.root, steps):
            return 422, ""
        self.size, self.root = new.size, new.root
        return 200, self.cosign(text.partition("\n\n")[0] + "\n")

    def cosign(self, text: str) -> str:
        time = 1_800_000_000
        key = Ed25519PrivateKey.generate() if self.is_lying else self.key
        signature = key.sign(f"cosignature/v1\ntime {time}\n{text}".encode())
        content = self.key_id() + struct.pack(">Q", time) + signature
        return f"— {NAME} {base64.b64encode(content).decode()}\n"


@pytest.fixture
def witness(settings: Settings) -> Iterator[Witness]:
    witness = Witness()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            status, answer = witness.add_checkpoint(self.rfile.read(length).decode())
            self.send_response(status)
            self.end_headers()
            self.wfile.write(answer.encode())

        def log_message(self, *_arguments: object) -> None:
            """Nobody listens."""

    with serving(Handler) as address:
        settings.LEDGER_WITNESS_URL = address
        settings.LEDGER_WITNESS_KEY = witness.verifier_key
        yield witness


@transaction.atomic
def act(event: Event = Event.TENDER_CHANGED) -> AuditEntry:
    return record(event, subject=("test.Thing", "1"), by=None)


def last_publication() -> Publication:
    current = log.current()
    assert current is not None
    found = log.last_publication(current)
    assert found is not None
    return found


def test_a_published_checkpoint_carries_the_signature_of_the_witness(witness: Witness) -> None:
    for _round in range(3):
        entry = act()
        sequencer.sequence()

    published = log.published_note("ledger")
    assert published is not None
    assert f"\n— {NAME} " in published
    assert witness.size == last_publication().checkpoint.size
    assert f"\n— {NAME} " in str(proof.tlog_proof(entry))


def test_a_witness_that_was_away_is_given_a_proof_from_what_it_has_seen(
    witness: Witness, settings: Settings
) -> None:
    address = settings.LEDGER_WITNESS_URL
    sequencer.sequence()
    seen = witness.size
    settings.LEDGER_WITNESS_URL = ""
    sequencer.sequence()
    settings.LEDGER_WITNESS_URL = address

    sequencer.sequence()

    assert witness.size > seen > 0
    assert last_publication().cosignatures


def test_a_witness_whose_answer_was_lost_is_asked_again_from_where_it_stands(
    witness: Witness,
) -> None:
    witness.is_lying = True  # it has moved on, and nothing of its answer was kept
    sequencer.sequence()
    witness.is_lying = False

    sequencer.sequence()

    assert last_publication().cosignatures


@pytest.mark.usefixtures("witness")
def test_a_witness_that_is_away_does_not_stop_the_ledger(settings: Settings) -> None:
    settings.LEDGER_WITNESS_URL = "http://127.0.0.1:9"
    entry = act()

    sequencer.sequence()

    assert last_publication().cosignatures == ""
    assert proof.published(entry) is None  # nothing may rest on it yet


def test_what_a_stranger_signed_counts_for_nothing(witness: Witness) -> None:
    witness.is_lying = True
    entry = act()

    sequencer.sequence()

    assert last_publication().cosignatures == ""
    assert proof.published(entry) is None


def test_an_entry_counts_once_the_witness_has_seen_it(
    witness: Witness, settings: Settings
) -> None:
    address, settings.LEDGER_WITNESS_URL = settings.LEDGER_WITNESS_URL, "http://127.0.0.1:9"
    entry = act()
    sequencer.sequence()
    settings.LEDGER_WITNESS_URL = address
    assert proof.published(entry) is None

    sequencer.sequence()

    assert proof.published(entry) == last_publication()


def test_old_backups_of_database_and_storage_together_are_found_by_the_witness(
    witness: Witness,
) -> None:
    sequencer.sequence()
    shown = log.published_note("ledger")
    witness.size, witness.root = witness.size + 800, bytes(32)  # what the world has seen since

    with pytest.raises(Halted, match="the witness has seen"):
        sequencer.sequence()
    with pytest.raises(Halted, match="the witness has seen"):
        sequencer.sequence()
    assert log.published_note("ledger") == shown
    assert Checkpoint.objects.count() == 3  # it does not grow past what the witness saw


def test_a_history_that_does_not_continue_what_the_witness_saw_is_not_published(
    witness: Witness,
) -> None:
    sequencer.sequence()
    shown = log.published_note("ledger")
    witness.root = bytes(32)

    with pytest.raises(Halted, match="does not continue"):
        sequencer.sequence()
    assert log.published_note("ledger") == shown


# --- Time stamps --------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def authority() -> DummyTimeStamper:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = certificates.Name([certificates.NameAttribute(NameOID.COMMON_NAME, "Authority")])
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    certificate = (
        certificates.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now)
        .not_valid_after(now + dt.timedelta(days=3650))
        .sign(key, SHA256())
    )
    _kind, _headers, der = pem.unarmor(certificate.public_bytes(Encoding.PEM))
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return DummyTimeStamper(x509.Certificate.load(der), keys.PrivateKeyInfo.load(private))


@pytest.fixture
def tsa(settings: Settings, authority: DummyTimeStamper) -> Iterator[list[bytes]]:
    asked: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = self.rfile.read(int(self.headers["Content-Length"]))
            asked.append(question)
            answer = authority.request_tsa_response(tsp.TimeStampReq.load(question))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer.dump())

        def log_message(self, *_arguments: object) -> None:
            """Nobody listens."""

    with serving(Handler) as address:
        settings.LEDGER_TSA_URL = address
        yield asked


def test_the_first_checkpoint_is_stamped_and_then_one_an_hour(tsa: list[bytes]) -> None:
    for _round in range(3):
        sequencer.sequence()

    stamp = Timestamp.objects.get()
    assert len(tsa) == 1
    head = stamp.checkpoint.note.partition("\n\n")[0] + "\n"
    imprint = tsp.TimeStampReq.load(tsa[0])["message_imprint"]["hashed_message"].native
    assert imprint == hashlib.sha256(head.encode()).digest()


def test_the_closing_of_a_box_is_stamped_at_once(tsa: list[bytes]) -> None:
    sequencer.sequence()
    entry = act(Event.TENDER_BOX_CLOSED)
    assert proof.published(entry) is None

    sequencer.sequence()

    assert len(tsa) == 2
    assert proof.published(entry) is not None


@pytest.mark.usefixtures("tsa")
def test_where_an_authority_is_named_only_what_it_stamped_counts() -> None:
    sequencer.sequence()
    entry = act()

    sequencer.sequence()

    assert proof.published(entry) is None


def test_an_authority_that_is_away_does_not_stop_the_ledger(settings: Settings) -> None:
    settings.LEDGER_TSA_URL = "http://127.0.0.1:9"

    assert sequencer.sequence().size == last_publication().checkpoint.size
    assert not Timestamp.objects.exists()


def test_a_stamp_that_holds_names_its_time(authority: DummyTimeStamper) -> None:
    question, nonce = timestamp.request(b"checkpoint")
    answer = authority.request_tsa_response(tsp.TimeStampReq.load(question)).dump()

    stamp = timestamp.read(answer, b"checkpoint", nonce)

    assert abs(stamp.at - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)


@pytest.mark.parametrize(
    ("message", "shift", "reason"),
    [(b"another", 0, "something else"), (b"checkpoint", 1, "another question")],
)
def test_a_stamp_of_something_else_is_refused(
    authority: DummyTimeStamper, message: bytes, shift: int, reason: str
) -> None:
    question, nonce = timestamp.request(b"checkpoint")
    answer = authority.request_tsa_response(tsp.TimeStampReq.load(question)).dump()

    with pytest.raises(ValueError, match=reason):
        timestamp.read(answer, message, nonce + shift)


def test_a_stamp_with_another_time_in_it_is_refused(authority: DummyTimeStamper) -> None:
    question, nonce = timestamp.request(b"checkpoint")
    response = authority.request_tsa_response(tsp.TimeStampReq.load(question))
    year = str(dt.datetime.now(dt.UTC).year).encode()
    answer = response.dump()
    at = answer.index(year)  # the GeneralizedTime in the stamp
    forged = answer[:at] + b"2001" + answer[at + 4 :]

    with pytest.raises(ValueError, match="does not hold"):
        timestamp.read(forged, b"checkpoint", nonce)


def test_garbage_is_no_stamp() -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever the parser finds wrong first
        timestamp.read(b"garbage", b"checkpoint", 1)
