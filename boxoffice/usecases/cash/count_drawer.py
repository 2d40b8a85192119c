"""Count a drawer before anybody says what should be in it; it takes no more cash from then on."""

from __future__ import annotations

from boxoffice.domain.cash import CountDrawer
from boxoffice.domain.notice import Done, Notice, Topic
from boxoffice.storage import drawer
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity


def count_drawer(db: Database, at: DeskIdentity, command: CountDrawer) -> Done[None]:
    """Write the count down, once for its key. Until the drawer is signed off it may be counted again.

    Raises:
        BadAmount: a piece that there is not.
        DrawerClosed: it was signed off meanwhile.
        DrawerNotYours: it is somebody else's.
    """

    def once() -> None:
        with db.write() as session:
            drawer.count(session, at.till_id, command)

    db.repeat(once, keyed=True)
    return Done(None, frozenset({Notice(Topic.DRAWERS)}))
