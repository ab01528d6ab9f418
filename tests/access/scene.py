"""The world in which every cell of the table is tried: who is there, and whose things they are.

Sari's package is a draft, another is being prepared by Budi's Pokja, a third is announced and has
a bid of Maju. Tono is PPK elsewhere, Eko sits on another Pokja, Jaya is another firm.
"""

from __future__ import annotations

import datetime as dt
import json
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.hashers import make_password

from bidding.domain import upload as uploads
from lpse.calendar.models import Holiday
from lpse.clock import database_now
from lpse.ledger.models import Leaf
from lpse.ledger.sequencer import sequence
from lpse.mail.models import Message
from lpse.sealing.digests import sha256
from procurement.models import Tender, TenderState
from registration.domain import signup, terms
from registration.domain.deactivation import answer_path
from registration.models import KnownDevice, Role, Session, User, Visit
from tests.cast import Cast, Client
from tests.factories.application import a_counter
from tests.factories.applying import a_copy, a_draft
from tests.factories.bidding import a_bidder, an_announced_tender
from tests.factories.committee import a_filled_box
from tests.factories.house import a_colleague, a_licence, an_invitation, place_of
from tests.factories.office import a_request
from tests.factories.procurement import (
    PDF,
    a_complete_tender,
    a_document,
    a_priced_package,
)
from tests.factories.registration import AssignmentFactory, UserFactory
from tests.factories.sanction import a_deactivation, a_sanction

PUBLIC = "public"
LPSE = ("lina", "nanda", "oki", "wati", "putri")
PEOPLE = ("stranger", "maju", "jaya", "sari", "tono", "budi", "eko", "joko", "qori", "agus")
PEOPLE += (*LPSE, "ratna", "umi", "vina")
EVERYBODY = (PUBLIC, *PEOPLE)
PASSKEY = Path(__file__).with_name("passkey.json")  # as a browser registered it
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@dataclass
class Scene:
    """Objects for the addresses, made once; every request is undone after it."""

    cookies: dict[str, str] = field(default_factory=dict)
    arguments: dict[str, dict[str, Any]] = field(default_factory=dict)
    _client: Client = field(default_factory=Client)  # one: making it looks at every static file

    def client(self, name: str) -> Client:
        """A browser in which ``name`` has signed in completely; PUBLIC is nobody."""
        self._client.cookies.clear()
        if name != PUBLIC:
            self._client.cookies["sessionid"] = self.cookies[name]
        return self._client

    def arguments_of(self, url: str) -> dict[str, Any]:
        return self.arguments.get(url, {})


def build() -> Scene:
    scene, cast = Scene(), Cast()
    made = an_announced_tender()
    _take_over(made.tender, cast)
    bidder = a_bidder(made, "maju")
    assert [getattr(cast, name) for name in PEOPLE]
    User.objects.update(password=make_password("sandi-contoh-panjang"))
    for name in PEOPLE:
        client, user = Client(), User.objects.get(username=name)
        client.force_login(user)
        _has_just_typed_the_password(client, user)
        scene.cookies[name] = client.cookies["sessionid"].value
    scene.arguments |= _registration(cast)
    scene.arguments |= _house()
    scene.arguments |= _order(cast)
    scene.arguments |= _offices(cast)
    scene.arguments |= _applying(cast)
    scene.arguments |= _procurement(cast, made.tender)
    scene.arguments |= _bidding(bidder)
    scene.arguments |= _opening(cast)
    scene.arguments |= _verification(cast)
    scene.arguments |= _kernel(cast)
    return scene


def _has_just_typed_the_password(client: Client, user: User) -> None:
    """Else every change of a factor ends at that question, whoever asks for it."""
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "password", "at": time.time() + 3600, "reauthenticated": True}
    ]
    session[f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"] = str(user.pk)
    session.save()


def _registration(cast: Cast) -> dict[str, dict[str, Any]]:
    """The things of an account are Maju's; the person looked at is one that nobody is."""
    maju = User.objects.get(username="maju")
    person = UserFactory(username="doni")
    office = AssignmentFactory(user=person, role=Role.DESK)
    key = Authenticator.objects.create(
        user=maju,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "Kunci", "credential": json.loads(PASSKEY.read_text())},
    )
    TOTP.activate(maju, SECRET)
    known = KnownDevice.objects.create(user=maju, device="d" * 64)
    session = Session.objects.create(
        session_key="k" * 32,
        session_data="",
        expire_date=database_now().replace(year=2099),
        user=maju,
        signed_in_at=database_now(),
    )
    who, which = {"username": "doni"}, {"pk": office.pk}
    return {
        "user": who,
        "user_edit": who,
        "user_factors_remove": who,
        "assignment_new": who,
        "assignment_end": which,
        "assignment_decree": which,
        "sample_sign_in": who,
        "session_end": {"handle": session.handle},
        "device_forget": {"pk": known.pk},
        "mfa_remove_webauthn": {"pk": key.pk},
        "mfa_edit_webauthn": {"pk": key.pk},
        "account_confirm_email": {"key": "none"},
        "account_reset_password_from_key": {"uidb36": "1", "key": "none"},
    }


