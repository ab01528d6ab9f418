"""The session engine: Django's in the database, with the person beside it."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils.dateparse import parse_datetime

from registration.models import Session

SIGN_IN = "sign_in"  # when, from which address and with which browser


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        session = cast(Session, super().create_model_instance(data))
        session.user_id = data.get(SESSION_KEY)
        if sign_in := data.get(SIGN_IN):
            session.signed_in_at = parse_datetime(sign_in["at"])
            session.address = sign_in["address"]
            session.user_agent = sign_in["user_agent"]
        return session
