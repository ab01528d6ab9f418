"""The application's own role, tried with plain SQL: what it may not, PostgreSQL refuses."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction

from lpse.grants import append_only_tables
from registration.models import Session
from registration.sessions import SessionStore

pytestmark = pytest.mark.django_db


def rights(table: str) -> set[str]:
    """What the role of this connection may do to a table."""
    kinds = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER", "REFERENCES")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind FROM unnest(%s::text[]) AS kind WHERE has_table_privilege(%s, kind)",
            [list(kinds), table],
        )
        return {kind for (kind,) in cursor.fetchall()}


def refused(statement: str) -> None:
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be (owner|superuser)"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_the_tests_themselves_are_not_the_owner() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        assert cursor.fetchone() == (0,)


def test_there_are_tables_whose_rows_are_written_once() -> None:
    assert "audit_auditentry" in append_only_tables()


def test_what_is_written_once_can_only_be_read_and_added_to() -> None:
    assert {table: rights(table) for table in append_only_tables()} == {
        table: {"SELECT", "INSERT"} for table in append_only_tables()
    }


def test_every_other_table_can_be_worked_with_and_not_emptied_at_a_stroke() -> None:
    others = set(connection.introspection.table_names())
    others -= {*append_only_tables(), "django_migrations"}

    assert {table: rights(table) for table in others} == {
        table: {"SELECT", "INSERT", "UPDATE", "DELETE"} for table in others
    }


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET id = id",
        "DELETE FROM {table}",
        "TRUNCATE {table}",
        "ALTER TABLE {table} DISABLE TRIGGER ALL",
        "DROP TABLE {table}",
        "CREATE TABLE public.mine (id int)",
        "CREATE TEMPORARY TABLE {table} (id int)",
        "SET session_replication_role = replica",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('a', 'b', now())",
    ],
)
def test_the_way_around_the_rule_is_refused(statement: str) -> None:
    for table in append_only_tables():
        refused(statement.format(table=table))


def test_no_session_can_have_a_trigger_skipped() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL pgtrigger.ignore = '{audit_auditentry:append_only}'")
        cursor.execute("SELECT public._pgtrigger_should_ignore('pgtrigger_append_only_7e0b0')")
        assert cursor.fetchone() == (False,)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["first", "second"])
def test_what_a_test_committed_is_gone_after_it(turn: str) -> None:
    assert not Session.objects.exists()

    SessionStore().create()
