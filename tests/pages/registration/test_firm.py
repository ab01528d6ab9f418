from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from lpse.audit.models import AuditEntry
from lpse.mail.models import Message
from lpse.sealing.digests import sha256
from registration.domain import officer, terms
from registration.identity_numbers import format_npwp
from registration.models import (
    Invitation,
    OfficerRight,
    Qualification,
    QualificationKind,
    QualificationVersion,
    User,
)
from tests.cast import Cast, Client
from tests.factories.house import (
    LICENCE,
    PDF,
    a_colleague,
    a_licence,
    an_invitation,
    place_of,
)
from tests.factories.registration import today
from tests.pages.registration.people import PASSWORD, signed_in_as

READER, BIDDER = OfficerRight.READER, OfficerRight.BIDDER
LINK = reverse("invitation", kwargs={"secret": "rahasia"})


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


# --- The firm's page ---------------------------------------------------------------------------


@pytest.mark.clause("P10(2)d")
def test_the_page_shows_what_was_verified_and_who_acts(cast: Cast) -> None:
    a_colleague(cast.maju.provider, "kolega", READER)

    shown = as_user(cast.maju).get(reverse("firm")).content.decode()

    npwp = format_npwp(cast.provider("maju").npwp)
    for part in ("PT Maju Contoh", npwp, "Kolega Contoh", "/firm/invite/"):
        assert part in shown


def test_a_colleague_sees_no_action_that_is_the_administrators(cast: Cast) -> None:
    an_invitation(cast.maju)
    colleague = a_colleague(cast.provider("maju"), "kolega")

    shown = as_user(colleague).get(reverse("firm")).content.decode()

    assert "/firm/invite/" not in shown
    assert "baru@contoh.example" not in shown
    assert "/right/" not in shown


ADMINISTRATORS_OWN = ["invitation_new", "invitation_revoke", "officer_right", "officer_end"]


@pytest.mark.parametrize("right", [BIDDER, READER])
@pytest.mark.parametrize("url", ADMINISTRATORS_OWN)
def test_only_an_administrator_invites_and_changes(
    cast: Cast, url: str, right: OfficerRight
) -> None:
    invitation = an_invitation(cast.maju)
    colleague = a_colleague(cast.provider("maju"), "kolega", right)
    pk = {
        "invitation_revoke": invitation.pk,
        "officer_right": place_of(cast.maju).pk,
        "officer_end": place_of(cast.maju).pk,
    }
    address = reverse(url, kwargs={"pk": pk[url]} if url in pk else None)

    assert as_user(colleague).post(address, {"right": "reader"}).status_code == 403


def test_an_administrator_invites_changes_a_right_and_ends(cast: Cast) -> None:
    colleague = a_colleague(cast.maju.provider, "kolega")
    client = as_user(cast.maju)
    told = {"full_name": "Baru Contoh", "email": "baru@contoh.example", "right": "reader"}

    assert client.post(reverse("invitation_new"), told).status_code == 302
    right = reverse("officer_right", kwargs={"pk": place_of(colleague).pk})
    assert client.post(right, {"right": "reader"}).status_code == 302
    assert place_of(colleague).right == READER
    client.post(reverse("officer_end", kwargs={"pk": place_of(colleague).pk}))

    assert colleague.officer_of.get().left_at is not None
    assert Invitation.objects.get().right == READER


def test_the_last_administrator_is_told_why_not(cast: Cast) -> None:
    client = as_user(cast.maju)

    response = client.post(
        reverse("officer_right", kwargs={"pk": place_of(cast.maju).pk}), {"right": "reader"}
    )
    client.post(reverse("firm_leave"))

    assert response.status_code == 422
    assert place_of(cast.maju).right == OfficerRight.ADMINISTRATOR


def test_who_leaves_is_signed_out(cast: Cast) -> None:
    colleague = a_colleague(cast.maju.provider, "kolega")
    client = as_user(colleague)

    client.post(reverse("firm_leave"))

    assert colleague.officer_of.get().left_at is not None
    assert client.get(reverse("firm")).status_code == 302


# --- The invitation ----------------------------------------------------------------------------


def test_the_link_says_the_same_whether_the_address_has_an_account_or_not(cast: Cast) -> None:
    """The adversary is somebody who got hold of a link and wants to know who is registered."""
    pages = []
    for email in (cast.stranger.email, "tidak.ada@contoh.example"):
        an_invitation(cast.maju, email=email, secret=email.partition("@")[0])
        link = reverse("invitation", kwargs={"secret": email.partition("@")[0]})
        response = Client().get(link)
        pages.append((response.status_code, [str(t.name) for t in response.templates]))

    assert pages[0] == pages[1]


def test_the_inviting_firm_learns_nothing_either(cast: Cast) -> None:
    client = as_user(cast.maju)
    answers = []
    for email in (cast.stranger.email, "tidak.ada@contoh.example"):
        told = {"full_name": "Baru Contoh", "email": email, "right": "reader"}
        response = client.post(reverse("invitation_new"), told)
        answers.append((response.status_code, response["Location"]))

    assert answers[0] == answers[1]


