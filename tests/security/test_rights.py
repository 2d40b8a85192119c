"""The rights as they stand: the page says them, the server does them, and nothing is left unguarded."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import sql

from tests.security.conftest import ROLES, House
from tests.security.rights import PAGE, may_whole, page, right, tables


def test_the_page_says_what_the_server_does(house: House) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(house.office.connection), (
        "write it anew: python -m tests.security.rights"
    )


def test_every_table_has_forced_row_security_and_a_policy_for_whoever_reads_it(house: House) -> None:
    connection = house.office.connection
    unguarded = connection.execute("""
        SELECT c.relname FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
          AND NOT (c.relrowsecurity AND c.relforcerowsecurity
                   AND EXISTS (SELECT 1 FROM pg_policy p
                               WHERE p.polrelid = c.oid AND p.polname = 'owner_all'))
    """).fetchall()
    assert unguarded == []
    without_policy = connection.execute("""
        SELECT c.relname, r.rolname FROM pg_class c CROSS JOIN pg_roles r
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
          AND r.rolname LIKE 'boxoffice%' AND r.rolname NOT IN ('boxoffice_owner', 'boxoffice_roles')
          AND has_any_column_privilege(r.oid, c.oid, 'SELECT')
          AND NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND r.oid = ANY (p.polroles)
                          AND p.polcmd IN ('r', '*'))
    """).fetchall()
    assert without_policy == []


def test_a_new_table_without_a_policy_would_be_noticed(house: House) -> None:
    """The control of the test above: a table of a later revision that forgot."""
    house.office.connection.execute("CREATE TABLE forgotten (id bigint)")
    with pytest.raises(AssertionError):
        test_every_table_has_forced_row_security_and_a_policy_for_whoever_reads_it(house)


def test_nothing_is_public_and_nobody_signs_in_as_the_owner(house: House) -> None:
    value = house.office.value
    assert (
        value("""
        SELECT count(*) FROM pg_class c, aclexplode(c.relacl) a
        WHERE c.relnamespace = 'public'::regnamespace AND a.grantee = 0
    """)
        == 0
    )
    assert (
        value("""
        SELECT count(*) FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
        WHERE p.pronamespace = 'public'::regnamespace AND a.grantee = 0
    """)
        == 0
    )
    assert value("SELECT count(*) FROM pg_roles WHERE rolname ~ '^boxoffice' AND rolcanlogin") == 0
    assert (
        value("""
        SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid
        WHERE r.rolname IN ('boxoffice_owner', 'boxoffice_roles')
    """)
        == 0
    )


def test_every_function_with_its_owners_rights_pins_where_it_looks(house: House) -> None:
    loose = house.office.connection.execute("""
        SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef
          AND NOT coalesce('search_path=pg_catalog, public, pg_temp' = ANY (proconfig), false)
    """).fetchall()
    assert loose == []


def test_no_view_shows_more_than_its_reader_may_see(house: House) -> None:
    leaky = house.office.connection.execute("""
        SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'v'
          AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)
    """).fetchall()
    assert leaky == []


@pytest.mark.parametrize("role", ROLES)
def test_every_verb_on_every_table_does_what_the_page_says(house: House, role: str) -> None:
    admin, hand = house.office.connection, house.psql(role)
    for table, columns in tables(admin).items():
        assert not may_whole(admin, role, table), table
        for verb in ("SELECT", "INSERT", "UPDATE"):
            allowed = right(admin, role, table, columns, verb).columns
            for column in columns:
                assert _may(hand, verb, table, column) == (column in allowed), (verb, table, column)
        for statement in ("DELETE FROM {}", "TRUNCATE {}", "LOCK TABLE {} IN ACCESS EXCLUSIVE MODE"):
            assert not _allowed(hand, sql.SQL(statement).format(sql.Identifier(table))), (statement, table)


def _may(hand: psycopg.Connection, verb: str, table: str, column: str) -> bool:
    forms = {
        "SELECT": "SELECT {column} FROM {table} LIMIT 1",
        "INSERT": "INSERT INTO {table} ({column}) SELECT NULL WHERE false",
        "UPDATE": "UPDATE {table} SET {column} = DEFAULT WHERE false",
    }
    statement = sql.SQL(forms[verb]).format(table=sql.Identifier(table), column=sql.Identifier(column))
    return _allowed(hand, statement)


def _allowed(hand: psycopg.Connection, statement: sql.Composed) -> bool:
    """Try it, in a transaction that is rolled back; only the server's "no right" counts as no."""
    try:
        with hand.transaction(force_rollback=True):
            hand.execute(statement)
    except psycopg.errors.InsufficientPrivilege:
        return False
    except psycopg.errors.WrongObjectType:
        # Views and generated columns take no values, whoever asks.
        return False
    except (psycopg.errors.GeneratedAlways, psycopg.errors.ObjectNotInPrerequisiteState):
        return False
    return True


def test_managers_refresh_the_sales_summary_and_nobody_else(house: House) -> None:
    house.psql("manager").execute("SELECT refresh_sales_summary()")
    assert house.psql("reporting").execute("SELECT count(*) FROM event_sales_summary").fetchone() == (2,)
    for role in ("clerk", "promoter", "door", "reporting"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            house.psql(role).execute("SELECT refresh_sales_summary()")
