"""The test database: made and migrated by the owner, used by the application's own role.

Migrating takes seconds and copying a database does not: the migrated one is kept as a template
under the digest of what made it, and every worker of every run works on its own copy.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.core.management import call_command
from django.db import connections
from psycopg import sql

ROOT = Path(__file__).parent.parent
MAKERS = ["*/migrations/*.py", "*/*/migrations/*.py", "*/models.py", "*/models/*.py"]
MAKERS += ["lpse/*/models.py", "lpse/grants.py", "requirements/app.txt"]
ONE_AT_A_TIME = 20_102  # the key of an advisory lock: Perka LKPP 2/2010
# Made by migrating and never changed by a test.
KEPT = {"django_migrations", "django_content_type", "auth_permission"}


@contextmanager
def made() -> Iterator[str]:
    """A database of our own for both connections, dropped at the end; gives its name."""
    run = os.environ.get("LPSE_TEST_RUN", os.environ.get("PYTEST_XDIST_TESTRUNUID", os.getpid()))
    name = f"test_{run}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with _server() as server:
        server.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        template = _template(server)
        server.execute(_say("CREATE DATABASE {} TEMPLATE {}", name, template))
        # Rights on a database itself are not copied with it.
        server.execute(_say("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC", name))
    _point_at(name)
    try:
        yield name
    finally:
        connections.close_all()
        with _server() as server:
            server.execute(_say("DROP DATABASE {} WITH (FORCE)", name))


def empty() -> None:
    """Take every row away, as the owner: the application's role may not.

    One TRUNCATE of the tables that hold something; what would refuse it is stilled meanwhile.
    """
    with _owner(connections["owner"].settings_dict["NAME"]) as database:
        tables = [
            name
            for (name,) in database.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
            )
            if name not in KEPT
        ]
        holds_rows = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(name, sql.Identifier(name))
            for name in tables
        )
        used = [name for (name,) in database.execute(holds_rows)]
        if not used:
            return
        with database.transaction():
            database.execute("SET LOCAL lock_timeout = '20s'")
            for name in used:
                database.execute(_say("ALTER TABLE {} DISABLE TRIGGER USER", name))
            list_of_used = sql.SQL(", ").join(map(sql.Identifier, used))
            database.execute(sql.SQL("TRUNCATE {} CASCADE").format(list_of_used))
            for name in used:
                database.execute(_say("ALTER TABLE {} ENABLE TRIGGER USER", name))


def _template(server: psycopg.Connection) -> str:
    """The migrated database for the present sources, made now if there is none."""
    name = f"migrated_{_digest()}"
    if not server.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone():
        for (old,) in server.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'migrated_%' OR datname = 'half'"
        ).fetchall():
            server.execute(_say("DROP DATABASE {} WITH (FORCE)", old))
        server.execute("CREATE DATABASE half")
        _point_at("half")
        call_command("migrate", database="owner", interactive=False, verbosity=0)
        connections.close_all()
        server.execute(_say("ALTER DATABASE half RENAME TO {}", name))
    return name


def _digest() -> str:
    digest = hashlib.sha256()
    for path in sorted({path for pattern in MAKERS for path in ROOT.glob(pattern)}):
        if not path.is_relative_to(ROOT / "node_modules"):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _point_at(name: str) -> None:
    connections.close_all()
    for alias in connections:
        connections[alias].settings_dict["NAME"] = name


def _server() -> psycopg.Connection:
    return _owner("postgres")


def _owner(database: str) -> psycopg.Connection:
    """The owner's connection outside Django, which tests are not allowed to use up or break."""
    known = connections["owner"].settings_dict
    return psycopg.connect(
        host=known["HOST"],
        port=known["PORT"],
        user=known["USER"],
        password=known["PASSWORD"],
        dbname=database,
        autocommit=True,
    )


def _say(statement: str, *names: str) -> sql.Composed:
    return sql.SQL(statement).format(*map(sql.Identifier, names))
