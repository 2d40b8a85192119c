"""A manager signs a counted drawer off: the till gets its next numbered closing."""

from __future__ import annotations

from boxoffice.domain.notice import Done, Notice, Topic
from boxoffice.storage import drawer
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity


def sign_off_drawer(db: Database, at: DeskIdentity, drawer_id: int) -> Done[int]:
    """Close the drawer and return its closing; a repeat returns the same one.

    Raises:
        DrawerNotCounted: nobody said what is in it.
        NeedsOverride: a clerk asked; a manager has to allow it.
        DrawerClosed: it is of another till, and whoever asks is no manager.
    """

    def once() -> int:
        with db.write() as session:
            return drawer.sign_off(session, at.till_id, drawer_id)

    return Done(db.repeat(once, keyed=True), frozenset({Notice(Topic.DRAWERS)}))
