"""Print tickets again under new codes: what lies around after a jam must not open the door as well."""

from __future__ import annotations

from sqlalchemy.orm import Session

from boxoffice.domain.errors import PurchaseKeyReused, UnknownOrder
from boxoffice.domain.notice import Done, Notice, Topic
from boxoffice.domain.ticket import IssuedTicket
from boxoffice.storage import records
from boxoffice.storage.database import Database
from boxoffice.storage.queries import orders
from boxoffice.usecases.desk import DeskIdentity, Reprint


def reprint_tickets(db: Database, at: DeskIdentity, command: Reprint) -> Done[tuple[IssuedTicket, ...]]:
    """Supersede the tickets by new ones and return those; under a known key, those that it made before.

    Raises:
        ReasonMissing: nobody said why.
        NeedsOverride: one of the tickets is a reprint itself; a manager has to allow it.
        UnknownOrder: no such order, or a ticket that is not in it.
        TicketNotPrintable: a ticket is no longer valid.
        PurchaseKeyReused: the key belongs to a reprint of other tickets.
    """
    reissue = records.Reissue(command.key, command.order_id, command.ticket_ids, command.reason, at.till_id)

    def once() -> tuple[IssuedTicket, ...]:
        with db.write() as session:
            records.reprint(session, reissue)
            return _replacements(session, command)

    tickets = db.repeat(once, keyed=True)
    return Done(tickets, frozenset({Notice(Topic.ORDERS), Notice(Topic.PRINTS)}))


def _replacements(session: Session, command: Reprint) -> tuple[IssuedTicket, ...]:
    order = orders.order_by_id(session, command.order_id)
    if order is None:
        raise UnknownOrder(str(command.order_id))
    new_ids = records.replacements_of(session, command.ticket_ids)
    tickets = tuple(ticket for ticket in order.tickets if ticket.id in new_ids)
    if len(tickets) != len(set(command.ticket_ids)):
        # The key is known, but these tickets are not what was printed under it.
        raise PurchaseKeyReused(order.order_number)
    return tickets
