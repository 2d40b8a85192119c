"""Cash drawers and closings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import FetchedValue, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from boxoffice.storage.tables.base import Amount, Base


class DrawerRow(Base):
    """A cash drawer's session, from its opening count to its closing."""

    __tablename__ = "cash_drawers"
    __table_args__ = (
        Index(
            "cash_drawers_open_till_key", "till_id", unique=True, postgresql_where=text("(closed_at IS NULL)")
        ),
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


class DrawerEntryRow(Base):
    """One movement of cash."""

    __tablename__ = "drawer_entries"
    __table_args__ = (
        UniqueConstraint("payment_id", name="drawer_entries_payment_id_key"),
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
