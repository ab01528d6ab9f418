"""An account for whoever wants to become a provider (P22(1)a.1), by way of the own mailbox.

The adversary asks with other people's addresses: to learn who has an account, to fill a mailbox,
or to use up what the owner may ask. So the page always says the same; an address gets few mails,
and those it got keep working; and a browser that asks for too many is told so, nobody else.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from allauth.account.models import EmailAddress
from django.core import signing
from django.db import connection, transaction
from django.db.models import Value
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext as _

from lpse.audit.events import Event
from lpse.audit.log import record
from lpse.errors import Refused
from lpse.mail import notify, notify_address
from registration.domain import terms
from registration.models import SignUpRequest, User

SALT = "registration.signup"
VALID_FOR = dt.timedelta(days=1)
LONGEST_ADDRESS = 150  # in UTF-8: its link has to fit into a message

MOST_FOR_AN_ADDRESS = 3
MOST_BY_A_DEVICE = 20
WINDOW = dt.timedelta(minutes=30)
KEPT = dt.timedelta(days=1)
LOCK = 0x52454749  # "REGI", the first half of the advisory lock's name

DIGITS_OF_A_USER_ID = 4


@transaction.atomic(durable=True)
def ask(address: str, *, device: str, language: str) -> None:
    """Write to ``address`` how to go on, whether it has an account or not."""
    address = address.strip().lower()
    if len(address.encode()) > LONGEST_ADDRESS:
        raise Refused(_("This e-mail address is too long."), field="email")
    if not gets_another(address, device=device):
        return
    if has_account(address):
        notify_address(address, "signup_known", language=language, url=reverse("account_login"))
    else:
        url = reverse("register_confirm", kwargs={"token": token_for(address)})
        notify_address(address, "signup_link", language=language, url=url)


def gets_another(address: str, *, device: str, purpose: str = "") -> bool:
    """Count a mail that ``device`` asks for; whether ``address`` gets it too.

    An address is counted for each ``purpose``: mails that somebody else asks for must not use up
    the one that helps its owner.
    """
    _take_turn(address)
    if _is_too_much(device=device, most=MOST_BY_A_DEVICE):
        raise Refused(_("Too many requests in a short time. Wait half an hour."))
    counted = _digest(purpose + address)
    is_enough = _is_too_much(address=counted, most=MOST_FOR_AN_ADDRESS)
    SignUpRequest.objects.create(address=counted, device=device)
    return not is_enough


def token_for(address: str) -> str:
    """What proves that the mailbox was read; it is kept nowhere but in the link."""
    packed = urlsafe_base64_encode(address.encode())
    return signing.TimestampSigner(salt=SALT).sign(packed)


def address_of(token: str) -> str | None:
    """The address whose mailbox the link was sent to, while the link is valid."""
    try:
        packed = signing.TimestampSigner(salt=SALT).unsign(token, max_age=VALID_FOR)
    except signing.BadSignature:
        return None
    return urlsafe_base64_decode(packed).decode()


def has_account(address: str) -> bool:
    """An address that somebody only typed into an account is not that account's yet."""
    return (
        User.objects.filter(email=address).exists()
        or EmailAddress.objects.filter(email=address, verified=True).exists()
    )


@transaction.atomic
def open_account(
    token: str,
    *,
    wish: str,
    full_name: str,
    password: str,
    terms_version: int | None,
    language: str,
) -> User:
    """The account of whoever read the mailbox, under the User ID wished and some digits.

    The digits are chosen here (docs/adr/0014): so the page never says that a User ID is taken.
    """
    address = address_of(token)
    if address is None:
        raise Refused(_("This link is not valid, or no longer. Ask for a new one."))
    user = create_account(
        address,
        wish=wish,
        full_name=full_name,
        password=password,
        terms_version=terms_version,
        language=language,
    )
    notify([user], "account_opened", url=reverse("application"))
    return user


@transaction.atomic
def create_account(
    address: str,
    *,
    wish: str,
    full_name: str,
    password: str,
    terms_version: int | None,
    language: str,
) -> User:
    """An account for whoever has shown to read the mailbox ``address``."""
    _take_turn(address)
    if has_account(address):
        raise Refused(_("This address has an account already."))
    in_force = terms.in_force()
    if in_force is not None and in_force.version != terms_version:
        raise Refused(
            _("The terms of use have just changed. Please read the new ones."), field="terms"
        )
    user = User.objects.create_user(
        _free_user_id(wish),
        email=address,
        full_name=full_name,
        password=password,
        language=language,
    )
    EmailAddress.objects.create(user=user, email=address, primary=True, verified=True)
    record(Event.ACCOUNT_CREATED, subject=user, by=None, username=user.username)
    if in_force is not None:
        terms.accept(user, in_force)
    return user


def forget_old_requests() -> int:
    old = SignUpRequest.objects.filter(asked_at__lt=Now() - Value(KEPT))
    return old.delete()[0]


def _free_user_id(wish: str) -> str:
    """``wish`` and digits by chance. Nothing is learned from which ones they are."""
    while True:
        number = secrets.randbelow(10**DIGITS_OF_A_USER_ID)
        user_id = f"{wish.lower()}{number:0{DIGITS_OF_A_USER_ID}}"
        if not User.objects.filter(username=user_id).exists():
            return user_id


def _is_too_much(*, most: int, **counted: str) -> bool:
    recent = SignUpRequest.objects.filter(asked_at__gt=Now() - Value(WINDOW), **counted)
    return recent[:most].count() >= most


def _take_turn(address: str) -> None:
    """Requests about one address pass one after the other, or two would be counted as one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK, _digest(address)])


def _digest(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()
