"""What the Till screen asks and does, bound to one database and one till."""

from __future__ import annotations

from functools import partial

from boxoffice.storage.database import Database
from boxoffice.usecases.cash.count_drawer import count_drawer
from boxoffice.usecases.cash.join_drawer import join_drawer
from boxoffice.usecases.cash.move_cash import move_cash
from boxoffice.usecases.cash.open_drawer import open_drawer
from boxoffice.usecases.cash.sign_off_drawer import sign_off_drawer
from boxoffice.usecases.cash.till_reports import till_state, x_report, z_report
from boxoffice.usecases.desk import DeskIdentity, DrawerDeeds


def drawer_deeds(db: Database, at: DeskIdentity) -> DrawerDeeds:
    """Return the deeds of the drawer for this place."""
    return DrawerDeeds(
        state=partial(till_state, db, at),
        open=partial(open_drawer, db, at),
        join=partial(join_drawer, db, at),
        move=partial(move_cash, db, at),
        count=partial(count_drawer, db, at),
        sign_off=partial(sign_off_drawer, db, at),
        x_report=partial(x_report, db, at),
        z_report=partial(z_report, db),
    )
