"""What follows from things that happen in allauth's own flows."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account_signals
from allauth.mfa import signals as mfa_signals
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from lpse.audit.events import Event
from registration import browser
from registration.domain import account
from registration.models import User


@receiver(account_signals.user_logged_in)
def on_sign_in(request: HttpRequest, user: User, **_: Any) -> None:
    browser.complete_sign_in(request, user)


@receiver(user_logged_out)
def on_sign_out(request: HttpRequest, **_: Any) -> None:
    """The session still says where it was; a moment later it is gone."""
    request.leaves_shared_computer = bool(request.session.get(browser.SHARED))  # type: ignore[attr-defined]


@receiver(account_signals.password_reset)
def on_password_reset(request: HttpRequest, user: User, **_: Any) -> None:
    """The link came from the own mailbox: from here on this browser is known."""
    browser.remember_device(request, user)


@receiver(account_signals.email_changed)
def on_email_changed(user: User, **_: Any) -> None:
    account.email_changed(user, by=user)


@receiver(mfa_signals.authenticator_used)
def on_factor_used(
    request: HttpRequest, user: User, authenticator: Authenticator, **_: Any
) -> None:
    browser.mark_second_factor(request, user, authenticator.type)


@receiver(mfa_signals.authenticator_added)
def on_factor_added(
    request: HttpRequest, user: User, authenticator: Authenticator, **_: Any
) -> None:
    """Whoever adds a factor has just shown that it is at hand."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        account.recovery_codes_made(user, by=user)
        return
    browser.mark_second_factor(request, user, authenticator.type)
    account.factor_changed(user, Event.ACCOUNT_FACTOR_ADDED, authenticator.type, by=user)


@receiver(mfa_signals.authenticator_removed)
def on_factor_removed(user: User, authenticator: Authenticator, **_: Any) -> None:
    account.factor_changed(user, Event.ACCOUNT_FACTOR_REMOVED, authenticator.type, by=user)


@receiver(mfa_signals.authenticator_reset)
def on_recovery_codes_made(user: User, **_: Any) -> None:
    account.recovery_codes_made(user, by=user)
