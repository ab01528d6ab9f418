from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.clock import database_now
from lpse.errors import Refused
from lpse.mail import sender
from lpse.mail.models import Message
from lpse.sealing.digests import sha256
from registration.domain import officer as domain
from registration.domain import terms
from registration.models import Invitation, OfficerRight, Session, TermsAcceptance, User
from tests.cast import Cast
from tests.factories.house import a_colleague, an_invitation, place_of
from tests.factories.registration import AssignmentFactory, UserFactory, today
from tests.factories.sanction import a_deactivation

ADMINISTRATOR, BIDDER, READER = OfficerRight


def invite(by: User, email: str = "baru@contoh.example") -> Invitation:
    return domain.invite(by.provider, email=email, full_name="Baru Contoh", right=BIDDER, by=by)


def secret_sent() -> str:
    message = Message.objects.get(template="officer_invited")
    return re.search(r"/invitation/([^/]+)/", message.url)[1]


def with_account(invitation: Invitation, **changes: object) -> User:
    first = terms.in_force()
    told = {
        "wish": "baru",
        "full_name": "Baru Contoh",
        "password": "sandi-contoh-panjang",
        "terms_version": first.version if first else None,
        "language": "id",
        **changes,
    }
    return domain.accept_with_account(invitation, **told)


def a_session(user: User) -> Session:
    return Session.objects.create(
        session_key=user.username.ljust(32, "x"),
        session_data="",
        expire_date=database_now() + dt.timedelta(days=1),
        user=user,
        signed_in_at=database_now(),
    )


# --- Inviting and accepting --------------------------------------------------------------------


def test_an_invitation_is_written_to_the_address_and_only_its_digest_is_kept(cast: Cast) -> None:
    made = invite(cast.maju)

    secret = secret_sent()
    assert made.digest == sha256(secret.encode())
    assert Message.objects.get().address == "baru@contoh.example"
    assert made.expires_at > database_now() + dt.timedelta(days=6)
    assert AuditEntry.objects.get(event=Event.OFFICER_INVITED).actor_uid == "maju"


def test_the_secret_of_a_link_is_gone_once_the_mail_is_sent(
    cast: Cast, mailoutbox: list[object]
) -> None:
    invite(cast.maju)
    secret = secret_sent()

    sender.send_due()

    assert secret in mailoutbox[0].body
    message = Message.objects.get()
    assert secret not in message.url + message.body


def test_whoever_has_an_account_finds_the_invitation_after_signing_in(cast: Cast) -> None:
    invite(cast.maju, cast.stranger.email)

    message = Message.objects.get(recipient=cast.stranger)
    assert message.url == "/invitations/"
    assert "invitation/" not in message.body
    assert [i.provider.code for i in domain.invitations_of(cast.stranger)] == ["maju"]


def test_a_new_account_acts_for_the_firm_with_a_user_id_of_its_own(cast: Cast) -> None:
    terms.ensure()

    user = with_account(an_invitation(cast.maju), full_name="Baru Sekali Contoh")

    assert re.fullmatch(r"baru\d{4}", user.username)
    assert user.full_name == "Baru Sekali Contoh"
    assert user.emailaddress_set.get().verified
    assert place_of(user).right == BIDDER
    assert TermsAcceptance.objects.filter(user=user).exists()
    assert {m.template for m in Message.objects.filter(recipient=user)} == {"officer_welcome"}
    assert Message.objects.filter(recipient=cast.maju, template="officer_joined").exists()


def test_an_account_without_office_and_firm_joins(cast: Cast) -> None:
    domain.accept(an_invitation(cast.maju, email=cast.stranger.email), by=cast.stranger)

    assert place_of(cast.stranger).provider.code == "maju"
    assert AuditEntry.objects.get(event=Event.OFFICER_JOINED).data["officer"] == "stranger"


@pytest.mark.clause("P13(3)")
def test_the_holder_of_an_office_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="office"):
        domain.accept(an_invitation(cast.maju), by=cast.wati)


def test_the_holder_of_an_office_that_begins_later_is_refused(cast: Cast) -> None:
    AssignmentFactory(user=cast.stranger, since=today() + dt.timedelta(days=7))

    with pytest.raises(Refused, match="office"):
        domain.accept(an_invitation(cast.maju), by=cast.stranger)


def test_nobody_acts_for_two_firms(cast: Cast) -> None:
    with pytest.raises(Refused, match="two firms"):
        domain.accept(an_invitation(cast.maju), by=cast.jaya)


@pytest.mark.parametrize("how", ["used", "revoked", "expired", "replaced"])
def test_an_invitation_that_is_over_lets_nobody_in(cast: Cast, how: str) -> None:
    invitation = an_invitation(cast.maju)
    if how == "used":
        domain.accept(invitation, by=cast.stranger)
    elif how == "revoked":
        domain.revoke(invitation, by=cast.maju)
    elif how == "expired":
        Invitation.objects.update(expires_at=database_now())
    else:
        an_invitation(cast.maju, secret="lain")

    with pytest.raises(Refused):
        domain.accept(invitation, by=UserFactory(username="lain"))
    assert not domain.is_open(Invitation.objects.get(pk=invitation.pk))


def test_an_address_with_an_account_opens_no_second_one(cast: Cast) -> None:
    invitation = an_invitation(cast.maju, email=cast.stranger.email)

    with pytest.raises(Refused):
        with_account(invitation)


