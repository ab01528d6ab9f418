"""Signing in as a browser does, without one."""

from __future__ import annotations

import time
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP
from django.http import HttpResponse
from django.urls import reverse

from registration.domain import totp
from registration.models import User
from tests.cast import Client

PASSWORD = "sandi-contoh-panjang"
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return user


def with_app(user: User) -> User:
    TOTP.activate(user, SECRET)
    return with_password(user)


def code(steps: int = 0) -> str:
    return totp.hotp(SECRET, int(time.time()) // 30 + steps)


def sign_in(
    client: Client, user_id: str, password: str = PASSWORD, *, address: str = "", **fields: Any
) -> HttpResponse:
    data = {"login": user_id, "password": password, **fields}
    extra = {"REMOTE_ADDR": address} if address else {}
    return client.post(reverse("account_login"), data, **extra)


def signed_in_as(client: Client) -> str | None:
    pk = client.session.get("_auth_user_id")
    return User.objects.get(pk=pk).username if pk else None
