"""What the application's database role may do: everything a clerk does, nothing an archivist must
prevent.

The adversary is whoever has got hold of the running application (its SQL, not its host). It owns
no table, so it can neither TRUNCATE nor drop nor disable a trigger; what is written once it can
only add to. The owner of the tables migrates, and grants this afresh after every migration.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction

from lpse.models import AppendOnly

# pgtrigger lets a session name triggers to be skipped. No session may.
NEVER_IGNORE = """
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name NAME)
RETURNS BOOLEAN LANGUAGE sql IMMUTABLE AS 'SELECT false'
"""


def after_migrate(*, using: str, **_: Any) -> None:
    """Receive ``post_migrate``; migrations run as the owner."""
    owner = connections[using].settings_dict["USER"]
    role = settings.DATABASES[DEFAULT_DB_ALIAS]["USER"]
    if owner != role:
        grant(using, role)


def append_only_tables() -> list[str]:
    """The tables whose rows are written once."""
    return sorted(m._meta.db_table for m in apps.get_models() if issubclass(m, AppendOnly))


def grant(using: str, role: str) -> None:
    """Give ``role`` exactly its rights, in one step: nobody ever sees less or more."""
    connection = connections[using]
    quote = connection.ops.quote_name
    to = quote(role)
    statements = [
        NEVER_IGNORE,
        # A temporary table could stand in for a real one inside a trigger's function.
        f"REVOKE TEMPORARY ON DATABASE {quote(connection.settings_dict['NAME'])} FROM PUBLIC",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {to}",
        f"GRANT USAGE ON SCHEMA public TO {to}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {to}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {to}",
        f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {to}",
        *(f"REVOKE UPDATE, DELETE ON {quote(name)} FROM {to}" for name in append_only_tables()),
    ]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
