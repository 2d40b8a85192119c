"""Bringing a database to the schema that this program speaks, and telling whether it is there."""

from __future__ import annotations

from alembic import command, op
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect

from boxoffice import assets
from boxoffice.domain.errors import SchemaMissing, SchemaTooNew, SchemaTooOld
from boxoffice.storage.faults import translated


def _config(connection: Connection | None = None) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(assets.migrations()))
    return config


def run_sql(revision: str, direction: str) -> None:
    """Execute a revision's .sql files in order of name. For revisions only.

    They go to the driver as they are: statements separated by semicolons, percent signs and colons untouched.
    """
    driver_connection = op.get_bind().connection.driver_connection
    if driver_connection is None:
        raise RuntimeError("revisions need a live connection")
    for path in sorted((assets.migrations() / "sql" / revision / direction).glob("*.sql")):
        driver_connection.execute(path.read_text(encoding="utf-8"))


def head_revision() -> str:
    """Return the revision that this program speaks."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise RuntimeError("no revisions found")
    return head


def current_revision(engine: Engine) -> str | None:
    """Return the database's revision, None when it holds no box office."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the database up (or, with an older revision or "base", down) to `revision`.

    Raises:
        Busy: somebody held a table, or migrated at the same time, for too long; nothing was changed.
    """
    with translated(committing=False), engine.connect() as connection:
        config = _config(connection)
        if _goes_down(connection, config, revision):
            command.downgrade(config, revision)
        else:
            command.upgrade(config, revision)


def _goes_down(connection: Connection, config: Config, revision: str) -> bool:
    if revision == "base":
        return True
    current = MigrationContext.configure(connection).get_current_revision()
    connection.rollback()
    if current is None or revision == "head":
        return False
    scripts = ScriptDirectory.from_config(config)
    older = {script.revision for script in scripts.iterate_revisions(current, "base")}
    return revision in older and revision != current


def require_current_schema(engine: Engine) -> None:
    """Make sure that the database speaks this program's schema.

    Raises:
        SchemaMissing: the database holds no box office.
        SchemaTooOld: it wants `boxoffice migrate`.
        SchemaTooNew: it was made by a newer program.
    """
    found = current_revision(engine)
    needed = head_revision()
    if found == needed:
        return
    if found is None:
        raise SchemaMissing(engine.url.database or "")
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if found in known:
        raise SchemaTooOld(found, needed)
    raise SchemaTooNew(found)


def holds_foreign_tables(engine: Engine) -> bool:
    """Return whether a database without a box office holds tables of something else."""
    return current_revision(engine) is None and bool(inspect(engine).get_table_names())
