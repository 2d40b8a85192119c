"""Revisions: up, down and up again, never waiting long, and the models say what the database has."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, Inspector, inspect, text

from boxoffice import assets
from boxoffice.domain.errors import (
    Busy,
    ForeignDatabase,
    SchemaMissing,
    SchemaTooNew,
    SchemaTooOld,
    SchemaUnknown,
)
from boxoffice.storage import schema
from boxoffice.storage.database import Database
from boxoffice.storage.migrate import migrate
from boxoffice.storage.schema import HEAD, current_revision, require_current_schema
from boxoffice.storage.tables.whole import Base
from boxoffice.usecases.office.check_database import check_database
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.office import open_office, wish
from tests.postgres import Cluster

_CONFIG = Config()
_CONFIG.set_main_option("script_location", str(assets.migrations()))
REVISIONS = tuple(ScriptDirectory.from_config(_CONFIG).walk_revisions())

DESCRIBE = """
    SELECT format('%s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
      AND c.relkind IN ('r', 'v', 'm')
    UNION ALL SELECT pg_get_constraintdef(oid) || conname FROM pg_constraint
              WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    ORDER BY 1
"""


@pytest.fixture
def empty(server: Cluster) -> Iterator[Engine]:
    """A database with nothing in it."""
    with psycopg.connect(server.dsn(), autocommit=True) as admin:
        admin.execute("DROP DATABASE IF EXISTS migrating WITH (FORCE)")
        admin.execute("CREATE DATABASE migrating")
    db = Database(server.url("migrating"))
    yield db.engine
    db.close()


def described(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(text(DESCRIBE)))


def test_up_down_up_leaves_what_up_made(empty: Engine) -> None:
    migrate(empty)
    once = described(empty)
    migrate(empty, "base")
    assert described(empty) == [line for line in described(empty) if "alembic_version" in line]
    migrate(empty)
    assert described(empty) == once


@pytest.mark.parametrize(
    ("older", "newer"),
    [(script.down_revision, script.revision) for script in REVISIONS if script.down_revision],
)
def test_every_revision_down_and_up_again(empty: Engine, older: str, newer: str) -> None:
    migrate(empty, older)
    before = described(empty)
    migrate(empty, newer)
    after = described(empty)
    assert after != before
    migrate(empty, older)
    assert described(empty) == before
    migrate(empty, newer)
    assert described(empty) == after


def test_sales_of_the_first_revision_outlive_the_next_ones(empty: Engine) -> None:
    """A box office that was opened with the first program goes on with today's."""
    migrate(empty, "0001")
    office = open_office(empty.url.set(drivername="postgresql").render_as_string(hide_password=False))
    event = office.event()
    tier = office.tier(event)
    old_key = uuid4()
    office.connection.execute(
        "SELECT sell_tickets(%s, %s, ARRAY[%s::bigint], ARRAY[2::bigint], ARRAY[28::numeric], NULL, 'cash',"
        " NULL, '', %s, %s)",
        [old_key, event, tier, office.at.till_id, office.at.clerk_id],
    )
    office.connection.close()
    migrate(empty)
    db = Database(empty.url.render_as_string(hide_password=False))
    assert sell_tickets(db, office.at, wish(event, (tier, 2), purchase_key=old_key)).value.replayed
    assert not sell_tickets(db, office.at, wish(event, (tier, 1))).value.replayed
    assert [finding for finding in check_database(db) if finding.broken] == []
    db.close()


def test_the_models_are_the_head(db: Database) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Base.metadata)
    # Comments are for readers of the database and stand in the revisions alone.
    single = [one for what in differences for one in (what if isinstance(what, list) else [what])]
    assert [what for what in single if not what[0].endswith("_comment")] == []


def _first_columns(inspector: Inspector, table: str) -> set[str | None]:
    primary = inspector.get_pk_constraint(table)["constrained_columns"]
    return {primary[0], *(index["column_names"][0] for index in inspector.get_indexes(table))}


def test_every_foreign_key_has_an_index_that_begins_with_it_or_a_reason(db: Database) -> None:
    """Without one, deleting or changing the parent scans the child. Those left out are never deleted."""
    inspector = inspect(db.engine)
    without = {
        f"{table}.{key['constrained_columns'][0]}"
        for table in inspector.get_table_names()
        for key in inspector.get_foreign_keys(table)
        if key["constrained_columns"][0] not in _first_columns(inspector, table)
    }
    # Staff, tills and whoever appears in the books are deactivated, never deleted.
    assert {column.partition(".")[2] for column in without} <= {
        "clerk_id",
        "till_id",
        "basket_clerk_id",
        "basket_till_id",
        "closed_by",
        "counted_by",
        "opened_by",
        "user_id",
        "drawer_id",
        "payment_id",
        "order_id",
        "waitlist_id",
        "manager_id",
        # Rows of the books, and codes that orders name.
        "discount_id",
        "exchanged_from",
        "gift_card_id",
        "correction_id",
        "card_payment_id",
    }


def test_a_migration_gives_up_on_a_busy_table_instead_of_queueing_every_till_behind_it(
    empty: Engine,
) -> None:
    migrate(empty)
    with empty.connect() as busy:
        busy.execute(text("SELECT 1 FROM events"))
        with pytest.raises(Busy):
            migrate(empty, "base")
    require_current_schema(empty)


def test_the_head_that_the_program_speaks_is_the_newest_revision() -> None:
    assert REVISIONS[0].revision == HEAD


def test_two_migrators_at_once_take_turns(empty: Engine) -> None:
    with empty.connect() as other:
        other.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": 0x626F786F66666963})
        with pytest.raises(Busy):
            migrate(empty)
    assert current_revision(empty) is None


def test_an_empty_an_older_and_a_newer_database_are_told_apart(empty: Engine) -> None:
    with pytest.raises(SchemaMissing):
        require_current_schema(empty)
    migrate(empty)
    require_current_schema(empty)
    with empty.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaTooNew) as newer:
        require_current_schema(empty)
    assert newer.value.found == "9999"


def test_an_older_database_names_both_revisions(empty: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    migrate(empty)
    monkeypatch.setattr(schema, "HEAD", "9998")
    with pytest.raises(SchemaTooOld) as older:
        require_current_schema(empty)
    assert (older.value.found, older.value.needed) == (HEAD, "9998")


def test_a_database_of_something_else_is_recognised_and_left_alone(empty: Engine) -> None:
    with empty.begin() as connection:
        connection.execute(text("CREATE TABLE diary (page int)"))
    with pytest.raises(ForeignDatabase):
        require_current_schema(empty)


def test_a_revision_of_somebody_else_is_named(empty: Engine) -> None:
    migrate(empty)
    for revision in ("abc123", "0000"):
        with empty.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :one"), {"one": revision})
        with pytest.raises(SchemaUnknown) as unknown:
            migrate(empty)
        assert unknown.value.found == revision
