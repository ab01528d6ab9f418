from __future__ import annotations

import datetime as dt
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.account.models import EmailAddress
from django.core import signing
from django.db import connections

from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.errors import Refused
from lpse.mail.models import Message
from registration.domain import signup, terms
from registration.models import SignUpRequest, TermsAcceptance, User
from tests.cast import Cast

ADDRESS = "bima@contoh.example"
PASSWORD = "sandi-contoh-panjang"

pytestmark = pytest.mark.clause("P22(1)a.1")


@pytest.fixture
def _durable(transactional_db: None) -> None:
    """The request to be written to is counted whatever happens afterwards."""


def ask(address: str = ADDRESS, device: str = "d") -> list[Message]:
    signup.ask(address, device=device, language="id")
    return list(Message.objects.filter(address=address.lower()).order_by("created_at"))


def open_account(token: str | None = None, **changes: object) -> User:
    said = {
        "wish": "bima",
        "full_name": "Bima Contoh",
        "password": PASSWORD,
        "terms_version": None,
        "language": "id",
    }
    return signup.open_account(token or signup.token_for(ADDRESS), **{**said, **changes})  # type: ignore[arg-type]


@pytest.mark.usefixtures("_durable")
class TestAsking:
    def test_an_address_without_an_account_gets_a_link(self) -> None:
        [mail] = ask("Bima@Contoh.example")

        assert mail.template == "signup_link"
        token = re.search(r"confirm/(\S+)/", mail.url)
        assert token
        assert signup.address_of(token[1]) == ADDRESS

    def test_an_address_with_an_account_is_told_in_its_mailbox_only(self, cast: Cast) -> None:
        [mail] = ask(cast.maju.email)

        assert mail.template == "signup_known"
        assert "confirm" not in mail.url + mail.body

    def test_an_address_that_a_person_had_confirmed_counts_as_known(self, cast: Cast) -> None:
        EmailAddress.objects.create(user=cast.maju, email="lain@contoh.example", verified=True)

        assert ask("lain@contoh.example")[0].template == "signup_known"

    def test_an_address_typed_by_somebody_else_is_still_free(self, cast: Cast) -> None:
        EmailAddress.objects.create(user=cast.maju, email=ADDRESS, verified=False)

        [mail] = ask()

        assert mail.template == "signup_link"
        assert open_account().emailaddress_set.get().verified

    def test_a_link_too_long_for_a_message_is_refused(self) -> None:
        longest = "é" * 60 + ".example"
        assert len(f"b@{longest}") < signup.LONGEST_ADDRESS

        assert ask(f"b@{longest}")
        with pytest.raises(Refused) as refusal:
            ask(f"b@{'語' * 60}.example")

        assert refusal.value.field == "email"

    def test_a_mailbox_is_not_filled_and_its_first_link_keeps_working(self) -> None:
        for _time in range(10):
            mails = ask(device=f"d{_time}")

        assert len(mails) == signup.MOST_FOR_AN_ADDRESS
        token = re.search(r"confirm/(\S+)/", mails[0].url)
        assert token
        assert open_account(token[1])

    def test_who_asks_too_often_is_told_and_nobody_else(self) -> None:
        for number in range(signup.MOST_BY_A_DEVICE):
            ask(f"orang{number}@contoh.example", device="rakus")

        with pytest.raises(Refused):
            ask("korban@contoh.example", device="rakus")
        assert not Message.objects.filter(address="korban@contoh.example").exists()
        assert ask("korban@contoh.example", device="lain")

    def test_requests_at_the_same_moment_are_counted_one_by_one(self) -> None:
        def one(number: int) -> None:
            try:
                signup.ask(ADDRESS, device=f"d{number}", language="id")
            finally:
                connections.close_all()

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(one, range(8)))

        assert Message.objects.filter(address=ADDRESS).count() == signup.MOST_FOR_AN_ADDRESS

    def test_an_old_count_is_forgotten(self) -> None:
        SignUpRequest.objects.create(
            address="a", device="d", asked_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
        )

        assert signup.forget_old_requests() == 1


