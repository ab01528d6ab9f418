"""What the public sees of a box: digests before the opening, names and prices after it."""

from __future__ import annotations

import base64
import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from bidding.domain import decryption, submission
from bidding.domain import receipt as receipts
from bidding.models import Bid, OpenedFile, Opening
from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.sealing import office_key, sealer
from lpse.sealing.digests import sha256
from tests.cast import Client
from tests.factories.bidding import Announced, Sealed, a_bidder, a_user, an_announced_tender
from tests.factories.committee import PDF, a_closed_box, a_filled_box, post

pytestmark = pytest.mark.django_db
PAGES = ("participants", "results", "box")


@pytest.fixture(autouse=True)
def _english(client: Client) -> None:
    client.cookies["django_language"] = "en"


@pytest.fixture
def files(tmp_path: Path) -> tuple[sealer.File, ...]:
    path = tmp_path / "surat penawaran.pdf"
    path.write_bytes(PDF)
    return (sealer.File(path.name, "letter", path),)


@pytest.fixture
def opened(files: tuple[sealer.File, ...]) -> tuple[Announced, list[Sealed]]:
    """Two bids; the first lacks shares and stays shut."""
    made, box, sealed = a_filled_box(2, files=files)
    lacking = {sha256(sealed[0].text.encode()): "share:closed"}
    for name in ("budi", "dewi", "rina"):
        post(made, box, name, objections=lacking)
    decryption.open_all(Opening.objects.get(box=box))
    return made, sealed


def url(name: str, made: Announced, **more: Any) -> str:
    return reverse(f"bidding:{name}", kwargs={"code": made.tender.code, **more})


def name_of(sealed: Sealed) -> str:
    return sealed.bidder.participation.provider.name


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("state", ["announced", "closed"])
def test_before_the_opening_nobody_learns_who_takes_part(
    client: Client, name: str, state: str
) -> None:
    made = an_announced_tender()
    bidders = [a_bidder(made)]
    if state == "closed":
        made, _box, sealed = a_filled_box(2)
        bidders = [bid.bidder for bid in sealed]

    text = client.get(url(name, made)).text

    for bidder in bidders:
        assert bidder.participation.provider.name not in text
        assert bidder.participation.provider.code not in text


def test_the_number_of_participants_is_public_at_once(client: Client) -> None:
    made = an_announced_tender()
    a_bidder(made)
    a_bidder(made)

    assert "2 providers have joined" in client.get(url("participants", made)).text


def test_how_many_bids_there_are_is_unknown_until_the_box_is_closed(client: Client) -> None:
    made = an_announced_tender()
    before = {name: client.get(url(name, made)).text for name in PAGES}
    a_bidder_who_sent = a_bidder(made)
    a_bidder_who_sent.seal().submit()

    after = {name: client.get(url(name, made)).text for name in ("results", "box")}

    for name, text in after.items():
        assert _without_clock(text) == _without_clock(before[name])


def test_the_box_is_a_page_of_the_results(client: Client) -> None:
    made = an_announced_tender()
    tab = f'<a href="{url("results", made)}" aria-current="page">'

    for name in ("results", "box"):
        assert tab in client.get(url(name, made)).text
    assert tab not in client.get(url("participants", made)).text


def _without_clock(text: str) -> list[str]:
    moving = ("data-now", "WIB", "csrfmiddlewaretoken")
    return [line for line in text.splitlines() if not any(word in line for word in moving)]


@pytest.mark.clause("P3(1)c")
def test_after_the_opening_names_prices_and_reasons_are_public(
    client: Client, opened: tuple[Announced, list[Sealed]]
) -> None:
    made, (shut, opened_bid) = opened

    text = client.get(url("results", made)).text

    assert name_of(shut) in text
    assert name_of(opened_bid) in text
    assert "Rp 1.000.000,00" in text
    assert "Fewer shares than needed" in text
    assert "surat penawaran.pdf" not in text
    assert name_of(shut) in client.get(url("participants", made)).text


def test_the_file_of_a_box_holds_no_manifest_before_the_opening(client: Client) -> None:
    made, box, _sealed = a_filled_box(2)

    file = client.get(url("box_json", made)).json()

    assert set(file) == {"format", "tender", "entry", "proof", "leaves"}
    assert len(file["leaves"]) == box.count == 2