def test_a_colleague_without_an_account_opens_one_and_is_in(cast: Cast, client: Client) -> None:
    terms.ensure()
    an_invitation(cast.maju)
    first = terms.in_force()
    assert first is not None

    response = client.post(
        LINK,
        {
            "full_name": "Baru Contoh",
            "wish": "baru",
            "password1": PASSWORD,
            "password2": PASSWORD,
            "terms": "on",
            "version": first.version,
        },
    )

    assert response.status_code == 302
    assert (signed_in_as(client) or "").startswith("baru")
    assert client.get(reverse("firm")).status_code == 200


def test_what_is_wrong_in_the_form_is_said_and_the_name_is_kept(
    cast: Cast, client: Client
) -> None:
    an_invitation(cast.maju)

    response = client.post(LINK, {"full_name": "Baru Sekali", "wish": "X!", "password1": "a"})

    assert response.status_code == 422
    assert "Baru Sekali" in response.content.decode()
    assert Invitation.objects.get().accepted_at is None


def test_terms_that_change_meanwhile_are_shown_and_accepted_anew(
    cast: Cast, client: Client
) -> None:
    terms.ensure()
    an_invitation(cast.maju)
    told = {"full_name": "Baru Contoh", "wish": "baru", "terms": "on", "version": "1"}
    told |= {"password1": PASSWORD, "password2": PASSWORD}
    terms.publish(text_id="Baru", text_en="New", changes="Semua", by=None)

    response = client.post(LINK, told)

    assert response.status_code == 422
    assert 'name="version" value="2"' in response.content.decode()
    assert client.post(LINK, told | {"version": "2"}).status_code == 302


def test_who_is_signed_in_accepts_with_a_press(cast: Cast) -> None:
    an_invitation(cast.maju, email=cast.stranger.email)
    client = as_user(cast.stranger)
    assert "/accept/" in client.get(reverse("invitations")).content.decode()

    client.post(reverse("invitation_accept", kwargs={"pk": Invitation.objects.get().pk}))

    assert place_of(cast.stranger).provider.code == "maju"


def test_the_invitation_of_another_address_is_not_found(cast: Cast) -> None:
    made = an_invitation(cast.maju)

    address = reverse("invitation_accept", kwargs={"pk": made.pk})
    assert as_user(cast.stranger).post(address).status_code == 404


def test_the_holder_of_an_office_is_told_why_not(cast: Cast) -> None:
    an_invitation(cast.maju)

    assert as_user(cast.wati).post(LINK).status_code == 409


@pytest.mark.parametrize("how", ["used", "revoked", "unknown"])
def test_a_link_that_is_over_leads_nowhere(cast: Cast, client: Client, how: str) -> None:
    made = an_invitation(cast.maju)
    if how == "used":
        officer.accept(made, by=cast.stranger)
    elif how == "revoked":
        officer.revoke(made, by=cast.maju)
    else:
        Invitation.objects.update(digest=sha256(b"lain"))

    assert client.get(LINK).status_code == (404 if how == "unknown" else 410)
    assert client.post(LINK, {"wish": "baru"}).status_code in {404, 410}


# --- Qualification data ------------------------------------------------------------------------


def filled(**changes: object) -> dict[str, object]:
    return LICENCE | {"valid_until": (today() + dt.timedelta(days=9)).isoformat()} | changes


@pytest.mark.clause("P22(5)")
def test_an_entry_is_written_corrected_and_removed(cast: Cast) -> None:
    client = as_user(cast.maju)
    document = SimpleUploadedFile("SBU.pdf", PDF)
    new = reverse("qualification_new", kwargs={"kind": "licence"})

    assert client.post(new, filled(document=document)).status_code == 302
    made = Qualification.objects.get()
    edit = reverse("qualification_edit", kwargs={"pk": made.pk})
    assert client.post(edit, filled(number="CONTOH/002")).status_code == 302
    page = client.get(reverse("qualification", kwargs={"pk": made.pk})).content.decode()
    assert "CONTOH/001" in page
    assert "CONTOH/002" in page
    assert "SBU.pdf" in page
    client.post(reverse("qualification_remove", kwargs={"pk": made.pk}))

    assert "CONTOH/002" not in client.get(reverse("qualifications")).content.decode()


@pytest.mark.parametrize("kind", QualificationKind)
def test_every_kind_has_a_form_with_its_fields(cast: Cast, kind: QualificationKind) -> None:
    address = reverse("qualification_new", kwargs={"kind": kind})
    client = as_user(cast.maju)

    assert client.get(address).status_code == 200
    assert client.post(address, {"nothing": "1"}).status_code == 422


def test_an_amount_is_read_as_people_write_it(cast: Cast) -> None:
    told = {
        "package": "Jalan Contoh",
        "client": "Dinas PU",
        "place": "Kota Contoh",
        "contract_number": "1",
        "contract_date": "2025-03-04",
        "value": "Rp 1.250.000.000",
    }
    address = reverse("qualification_new", kwargs={"kind": "experience"})
    client = as_user(cast.maju)

    assert client.post(address, told | {"value": "banyak"}).status_code == 422
    assert client.post(address, told).status_code == 302

    version = QualificationVersion.objects.get()
    assert version.facts["value"] == "1250000000"
    shown = client.get(reverse("qualification", kwargs={"pk": version.qualification_id}))
    assert "Rp 1.250.000.000,00" in shown.content.decode()


