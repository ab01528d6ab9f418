"""The steps of signing in that differ from allauth's."""

from __future__ import annotations

from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest


class SecondFactorStage(AuthenticateStage):
    """Not asked of who has just proven the second factor together with the password."""

    def _should_handle(self, request: HttpRequest) -> bool:
        proven = getattr(request, "proven_by_codes", None)
        if self.login.user is not None and proven == self.login.user.get_username():
            return False
        return bool(super()._should_handle(request))
