"""Every FOR UPDATE that Python takes, in the order that keeps deeds from deadlocking.

Lock order, everywhere: event, tiers by id, order, tickets by id, waitlist. The sale takes its own (event,
tiers) inside the database, see migrations/sql.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from boxoffice.storage.tables import OrderRow, TicketRow


def lock_order(session: Session, order_id: int) -> OrderRow | None:
    """Lock one order and return it as it stands, None when there is none."""
    return session.scalars(
        select(OrderRow)
        .where(OrderRow.id == order_id)
        .with_for_update()
        # Without it the identity map may answer with the row as it was before the lock.
        .execution_options(populate_existing=True)
    ).one_or_none()


def lock_tickets(session: Session, order_id: int, ticket_ids: Sequence[int]) -> Sequence[TicketRow]:
    """Lock these tickets of an order in ascending order and return them as they stand."""
    return session.scalars(
        select(TicketRow)
        .where(TicketRow.order_id == order_id, TicketRow.id.in_(ticket_ids))
        .order_by(TicketRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
