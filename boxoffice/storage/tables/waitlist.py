"""Who waits, what was offered to them, and what they said."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import FetchedValue, ForeignKey, ForeignKeyConstraint, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from boxoffice.storage.tables.base import Base


class WaitlistRow(Base):
    """A person waiting for tickets of an event, or of one tier of it."""

    __tablename__ = "waitlist"
    __table_args__ = (
        UniqueConstraint(
            "event_id",
            "user_id",
            "tier_id",
            name="waitlist_event_id_user_id_tier_id_key",
            postgresql_nulls_not_distinct=True,
        ),
        ForeignKeyConstraint(
            ["tier_id", "event_id"],
            ["ticket_tiers.id", "ticket_tiers.event_id"],
            name="waitlist_tier_id_fkey",
            ondelete="CASCADE",
        ),
        Index(
            "idx_waitlist_phone",
            text("split_part(phone, ':', 3)"),
            postgresql_where=text("phone IS NOT NULL"),
        ),
        Index(
            "idx_waitlist_notified",
            "event_id",
            "tier_id",
            "position",
            postgresql_where=text("(NOT notified)"),
        ),
        Index("idx_waitlist_position", "event_id", "position"),
        Index("idx_waitlist_tier", "tier_id", "event_id", postgresql_where=text("(tier_id IS NOT NULL)")),
        Index("idx_waitlist_user", "user_id"),
        Index(
            "idx_waitlist_order",
            "event_id",
            text("(-priority)"),
            "position",
            postgresql_where=text("(NOT notified)"),
        ),
        Index("idx_waitlist_told", "notification_expires_at", postgresql_where=text("(state = 'told')")),
        Index("idx_waitlist_merged_into", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(
        ForeignKey("events.id", name="waitlist_event_id_fkey", ondelete="CASCADE")
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", name="waitlist_user_id_fkey", ondelete="RESTRICT")
    )
    tier_id: Mapped[int | None]
    position: Mapped[int] = mapped_column(Integer)
    quantity: Mapped[int] = mapped_column(Integer, server_default=FetchedValue())
    all_together: Mapped[bool] = mapped_column(server_default=FetchedValue())
    priority: Mapped[int] = mapped_column(Integer, server_default=FetchedValue())
    phone: Mapped[str | None]
    notified: Mapped[bool] = mapped_column(server_default=FetchedValue())
    notified_at: Mapped[datetime | None]
    notification_expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
    state: Mapped[str] = mapped_column(server_default=FetchedValue())
    notes: Mapped[str | None]
    merged_into: Mapped[int | None] = mapped_column(
        ForeignKey("waitlist.id", name="waitlist_merged_into_fkey", ondelete="SET NULL")
    )
    asked_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
    changed_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())


class ServingRow(Base):
    """One time that tickets of a tier were there to be offered."""

    __tablename__ = "waitlist_servings"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tier_id", "event_id"],
            ["ticket_tiers.id", "ticket_tiers.event_id"],
            name="waitlist_servings_tier_id_fkey",
            ondelete="CASCADE",
        ),
        Index("idx_waitlist_servings_tier", "tier_id", "event_id", text("created_at DESC")),
    )
    serving_id: Mapped[UUID] = mapped_column(primary_key=True)
    tier_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int]
    available: Mapped[int] = mapped_column(Integer)
    house_left: Mapped[int | None] = mapped_column(Integer)
    min_purchase: Mapped[int] = mapped_column(Integer)
    max_purchase: Mapped[int] = mapped_column(Integer)
    obstacle: Mapped[str] = mapped_column(server_default=FetchedValue())
    served_in: Mapped[int] = mapped_column(server_default=FetchedValue())
    created_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())


class OfferRow(Base):
    """Tickets that are held for somebody who waits, until a moment."""

    __tablename__ = "waitlist_offers"
    __table_args__ = (
        UniqueConstraint("code", name="waitlist_offers_code_key"),
        UniqueConstraint("hold_id", name="waitlist_offers_hold_id_key"),
        ForeignKeyConstraint(
            ["tier_id", "event_id"],
            ["ticket_tiers.id", "ticket_tiers.event_id"],
            name="waitlist_offers_tier_id_fkey",
            ondelete="RESTRICT",
        ),
        ForeignKeyConstraint(
            ["serving_id", "tier_id"],
            ["waitlist_servings.serving_id", "waitlist_servings.tier_id"],
            name="waitlist_offers_serving_fkey",
            ondelete="RESTRICT",
        ),
        Index(
            "waitlist_offers_open_key",
            "waitlist_id",
            unique=True,
            postgresql_where=text("(state = 'open')"),
        ),
        Index("idx_waitlist_offers_due", "expires_at", postgresql_where=text("(state = 'open')")),
        Index("idx_waitlist_offers_waitlist", "waitlist_id", text("id DESC")),
        Index("idx_waitlist_offers_serving", "serving_id", "tier_id"),
        Index("idx_waitlist_offers_tier", "tier_id", "event_id"),
        Index(
            "idx_waitlist_offers_purchase", "purchase_key", postgresql_where=text("purchase_key IS NOT NULL")
        ),
        Index("idx_waitlist_offers_basket", "basket_key", postgresql_where=text("basket_key IS NOT NULL")),
        Index("idx_waitlist_offers_mail", "mail_id", postgresql_where=text("mail_id IS NOT NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    waitlist_id: Mapped[int | None] = mapped_column(
        ForeignKey("waitlist.id", name="waitlist_offers_waitlist_id_fkey", ondelete="SET NULL")
    )
    event_id: Mapped[int]
    tier_id: Mapped[int]
    hold_id: Mapped[int] = mapped_column(
        ForeignKey("holds.id", name="waitlist_offers_hold_id_fkey", ondelete="RESTRICT")
    )
    serving_id: Mapped[UUID]
    priority: Mapped[int] = mapped_column(Integer)
    position: Mapped[int] = mapped_column(Integer)
    quantity: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(server_default=FetchedValue())
    state: Mapped[str] = mapped_column(server_default=FetchedValue())
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    basket_key: Mapped[UUID | None]
    basket_till_id: Mapped[int | None] = mapped_column(
        ForeignKey("tills.id", name="waitlist_offers_basket_till_id_fkey", ondelete="RESTRICT")
    )
    basket_clerk_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", name="waitlist_offers_basket_clerk_id_fkey", ondelete="RESTRICT")
    )
    basket_until: Mapped[datetime | None]
    ended_in: Mapped[int] = mapped_column(server_default=FetchedValue())
    purchase_key: Mapped[UUID | None] = mapped_column(
        ForeignKey(
            "orders.purchase_key",
            name="waitlist_offers_purchase_key_fkey",
            deferrable=True,
            initially="DEFERRED",
        )
    )
    mail_id: Mapped[int | None] = mapped_column(
        ForeignKey("email_notifications.id", name="waitlist_offers_mail_id_fkey", ondelete="SET NULL")
    )
    created_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())


class CallRow(Base):
    """What came of calling somebody about an offer."""

    __tablename__ = "waitlist_calls"
    __table_args__ = (
        UniqueConstraint("key", name="waitlist_calls_key_key"),
        Index("idx_waitlist_calls_offer", "offer_id", text("id DESC")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[UUID]
    offer_id: Mapped[int] = mapped_column(
        ForeignKey("waitlist_offers.id", name="waitlist_calls_offer_id_fkey", ondelete="RESTRICT")
    )
    outcome: Mapped[str]
    till_id: Mapped[int | None] = mapped_column(
        ForeignKey("tills.id", name="waitlist_calls_till_id_fkey", ondelete="RESTRICT")
    )
    clerk_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", name="waitlist_calls_clerk_id_fkey", ondelete="RESTRICT")
    )
    created_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
