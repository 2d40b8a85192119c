"""Open a till's drawer with a counted float: from now on the till takes cash."""

from __future__ import annotations

from boxoffice.domain.cash import OpenDrawer
from boxoffice.domain.notice import Done, Notice, Topic
from boxoffice.storage import drawer
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity


def open_drawer(db: Database, at: DeskIdentity, command: OpenDrawer) -> Done[int]:
    """Open it and return its number; under a known key, the one that it opened before.

    Raises:
        DrawerOpen: this till has an open drawer.
        BadAmount: no coins make that sum.
    """

    def once() -> int:
        with db.write() as session:
            return drawer.open_(session, at.till_id, command)

    return Done(db.repeat(once, keyed=True), frozenset({Notice(Topic.DRAWERS)}))
