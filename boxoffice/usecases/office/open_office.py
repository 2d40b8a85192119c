"""Open the box office's database: our own embedded server's, or one that somebody else runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from boxoffice.domain.errors import SchemaMissing, SchemaTooOld
from boxoffice.storage.connect import normal_url, probe
from boxoffice.storage.database import Database
from boxoffice.storage.embedded.server import EmbeddedServer
from boxoffice.storage.schema import require_current_schema


@dataclass(frozen=True, slots=True)
class EmbeddedOffice:
    """A database of this computer's own server, made when it is missing."""

    folder: Path
    database: str


@dataclass(frozen=True, slots=True)
class ServerOffice:
    """A database on a server, by its URL with the password in it."""

    url: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a person signs in with."""

    name: str
    password: str = field(repr=False)


type OfficeAddress = EmbeddedOffice | ServerOffice


@contextmanager
def open_office(address: OfficeAddress, *, bring_up_to_date: bool = False) -> Iterator[Database]:
    """Give the database while the block lasts; our own server runs at least as long.

    Our own database is always brought up to this program's schema, because nobody else tends it. One on a
    server is shared with programs of other versions, so that is done only when asked for.

    Raises:
        CannotConnect: one of its kinds, each with what to do about it.
    """
    with ExitStack() as stack:
        if isinstance(address, EmbeddedOffice):
            lease = stack.enter_context(EmbeddedServer(address.folder).acquire())
            url = lease.open_database(address.database)
        else:
            probe(address.url)
            url = normal_url(address.url)
        db = Database(url)
        stack.callback(db.close)
        _settle_schema(db, migrating=bring_up_to_date or isinstance(address, EmbeddedOffice))
        yield db


@contextmanager
def open_as(keeper: Database, who: Credentials) -> Iterator[Database]:
    """Give our own server's database, which `keeper` has open as its owner, as this person may see it.

    Raises:
        CannotConnect: one of its kinds; SignInFailed when name and password do not fit.
    """
    with closing(Database(keeper.url_for(who.name, who.password))) as db:
        db.sign_in()
        yield db


def _settle_schema(db: Database, *, migrating: bool) -> None:
    try:
        require_current_schema(db.engine)
    except (SchemaMissing, SchemaTooOld):
        if not migrating:
            raise
        from boxoffice.storage.migrate import migrate  # noqa: PLC0415 - Alembic is slow to load, seldom needed

        migrate(db.engine)
