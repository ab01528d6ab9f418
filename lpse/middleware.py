"""What every request goes through: an id, a language, and the headers that bind the browser."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# Nothing inline, nothing evaluated, nothing from elsewhere. The adversary is whoever gets a
# string of theirs into a page: a provider's name, a file name, a question.
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "'none'",
}
# Sealing, opening and key pages fetch their worker with an integrity digest and start it from
# a blob: neither SRI nor Integrity-Policy covers the script of a worker.
WORKER_POLICY = POLICY | {"worker-src": "'self' blob:", "trusted-types": "worker"}

HEADERS = {
    "Integrity-Policy": "blocked-destinations=(script)",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "publickey-credentials-get=(self), publickey-credentials-create=(self), camera=(), "
        "microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"
    ),
}

REQUEST_ID = re.compile(r"[0-9A-Za-z-]{8,64}")


def security_headers(get_response: GetResponse) -> GetResponse:
    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        policy = WORKER_POLICY if getattr(response, "uses_worker", False) else POLICY
        # A file that somebody uploaded is given out under a stricter one (lpse.files.serve).
        response.headers.setdefault(
            "Content-Security-Policy",
            "; ".join(f"{directive} {sources}" for directive, sources in policy.items()),
        )
        for name, value in HEADERS.items():
            response[name] = value
        return response

    return middleware


def uses_worker(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Mark a page that seals or opens; it is the only relaxation of the policy."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response.uses_worker = True  # type: ignore[attr-defined]
        return response

    return wrapper


def request_id(get_response: GetResponse) -> GetResponse:
    """Name the request, so that a user's report and the logs can meet.

    A name given by the proxy in front is kept, if it looks like one.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        name = given if REQUEST_ID.fullmatch(given) else str(uuid.uuid4())
        request.id = name  # type: ignore[attr-defined]
        with structlog.contextvars.bound_contextvars(request_id=name):
            response = get_response(request)
        response["X-Request-ID"] = name
        return response

    return middleware


def language(get_response: GetResponse) -> GetResponse:
    """The language chosen on the page, else the office's: Indonesian first, English by choice.

    Not Django's ``LocaleMiddleware``: that follows the browser, and many browsers in
    Indonesia were installed in English.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        known = dict(settings.LANGUAGES)
        with translation.override(chosen if chosen in known else settings.LANGUAGE_CODE):
            request.LANGUAGE_CODE = translation.get_language()
            response = get_response(request)
            response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        patch_vary_headers(response, ("Cookie",))
        return response

    return middleware
