"""How a till stands, its X at any time, and the Z of a closing."""

from __future__ import annotations

from typing import Any

from boxoffice.domain.cash import TillState
from boxoffice.domain.errors import UnknownClosing
from boxoffice.storage import drawer
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity


def till_state(db: Database, at: DeskIdentity) -> TillState:
    """Return how the till stands: its drawer, the day's takings, its last closings."""
    with db.read() as session:
        return drawer.state(session, at.till_id)


def x_report(db: Database, at: DeskIdentity) -> dict[str, Any]:
    """Return what was taken since the last closing. To a clerk who has yet to count, without the cash."""
    with db.read() as session:
        return drawer.x_report(session, at.till_id)


def z_report(db: Database, closing_id: int) -> dict[str, Any]:
    """Return a closing as it was written down. Raises UnknownClosing."""
    with db.read() as session:
        report = drawer.z_report(session, closing_id)
    if report is None:
        raise UnknownClosing
    return report