def _order(cast: Cast) -> dict[str, dict[str, Any]]:
    """Somebody who is deactivated, a firm on the blacklist, terms that everybody accepted."""
    deactivated = a_deactivation(UserFactory(username="nakal"), by=cast.wati)
    published = a_sanction(cast.agency, by=cast.wati)
    first = terms.ensure()
    assert first is not None
    for user in User.objects.all():
        terms.accept(user, first)
    which, entry = {"pk": deactivated.pk}, {"pk": published.pk}
    return {
        "user_deactivate": {"username": "doni"},
        "deactivation_lift": which,
        "deactivation_keep": which,
        "deactivation_letter": which,
        "deactivation_answer": {"token": answer_path(deactivated).split("/")[-2]},
        "sanction": entry,
        "sanction_withdraw": entry,
        "sanction_decree": entry,
        "terms_version": {"version": first.version},
        "archive_provider": {"code": User.objects.get(username="maju").provider.code},
    }


def _offices(cast: Cast) -> dict[str, dict[str, Any]]:
    """Umi's agency, a unit and a request of it, and a certificate of one of its people."""
    own, unit = {"pk": cast.agency.pk}, {"kind": "work-unit", "pk": cast.work_unit.pk}
    asked = {"pk": a_request(by=cast.umi).pk}
    paper = {"pk": cast.budi.certificates.get().pk}
    return {
        "agency": own,
        "agency_edit": own,
        "unit_new": own | {"kind": "work-unit"},
        "unit_edit": unit,
        "unit_remove": unit,
        "agency_committee": {"pk": cast.committee().pk},
        "certificates": {"username": "budi"},
        "certificate_new": {"username": "budi"},
        "certificate_copy": paper,
        "certificate_remove": paper,
        "office_request": asked,
        "request_decree": asked,
    }


def _applying(cast: Cast) -> dict[str, dict[str, Any]]:
    """Stranger is filling in an application and has uploaded a paper."""
    paper = a_copy(a_draft(cast.stranger))
    which = {"pk": paper.pk}
    return {
        "register_confirm": {"token": signup.token_for("baru@contoh.example")},
        "application_step": {"step": "identity"},
        "application_document": which,
        "application_document_remove": which,
        "application_form": {"form": "registration"},
    }


def _house() -> dict[str, dict[str, Any]]:
    """Maju's firm has a colleague and a licence, and asks the stranger to join."""
    maju = User.objects.get(username="maju")
    assert maju.provider is not None
    stranger = User.objects.get(username="stranger")
    invitation = an_invitation(maju, email=stranger.email)
    colleague = place_of(a_colleague(maju.provider, "kolega"))
    version = a_licence(maju)
    entry, asked = {"pk": version.qualification_id}, {"pk": invitation.pk}
    return {
        "invitation": {"secret": "rahasia"},
        "invitation_revoke": asked,
        "invitation_accept": asked,
        "officer_right": {"pk": colleague.pk},
        "officer_end": {"pk": colleague.pk},
        "qualification": entry,
        "qualification_edit": entry,
        "qualification_remove": entry,
        "qualification_document": {"pk": version.pk},
        "qualification_new": {"kind": "licence"},
        "mailbox": {"username": "doni"},
    }


def _procurement(cast: Cast, announced: Tender) -> dict[str, dict[str, Any]]:
    draft, prepared = a_priced_package(), a_complete_tender()
    paper = prepared.documents.get()
    public_paper = a_document(prepared, PDF.replace(b"1.4", b"1.5"), name="kak.pdf")
    type(public_paper).objects.filter(pk=public_paper.pk).update(tender=announced)
    key = cast.budi.committee_keys.get(revoked_at=None)
    shown, own, desk = ({"code": t.code} for t in (announced, draft, prepared))
    public = ("tender", "schedule", "documents", "announcement", "statement", "statement_chain")
    mine = ("package", "package_edit", "package_items", "package_hand_over")
    committee = ("workspace", "procedure", "schedule_edit", "files", "estimate", "hand_back")
    signed = ("statement_propose", "statement_sign")
    on_it = ("schedule_change", "tender_cancel", "cover_sheet")
    keys = ("key_test", "key_passkey", "key_backup", "key_revoke")
    return {
        **{f"procurement:{name}": shown for name in (*public, *on_it)},
        **{f"procurement:{name}": own for name in mine},
        **{f"procurement:{name}": desk for name in (*committee, *signed)},
        **{f"procurement:{name}": {"pk": key.pk} for name in keys},
        "procurement:document": shown | {"pk": public_paper.pk},
        "procurement:file_remove": desk | {"pk": paper.pk},
    }