@pytest.mark.django_db
class TestTheLink:
    def test_it_ends_after_a_day(self, monkeypatch: pytest.MonkeyPatch) -> None:
        token = signup.token_for(ADDRESS)
        in_a_day = time.time() + signup.VALID_FOR.total_seconds()
        assert dt.timedelta(days=1) == signup.VALID_FOR

        monkeypatch.setattr("time.time", lambda: in_a_day - 60)
        assert signup.address_of(token) == ADDRESS
        monkeypatch.setattr("time.time", lambda: in_a_day + 60)
        assert signup.address_of(token) is None

    @pytest.mark.parametrize("token", ["", "x", "YQ:1:2"])
    def test_one_that_was_made_up_is_none(self, token: str) -> None:
        assert signup.address_of(token) is None

    def test_one_for_another_address_is_none(self) -> None:
        mine, other = signup.token_for(ADDRESS), signup.token_for("lain@contoh.example")
        mixed = other.partition(":")[0] + ":" + mine.partition(":")[2]

        assert signup.address_of(mixed) is None

    def test_one_signed_for_another_purpose_is_none(self) -> None:
        packed = signup.token_for(ADDRESS).partition(":")[0]

        assert signup.address_of(signing.TimestampSigner(salt="other").sign(packed)) is None


@pytest.mark.django_db
class TestOpening:
    def test_the_account_has_a_verified_address_and_a_user_id_for_ever(self) -> None:
        user = open_account()

        assert re.fullmatch(r"bima\d{4}", user.username)
        assert user.check_password(PASSWORD)
        assert EmailAddress.objects.get(user=user, primary=True).verified
        entry = AuditEntry.objects.get(event=Event.ACCOUNT_CREATED)
        assert entry.data == {"username": user.username}

    def test_the_user_id_is_written_to_the_mailbox(self) -> None:
        user = open_account()

        message = Message.objects.get(recipient=user, template="account_opened")
        assert user.username in message.body
        assert user.username not in message.subject

    def test_a_wish_that_somebody_has_is_never_refused(self, cast: Cast) -> None:
        """Nothing is learned: the digits are added whether somebody has that name or not."""
        first = open_account(wish="maju")
        second = open_account(signup.token_for("dua@contoh.example"), wish=cast.maju.username)

        assert first.username != second.username
        assert {u.username[:4] for u in (first, second)} == {"maju"}
        assert all(len(u.username) == 8 for u in (first, second))

    def test_a_number_that_is_taken_is_drawn_anew(self, monkeypatch: pytest.MonkeyPatch) -> None:
        User.objects.create_user("bima0007", email="x@contoh.example", full_name="X")
        drawn = iter([7, 7, 8])
        monkeypatch.setattr("registration.domain.signup.secrets.randbelow", lambda _n: next(drawn))

        assert open_account().username == "bima0008"

    def test_a_link_opens_one_account(self) -> None:
        token = signup.token_for(ADDRESS)
        open_account(token)

        with pytest.raises(Refused, match=r"account already|sudah"):
            open_account(token, wish="lain")

    def test_the_terms_in_force_are_accepted_with_it(self) -> None:
        in_force = terms.ensure()
        assert in_force

        user = open_account(terms_version=in_force.version)

        assert TermsAcceptance.objects.get(user=user).terms == in_force

    def test_terms_that_changed_meanwhile_are_not_accepted_unseen(self) -> None:
        in_force = terms.ensure()
        assert in_force

        with pytest.raises(Refused) as refused:
            open_account(terms_version=in_force.version + 1)
        assert refused.value.field == "terms"
        assert not User.objects.filter(email=ADDRESS).exists()


@pytest.mark.usefixtures("_durable")
def test_two_that_use_one_link_at_once_open_one_account() -> None:
    token = signup.token_for(ADDRESS)

    def one(number: int) -> bool:
        try:
            open_account(token, wish=f"bima{number}")
        except Refused:
            return False
        else:
            return True
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(one, range(4)))

    assert sum(outcomes) == 1
    assert User.objects.filter(email=ADDRESS).count() == 1
