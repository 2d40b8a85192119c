"""All tables at once, for the migrations, their test and the demo."""

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
from boxoffice.storage.tables.people import PlaceRow, PromoterRow, SealingKeyRow, TillRow, UserRow
from boxoffice.storage.tables.records import AuditChainRow, AuditRow, EmailRow, OverrideRow

__all__ = [
    "AuditChainRow",
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
    "OverrideRow",
    "PaymentRow",
    "PlaceRow",
    "PrintJobRow",
    "PromoterRow",
    "SealingKeyRow",
    "TicketRow",
    "TierRow",
    "TillRow",
    "UserRow",
    "WaitlistRow",
]