def test_the_page_of_a_box_gives_what_programs_check(client: Client) -> None:
    made, _box, _sealed = a_filled_box(1)
    chain = reverse("procurement:statement_chain", kwargs={"code": made.tender.code})

    text = client.get(url("box", made)).text

    assert url("box_json", made) in text
    assert chain in text


def test_an_open_box_has_no_file(client: Client) -> None:
    assert client.get(url("box_json", an_announced_tender())).status_code == 404


def test_the_stand_alone_program_confirms_box_statement_and_receipt(
    client: Client, tmp_path: Path, opened: tuple[Announced, list[Sealed]]
) -> None:
    made, _sealed = opened

    done = _verify(client, made, tmp_path)

    assert done.returncode == 0, done.stdout


def test_the_stand_alone_program_finds_a_bid_that_is_missing(
    client: Client, tmp_path: Path
) -> None:

    made = an_announced_tender(closes_in=dt.timedelta(seconds=3))
    receipt = a_bidder(made).seal().submit()
    assert receipt.outcome == submission.Outcome.ACCEPTED
    a_closed_box(made)
    path = tmp_path / "receipt.json"
    path.write_text(json.dumps(receipts.file_of(receipt)))
    assert _verify(client, made, tmp_path, "--receipt", str(path)).returncode == 0

    done = _verify(client, made, tmp_path, "--receipt", str(path), change=_omit)

    assert done.returncode == 1
    assert "proves the omission" in done.stdout


def _omit(file: dict[str, Any]) -> None:
    file["leaves"] = []


def _verify(
    client: Client, made: Announced, folder: Path, *more: str, change: Any = None
) -> subprocess.CompletedProcess[str]:
    box = client.get(url("box_json", made)).json()
    if change:
        change(box)
    (folder / "box.json").write_text(json.dumps(box))
    chain = client.get(
        reverse("procurement:statement_chain", kwargs={"code": made.tender.code})
    ).json()
    (folder / "statement.json").write_text(json.dumps(chain))
    key = base64.b64encode(office_key.public_key()).decode()
    command = [
        *(sys.executable, "verify/lpse_verify.py", "box", str(folder / "box.json")),
        *("--key", key, "--statement", str(folder / "statement.json"), *more),
    ]
    return subprocess.run(
        command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
    )


# --- For the committee ------------------------------------------------------------------------


def test_the_committee_reads_a_bid_file_by_file(
    client: Client, opened: tuple[Announced, list[Sealed]]
) -> None:
    made, (_shut, sealed) = opened
    client.force_login(a_user("budi"))

    text = client.get(url("opened_bid", made, manifest=sha256(sealed.text.encode()))).text

    assert "surat penawaran.pdf" in text
    assert "Readable" in text
    assert "100.000,00" in text
    assert sha256(PDF)[:4] in text


def test_a_bid_that_stayed_shut_shows_its_evidence(
    client: Client, opened: tuple[Announced, list[Sealed]]
) -> None:
    made, (shut, _sealed) = opened
    client.force_login(a_user("budi"))

    text = client.get(url("opened_bid", made, manifest=sha256(shut.text.encode()))).text

    assert "could not be opened" in text
    assert "does not open with the member" in text


def test_a_file_is_a_download_in_a_sandbox_and_its_reading_is_recorded(
    client: Client, opened: tuple[Announced, list[Sealed]]
) -> None:
    made, _sealed = opened
    file = OpenedFile.objects.get()
    client.force_login(a_user("rina"))

    response = client.get(url("opened_file", made, pk=file.pk))

    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Disposition"].startswith("attachment")
    assert "sandbox" in response["Content-Security-Policy"]
    entry = AuditEntry.objects.get(event=Event.BID_FILE_READ)
    assert (entry.actor_uid, entry.data["sha256"]) == ("rina", sha256(PDF))


def test_nobody_reads_a_file_of_another_tender(
    client: Client, opened: tuple[Announced, list[Sealed]]
) -> None:
    other, _box, _sealed = a_filled_box(1)
    client.force_login(a_user("budi"))

    response = client.get(url("opened_file", other, pk=OpenedFile.objects.get().pk))

    assert response.status_code in {403, 404}
    assert not AuditEntry.objects.filter(event=Event.BID_FILE_READ).exists()


def test_before_the_opening_no_bid_has_a_page(client: Client) -> None:
    made, _box, _sealed = a_filled_box(1)
    client.force_login(a_user("budi"))

    response = client.get(url("opened_bid", made, manifest=Bid.objects.get().manifest_digest))

    assert response.status_code == 403
