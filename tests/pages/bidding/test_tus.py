"""tus 1.0.0: the cases of the protocol by name, and what it must never do here."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils.http import parse_http_date
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bidding.domain import upload as domain
from bidding.models import Participation, Upload, UploadPiece
from lpse.clock import database_now
from lpse.files.storage import FolderStore, storage
from procurement.models import Stage, StageCode
from registration.models import OfficerRight
from tests.factories.bidding import (
    Announced,
    Bidder,
    a_bidder,
    a_colleague,
    a_firm,
    an_announced_tender,
)

pytestmark = pytest.mark.django_db

V = {"Tus-Resumable": "1.0.0"}
PIECE = "application/offset+octet-stream"


@pytest.fixture
def made() -> Announced:
    return an_announced_tender()


@pytest.fixture
def bidder(made: Announced) -> Bidder:
    return a_bidder(made)


class Tus:
    """A client of the protocol, signed in as the bidder."""

    def __init__(self, bidder: Bidder) -> None:
        self.client = Client()
        self.client.force_login(bidder.user)
        self.endpoint = f"/uploads/{bidder.made.tender.code}/single/"

    def create(self, length: Any = 100, **headers: str) -> Any:
        headers = {"Upload-Length": str(length), **V, **headers}
        return self.client.post(self.endpoint, headers=headers)

    def begin(self, length: int = 100) -> str:
        return str(self.create(length)["Location"])

    def patch(self, url: str, content: bytes, offset: Any = 0, **headers: str) -> Any:
        # The test client leaves these two out when the body is empty; servers do not.
        body = {"CONTENT_TYPE": PIECE, "CONTENT_LENGTH": str(len(content))}
        headers = {"Upload-Offset": str(offset), **V, **headers}
        return self.client.patch(url, content, headers=headers, **body)

    def head(self, url: str, **headers: str) -> Any:
        return self.client.head(url, headers={**V, **headers})

    def delete(self, url: str, **headers: str) -> Any:
        return self.client.delete(url, headers={**V, **headers})

    def offset(self, url: str) -> int:
        return int(self.head(url)["Upload-Offset"])


@pytest.fixture
def tus(bidder: Bidder) -> Tus:
    return Tus(bidder)


def checksum(content: bytes) -> str:
    return "sha256 " + base64.b64encode(hashlib.sha256(content).digest()).decode()


# --- OPTIONS -----------------------------------------------------------------------------------


def test_options_says_what_the_server_can_and_how_large_a_file_may_be(tus: Tus) -> None:
    response = tus.client.options(tus.endpoint)

    assert response.status_code == 204
    assert response["Tus-Version"] == "1.0.0"
    assert response["Tus-Extension"] == "creation,termination,expiration,checksum"
    assert response["Tus-Max-Size"] == str(domain.largest())
    assert response["Tus-Checksum-Algorithm"] == "sha256"


# --- Version -----------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["0.2.2", "1.0.1", ""])
def test_another_version_is_412_and_nothing_is_processed(tus: Tus, version: str) -> None:
    response = tus.create(100, **{"Tus-Resumable": version})

    assert response.status_code == 412
    assert response["Tus-Version"] == "1.0.0"
    assert not Upload.objects.exists()


def test_every_answer_names_the_version_and_is_kept_by_no_cache(tus: Tus) -> None:
    url = tus.begin()

    for response in (tus.create(), tus.head(url), tus.patch(url, b"x"), tus.patch(url, b"x", 9)):
        assert response["Tus-Resumable"] == "1.0.0"
        assert response["Cache-Control"] == "no-store"


# --- POST (creation) ---------------------------------------------------------------------------


def test_creation_gives_an_address_and_says_until_when(tus: Tus) -> None:
    response = tus.create(100)

    upload = Upload.objects.get()
    assert response.status_code == 201
    assert response["Location"] == f"/uploads/{upload.pk}/"
    assert response["Upload-Offset"] == "0"
    expires = parse_http_date(response["Upload-Expires"])
    assert abs(expires - upload.expires_at.timestamp()) < 2


@pytest.mark.parametrize("length", ["", "-1", "0", "1.5", "x", "１２", "9" * 16])
def test_creation_without_a_whole_length_is_400(tus: Tus, length: str) -> None:
    assert tus.create(length).status_code == 400
    assert not Upload.objects.exists()


def test_creation_larger_than_the_limit_is_413(tus: Tus) -> None:
    assert tus.create(domain.largest() + 1).status_code == 413


def test_creation_over_the_quota_is_413_until_an_upload_is_given_up(
    tus: Tus, settings: Any
) -> None:
    settings.UPLOAD_QUOTA = 150
    url = tus.begin(100)

    assert tus.create(51).status_code == 413
    assert tus.create(50).status_code == 201
    tus.delete(url)
    assert tus.create(100).status_code == 201


def test_creation_with_metadata_is_400_because_a_sealed_file_has_no_name(tus: Tus) -> None:
    response = tus.create(100, **{"Upload-Metadata": "filename cGVuYXdhcmFuLnBkZg=="})

    assert response.status_code == 400


def test_creation_for_an_envelope_that_the_tender_has_not_is_403(
    tus: Tus, made: Announced
) -> None:
    tus.endpoint = f"/uploads/{made.tender.code}/price/"

    assert tus.create().status_code == 403


def test_creation_after_the_deadline_is_403(tus: Tus, made: Announced) -> None:
    stage = Stage.objects.filter(tender=made.tender, code=StageCode.SUBMISSION)
    stage.update(ends_at=database_now())

    assert tus.create().status_code == 403


# --- HEAD --------------------------------------------------------------------------------------


def test_head_says_offset_and_length(tus: Tus) -> None:
    url = tus.begin(100)
    tus.patch(url, b"a" * 30)

    response = tus.head(url)

    assert response.status_code == 200
    assert (response["Upload-Offset"], response["Upload-Length"]) == ("30", "100")


def test_head_of_an_unknown_upload_is_404(tus: Tus) -> None:
    assert tus.head("/uploads/00000000-0000-4000-8000-000000000000/").status_code == 404


def test_the_offset_that_head_promises_is_there_to_the_byte(tus: Tus) -> None:
    url = tus.begin(100)
    tus.patch(url, b"a" * 30)
    tus.patch(url, b"b" * 20, 30)

    stored = b"".join(storage().read(piece.name) for piece in UploadPiece.objects.all())

    assert len(stored) == tus.offset(url)
    assert stored == b"a" * 30 + b"b" * 20


# --- PATCH -------------------------------------------------------------------------------------


def test_patch_moves_the_offset(tus: Tus) -> None:
    url = tus.begin(100)

    response = tus.patch(url, b"a" * 40)

    assert response.status_code == 204
    assert response["Upload-Offset"] == "40"
    assert "Upload-Expires" in response
    assert response.content == b""


@pytest.mark.parametrize("offset", [0, 39, 41, 100])
def test_patch_at_another_offset_is_409_and_changes_nothing(tus: Tus, offset: int) -> None:
    url = tus.begin(100)
    tus.patch(url, b"a" * 40)

    assert tus.patch(url, b"b" * 10, offset).status_code == 409
    assert tus.offset(url) == 40


def test_a_piece_that_the_browser_sent_again_changes_nothing(tus: Tus) -> None:
    """Chromium repeats a PATCH by itself when a kept connection is reset."""
    url = tus.begin(100)
    tus.patch(url, b"a" * 40)

    assert tus.patch(url, b"a" * 40).status_code == 409
    assert [(p.offset, p.length) for p in UploadPiece.objects.all()] == [(0, 40)]


def test_patch_with_another_content_type_is_415(tus: Tus) -> None:
    url = tus.begin()

    assert tus.patch(url, b"a", **{"Content-Type": "application/octet-stream"}).status_code == 415


@pytest.mark.parametrize("offset", ["", "-1", "x"])
def test_patch_without_an_offset_is_400(tus: Tus, offset: str) -> None:
    assert tus.patch(tus.begin(), b"a", offset).status_code == 400


def test_patch_beyond_the_length_is_413_and_keeps_nothing(tus: Tus) -> None:
    url = tus.begin(10)

    assert tus.patch(url, b"a" * 11).status_code == 413
    assert tus.offset(url) == 0


def test_a_piece_larger_than_eight_mebibytes_is_413(tus: Tus) -> None:
    url = tus.begin(domain.LARGEST_PIECE + 10)

    response = tus.patch(url, b"", **{"Content-Length": str(domain.LARGEST_PIECE + 1)})

    assert response.status_code == 413


def test_a_piece_that_was_cut_off_counts_for_nothing(tus: Tus) -> None:
    url = tus.begin(100)

    response = tus.client.patch(
        url,
        headers={**V, "Upload-Offset": "0"},
        CONTENT_TYPE=PIECE,
        CONTENT_LENGTH="40",
        **{"wsgi.input": io.BytesIO(b"a" * 10)},
    )

    assert response.status_code == 400
    assert tus.offset(url) == 0
    assert not UploadPiece.objects.exists()


def test_an_empty_piece_is_taken_and_changes_nothing(tus: Tus) -> None:
    url = tus.begin()

    assert tus.patch(url, b"").status_code == 204
    assert tus.offset(url) == 0


def test_the_last_piece_completes_the_upload(tus: Tus) -> None:
    url = tus.begin(60)
    tus.patch(url, b"a" * 40)

    assert tus.patch(url, b"b" * 20, 40)["Upload-Offset"] == "60"
    assert tus.patch(url, b"c", 60).status_code == 413


# --- Checksum ----------------------------------------------------------------------------------


def test_a_piece_with_its_checksum_is_taken(tus: Tus) -> None:
    url = tus.begin()

    assert tus.patch(url, b"abc", **{"Upload-Checksum": checksum(b"abc")}).status_code == 204


def test_a_piece_that_does_not_match_its_checksum_is_460_and_dropped(tus: Tus) -> None:
    url = tus.begin()

    assert tus.patch(url, b"abd", **{"Upload-Checksum": checksum(b"abc")}).status_code == 460
    assert tus.offset(url) == 0
    assert not UploadPiece.objects.exists()


@pytest.mark.parametrize("header", ["md5 AAAA", "sha1 AAAA", "sha256", "sha256 !!", "AAAA"])
def test_a_checksum_that_cannot_be_compared_is_400(tus: Tus, header: str) -> None:
    url = tus.begin()

    assert tus.patch(url, b"abc", **{"Upload-Checksum": header}).status_code in {400, 460}
    assert tus.offset(url) == 0


# --- Termination -------------------------------------------------------------------------------


def test_delete_ends_the_upload_and_forgets_its_bytes(
    tus: Tus, django_capture_on_commit_callbacks: Any
) -> None:
    url = tus.begin(100)
    tus.patch(url, b"a" * 40)
    name = UploadPiece.objects.get().name

    with django_capture_on_commit_callbacks(execute=True):
        response = tus.delete(url)

    assert response.status_code == 204
    assert not storage().exists(name)
    assert not UploadPiece.objects.exists()
    assert [r.status_code for r in (tus.head(url), tus.patch(url, b"a", 40), tus.delete(url))] == [
        410,
        410,
        410,
    ]


# --- Expiration --------------------------------------------------------------------------------


def test_an_expired_upload_is_410_after_the_sweep(tus: Tus) -> None:
    url = tus.begin(100)
    Upload.objects.update(expires_at=database_now() - dt.timedelta(seconds=1))

    assert domain.expire() == 1
    assert domain.expire() == 0
    assert tus.head(url).status_code == 410


def test_every_piece_gives_the_upload_more_time(tus: Tus) -> None:
    url = tus.begin(100)
    soon = database_now() + dt.timedelta(minutes=1)
    Upload.objects.update(expires_at=soon)

    tus.patch(url, b"a")

    assert Upload.objects.get().expires_at > soon + dt.timedelta(days=1)


def test_what_was_submitted_as_a_bid_does_not_expire(bidder: Bidder) -> None:
    receipt = bidder.seal().submit()
    Upload.objects.update(expires_at=database_now() - dt.timedelta(days=1))

    assert domain.expire() == 0
    assert receipt.bid is not None
    assert storage().exists(receipt.bid.name)


# --- Lock --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_piece_while_another_is_being_put_in_its_place_is_423() -> None:
    tus = Tus(a_bidder(an_announced_tender()))
    url = tus.begin(100)
    other = connection.copy()
    other.set_autocommit(False)
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT 1 FROM bidding_upload FOR UPDATE")
        assert tus.patch(url, b"a" * 10).status_code == 423
        assert tus.head(url)["Upload-Offset"] == "0"
    finally:
        other.rollback()
        other.close()
    assert tus.patch(url, b"a" * 10).status_code == 204


# --- Method override ---------------------------------------------------------------------------


def test_a_client_that_can_only_post_may_say_which_method_it_means(tus: Tus) -> None:
    url = tus.begin(100)

    response = tus.client.post(
        url,
        b"abc",
        content_type=PIECE,
        headers={**V, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"},
    )

    assert response.status_code == 204
    assert tus.offset(url) == 3


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_other_methods_at_the_beginning_are_405(tus: Tus, method: str) -> None:
    assert getattr(tus.client, method)(tus.endpoint, headers=V).status_code == 405


# --- Who ---------------------------------------------------------------------------------------


def test_signed_out_is_401_and_never_a_redirect(tus: Tus) -> None:
    url = tus.begin()
    tus.client.logout()

    assert [r.status_code for r in (tus.create(), tus.head(url), tus.patch(url, b"a"))] == [
        401,
        401,
        401,
    ]


def test_the_upload_of_another_firm_does_not_exist(tus: Tus, made: Announced) -> None:
    url = tus.begin()
    rival = Tus(a_bidder(made))

    assert [
        r.status_code for r in (rival.head(url), rival.patch(url, b"a"), rival.delete(url))
    ] == [
        404,
        404,
        404,
    ]


def test_a_firm_that_has_not_joined_cannot_begin(made: Announced) -> None:
    stranger = Bidder(made, a_firm(), Participation(), b"")

    assert Tus(stranger).create().status_code == 404


def test_a_reader_of_the_firm_cannot_begin(made: Announced, bidder: Bidder) -> None:
    bidder.user = a_colleague(bidder.user, right=OfficerRight.READER)

    assert Tus(bidder).create().status_code == 403


def test_a_colleague_can_go_on_with_the_upload(tus: Tus, bidder: Bidder) -> None:
    url = tus.begin(100)
    bidder.user = a_colleague(bidder.user, right=OfficerRight.BIDDER)

    assert Tus(bidder).patch(url, b"abc").status_code == 204


def test_without_the_csrf_token_nothing_is_taken(bidder: Bidder) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(bidder.user)

    response = client.post(
        f"/uploads/{bidder.made.tender.code}/single/", headers={**V, "Upload-Length": "10"}
    )

    assert response.status_code == 403


# --- Joining -----------------------------------------------------------------------------------


def test_joined_pieces_are_what_was_sealed_and_the_pieces_are_gone(
    bidder: Bidder, django_capture_on_commit_callbacks: Any
) -> None:
    sealed = bidder.seal()
    with django_capture_on_commit_callbacks(execute=True):
        upload = sealed.send_up()

    assert upload.sha256 == hashlib.sha256(sealed.path.read_bytes()).hexdigest()
    assert storage().read(upload.name) == sealed.path.read_bytes()
    assert not UploadPiece.objects.exists()
    assert domain.assemble(upload, by=bidder.user).sha256 == upload.sha256


def test_an_unfinished_upload_is_not_joined(tus: Tus, bidder: Bidder) -> None:
    tus.begin(100)

    with pytest.raises(domain.Refused):
        domain.assemble(Upload.objects.get(), by=bidder.user)


def test_what_is_no_sealed_bid_is_refused_when_it_is_joined(tus: Tus, bidder: Bidder) -> None:
    url = tus.begin(70_000)
    tus.patch(url, b"%PDF-1.7" + b"x" * 69_992)

    with pytest.raises(domain.Refused):
        domain.assemble(Upload.objects.get(), by=bidder.user)
    assert Upload.objects.get().sha256 == ""


def test_what_is_no_sealed_bid_leaves_nothing_that_no_quota_counts(
    tus: Tus, bidder: Bidder
) -> None:
    """Otherwise a bidder fills the disk: upload, be refused, give up, again."""
    tus.patch(tus.begin(70_000), bytes(70_000))
    upload = Upload.objects.get()
    with pytest.raises(domain.Refused):
        domain.assemble(upload, by=bidder.user)

    domain.terminate(upload, by=bidder.user)
    sweep()

    assert kept_files() == []


def test_what_is_given_up_while_it_is_joined_leaves_nothing(
    tus: Tus, bidder: Bidder, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = bidder.seal().path.read_bytes()
    tus.patch(tus.begin(len(content)), content)
    upload = Upload.objects.get()
    reread = domain._reread  # noqa: SLF001 - the moment before the row is written

    def given_up_now(name: str, *, sha256: str) -> None:
        reread(name, sha256=sha256)
        domain.terminate(Upload.objects.get(), by=bidder.user)
        sweep()

    monkeypatch.setattr(domain, "_reread", given_up_now)
    with pytest.raises(domain.Gone):
        domain.assemble(upload, by=bidder.user)

    assert kept_files() == []


def sweep() -> None:
    """What the clock does in the end, also when nothing followed a commit."""
    for upload in domain.leftovers():
        domain.discard_pieces(upload)


def test_an_upload_that_was_given_up_after_it_was_joined_leaves_nothing(bidder: Bidder) -> None:
    upload = bidder.seal().send_up()
    sweep()
    domain.terminate(upload, by=bidder.user)

    sweep()

    assert kept_files() == []
    assert domain.leftovers() == []


def kept_files() -> list[Path]:
    store = storage()
    assert isinstance(store, FolderStore)
    return [path for path in store.root.rglob("*") if path.is_file()]


def test_a_piece_that_changed_in_the_store_is_never_joined(bidder: Bidder, tus: Tus) -> None:
    content = bidder.seal().path.read_bytes()
    tus.patch(tus.begin(len(content)), content)
    piece = UploadPiece.objects.get()
    storage().write(piece.name, content[:-1] + bytes([content[-1] ^ 1]))

    with pytest.raises(domain.Damaged):
        domain.assemble(Upload.objects.get(), by=bidder.user)


def test_what_a_crash_left_of_joined_pieces_is_swept(bidder: Bidder) -> None:
    upload = bidder.seal().send_up()  # the callbacks after the commit did not run
    left = [piece.name for piece in UploadPiece.objects.all()]

    assert domain.leftovers() == [upload]
    sweep()
    assert domain.leftovers() == []
    assert not any(storage().exists(name) for name in left)
    assert storage().exists(upload.name)


# --- Any order of pieces -----------------------------------------------------------------------


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    attempts=st.lists(
        st.tuples(st.integers(0, 70), st.integers(0, 40), st.booleans()), max_size=25
    )
)
def test_whatever_is_attempted_the_stored_bytes_are_a_beginning_of_the_file(
    tus: Tus, attempts: list[tuple[int, int, bool]]
) -> None:
    whole = bytes(range(64))
    url = tus.begin(len(whole))
    at = 0
    for offset, length, is_damaged in attempts:
        content = whole[offset : offset + length]
        sent = content[:-1] + b"\xff" if is_damaged and content else content
        response = tus.patch(url, sent, offset, **{"Upload-Checksum": checksum(content)})
        fits = offset == at and sent == content
        assert (response.status_code == 204) is fits
        at += len(content) if fits else 0
        assert tus.offset(url) == at
    upload = Upload.objects.get(pk=url.split("/")[2])
    stored = b"".join(storage().read(piece.name) for piece in upload.pieces.all())
    assert stored == whole[:at]
