"""Put cash into a drawer, pay it out, or drop it into the safe."""

from __future__ import annotations

from boxoffice.domain.cash import MoveCash
from boxoffice.domain.notice import Done, Notice, Topic
from boxoffice.storage import drawer
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity


def move_cash(db: Database, at: DeskIdentity, command: MoveCash) -> Done[None]:
    """Book the movement, once for its key.

    Raises:
        ReasonMissing: nobody said why.
        BadAmount: nothing, or a sum that no coins make.
        DrawerCounted, DrawerClosed: nothing more goes into or out of it.
        DrawerNotYours: it is somebody else's.
        NeedsOverride: a clerk pays out; a manager has to allow it.
    """

    def once() -> None:
        with db.write() as session:
            drawer.move(session, at.till_id, command)

    db.repeat(once, keyed=True)
    return Done(None, frozenset({Notice(Topic.DRAWERS)}))
