"""Use somebody else's drawer, when a manager allows it."""

from __future__ import annotations

from boxoffice.domain.notice import Done, Notice, Topic
from boxoffice.storage import drawer
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity


def join_drawer(db: Database, at: DeskIdentity, drawer_id: int) -> Done[None]:
    """Let whoever is signed in use this drawer until it is closed; a repeat does nothing.

    Raises:
        NeedsOverride: it is somebody else's; a manager has to allow it.
        DrawerClosed: it is closed, or of another till.
    """

    def once() -> None:
        with db.write() as session:
            drawer.join(session, at.till_id, drawer_id)

    db.repeat(once, keyed=True)
    return Done(None, frozenset({Notice(Topic.DRAWERS)}))
