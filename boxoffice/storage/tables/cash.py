"""Cash drawers and closings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import FetchedValue, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from boxoffice.storage.tables.base import Amount, Base


class DrawerRow(Base):
    """A cash drawer's session, from its opening count to its closing."""

    __tablename__ = "cash_drawers"
    __table_args__ = (
        Index(
            "cash_drawers_open_till_key", "till_id", unique=True, postgresql_where=text("(closed_at IS NULL)")
        ),
        UniqueConstraint("key", name="cash_drawers_key_key"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    till_id: Mapped[int] = mapped_column(
        ForeignKey("tills.id", name="cash_drawers_till_id_fkey", ondelete="RESTRICT")
    )
    opened_by: Mapped[int] = mapped_column(
        ForeignKey("users.id", name="cash_drawers_opened_by_fkey", ondelete="RESTRICT")
    )
    opened_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
    opening_float: Mapped[Amount]
    currency: Mapped[str]
    closed_at: Mapped[datetime | None]
    key: Mapped[UUID | None]
    is_shared: Mapped[bool] = mapped_column(server_default=FetchedValue())
    business_day: Mapped[date | None]
    counted_at: Mapped[datetime | None]
    counted_by: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", name="cash_drawers_counted_by_fkey", ondelete="RESTRICT")
    )
    counted: Mapped[Amount | None]


class DrawerUserRow(Base):
    """Somebody whom a manager let use another one's drawer."""

    __tablename__ = "drawer_users"
    drawer_id: Mapped[int] = mapped_column(
        ForeignKey("cash_drawers.id", name="drawer_users_drawer_id_fkey", ondelete="RESTRICT"),
        primary_key=True,
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", name="drawer_users_user_id_fkey", ondelete="RESTRICT"), primary_key=True
    )
    override_id: Mapped[int | None]
    since: Mapped[datetime] = mapped_column(server_default=FetchedValue())


class DrawerCountRow(Base):
    """A count that was given, piece by piece."""

    __tablename__ = "drawer_counts"
    __table_args__ = (
        UniqueConstraint("key", name="drawer_counts_key_key"),
        Index("idx_drawer_counts_drawer", "drawer_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[UUID]
    drawer_id: Mapped[int] = mapped_column(
        ForeignKey("cash_drawers.id", name="drawer_counts_drawer_id_fkey", ondelete="RESTRICT")
    )
    kind: Mapped[str]
    amount: Mapped[Amount]
    pieces: Mapped[list[Any]] = mapped_column(JSONB)
    clerk_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", name="drawer_counts_clerk_id_fkey", ondelete="RESTRICT")
    )
    created_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())


class DrawerEntryRow(Base):
    """One movement of cash."""

    __tablename__ = "drawer_entries"
    __table_args__ = (
        UniqueConstraint("payment_id", name="drawer_entries_payment_id_key"),
        UniqueConstraint("key", name="drawer_entries_key_key"),
        Index("idx_drawer_entries_drawer", "drawer_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    drawer_id: Mapped[int] = mapped_column(
        ForeignKey("cash_drawers.id", name="drawer_entries_drawer_id_fkey", ondelete="RESTRICT")
    )
    kind: Mapped[str]
    amount: Mapped[Amount]
    payment_id: Mapped[int | None] = mapped_column(
        ForeignKey("payment_transactions.id", name="drawer_entries_payment_id_fkey", ondelete="RESTRICT")
    )
    reason: Mapped[str] = mapped_column(server_default=FetchedValue())
    clerk_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", name="drawer_entries_clerk_id_fkey", ondelete="RESTRICT")
    )
    created_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
    key: Mapped[UUID | None]


class ClosingRow(Base):
    """The numbered closing of a drawer."""

    __tablename__ = "closings"
    __table_args__ = (
        UniqueConstraint("drawer_id", name="closings_drawer_id_key"),
        UniqueConstraint("till_id", "number", name="closings_till_id_number_key"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    drawer_id: Mapped[int] = mapped_column(
        ForeignKey("cash_drawers.id", name="closings_drawer_id_fkey", ondelete="RESTRICT")
    )
    till_id: Mapped[int] = mapped_column(
        ForeignKey("tills.id", name="closings_till_id_fkey", ondelete="RESTRICT")
    )
    number: Mapped[int] = mapped_column(Integer)
    closed_by: Mapped[int] = mapped_column(
        ForeignKey("users.id", name="closings_closed_by_fkey", ondelete="RESTRICT")
    )
    closed_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
    expected: Mapped[Amount]
    counted: Mapped[Amount]
    totals: Mapped[dict[str, Any]]
    business_day: Mapped[date]
    first_receipt: Mapped[int]
    last_receipt: Mapped[int]