@pytest.mark.parametrize(
    "content", [b"<html><script>alert(1)</script>", b"", b"MZ\x90", b"%PDF-1.7 without an end"]
)
def test_a_file_that_is_no_paper_is_refused_and_nothing_typed_is_lost(
    cast: Cast, content: bytes
) -> None:
    address = reverse("qualification_new", kwargs={"kind": "licence"})
    told = filled(document=SimpleUploadedFile("izin.pdf", content))

    response = as_user(cast.maju).post(address, told)

    assert response.status_code == 422
    assert "CONTOH/001" in response.content.decode()
    assert not Qualification.objects.exists()


@pytest.mark.parametrize("act", ["new", "edit", "remove"])
def test_a_reader_changes_nothing(cast: Cast, act: str) -> None:
    version = a_licence(cast.maju)
    reader = a_colleague(cast.provider("maju"), "pembaca", READER)
    kwargs = {"kind": "licence"} if act == "new" else {"pk": version.qualification_id}
    client = as_user(reader)

    address = reverse(f"qualification_{act}", kwargs=kwargs)
    assert client.post(address, filled()).status_code == 403
    assert client.get(reverse("qualifications")).status_code == 200


@pytest.mark.parametrize(
    "url",
    ["qualification", "qualification_document", "qualification_edit", "qualification_remove"],
)
@pytest.mark.parametrize("who", ["jaya", "stranger", "wati"])
def test_nobody_reads_another_firms_papers_by_guessing(cast: Cast, url: str, who: str) -> None:
    version = a_licence(cast.maju)
    pk = version.pk if url.endswith("document") else version.qualification_id
    address = reverse(url, kwargs={"pk": pk})
    client = as_user(getattr(cast, who))

    method = client.post if url.endswith("remove") else client.get
    assert method(address).status_code == 404


def test_a_paper_is_given_out_as_what_it_is_and_runs_nothing(cast: Cast) -> None:
    version = a_licence(cast.maju)

    response = as_user(cast.maju).get(reverse("qualification_document", kwargs={"pk": version.pk}))

    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Type"] == "application/pdf"
    assert "sandbox" in response["Content-Security-Policy"]


@pytest.mark.clause("P22(5)")
def test_the_page_of_a_bid_is_told_what_there_is_and_it_is_not_written_down(cast: Cast) -> None:
    """What is fetched for a bid is in the bid: no record may tell it before the opening."""
    version = a_licence(cast.maju)
    a_licence(cast.maju, content=None)
    client = as_user(cast.maju)
    before = AuditEntry.objects.count()

    documents = client.get(reverse("qualification_documents")).json()["documents"]
    b"".join(client.get(documents[0]["url"]).streaming_content)

    assert [paper["name"] for paper in documents] == [version.file_name]
    assert AuditEntry.objects.count() == before


def test_the_list_asks_a_fixed_number_of_questions(
    cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_user(cast.maju)
    for url in ("qualifications", "firm", "qualification_documents", "home"):
        a_licence(cast.maju, until=today())
        with CaptureQueriesContext(connection) as few:
            client.get(reverse(url))
        for _more in range(5):
            a_licence(cast.maju, until=today())
        a_colleague(cast.provider("maju"), f"kolega-{url}")

        with django_assert_max_num_queries(len(few)):
            client.get(reverse(url))


# --- The forgotten User ID ---------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_page_for_a_user_id_answers_every_address_alike(client: Client) -> None:
    maju = Cast().maju
    answers = []
    for email in (maju.email, "tidak.ada@contoh.example"):
        response = client.post(reverse("user_id"), {"email": email}, follow=True)
        answers.append((response.redirect_chain, response.status_code))

    assert answers[0] == answers[1]
    assert [m.template for m in Message.objects.order_by("created_at")] == [
        "user_id",
        "user_id_none",
    ]


def test_a_verifier_changes_a_lost_mailbox_at_the_counter(cast: Cast) -> None:
    told = {"email": "baru@contoh.example", "document": "KTP", "reason": "Hilang"}
    address = reverse("mailbox", kwargs={"username": cast.maju.username})
    client = as_user(cast.wati)

    assert client.post(address, told).status_code == 422
    assert client.post(address, told | {"original_seen": "on"}).status_code == 302

    assert User.objects.get(username="maju").email == "baru@contoh.example"


# --- The start page ----------------------------------------------------------------------------


def test_home_speaks_of_papers_and_invitations(cast: Cast) -> None:
    a_licence(cast.maju, until=today())
    an_invitation(cast.maju, email=cast.stranger.email)

    assert reverse("qualifications") in as_user(cast.maju).get(reverse("home")).content.decode()
    assert reverse("invitations") in as_user(cast.stranger).get(reverse("home")).content.decode()
