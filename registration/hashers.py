"""How passwords are kept."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class SmallArgon2id(Argon2PasswordHasher):
    """Argon2id with OWASP's small parameters.

    Everybody signs in on the day of a deadline. Django's default costs eight times as much, and
    its PBKDF2 ten times: that would be the wall, not the bids.
    """

    memory_cost = 19 * 1024  # KiB
    time_cost = 2
    parallelism = 1
