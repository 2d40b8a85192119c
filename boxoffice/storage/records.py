"""Small writes that several deeds share: evidence, keys of deeds, steps of printing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as insert_or_ignore
from sqlalchemy.orm import Session

from boxoffice.domain.ticket import PrintState
from boxoffice.storage.tables import AuditRow, IdempotencyKeyRow, OrderRow, PrintJobRow, TicketRow


def remember_key(session: Session, key: UUID, deed: str, order_id: int) -> bool:
    """Note a deed's key; return whether it is new. A deed under way with the same key is waited for."""
    known_order = select(OrderRow.id).where(OrderRow.id == order_id)
    if session.scalar(known_order) is None:
        return False
    noted = session.execute(
        insert_or_ignore(IdempotencyKeyRow)
        .values(key=key, deed=deed, order_id=order_id)
        .on_conflict_do_nothing()
        .returning(IdempotencyKeyRow.key)
    )
    return noted.one_or_none() is not None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was done to what, by whom, where and why; the server adds when and under which database role."""

    action: str
    entity: str
    entity_id: int
    detail: dict[str, Any]
    reason: str
    user_id: int
    till_id: int


def audit(session: Session, evidence: Evidence) -> None:
    """Add evidence of a deed in its own transaction."""
    session.execute(insert(AuditRow).values(asdict(evidence)))


def replacements_of(session: Session, ticket_ids: Sequence[int]) -> set[int]:
    """Return the tickets that superseded these."""
    superseding = select(TicketRow.superseded_by).where(TicketRow.id.in_(ticket_ids))
    return {ticket_id for ticket_id in session.scalars(superseding) if ticket_id is not None}


@dataclass(frozen=True, slots=True)
class PrintStep:
    """One step of tickets towards paper; `detail` says what failed."""

    state: PrintState
    printer: str
    detail: str
    till_id: int


def add_print_steps(session: Session, ticket_ids: Sequence[int], step: PrintStep) -> None:
    """Note that these tickets came one step further."""
    session.execute(
        # In ascending order, as every deed that touches several tickets.
        insert(PrintJobRow),
        [{"ticket_id": ticket_id} | asdict(step) for ticket_id in sorted(ticket_ids)],
    )
