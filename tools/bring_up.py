"""Between the servers and the web: schema, keys, the sample LPSE. Runs in ``.venv``.

One process for all of it, because starting Django costs more than most of these steps.
``tools/office.py`` starts it with the settings and the import path in the environment.
"""

from __future__ import annotations

from pathlib import Path

import django
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import OperationalError, connections
from django.db.migrations.exceptions import InconsistentMigrationHistory
from steps import Problem, main, step


def bring_up() -> int:
    """Migrate as the owner; make what a first start has to make; note who can sign in."""
    with step("Application"):
        django.setup()
    with step("Database schema") as this:
        _migrate()
        this.note = "up to date"
    with step("Keys of this LPSE"):
        call_command("init_lpse", verbosity=0)
    with step("Calendar of holidays"):
        call_command("seed_holidays", verbosity=0)
    with step("Terms of use"):
        call_command("first_terms", verbosity=0)
    people = Path(settings.VAR_DIR) / "sample_people.txt"
    people.unlink(missing_ok=True)
    if settings.SAMPLE_INSTALLATION:
        first = not get_user_model().objects.exists()
        with step(f"Sample LPSE{' (once, a minute or two)' if first else ''}") as this:
            this.note = _load_sample()
        with people.open("w") as table:
            call_command("sample_people", stdout=table)
    return 0


def _load_sample() -> str:
    """Load it into an empty database; one that was interrupted half-way is no use to anybody."""
    unfinished = Path(settings.VAR_DIR) / "sample_unfinished"
    if unfinished.exists():
        raise Problem(
            "The sample LPSE was loaded only in part: an earlier start was interrupted.",
            f"rm -r {settings.VAR_DIR}, and start again with an empty office",
        )
    if get_user_model().objects.exists():
        return "already there"
    unfinished.touch()
    call_command("load_sample", verbosity=0)
    unfinished.unlink()
    return "loaded"


def _migrate() -> None:
    try:
        connections["owner"].ensure_connection()
        connections["default"].ensure_connection()
        call_command("migrate", database="owner", interactive=False, verbosity=0)
    except OperationalError as error:
        raise Problem(
            f"The database does not let us in: {str(error).splitlines()[0]}",
            "mend DATABASE_URL or DATABASE_OWNER_URL, or unset both to use our own PostgreSQL",
        ) from error
    except InconsistentMigrationHistory as error:
        raise Problem(
            f"The database was made by other migrations: {error}",
            f"return to that version, or rm -r {settings.VAR_DIR} to begin with an empty office",
        ) from error


if __name__ == "__main__":
    main(bring_up)