def _bidding(bidder: Any) -> dict[str, dict[str, Any]]:
    receipt = bidder.seal().submit()
    started = uploads.create(
        bidder.participation, envelope="single", length=70_000, by=bidder.user
    )
    tender = {"code": bidder.made.tender.code}
    envelope = tender | {"envelope": "single"}
    parts = ("join", "bid", "bid_standing", "bid_key")
    receipts = ("receipt", "receipt_json", "receipt_pdf", "receipt_proof", "receipt_standing")
    return {
        **{f"bidding:{name}": tender for name in parts},
        **{f"bidding:{name}": {"upload": started.pk} for name in ("upload", "assemble", "stored")},
        **{f"bidding:{name}": envelope for name in ("uploads", "submit", "withdraw")},
        **{f"bidding:{name}": {"code": receipt.code} for name in receipts},
    }


def _opening(cast: Cast) -> dict[str, dict[str, Any]]:
    """Two tenders of the same people: one whose box is closed, and one that is opened."""
    closed, _box, _bids = a_filled_box(1)
    _take_over(closed.tender, cast)
    opened, _box, [bid] = a_filled_box(1)
    _take_over(opened.tender, cast)
    Tender.objects.filter(pk=opened.tender.pk).update(state=TenderState.OPENED)
    waiting, done = {"code": closed.tender.code}, {"code": opened.tender.code}
    acts = ("opening", "opening_data", "opening_post", "opening_progress")
    pages = ("participants", "results", "box", "box_json", "minutes", "minutes_approve")
    return {
        **{f"bidding:{name}": waiting for name in acts},
        **{f"bidding:{name}": done for name in pages},
        "bidding:opened_bid": done | {"manifest": sha256(bid.text.encode())},
        "bidding:opened_file": done | {"pk": 1},
        "bidding:minutes_check": {"code": "none"},
        "bidding:minutes_pdf": {"code": "none"},
    }


def _take_over(tender: Tender, cast: Cast) -> None:
    """Make it a tender of Sari's that Budi's Pokja runs."""
    Tender.objects.filter(pk=tender.pk).update(
        ppk=cast.sari,
        committee=cast.committee(),
        agency=cast.agency,
        work_unit=cast.work_unit,
    )
    tender.refresh_from_db()


def _verification(cast: Cast) -> dict[str, dict[str, Any]]:
    """Stranger's application at the verifiers' desk, a visit that is over, a counter."""
    application = cast.stranger.applications.get()
    counter = a_counter()
    now = database_now()
    visit = Visit.objects.create(
        application=application,
        counter=counter,
        starts_at=now,
        ends_at=now + dt.timedelta(minutes=30),
        walked_in=True,
        booked_by=cast.wati,
        arrived_at=now,
    )
    code, hours = {"code": application.code}, counter.hours.all()[0]
    paper = application.documents.all()[0]
    acts = ("override", "return", "approve", "reject", "walk_in", "minutes", "returned")
    return {
        "verification": code,
        **{f"verification_{name}": code for name in acts},
        "verification_document": code | {"pk": paper.pk},
        "verification_confirm": code | {"pk": 0},
        "visit_arrived": {"pk": visit.pk},
        "counter_edit": {"pk": counter.pk},
        "counter_hours": {"pk": counter.pk},
        "counter_hours_remove": {"pk": hours.pk},
    }


def _kernel(cast: Cast) -> dict[str, dict[str, Any]]:
    message = Message.objects.create(
        recipient=User.objects.get(username="maju"), template="none", subject="-", body="-"
    )
    holiday = Holiday.objects.create(day=dt.date(2026, 8, 17), name="Hari Kemerdekaan")
    sequence()
    return {
        "holiday_remove": {"pk": holiday.pk},
        "message_read": {"pk": message.pk},
        "ledger_tile": {"tile": f"0/000.p/{Leaf.objects.count()}"},
        "older_checkpoint": {"number": 2},
        "older_tile": {"number": 2, "tile": "0/000"},
        "ledger_proof": {"log_entry": uuid.uuid4().hex * 2},
    }
