"""Whether a database speaks the schema that this program speaks. Changing it is storage/migrate.py's part."""

from __future__ import annotations

import re

from sqlalchemy import Engine, text

from boxoffice.domain.errors import (
    ForeignDatabase,
    SchemaMissing,
    SchemaTooNew,
    SchemaTooOld,
    SchemaUnknown,
)
from boxoffice.storage.faults import translated

HEAD = "0012"
"""The newest revision in migrations/versions; a test holds that. Written here because asking Alembic costs
every start of the program a tenth of a second. Revisions are numbered so that they sort."""

_CURRENT = text("SELECT version_num FROM alembic_version")
_HOLDS_OFFICE = text("SELECT to_regclass('alembic_version') IS NOT NULL")
_HOLDS_TABLES = text(
    "SELECT EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version')"
)


def current_revision(engine: Engine) -> str | None:
    """Return the database's revision, None when it holds no box office."""
    with translated(committing=False), engine.connect() as connection:
        if not connection.scalar(_HOLDS_OFFICE):
            return None
        revision: str | None = connection.scalar(_CURRENT)
        return revision


def require_current_schema(engine: Engine) -> None:
    """Make sure that the database speaks this program's schema.

    Raises:
        SchemaMissing: the database holds no box office.
        SchemaTooOld: it wants `boxoffice migrate`.
        SchemaTooNew: it was made by a newer program.
        SchemaUnknown: its revision is none of Box Office's.
        ForeignDatabase: it holds tables of something else.
    """
    found = current_revision(engine)
    if found is None:
        name = engine.url.database or ""
        raise ForeignDatabase(name) if _holds_tables(engine) else SchemaMissing(name)
    if not re.fullmatch(r"[0-9]{4}", found):
        raise SchemaUnknown(found)
    if found < HEAD:
        raise SchemaTooOld(found, HEAD)
    if found > HEAD:
        raise SchemaTooNew(found)


def _holds_tables(engine: Engine) -> bool:
    with translated(committing=False), engine.connect() as connection:
        return bool(connection.scalar(_HOLDS_TABLES))
