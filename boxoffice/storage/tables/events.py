"""Events, tiers, who waits for them and what is kept back."""

from __future__ import annotations

from datetime import datetime, time
from uuid import UUID

from sqlalchemy import (
    Computed,
    FetchedValue,
    ForeignKey,
    Index,
    Integer,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from boxoffice.storage.tables.base import Amount, Base, Percent


class EventRow(Base):
    """An event with its times, house, fee and tax."""

    __tablename__ = "events"
    __table_args__ = (
        Index("idx_events_listed", "start_time", "id", postgresql_where=text("status <> 'draft'")),
        Index("idx_events_promoter", "promoter_id"),
        Index("idx_events_search", "search_vector", postgresql_using="gin"),
        Index("idx_events_slug", "slug", unique=True),
        Index("idx_events_status_start", "status", "start_time", "id"),
        Index("idx_events_venue_start", "venue", "start_time", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    promoter_id: Mapped[int] = mapped_column(
        ForeignKey("promoters.id", name="events_promoter_id_fkey", ondelete="RESTRICT")
    )
    slug: Mapped[str]
    title: Mapped[str]
    description: Mapped[str] = mapped_column(server_default=FetchedValue())
    venue: Mapped[str]
    venue_address: Mapped[str] = mapped_column(server_default=FetchedValue())
    time_zone: Mapped[str] = mapped_column(server_default=FetchedValue())
    start_time: Mapped[datetime]
    end_time: Mapped[datetime | None]
    doors_open_time: Mapped[datetime | None]
    capacity: Mapped[int | None] = mapped_column(Integer)
    capacity_shared: Mapped[bool] = mapped_column(server_default=FetchedValue())
    status: Mapped[str] = mapped_column(server_default=FetchedValue())
    currency: Mapped[str] = mapped_column(server_default=FetchedValue())
    service_fee_per_ticket: Mapped[Amount] = mapped_column(server_default=FetchedValue())
    service_fee_percent: Mapped[Percent] = mapped_column(server_default=FetchedValue())
    tax_rate_percent: Mapped[Percent] = mapped_column(server_default=FetchedValue())
    tax_inclusive: Mapped[bool] = mapped_column(server_default=FetchedValue())
    created_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
    updated_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
    tax_rounding: Mapped[str] = mapped_column(server_default=FetchedValue())
    waitlist_offer_hours: Mapped[int] = mapped_column(Integer, server_default=FetchedValue())
    waitlist_cutoff_minutes: Mapped[int] = mapped_column(Integer, server_default=FetchedValue())
    waitlist_quiet_from: Mapped[time | None]
    waitlist_quiet_until: Mapped[time | None]
    search_vector: Mapped[str | None] = mapped_column(
        TSVECTOR,
        Computed(
            "((setweight(search_words(title), 'A'::\"char\")"
            " || setweight(search_words(venue), 'B'::\"char\"))"
            " || setweight(search_words(description), 'C'::\"char\"))",
            persisted=True,
        ),
    )


class TierRow(Base):
    """A ticket tier; sold and reserved are counters that the database guards."""

    __tablename__ = "ticket_tiers"
    __table_args__ = (
        UniqueConstraint("id", "event_id", name="ticket_tiers_id_event_id_key"),
        Index("idx_ticket_tiers_active", "event_id", "position", postgresql_where=text("is_active")),
        Index("idx_ticket_tiers_event_id", "event_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(
        ForeignKey("events.id", name="ticket_tiers_event_id_fkey", ondelete="CASCADE")
    )
    name: Mapped[str]
    description: Mapped[str] = mapped_column(server_default=FetchedValue())
    price: Mapped[Amount]
    quantity: Mapped[int] = mapped_column(Integer)
    sold: Mapped[int] = mapped_column(Integer, server_default=FetchedValue())
    reserved: Mapped[int] = mapped_column(Integer, server_default=FetchedValue())
    min_purchase: Mapped[int] = mapped_column(Integer, server_default=FetchedValue())
    max_purchase: Mapped[int] = mapped_column(Integer, server_default=FetchedValue())
    sale_start_time: Mapped[datetime | None]
    sale_end_time: Mapped[datetime | None]
    is_active: Mapped[bool] = mapped_column(server_default=FetchedValue())
    position: Mapped[int] = mapped_column(Integer, server_default=FetchedValue())
    created_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())


class HoldRow(Base):
    """Tickets kept back for somebody; the live ones add up to a tier's reserved."""

    __tablename__ = "holds"
    __table_args__ = (
        Index("idx_holds_live", "tier_id", postgresql_where=text("(ended_at IS NULL)")),
        Index("idx_holds_waitlist", "waitlist_id", postgresql_where=text("(waitlist_id IS NOT NULL)")),
        Index(
            "holds_basket_key",
            "basket_key",
            "tier_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("idx_holds_order", "order_id", postgresql_where=text("order_id IS NOT NULL")),
        Index("idx_holds_due", "expires_at", postgresql_where=text("ended_at IS NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    tier_id: Mapped[int] = mapped_column(
        ForeignKey("ticket_tiers.id", name="holds_tier_id_fkey", ondelete="RESTRICT")
    )
    kind: Mapped[str]
    quantity: Mapped[int] = mapped_column(Integer)
    owner: Mapped[str] = mapped_column(server_default=FetchedValue())
    waitlist_id: Mapped[int | None] = mapped_column(
        ForeignKey("waitlist.id", name="holds_waitlist_id_fkey", ondelete="SET NULL")
    )
    expires_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
    basket_key: Mapped[UUID | None]
    order_id: Mapped[int | None] = mapped_column(
        ForeignKey("orders.id", name="holds_order_id_fkey", ondelete="RESTRICT")
    )
    till_id: Mapped[int | None] = mapped_column(
        ForeignKey("tills.id", name="holds_till_id_fkey", ondelete="RESTRICT")
    )
    clerk_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", name="holds_clerk_id_fkey", ondelete="RESTRICT")
    )
