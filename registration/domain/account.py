"""Accounts: registered by the LPSE, kept by their person."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _

from lpse.audit.events import Event
from lpse.audit.log import record
from lpse.errors import Refused
from lpse.mail import notify
from registration.domain import session
from registration.models import User


@transaction.atomic
def register(
    *, username: str, full_name: str, email: str, employee_number: str = "", by: User | None
) -> User:
    """Give a person a User ID (P22(1)b); ``by`` is ``None`` for the installation itself.

    The person makes the password, by a link to the own mailbox: nobody else ever knows it.
    """
    if by is not None and not by.has_perm("registration.register_user"):
        raise PermissionDenied
    if User.objects.filter(username=username.lower()).exists():
        raise Refused(_("This User ID belongs to somebody already, for ever."), field="username")
    if User.objects.filter(email=email.lower()).exists():
        raise Refused(_("Another account has this e-mail address."), field="email")
    user = User.objects.create_user(
        username, email=email, full_name=full_name, employee_number=employee_number
    )
    EmailAddress.objects.create(user=user, email=user.email, primary=True)
    record(Event.ACCOUNT_CREATED, subject=user, by=by, username=user.username)
    notify([user], "account_registered", url=reverse("account_reset_password"))
    return user


@transaction.atomic
def correct(user: User, *, full_name: str, employee_number: str, by: User) -> None:
    """Correct what the LPSE has verified: the name and the NIP."""
    if not by.has_perm("registration.correct_user", user):
        raise PermissionDenied
    locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    new = {"full_name": full_name, "employee_number": employee_number}
    changed = [name for name, value in new.items() if getattr(locked, name) != value]
    if not changed:
        return
    for name in changed:
        setattr(user, name, new[name])
    user.save(update_fields=changed)
    record(Event.ACCOUNT_CHANGED, subject=user, by=by, fields=changed)


@transaction.atomic
def read(user: User, *, by: User) -> None:
    """Record that ``by`` looked at what is kept about ``user``; the own account needs none."""
    if user.pk != by.pk:
        record(Event.PERSONAL_DATA_READ, subject=user, by=by)


@transaction.atomic
def read_about(subject: Model, *, by: User) -> None:
    """Record that ``by`` looked at personal data kept with ``subject``: a firm, an entry."""
    record(Event.PERSONAL_DATA_READ, subject=subject, by=by)


@transaction.atomic
def choose_language(user: User, language: str) -> None:
    """In which language messages are written to ``user``."""
    if user.language == language:
        return
    user.language = language
    user.save(update_fields=["language"])
    record(Event.ACCOUNT_CHANGED, subject=user, by=user, fields=["language"])


@transaction.atomic
def set_password(user: User, password: str, *, session_key: str | None) -> None:
    """Change the password and sign out everywhere but in the session ``session_key``."""
    user.set_password(password)
    user.save(update_fields=["password"])
    session.end_all(user, but=session_key)
    record(Event.ACCOUNT_PASSWORD_CHANGED, subject=user, by=user)
    notify([user], "password_changed", url=reverse("account"))


@transaction.atomic
def email_changed(user: User, *, by: User) -> None:
    """Record that a new address was confirmed and is used from now on."""
    record(Event.ACCOUNT_EMAIL_CHANGED, subject=user, by=by)


@transaction.atomic
def factor_changed(user: User, event: Event, kind: str, *, by: User) -> None:
    """Record and tell that a way to sign in was added or removed."""
    record(event, subject=user, by=by, kind=kind)
    is_added = event == Event.ACCOUNT_FACTOR_ADDED
    notify([user], "factor_changed", url=reverse("account"), kind=kind, is_added=is_added)


@transaction.atomic
def remove_factors(user: User, *, by: User) -> None:
    """For somebody who lost every second factor and stands at the desk with the decree.

    The adversary is whoever can talk a verifier into it: the person is told, it is recorded,
    and the password alone is asked only until a new factor is set up.
    """
    if not by.has_perm("registration.correct_user", user):
        raise PermissionDenied
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    removed, _rows = Authenticator.objects.filter(user_id=user.pk).delete()
    if not removed:
        raise Refused(_("This account has no second factor."))
    session.end_all(user)
    record(Event.ACCOUNT_FACTOR_REMOVED, subject=user, by=by, kind="all")
    notify([user], "factors_removed", url=reverse("mfa_index"))


@transaction.atomic
def recovery_codes_made(user: User, *, by: User) -> None:
    record(Event.ACCOUNT_RECOVERY_CODES_MADE, subject=user, by=by)


@transaction.atomic
def signed_in(user: User, *, factor: str, device_is_new: bool) -> None:
    """Record a complete sign-in; tell the person of one from another device than before."""
    record(Event.ACCOUNT_SIGNED_IN, subject=user, by=user, factor=factor)
    if device_is_new:
        notify([user], "device_new", url=reverse("account"))
