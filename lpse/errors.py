"""The one exception that domain code raises at a user."""

from __future__ import annotations


class Refused(Exception):
    """The request is understood and not allowed now; the message says why, for the user."""

    def __init__(self, reason: object, *, field: str | None = None) -> None:
        super().__init__(reason)
        self.field = field  # the form field the reason belongs to, where there is one