def test_a_firm_cannot_fill_mailboxes(cast: Cast) -> None:
    for number in range(domain.MOST_A_DAY):
        invite(cast.maju, f"orang{number}@contoh.example")

    with pytest.raises(Refused, match=str(domain.MOST_A_DAY)):
        invite(cast.maju)


# --- Rights ------------------------------------------------------------------------------------


VERBS: dict[str, Callable[[User, User], None]] = {
    "invite": lambda by, _other: invite(by) and None,
    "revoke": lambda by, _other: domain.revoke(Invitation.objects.get(), by=by),
    "change a right": lambda by, other: domain.change_right(place_of(other), READER, by=by),
    "end": lambda by, other: domain.end(place_of(other), by=by),
}


@pytest.mark.parametrize("right", [BIDDER, READER])
@pytest.mark.parametrize("verb", VERBS)
def test_only_an_administrator_decides_who_acts_for_the_firm(
    cast: Cast, verb: str, right: OfficerRight
) -> None:
    an_invitation(cast.maju)
    colleague = a_colleague(cast.provider("maju"), "kolega", right)
    other = a_colleague(cast.provider("maju"), "lain")

    with pytest.raises(PermissionDenied):
        VERBS[verb](colleague, other)


@pytest.mark.parametrize("verb", ["revoke", "change a right", "end"])
def test_the_administrator_of_another_firm_decides_nothing(cast: Cast, verb: str) -> None:
    an_invitation(cast.maju)
    other = a_colleague(cast.provider("maju"), "lain")

    with pytest.raises(PermissionDenied):
        VERBS[verb](cast.jaya, other)


def test_a_right_taken_away_counts_at_once(cast: Cast) -> None:
    """Even for a request that asked for the right before it was taken away."""
    second = a_colleague(cast.provider("maju"), "kedua", ADMINISTRATOR)
    assert second.officer is not None
    domain.change_right(place_of(second), READER, by=cast.maju)

    with pytest.raises(PermissionDenied):
        invite(second)


def test_who_is_let_go_is_signed_out_and_told(cast: Cast) -> None:
    colleague = a_colleague(cast.provider("maju"), "kolega")
    a_session(colleague)
    kept = a_session(cast.maju)

    domain.end(place_of(colleague), by=cast.maju)

    assert colleague.officer_of.get().left_at is not None
    assert list(Session.objects.all()) == [kept]
    assert Message.objects.get(recipient=colleague).template == "officer_ended"


def test_who_leaves_can_act_for_another_firm(cast: Cast) -> None:
    colleague = a_colleague(cast.maju.provider, "kolega", READER)
    a_session(colleague)

    domain.leave(colleague.provider, by=colleague)
    domain.accept(an_invitation(cast.jaya), by=colleague)

    assert place_of(colleague).provider.code == "jaya"
    assert not Session.objects.exists()
    assert Message.objects.filter(recipient=cast.maju, template="officer_left").exists()


def test_the_last_administrator_stays(cast: Cast) -> None:
    a_colleague(cast.provider("maju"), "kolega")
    maju = cast.maju

    with pytest.raises(Refused, match="administrator"):
        domain.leave(maju.provider, by=maju)
    with pytest.raises(Refused, match="administrator"):
        domain.change_right(place_of(maju), READER, by=maju)
    with pytest.raises(Refused, match="administrator"):
        domain.end(place_of(maju), by=maju)


def test_one_who_cannot_sign_in_is_no_other_administrator(cast: Cast) -> None:
    maju = cast.maju
    a_deactivation(a_colleague(maju.provider, "kolega", ADMINISTRATOR), by=cast.wati)

    with pytest.raises(Refused, match="administrator"):
        domain.leave(maju.provider, by=maju)
    with pytest.raises(Refused, match="administrator"):
        domain.change_right(place_of(maju), READER, by=maju)


# --- At the same moment ------------------------------------------------------------------------


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Each in a connection of its own; what became of it."""
    outcomes: list[str] = []
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
            outcomes.append("done")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_accept_one_invitation_one_is_refused() -> None:
    cast = Cast()
    invitation = an_invitation(cast.maju)
    first, second = UserFactory(username="satu"), UserFactory(username="dua")

    outcomes = at_once(
        lambda: domain.accept(invitation, by=first), lambda: domain.accept(invitation, by=second)
    )

    assert outcomes == ["done", "refused"]


@pytest.mark.django_db(transaction=True)
def test_of_two_firms_invitations_accepted_at_once_one_is_refused() -> None:
    cast = Cast()
    mine, theirs = an_invitation(cast.maju), an_invitation(cast.jaya, secret="lain")
    pk = UserFactory(username="satu").pk

    outcomes = at_once(
        lambda: domain.accept(mine, by=User.objects.get(pk=pk)),
        lambda: domain.accept(theirs, by=User.objects.get(pk=pk)),
    )

    assert outcomes == ["done", "refused"]


@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_both_leave() -> None:
    cast = Cast()
    firm, maju = cast.provider("maju"), cast.maju
    second = a_colleague(firm, "kedua", ADMINISTRATOR)

    outcomes = at_once(lambda: domain.leave(firm, by=maju), lambda: domain.leave(firm, by=second))

    assert outcomes == ["done", "refused"]
