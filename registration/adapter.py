"""What allauth asks this house."""

from __future__ import annotations

from typing import Any

import segno
import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lpse.sealing import at_rest
from registration import browser
from registration.domain import account, limits, second_factor
from registration.models import SignInFailure, User

TOTP_SEED = "second factor"
STAGES = {"allauth.mfa.stages.AuthenticateStage": "registration.stages.SecondFactorStage"}

log = structlog.get_logger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Signing in by User ID. Nobody opens an account alone: the LPSE verifies first (P10(2))."""

    attempt: SignInFailure | None = None

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This User ID has been deactivated by the LPSE."),
        "duplicate_email": _("This is your e-mail address already."),
        "email_taken": _("Another account has this e-mail address."),
        "enter_current_password": _("This is not your present password."),
        "incorrect_password": _("This is not your password."),
        "incorrect_code": _("This code is wrong, too old or was used before."),
        "invalid_password_reset": _("This link is not valid, or no longer."),
        "rate_limited": _("Too many requests in a short time. Wait a few minutes."),
        "same_as_current": _("The new value must differ from the present one."),
        "too_many_login_attempts": _(
            "Wrong passwords were typed too often from devices that this account does not know."
        ),
        "username_password_mismatch": _("The User ID or the password is wrong."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def get_login_stages(self) -> list[str]:
        return [STAGES.get(stage, stage) for stage in super().get_login_stages()]

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse before the password costs anything, unless two codes in a row were right."""
        user_id = credentials["username"]
        is_proven = getattr(request, "proven_by_codes", None) == user_id.strip().lower()
        count = limits.failed if is_proven else limits.begin
        device, address = browser.device_of(request, user_id), browser.address_of(request)
        self.attempt = count(user_id, "password", device, address)
        if self.attempt is None:
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if user is not None and self.attempt is not None:
            limits.passed(self.attempt)
        return user

    def set_password(self, user: User, password: str) -> None:  # type: ignore[override]
        account.set_password(user, password, session_key=self.request.session.session_key)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002
        return reverse("account")

    def get_email_verification_redirect_url(self, email_address: Any) -> str:  # noqa: ARG002
        return reverse("account" if self.request.user.is_authenticated else "account_login")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Links with a secret in them are sent at once and kept nowhere, unlike messages."""
        try:
            super().send_mail(template_prefix, email, context | {"office": settings.LPSE_NAME})
        except OSError as error:  # SMTPException is one
            log.warning("email_not_sent", template=template_prefix, error=type(error).__name__)

    def send_notification_mail(  # type: ignore[override]
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Only what must reach the former address; everything else goes through ``notify``."""
        if template_prefix == "account/email/email_changed" and email:
            self.send_mail(template_prefix, email, (context or {}) | {"user": user})


class MFAAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is wrong, too old or was used before."),
        "cannot_delete_authenticator": _(
            "Your office, or a tender that you are named to open, needs a second factor: add "
            "another one before removing this."
        ),
    }

    def encrypt(self, text: str) -> str:
        return at_rest.lock(text, TOTP_SEED)

    def decrypt(self, encrypted_text: str) -> str:
        return at_rest.unlock(encrypted_text, TOTP_SEED)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Who holds an office, or opens a tender, keeps at least one."""
        others = Authenticator.objects.filter(
            user_id=authenticator.user_id,
            type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN],
        ).exclude(pk=authenticator.pk)
        return others.exists() or not second_factor.is_needed_by(authenticator.user)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Key %(number)d") % {"number": count + 1}

    def build_totp_svg(self, url: str) -> str:
        """The picture as part of the page: our content security policy takes no data: address."""
        picture: str = segno.make(url, error="m").svg_inline(border=4, omitsize=True)
        return picture

    def _get_user_identifier(self, user: Any) -> str:
        return str(user.get_username())

    def _get_site_name(self) -> str:
        return str(settings.LPSE_NAME)
