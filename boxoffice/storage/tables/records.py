"""What is told and what is remembered."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import FetchedValue, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import INET
from sqlalchemy.orm import Mapped, mapped_column

from boxoffice.storage.tables.base import Base


class EmailRow(Base):
    """An e-mail to send or sent."""

    __tablename__ = "email_notifications"
    __table_args__ = (
        UniqueConstraint("key", name="email_notifications_key_key"),
        Index("idx_email_notifications_order", "order_id", postgresql_where=text("(order_id IS NOT NULL)")),
        Index(
            "idx_email_notifications_queued",
            "next_attempt_at",
            postgresql_where=text("(state = 'queued'::text)"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", name="email_notifications_user_id_fkey", ondelete="RESTRICT")
    )
    order_id: Mapped[int | None] = mapped_column(
        ForeignKey("orders.id", name="email_notifications_order_id_fkey", ondelete="RESTRICT")
    )
    waitlist_id: Mapped[int | None] = mapped_column(
        ForeignKey("waitlist.id", name="email_notifications_waitlist_id_fkey", ondelete="SET NULL")
    )
    kind: Mapped[str]
    recipient: Mapped[str]
    subject: Mapped[str] = mapped_column(server_default=FetchedValue())
    body: Mapped[str] = mapped_column(server_default=FetchedValue())
    state: Mapped[str] = mapped_column(server_default=FetchedValue())
    attempts: Mapped[int] = mapped_column(Integer, server_default=FetchedValue())
    created_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
    sent_at: Mapped[datetime | None]
    key: Mapped[UUID] = mapped_column(server_default=FetchedValue())
    language: Mapped[str] = mapped_column(server_default=FetchedValue())
    facts: Mapped[dict[str, Any]] = mapped_column(server_default=FetchedValue())
    next_attempt_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
    claim: Mapped[UUID | None]
    claimed_until: Mapped[datetime | None]
    claimed_by: Mapped[str] = mapped_column(server_default=FetchedValue())
    failure: Mapped[str] = mapped_column(server_default=FetchedValue())
    detail: Mapped[str] = mapped_column(server_default=FetchedValue())


class AuditRow(Base):
    """Evidence of a deed."""

    __tablename__ = "audit_logs"
    __table_args__ = (
        Index("idx_audit_logs_entity", "entity", "entity_id"),
        Index("idx_audit_logs_at", "at", postgresql_using="brin"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
    database_role: Mapped[str] = mapped_column(server_default=FetchedValue())
    user_id: Mapped[int | None]
    till_id: Mapped[int | None]
    action: Mapped[str]
    entity: Mapped[str]
    entity_id: Mapped[int]
    detail: Mapped[dict[str, Any]] = mapped_column(server_default=FetchedValue())
    reason: Mapped[str] = mapped_column(server_default=FetchedValue())
    client: Mapped[str | None] = mapped_column(INET, server_default=FetchedValue())
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    chain: Mapped[str] = mapped_column(server_default=FetchedValue())
    seq: Mapped[int] = mapped_column(server_default=FetchedValue())
    hash: Mapped[bytes] = mapped_column(server_default=FetchedValue())


class AuditChainRow(Base):
    """The end of one chain of evidence, and where it begins."""

    __tablename__ = "audit_chains"
    chain: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(server_default=FetchedValue())
    hash: Mapped[bytes] = mapped_column(server_default=FetchedValue())
    first_seq: Mapped[int] = mapped_column(server_default=FetchedValue())
    first_hash: Mapped[bytes] = mapped_column(server_default=FetchedValue())


class OverrideRow(Base):
    """A manager's leave for one deed of one person."""

    __tablename__ = "overrides"
    __table_args__ = (
        Index("idx_overrides_entity", "entity", "entity_id", postgresql_where=text("(used_at IS NULL)")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    action: Mapped[str]
    entity: Mapped[str]
    entity_id: Mapped[int]
    clerk_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", name="overrides_clerk_id_fkey", ondelete="RESTRICT")
    )
    manager_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", name="overrides_manager_id_fkey", ondelete="RESTRICT")
    )
    reason: Mapped[str] = mapped_column(server_default=FetchedValue())
    granted_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
    used_at: Mapped[datetime | None]
