"""Payments, receipts, and everything else that money leaves behind."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    FetchedValue,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from boxoffice.storage.tables.base import Amount, Base


class DiscountRow(Base):
    """A code that makes tickets of an event cheaper."""

    __tablename__ = "discounts"
    __table_args__ = (
        UniqueConstraint("event_id", "code", name="discounts_event_id_code_key"),
        ForeignKeyConstraint(
            ["tier_id", "event_id"],
            ["ticket_tiers.id", "ticket_tiers.event_id"],
            name="discounts_tier_id_fkey",
            ondelete="CASCADE",
        ),
        Index("idx_discounts_tier", "tier_id", "event_id", postgresql_where=text("tier_id IS NOT NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(
        ForeignKey("events.id", name="discounts_event_id_fkey", ondelete="CASCADE")
    )
    tier_id: Mapped[int | None]
    code: Mapped[str]
    kind: Mapped[str]
    value: Mapped[Amount]
    max_uses: Mapped[int | None] = mapped_column(Integer)
    used: Mapped[int] = mapped_column(Integer, server_default=FetchedValue())
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    is_active: Mapped[bool] = mapped_column(server_default=FetchedValue())
    created_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())


class TillNumbersRow(Base):
    """The numbers that a till gave away last."""

    __tablename__ = "till_numbers"
    till_id: Mapped[int] = mapped_column(
        ForeignKey("tills.id", name="till_numbers_till_id_fkey", ondelete="RESTRICT"), primary_key=True
    )
    last_receipt: Mapped[int] = mapped_column(server_default=FetchedValue())
    last_closing: Mapped[int] = mapped_column(Integer, server_default=FetchedValue())


class ReceiptRow(Base):
    """One deed with money, as it was first printed."""

    __tablename__ = "receipts"
    __table_args__ = (Index("idx_receipts_order", "order_id"),)
    till_id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    order_id: Mapped[int | None] = mapped_column(
        ForeignKey("orders.id", name="receipts_order_id_fkey", ondelete="RESTRICT")
    )
    clerk_id: Mapped[int | None]
    currency: Mapped[str]
    total: Mapped[Amount]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())


class GiftCardRow(Base):
    """A voucher for an amount."""

    __tablename__ = "gift_cards"
    __table_args__ = (
        UniqueConstraint("key", name="gift_cards_key_key"),
        UniqueConstraint("code", name="gift_cards_code_key"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[UUID]
    code: Mapped[str] = mapped_column(server_default=FetchedValue())
    currency: Mapped[str]
    balance: Mapped[Amount]
    is_active: Mapped[bool] = mapped_column(server_default=FetchedValue())
    created_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())


class GiftCardEntryRow(Base):
    """What a gift card gained or paid."""

    __tablename__ = "gift_card_entries"
    __table_args__ = (
        UniqueConstraint("payment_id", name="gift_card_entries_payment_id_key"),
        Index("idx_gift_card_entries_card", "gift_card_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    gift_card_id: Mapped[int] = mapped_column(
        ForeignKey("gift_cards.id", name="gift_card_entries_gift_card_id_fkey", ondelete="RESTRICT")
    )
    kind: Mapped[str]
    amount: Mapped[Amount]
    payment_id: Mapped[int | None] = mapped_column(
        ForeignKey("payment_transactions.id", name="gift_card_entries_payment_id_fkey", ondelete="RESTRICT")
    )
    reason: Mapped[str] = mapped_column(server_default=FetchedValue())
    clerk_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", name="gift_card_entries_clerk_id_fkey", ondelete="RESTRICT")
    )
    created_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())


class CorrectionRow(Base):
    """An order that was made undone, in whole or for some tickets."""

    __tablename__ = "corrections"
    __table_args__ = (
        UniqueConstraint("key", name="corrections_key_key"),
        ForeignKeyConstraint(
            ["till_id", "receipt_number"],
            ["receipts.till_id", "receipts.number"],
            name="corrections_receipt_fkey",
            deferrable=True,
            initially="DEFERRED",
        ),
        Index("idx_corrections_order", "order_id"),
        Index("idx_corrections_receipt", "till_id", "receipt_number"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[UUID]
    order_id: Mapped[int] = mapped_column(
        ForeignKey("orders.id", name="corrections_order_id_fkey", ondelete="RESTRICT")
    )
    kind: Mapped[str]
    currency: Mapped[str]
    subtotal: Mapped[Amount]
    service_fee: Mapped[Amount]
    tax: Mapped[Amount]
    total: Mapped[Amount]
    retained: Mapped[Amount] = mapped_column(server_default=FetchedValue())
    reason: Mapped[str]
    till_id: Mapped[int]
    clerk_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", name="corrections_clerk_id_fkey", ondelete="RESTRICT")
    )
    receipt_number: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())


class CorrectionTicketRow(Base):
    """A ticket that was given back."""

    __tablename__ = "correction_tickets"
    __table_args__ = (Index("idx_correction_tickets_correction", "correction_id"),)
    ticket_id: Mapped[int] = mapped_column(
        ForeignKey("tickets.id", name="correction_tickets_ticket_id_fkey", ondelete="RESTRICT"),
        primary_key=True,
        autoincrement=False,
    )
    correction_id: Mapped[int] = mapped_column(
        ForeignKey("corrections.id", name="correction_tickets_correction_id_fkey", ondelete="RESTRICT")
    )
    amount: Mapped[Amount]
    retained: Mapped[Amount] = mapped_column(server_default=FetchedValue())


class CardPaymentRow(Base):
    """What was asked of a card terminal, and what became of it."""

    __tablename__ = "card_payments"
    __table_args__ = (
        UniqueConstraint("key", name="card_payments_key_key"),
        Index(
            "idx_card_payments_open",
            "till_id",
            postgresql_where=text("state IN ('pinned', 'unknown', 'approved')"),
        ),
        Index(
            "idx_card_payments_purchase", "purchase_key", postgresql_where=text("purchase_key IS NOT NULL")
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[UUID]
    purchase_key: Mapped[UUID | None]
    order_id: Mapped[int | None] = mapped_column(
        ForeignKey("orders.id", name="card_payments_order_id_fkey", ondelete="RESTRICT")
    )
    kind: Mapped[str] = mapped_column(server_default=FetchedValue())
    gateway: Mapped[str]
    amount: Mapped[Amount]
    currency: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=FetchedValue())
    reference: Mapped[str] = mapped_column(server_default=FetchedValue())
    detail: Mapped[str] = mapped_column(server_default=FetchedValue())
    till_id: Mapped[int] = mapped_column(
        ForeignKey("tills.id", name="card_payments_till_id_fkey", ondelete="RESTRICT")
    )
    clerk_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", name="card_payments_clerk_id_fkey", ondelete="RESTRICT")
    )
    created_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
    changed_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
    basket: Mapped[dict[str, Any] | None]


class PaymentRow(Base):
    """Money that came in or went back, never changed afterwards."""

    __tablename__ = "payment_transactions"
    __table_args__ = (
        Index("idx_payment_transactions_order", "order_id"),
        Index(
            "idx_payment_transactions_receipt",
            "till_id",
            "receipt_number",
            postgresql_where=text("receipt_number IS NOT NULL"),
        ),
        Index("idx_payment_transactions_created", "created_at", postgresql_using="brin"),
        Index(
            "idx_payment_transactions_reference",
            text("split_part(reference, ':', 3)"),
            postgresql_where=text("reference <> ''"),
        ),
        Index(
            "idx_payment_transactions_tender",
            "tender",
            "order_id",
            postgresql_where=text("tender NOT IN ('cash', 'card')"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int | None] = mapped_column(
        ForeignKey("orders.id", name="payment_transactions_order_id_fkey", ondelete="RESTRICT")
    )
    kind: Mapped[str] = mapped_column(server_default=FetchedValue())
    tender: Mapped[str]
    amount: Mapped[Amount]
    currency: Mapped[str]
    tendered: Mapped[Amount | None]
    reference: Mapped[str] = mapped_column(server_default=FetchedValue())
    till_id: Mapped[int | None] = mapped_column(
        ForeignKey("tills.id", name="payment_transactions_till_id_fkey", ondelete="RESTRICT")
    )
    clerk_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", name="payment_transactions_clerk_id_fkey", ondelete="RESTRICT")
    )
    created_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
    gift_card_id: Mapped[int | None] = mapped_column(
        ForeignKey("gift_cards.id", name="payment_transactions_gift_card_id_fkey", ondelete="RESTRICT")
    )
    correction_id: Mapped[int | None] = mapped_column(
        ForeignKey("corrections.id", name="payment_transactions_correction_id_fkey", ondelete="RESTRICT")
    )
    card_payment_id: Mapped[int | None] = mapped_column(
        ForeignKey("card_payments.id", name="payment_transactions_card_payment_id_fkey", ondelete="RESTRICT")
    )
    receipt_number: Mapped[int | None]


class EventCancellationRow(Base):
    """An event that does not take place, and why."""

    __tablename__ = "event_cancellations"
    event_id: Mapped[int] = mapped_column(
        ForeignKey("events.id", name="event_cancellations_event_id_fkey", ondelete="RESTRICT"),
        primary_key=True,
        autoincrement=False,
    )
    reason: Mapped[str]
    manager_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", name="event_cancellations_manager_id_fkey", ondelete="RESTRICT")
    )
    started_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
    finished_at: Mapped[datetime | None]


class EventCancellationOrderRow(Base):
    """What became of one order of a cancelled event."""

    __tablename__ = "event_cancellation_orders"
    __table_args__ = (Index("idx_event_cancellation_orders_state", "event_id", "state"),)
    order_id: Mapped[int] = mapped_column(
        ForeignKey("orders.id", name="event_cancellation_orders_order_id_fkey", ondelete="RESTRICT"),
        primary_key=True,
        autoincrement=False,
    )
    event_id: Mapped[int] = mapped_column(
        ForeignKey(
            "event_cancellations.event_id",
            name="event_cancellation_orders_event_id_fkey",
            ondelete="RESTRICT",
        )
    )
    state: Mapped[str] = mapped_column(server_default=FetchedValue())
    detail: Mapped[str] = mapped_column(server_default=FetchedValue())
    attempts: Mapped[int] = mapped_column(Integer, server_default=FetchedValue())
    changed_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
