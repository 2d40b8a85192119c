"""Make the demo: a town's box office to try everything on."""

from __future__ import annotations

from datetime import datetime

from boxoffice.storage import demo
from boxoffice.storage.database import Database
from boxoffice.usecases.office.open_office import Credentials


def make_demo(db: Database, now: datetime) -> bool:
    """Fill an empty, migrated database, all or nothing; return False where there is an event already.

    Args:
        db: the database to fill.
        now: aware; the day that the programme counts from. The same moment makes the same demo.
    """
    with db.write() as session:
        return demo.fill_if_empty(session, now)


def demo_credentials() -> Credentials:
    """Return what the demo's clerk signs in with; every person of the demo has the same password."""
    return Credentials(demo.demo_clerk(), demo.DEMO_PASSWORD)
