"""All tables at once, for the migrations, their test and the demo."""

from boxoffice.storage.tables.base import Base
from boxoffice.storage.tables.cash import ClosingRow, DrawerCountRow, DrawerEntryRow, DrawerRow, DrawerUserRow
from boxoffice.storage.tables.events import EventRow, HoldRow, TierRow
from boxoffice.storage.tables.money import (
    CardPaymentRow,
    CorrectionRow,
    CorrectionTicketRow,
    DiscountRow,
    EventCancellationOrderRow,
    EventCancellationRow,
    GiftCardEntryRow,
    GiftCardRow,
    PaymentRow,
    ReceiptRow,
    TillNumbersRow,
)
from boxoffice.storage.tables.orders import IdempotencyKeyRow, OrderItemRow, OrderRow, PrintJobRow, TicketRow
from boxoffice.storage.tables.people import PlaceRow, PromoterRow, SealingKeyRow, TillRow, UserRow
from boxoffice.storage.tables.records import AuditChainRow, AuditRow, EmailRow, OverrideRow
from boxoffice.storage.tables.waitlist import CallRow, OfferRow, ServingRow, WaitlistRow

__all__ = [
    "AuditChainRow",
    "AuditRow",
    "Base",
    "CallRow",
    "CardPaymentRow",
    "ClosingRow",
    "CorrectionRow",
    "CorrectionTicketRow",
    "DiscountRow",
    "DrawerCountRow",
    "DrawerEntryRow",
    "DrawerRow",
    "DrawerUserRow",
    "EmailRow",
    "EventCancellationOrderRow",
    "EventCancellationRow",
    "EventRow",
    "GiftCardEntryRow",
    "GiftCardRow",
    "HoldRow",
    "IdempotencyKeyRow",
    "OfferRow",
    "OrderItemRow",
    "OrderRow",
    "OverrideRow",
    "PaymentRow",
    "PlaceRow",
    "PrintJobRow",
    "PromoterRow",
    "ReceiptRow",
    "SealingKeyRow",
    "ServingRow",
    "TicketRow",
    "TierRow",
    "TillNumbersRow",
    "TillRow",
    "UserRow",
    "WaitlistRow",
]
