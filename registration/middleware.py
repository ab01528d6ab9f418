"""What every request of somebody signed in goes through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from registration import browser
from registration.domain import second_factor, terms

GetResponse = Callable[[HttpRequest], HttpResponseBase]

ALWAYS = {"account_logout", "set_language"}
# To set a second factor up, and nothing else.
WITHOUT_A_FACTOR = ALWAYS | {
    "account_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
}
# To show the one there is. Not to change it: the password alone must not be enough for that.
BEFORE_THE_FACTOR = ALWAYS | {"mfa_reauthenticate", "mfa_reauthenticate_webauthn"}


def device_cookie(get_response: GetResponse) -> GetResponse:
    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        browser.set_device_cookie(request, response)
        return response

    return middleware


def shared_computer(get_response: GetResponse) -> GetResponse:
    """Leave no page behind on a computer that is not the person's own (P23(1)).

    The adversary comes next to the same desk in the bidding room, and presses "back".
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if getattr(request, "leaves_shared_computer", False):
            response["Clear-Site-Data"] = '"cache", "storage"'
        elif request.session.accessed and request.session.get(browser.SHARED):
            response["Cache-Control"] = "no-store"
        return response

    return middleware


def second_factor_required(get_response: GetResponse) -> GetResponse:
    """Ask who holds an office, or opens a tender, for a second factor, whatever the page.

    The adversary has the password of an officer: by phishing, or because it was used elsewhere.
    Providers choose for themselves; whom they chose one for is asked for it when signing in.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return get_response(request)

    def process_view(
        request: HttpRequest, _view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        user = request.user
        if not user.is_authenticated or browser.second_factor_of(request):
            return None
        if not second_factor.is_needed_by(user):
            return None
        kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
        has_factor = is_mfa_enabled(user, kinds)
        allowed = BEFORE_THE_FACTOR if has_factor else WITHOUT_A_FACTOR
        name = request.resolver_match.url_name if request.resolver_match else None
        if name in allowed:
            return None
        if not has_factor:
            messages.warning(
                request,
                _(
                    "Your office, or a tender that you are named to open, needs a second factor "
                    "beside the password. Set one up to go on."
                ),
            )
            return HttpResponseRedirect(reverse("mfa_index"))
        by_code = is_mfa_enabled(user, [Authenticator.Type.TOTP])
        page = "mfa_reauthenticate" if by_code else "mfa_reauthenticate_webauthn"
        query = urlencode({"next": request.get_full_path() if request.method == "GET" else "/"})
        return HttpResponseRedirect(f"{reverse(page)}?{query}")

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware


# Where somebody is led to, and what leads away from the whole thing.
BEFORE_THE_TERMS = (
    WITHOUT_A_FACTOR | BEFORE_THE_FACTOR | {"terms", "terms_version", "terms_accept", "privacy"}
)
# Bids wait for nobody's signature under a text. The adversary publishes a new version twelve
# minutes before a deadline, and every bidder but one stands before a page of twenty paragraphs;
# or a form that took an hour to fill in is lost to a redirect. So only a page that is read is
# ever held back, never an act, a file or a program's question, and nothing of a bid at all:
# whoever bids now accepts on the next page that is none.
NEVER_HELD_BACK = {"bidding"}


def terms_accepted(get_response: GetResponse) -> GetResponse:
    """Lead whoever has not accepted the terms in force to them, when a page is asked for."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return get_response(request)

    def process_view(
        request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        if not request.user.is_authenticated or request.method != "GET" or match is None:
            return None
        if match.url_name in BEFORE_THE_TERMS or NEVER_HELD_BACK & set(match.app_names):
            return None
        # Files and JSON are no page: their views record a reading, or are marked as an API.
        if getattr(view, "kind", "page") not in {"page", "form_page"}:
            return None
        if not request.accepts("text/html") or not getattr(view, "login_required", True):
            return None
        if terms.owed_by(request.user) is None:
            return None
        query = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('terms_accept')}?{query}")

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware
