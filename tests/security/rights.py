"""What each role may do with each table, as the server itself says: the page docs/rights.md.

`python -m tests.security.rights` writes the page anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

from boxoffice.storage.database import Database
from boxoffice.storage.migrate import migrate
from tests.postgres import cluster

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rights.md"
ROLES = ("clerk", "promoter", "manager", "door", "reporting")
VERBS = ("SELECT", "INSERT", "UPDATE")
WORDS = {"SELECT": "read", "INSERT": "add", "UPDATE": "change"}

_COLUMNS = """
    SELECT c.relname, a.attname, c.relkind
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm')
      AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY c.relkind <> 'r', c.relname, a.attnum
"""
_MAY = "SELECT has_column_privilege(%s, %s, %s, %s)"
_WHOLE = """
    SELECT bool_or(has_table_privilege(%(role)s, %(table)s, verb))
    FROM unnest(ARRAY['DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'INSERT', 'UPDATE']) AS verb
"""
_LIMITS = """
    SELECT count(*) FROM pg_policy p
    WHERE p.polrelid = %s::regclass AND %s::regrole = ANY (p.polroles)
      AND p.polcmd IN ('*', CASE %s WHEN 'SELECT' THEN 'r' WHEN 'INSERT' THEN 'a' WHEN 'UPDATE' THEN 'w' END)
      AND (pg_get_expr(p.polqual, p.polrelid) <> 'true' OR pg_get_expr(p.polwithcheck, p.polrelid) <> 'true')
"""
_DEEDS = """
    SELECT p.proname FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND has_function_privilege(%s, p.oid, 'EXECUTE')
      AND (p.prosecdef OR p.prokind = 'p') AND p.prorettype <> 'trigger'::regtype
    ORDER BY 1
"""

_HEAD = """# Who may do what

Written from a live server by `python -m tests.security.rights`; a test compares it with the server, and tries
every verb on every table as every role. Rights come with the PostgreSQL role that somebody signed in with, so
they hold in psql too. Nobody may delete, truncate, lock or own a table, and PUBLIC has nothing.

"own" means by row-level security: a promoter's own events and what belongs to them; of holds a manager's
are those for the house and leases, never a basket's or an order's.

"""
_DEEDS_HEAD = """
## Deeds

Functions that check for themselves who asks, and write what their role could not write by hand.

"""


@dataclass(frozen=True, slots=True)
class Right:
    """What a role may do with the columns of a table by one verb."""

    columns: tuple[str, ...]
    of: int
    own: bool

    def words(self, verb: str) -> str:
        """Return it in words for the page."""
        scope = " own" if self.own else ""
        if verb == "SELECT":
            part = "" if len(self.columns) == self.of else f" ({', '.join(self.columns)})"
        else:
            part = f" ({', '.join(self.columns)})"
        return f"{WORDS[verb]}{scope}{part}"


def tables(connection: psycopg.Connection) -> dict[str, list[str]]:
    """Return the columns of every table and view."""
    found: dict[str, list[str]] = {}
    for table, column, _kind in connection.execute(_COLUMNS):
        found.setdefault(table, []).append(column)
    return found


def right(connection: psycopg.Connection, role: str, table: str, columns: list[str], verb: str) -> Right:
    """Return what the server lets a role do."""
    group = f"boxoffice_{role}"
    may = tuple(
        column for column in columns if _value(connection, _MAY, (group, table, column, verb)) is True
    )
    return Right(may, len(columns), own=bool(_value(connection, _LIMITS, (table, group, verb))))


def may_whole(connection: psycopg.Connection, role: str, table: str) -> bool:
    """Tell whether a role has a right on a whole table beyond reading: that is also the right to lock it."""
    return bool(_value(connection, _WHOLE, {"role": f"boxoffice_{role}", "table": table}))


def page(connection: psycopg.Connection) -> str:
    """Return docs/rights.md."""
    return _HEAD + "\n".join(_rows(connection)) + "\n" + _DEEDS_HEAD + "\n".join(_deeds(connection)) + "\n"


def _rows(connection: psycopg.Connection) -> Iterator[str]:
    yield "| table | " + " | ".join(ROLES) + " |"
    yield "|---|" + "---|" * len(ROLES)
    for table, columns in tables(connection).items():
        cells = []
        for role in ROLES:
            rights = {verb: right(connection, role, table, columns, verb) for verb in VERBS}
            cells.append("; ".join(one.words(verb) for verb, one in rights.items() if one.columns) or "-")
        yield f"| {table} | " + " | ".join(cells) + " |"


def _deeds(connection: psycopg.Connection) -> Iterator[str]:
    for role in ROLES:
        names = [name for (name,) in connection.execute(_DEEDS, [f"boxoffice_{role}"])]
        yield f"- {role}: {', '.join(names) or 'none'}"


def _value(
    connection: psycopg.Connection, query: str, parameters: Sequence[object] | Mapping[str, object]
) -> object:
    row = connection.execute(query.encode(), parameters).fetchone()
    return row and row[0]


def main() -> None:
    """Write the page."""
    with cluster() as server:
        with psycopg.connect(server.dsn(), autocommit=True) as admin:
            admin.execute("CREATE DATABASE rights")
        database = Database(server.url("rights"))
        migrate(database.engine)
        database.close()
        with psycopg.connect(server.dsn("rights")) as connection:
            PAGE.write_text(page(connection), encoding="utf-8")


if __name__ == "__main__":
    main()
