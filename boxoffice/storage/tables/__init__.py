"""The tables as SQLAlchemy sees them: mirrors of migrations/sql, for queries and the test.

Rows never leave storage and usecases. CHECK constraints, triggers and functions live in the migrations alone.
"""

from boxoffice.storage.tables.base import Base
from boxoffice.storage.tables.cash import ClosingRow, DrawerEntryRow, DrawerRow
from boxoffice.storage.tables.events import EventRow, HoldRow, TierRow, WaitlistRow
from boxoffice.storage.tables.orders import (
    IdempotencyKeyRow,
    OrderItemRow,
    OrderRow,
    PaymentRow,
    PrintJobRow,
    TicketRow,
)
from boxoffice.storage.tables.people import PromoterRow, TillRow, UserRow
from boxoffice.storage.tables.records import AuditRow, EmailRow

__all__ = [
    "AuditRow",
    "Base",
    "ClosingRow",
    "DrawerEntryRow",
    "DrawerRow",
    "EmailRow",
    "EventRow",
    "HoldRow",
    "IdempotencyKeyRow",
    "OrderItemRow",
    "OrderRow",
    "PaymentRow",
    "PrintJobRow",
    "PromoterRow",
    "TicketRow",
    "TierRow",
    "TillRow",
    "UserRow",
    "WaitlistRow",
]
