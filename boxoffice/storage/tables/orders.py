"""Orders, their tickets, payments and prints."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    Computed,
    FetchedValue,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from boxoffice.storage.tables.base import Amount, Base, Percent


class OrderRow(Base):
    """An order; its amounts are net, tax and total."""

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("order_number", name="orders_order_number_key"),
        UniqueConstraint("purchase_key", name="orders_purchase_key_key"),
        Index("idx_orders_event", "event_id", "created_at"),
        Index(
            "idx_orders_exchanged_from",
            "exchanged_from",
            postgresql_where=text("exchanged_from IS NOT NULL"),
        ),
        Index("idx_orders_till", "till_id", "created_at", "id"),
        Index("idx_orders_created", "created_at", "id"),
        Index("idx_orders_clerk", "clerk_id", "created_at", "id"),
        Index("idx_orders_not_paid", "status", "created_at", "id", postgresql_where=text("status <> 'paid'")),
        Index(
            "idx_orders_named", "created_at", "id", "user_id", postgresql_where=text("user_id IS NOT NULL")
        ),
        Index("idx_orders_user_status", "user_id", "status", postgresql_where=text("(user_id IS NOT NULL)")),
        Index(
            "idx_orders_user_created",
            "user_id",
            "created_at",
            "id",
            postgresql_where=text("user_id IS NOT NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    order_number: Mapped[str] = mapped_column(server_default=FetchedValue())
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", name="orders_user_id_fkey", ondelete="RESTRICT")
    )
    event_id: Mapped[int] = mapped_column(
        ForeignKey("events.id", name="orders_event_id_fkey", ondelete="RESTRICT")
    )
    status: Mapped[str] = mapped_column(server_default=FetchedValue())
    currency: Mapped[str] = mapped_column(server_default=FetchedValue())
    subtotal: Mapped[Amount] = mapped_column(server_default=FetchedValue())
    service_fee: Mapped[Amount] = mapped_column(server_default=FetchedValue())
    tax: Mapped[Amount] = mapped_column(server_default=FetchedValue())
    total_amount: Mapped[Amount] = mapped_column(server_default=FetchedValue())
    tax_rate_percent: Mapped[Percent] = mapped_column(server_default=FetchedValue())
    tax_inclusive: Mapped[bool] = mapped_column(server_default=FetchedValue())
    tax_rounding: Mapped[str] = mapped_column(server_default=FetchedValue())
    purchase_key: Mapped[UUID | None]
    till_id: Mapped[int | None] = mapped_column(
        ForeignKey("tills.id", name="orders_till_id_fkey", ondelete="RESTRICT")
    )
    clerk_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", name="orders_clerk_id_fkey", ondelete="RESTRICT")
    )
    created_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
    paid_at: Mapped[datetime | None]
    notes: Mapped[str | None]
    discount_id: Mapped[int | None] = mapped_column(
        ForeignKey("discounts.id", name="orders_discount_id_fkey", ondelete="RESTRICT")
    )
    due_at: Mapped[datetime | None]
    exchanged_from: Mapped[int | None] = mapped_column(
        ForeignKey("orders.id", name="orders_exchanged_from_fkey", ondelete="RESTRICT")
    )


class OrderItemRow(Base):
    """So many tickets of one tier in an order, at the price then shown."""

    __tablename__ = "order_items"
    __table_args__ = (
        Index("idx_order_items_order", "order_id"),
        Index("idx_order_items_tier", "tier_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(
        ForeignKey("orders.id", name="order_items_order_id_fkey", ondelete="CASCADE")
    )
    tier_id: Mapped[int] = mapped_column(
        ForeignKey("ticket_tiers.id", name="order_items_tier_id_fkey", ondelete="RESTRICT")
    )
    quantity: Mapped[int] = mapped_column(Integer)
    unit_price: Mapped[Amount]
    service_fee: Mapped[Amount] = mapped_column(server_default=FetchedValue())
    tax: Mapped[Amount] = mapped_column(server_default=FetchedValue())
    list_price: Mapped[Amount | None]
    reduction: Mapped[str] = mapped_column(server_default=FetchedValue())


class TicketRow(Base):
    """One ticket with its code."""

    __tablename__ = "tickets"
    __table_args__ = (
        UniqueConstraint("ticket_code", name="tickets_ticket_code_key"),
        ForeignKeyConstraint(
            ["tier_id", "event_id"],
            ["ticket_tiers.id", "ticket_tiers.event_id"],
            name="tickets_tier_id_fkey",
            ondelete="RESTRICT",
        ),
        Index("idx_tickets_order_tier", "order_id", "tier_id"),
        Index(
            "idx_tickets_superseded_by", "superseded_by", postgresql_where=text("(superseded_by IS NOT NULL)")
        ),
        Index("idx_tickets_tier_status", "tier_id", "event_id", "status"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(
        ForeignKey("orders.id", name="tickets_order_id_fkey", ondelete="RESTRICT")
    )
    tier_id: Mapped[int]
    event_id: Mapped[int]
    ticket_code: Mapped[str] = mapped_column(server_default=FetchedValue())
    qr_code: Mapped[str] = mapped_column(Text, Computed("('BO1:'::text || ticket_code)", persisted=True))
    status: Mapped[str] = mapped_column(server_default=FetchedValue())
    number: Mapped[int] = mapped_column(Integer, server_default=FetchedValue())
    price: Mapped[Amount] = mapped_column(server_default=FetchedValue())
    service_fee: Mapped[Amount] = mapped_column(server_default=FetchedValue())
    tax: Mapped[Amount] = mapped_column(server_default=FetchedValue())
    superseded_by: Mapped[int | None] = mapped_column(
        ForeignKey("tickets.id", name="tickets_superseded_by_fkey", ondelete="RESTRICT")
    )
    used_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())


class IdempotencyKeyRow(Base):
    """A deed on an order that was done under a key of the till."""

    __tablename__ = "idempotency_keys"
    key: Mapped[UUID] = mapped_column(primary_key=True)
    deed: Mapped[str]
    order_id: Mapped[int] = mapped_column(
        ForeignKey("orders.id", name="idempotency_keys_order_id_fkey", ondelete="RESTRICT")
    )
    created_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())


class PrintJobRow(Base):
    """One step of a ticket towards paper."""

    __tablename__ = "print_jobs"
    __table_args__ = (Index("idx_print_jobs_ticket", "ticket_id", text("id DESC")),)
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(
        ForeignKey("tickets.id", name="print_jobs_ticket_id_fkey", ondelete="RESTRICT")
    )
    state: Mapped[str]
    printer: Mapped[str] = mapped_column(server_default=FetchedValue())
    detail: Mapped[str] = mapped_column(server_default=FetchedValue())
    till_id: Mapped[int | None] = mapped_column(
        ForeignKey("tills.id", name="print_jobs_till_id_fkey", ondelete="RESTRICT")
    )
    created_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
