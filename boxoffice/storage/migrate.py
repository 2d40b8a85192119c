"""Bringing a database to another revision of the schema, by Alembic."""

from __future__ import annotations

from alembic import command, op
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, text

from boxoffice import assets
from boxoffice.domain.errors import SchemaUnknown
from boxoffice.storage.faults import translated

_SECURE_DATABASE = text("SELECT secure_database()")
"""Even at the head already: a copy or a restored dump has the tables' rights, not those on the database."""


def _config(connection: Connection | None = None) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(assets.migrations()))
    return config


def run_sql(revision: str, direction: str, names: str = "*.sql") -> None:
    """Execute a revision's .sql files in order of name, or those of one pattern. For revisions only.

    They go to the driver as they are: statements separated by semicolons, percent signs and colons untouched.
    """
    driver_connection = op.get_bind().connection.driver_connection
    if driver_connection is None:
        raise RuntimeError("revisions need a live connection")
    for path in sorted((assets.migrations() / "sql" / revision / direction).glob(names)):
        driver_connection.execute(path.read_text(encoding="utf-8"))


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the database up (or, with an older revision or "base", down) to `revision`.

    Raises:
        SchemaUnknown: the database's revision is none of ours.
        Busy: somebody held a table, or migrated at the same time, for too long; nothing was changed.
    """
    with translated(committing=False), engine.connect() as connection:
        config = _config(connection)
        if _goes_down(connection, config, revision):
            command.downgrade(config, revision)
        else:
            try:
                command.upgrade(config, revision)
            except CommandError as unknown:
                connection.rollback()
                found = MigrationContext.configure(connection).get_current_revision()
                raise SchemaUnknown(found or "") from unknown
            if revision == "head":
                connection.execute(_SECURE_DATABASE)
                connection.commit()


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
