"""Make the demo: a town's box office to try everything on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from boxoffice.storage.database import Database
from boxoffice.storage.demo_people import DEMO_PASSWORD, demo_clerk
from boxoffice.storage.tables.events import EventRow
from boxoffice.usecases.office.open_office import Credentials


def make_demo(db: Database, now: datetime) -> bool:
    """Fill an empty, migrated database, all or nothing; return False where there is an event already.

    Args:
        db: the database to fill.
        now: aware; the day that the programme counts from. The same moment makes the same demo.

    Raises:
        KeyMissing: the office's key is not here, and the demo's people have telephones.
    """
    with db.read() as session:
        if session.scalar(select(EventRow.id).limit(1)) is not None:
            return False
    from boxoffice.storage import demo  # noqa: PLC0415 - slow to load, and wanted once

    key = db.sealer.current_key
    with db.write() as session:
        return demo.fill_if_empty(session, now, key)


def demo_credentials() -> Credentials:
    """Return what the demo's clerk signs in with; every person of the demo has the same password."""
    return Credentials(demo_clerk(), DEMO_PASSWORD)
