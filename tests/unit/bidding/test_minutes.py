"""The minutes of the opening: from the record alone, approved by a majority, sealed once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from bidding.domain import decryption
from bidding.domain import minutes as domain
from bidding.models import Box, Minutes, Opening
from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.errors import Refused
from lpse.files.storage import storage
from lpse.sealing import pdf_seal
from lpse.sealing.digests import sha256
from tests.factories.bidding import Announced, a_user
from tests.factories.committee import a_filled_box, post

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> None:
    translation.activate("en")


@pytest.fixture
def opened() -> tuple[Announced, Box, Minutes]:
    """Three bids; one lacks shares because Budi and Rina objected, and Dewi's is not enough."""
    made, box, sealed = a_filled_box(3)
    lacking = {sha256(sealed[0].text.encode()): "share:closed"}
    post(made, box, "budi", objections=lacking)
    post(made, box, "rina", objections=lacking)
    post(made, box, "dewi")
    decryption.open_all(Opening.objects.get(box=box))
    return made, box, Minutes.objects.get()


def approve(minutes: Minutes, name: str, method: str = "password, totp") -> None:
    domain.approve(minutes, by=a_user(name), method=method, seen=domain.digest(minutes))


def test_the_record_names_everybody_and_everything(opened: Any) -> None:
    made, box, minutes = opened
    record = minutes.content

    assert [member["member"] for member in record["members"]] == ["budi", "dewi", "rina"]
    assert (record["k"], record["n"]) == (2, 3)
    assert record["box"]["root"] == box.root
    assert record["box"]["checkpoint"]["origin"] == "lpse.example/ledger"
    assert [act["member"] for act in record["acts"]] == ["budi", "rina", "dewi"]
    assert [act["shares"] for act in record["acts"]] == [2, 2, 3]
    assert record["acts"][0]["objections"][0]["reason"] == "share:closed"
    outcomes = {bid["outcome"]: bid["reason"] for bid in record["bids"]}
    assert outcomes == {"opened": "", "unopenable": "shares:too_few"}
    assert len(record["bids"]) == 3
    assert record["statement"]["digest"] == made.statement.digest
    json.dumps(record)


def test_minutes_are_sealed_with_the_approval_of_a_majority(opened: Any) -> None:
    _made, _box, minutes = opened
    approve(minutes, "budi")
    assert domain.seal(minutes) is False

    approve(minutes, "rina")
    assert list(domain.due()) == [minutes]
    assert domain.seal(minutes) is True

    file = storage().read(minutes.file.name)
    seal = pdf_seal.read(file)
    assert seal is not None
    assert seal.holds
    assert seal.reason == minutes.number
    entry = AuditEntry.objects.get(event=Event.MINUTES_SEALED)
    assert entry.data["sha256"] == sha256(file) == minutes.file.sha256
    assert entry.data["approved"] == ["budi", "rina"]


def test_sealing_again_changes_nothing(opened: Any) -> None:
    _made, _box, minutes = opened
    approve(minutes, "budi")
    approve(minutes, "rina")
    domain.seal(minutes)
    first = minutes.file

    assert domain.seal(Minutes.objects.get()) is True

    assert Minutes.objects.get().file == first
    assert AuditEntry.objects.filter(event=Event.MINUTES_SEALED).count() == 1


def test_how_a_member_had_signed_in_stands_beside_the_approval(opened: Any) -> None:
    _made, _box, minutes = opened

    approve(minutes, "budi", method="passkey")

    entry = AuditEntry.objects.get(event=Event.MINUTES_APPROVED)
    assert (entry.data["method"], entry.data["digest"]) == ("passkey", domain.digest(minutes))


def test_a_member_approves_once_and_only_what_was_read(opened: Any) -> None:
    _made, _box, minutes = opened
    seen = domain.digest(minutes)
    domain.remark(minutes, "Listrik padam sepuluh menit.", by=a_user("budi"))

    with pytest.raises(Refused, match="changed meanwhile"):
        domain.approve(minutes, by=a_user("rina"), method="passkey", seen=seen)

    approve(minutes, "rina")
    with pytest.raises(Refused, match="already"):
        approve(minutes, "rina")
    with pytest.raises(Refused, match="stay as they are"):
        domain.remark(minutes, "Lain.", by=a_user("budi"))


def test_nobody_but_the_openers_touches_the_minutes(opened: Any) -> None:
    made, _box, minutes = opened

    for name in ("eko", made.tender.ppk.username):
        with pytest.raises(PermissionDenied):
            approve(minutes, name)
        with pytest.raises(PermissionDenied):
            domain.remark(minutes, "x", by=a_user(name))
