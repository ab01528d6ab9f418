"""What a request tells of the browser it comes from."""

from __future__ import annotations

import hashlib

from allauth.core.internal.httpkit import get_client_ip
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from lpse.clock import database_now
from registration.domain import account, device, limits
from registration.models import User
from registration.sessions import SIGN_IN

COOKIE = "device"
COOKIE_AGE = 400 * 24 * 60 * 60  # the longest a browser keeps one
SHARED = "shared_computer"  # session key: nothing may stay on this computer
SECOND_FACTOR = "second_factor"  # session key: whose second factor was shown, and which


def address_of(request: HttpRequest) -> str | None:
    return get_client_ip(request)


def user_agent_of(request: HttpRequest) -> str:
    return str(request.META.get("HTTP_USER_AGENT", ""))[:200]


def device_of(request: HttpRequest, user_id: str) -> str:
    """The device as ``user_id``'s account knows it, or ``limits.UNKNOWN``.

    A session of the same person is a device too: it has signed in, if not for ever.
    """
    if request.user.is_authenticated and request.user.get_username() == user_id.strip().lower():
        key = request.session.session_key or ""
        return hashlib.sha256(f"session {key}".encode()).hexdigest()
    secret = request.COOKIES.get(COOKIE, "")
    digest = device.digest(secret)
    return digest if secret and device.is_known(user_id, digest) else limits.UNKNOWN


def remember_device(request: HttpRequest, user: User) -> bool:
    """Know this browser from now on; whether it is another one than before."""
    secret = request.COOKIES.get(COOKIE) or device.new_secret()
    request.device_secret = secret  # type: ignore[attr-defined]
    return device.remember(user, device.digest(secret), user_agent_of(request))


def name_device(request: HttpRequest) -> str:
    """Tell this browser from others from now on, whoever sits at it: only to count."""
    secret = request.COOKIES.get(COOKIE) or device.new_secret()
    request.device_secret = secret  # type: ignore[attr-defined]
    return device.digest(secret)


def set_device_cookie(request: HttpRequest, response: HttpResponseBase) -> None:
    """Give the browser what :func:`remember_device` knows it by."""
    if secret := getattr(request, "device_secret", ""):
        response.set_cookie(
            COOKIE,
            secret,
            max_age=COOKIE_AGE,
            path="/",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def mark_second_factor(request: HttpRequest, user: User, kind: str) -> None:
    request.session[SECOND_FACTOR] = {"user": str(user.pk), "kind": kind}


def second_factor_of(request: HttpRequest) -> str:
    """The kind of second factor that the person of this session has shown, or nothing."""
    mark = request.session.get(SECOND_FACTOR) or {}
    return str(mark["kind"]) if mark.get("user") == str(request.user.pk) else ""


def complete_sign_in(request: HttpRequest, user: User) -> None:
    """What belongs to every complete sign-in, whichever way it came."""
    request.session[SIGN_IN] = {
        "at": database_now().isoformat(),
        "address": address_of(request),
        "user_agent": user_agent_of(request),
    }
    if request.session.get(SHARED) or "shared" in request.POST:
        request.session[SHARED] = True
        request.session.set_expiry(0)  # until the browser is closed
        is_new = False
    else:
        is_new = remember_device(request, user)
    factor = second_factor_of(request) or "password"
    account.signed_in(user, factor=factor, device_is_new=is_new)
