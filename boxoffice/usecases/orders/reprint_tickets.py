"""Print tickets again under new codes: what lies around after a jam must not open the door as well."""

from __future__ import annotations

from sqlalchemy.orm import Session

from boxoffice.domain.errors import PurchaseKeyReused, ReasonMissing, TicketNotPrintable, UnknownOrder
from boxoffice.domain.notice import Done, Notice, Topic
from boxoffice.domain.ticket import IssuedTicket, TicketStatus
from boxoffice.storage import locks, records
from boxoffice.storage.database import Database
from boxoffice.storage.queries import orders
from boxoffice.storage.tables import TicketRow
from boxoffice.usecases.desk import DeskIdentity, Reprint


def reprint_tickets(db: Database, at: DeskIdentity, command: Reprint) -> Done[tuple[IssuedTicket, ...]]:
    """Supersede the tickets by new ones and return those; under a known key, those that it made before.

    Raises:
        ReasonMissing: nobody said why.
        UnknownOrder: no such order, or a ticket that is not in it.
        TicketNotPrintable: a ticket is no longer valid.
        PurchaseKeyReused: the key belongs to a reprint of other tickets.
    """
    if not command.reason.strip():
        raise ReasonMissing

    def once() -> tuple[IssuedTicket, ...]:
        with db.write() as session:
            if records.remember_key(session, command.key, "reprint", command.order_id):
                _supersede(session, at, command)
            return _replacements(session, command)

    tickets = db.repeat(once, keyed=True)
    return Done(tickets, frozenset({Notice(Topic.ORDERS), Notice(Topic.PRINTS)}))


def _supersede(session: Session, at: DeskIdentity, command: Reprint) -> None:
    old = locks.lock_tickets(session, command.order_id, command.ticket_ids)
    if {ticket.id for ticket in old} != set(command.ticket_ids):
        raise UnknownOrder(str(command.order_id))
    for ticket in old:
        if ticket.status != TicketStatus.VALID:
            raise TicketNotPrintable(ticket.id, ticket.status)
    new = [_copy(ticket) for ticket in old]
    session.add_all(new)
    session.flush()
    for ticket, replacement in zip(old, new, strict=True):
        ticket.status = TicketStatus.SUPERSEDED
        ticket.superseded_by = replacement.id
        records.audit(
            session,
            records.Evidence(
                action="reprinted",
                entity="ticket",
                entity_id=ticket.id,
                detail={"order": ticket.order_id, "replaced_by": replacement.id},
                reason=command.reason.strip(),
                user_id=at.clerk_id,
                till_id=at.till_id,
            ),
        )
    session.flush()


def _copy(ticket: TicketRow) -> TicketRow:
    return TicketRow(
        order_id=ticket.order_id,
        tier_id=ticket.tier_id,
        event_id=ticket.event_id,
        number=ticket.number,
        price=ticket.price,
        service_fee=ticket.service_fee,
        tax=ticket.tax,
    )


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
