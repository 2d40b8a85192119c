"""What the counter writes besides sales, by the functions of migrations/sql/0003/up/04_deeds.sql."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from boxoffice.domain.ticket import PrintState

_REPRINT = text("SELECT reprint_tickets(:key, :order_id, CAST(:ticket_ids AS bigint[]), :reason, :till_id)")
_REPLACEMENTS = text("""
    SELECT superseded_by FROM tickets
    WHERE id = ANY(CAST(:ticket_ids AS bigint[])) AND superseded_by IS NOT NULL
""")
_RECORD_PRINT = text(
    "SELECT record_print(CAST(:ticket_ids AS bigint[]), :state, :printer, :detail, :till_id)"
)


@dataclass(frozen=True, slots=True)
class Reissue:
    """Which tickets of an order are printed again under new codes, where and why; done once for a key."""

    key: UUID
    order_id: int
    ticket_ids: tuple[int, ...]
    reason: str
    till_id: int


def reprint(session: Session, reissue: Reissue) -> None:
    """Supersede these tickets by new ones; nothing happens when this key did it before.

    Raises:
        ReasonMissing, UnknownOrder, TicketNotPrintable: see usecases/orders/reprint_tickets.py.
        NotAllowed: only clerks and managers may.
        NeedsOverride: one of the tickets is a reprint itself.
    """
    session.execute(_REPRINT, asdict(reissue) | {"ticket_ids": list(reissue.ticket_ids)})


def replacements_of(session: Session, ticket_ids: Sequence[int]) -> set[int]:
    """Return the tickets that superseded these."""
    return set(session.scalars(_REPLACEMENTS, {"ticket_ids": list(ticket_ids)}))


@dataclass(frozen=True, slots=True)
class PrintStep:
    """One step of tickets towards paper; `detail` says what failed."""

    state: PrintState
    printer: str
    detail: str
    till_id: int


def add_print_steps(session: Session, ticket_ids: Sequence[int], step: PrintStep) -> None:
    """Note that these tickets came one step further."""
    parameters = {
        "ticket_ids": list(ticket_ids),
        "state": step.state.value,
        "printer": step.printer,
        "detail": step.detail,
        "till_id": step.till_id,
    }
    session.execute(_RECORD_PRINT, parameters)
