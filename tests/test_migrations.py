from __future__ import annotations

import io

import pytest
from django.core.management import call_command

OURS = [
    "audit",
    "bidding",
    "calendar",
    "files",
    "ledger",
    "mail",
    "operations",
    "procurement",
    "registration",
]


@pytest.mark.django_db
def test_the_migrations_make_what_the_models_say() -> None:
    said = io.StringIO()

    try:
        call_command("makemigrations", *OURS, check=True, dry_run=True, stdout=said)
    except SystemExit:
        pytest.fail(said.getvalue())
