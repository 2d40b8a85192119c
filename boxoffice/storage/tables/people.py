"""People, promoters and tills."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import Computed, FetchedValue, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from boxoffice.storage.tables.base import Base


class UserRow(Base):
    """A person: staff who sign in, and customers, who do not."""

    __tablename__ = "users"
    __table_args__ = (
        UniqueConstraint("database_role", name="users_database_role_key"),
        Index("idx_users_email", text("lower(email)"), unique=True),
        *(
            Index(
                f"idx_users_{sealed}",
                text(f"split_part({sealed}, ':', 3)"),
                postgresql_where=text(f"{sealed} IS NOT NULL"),
            )
            for sealed in ("phone", "address", "notes")
        ),
        Index("idx_users_deleted", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL")),
        Index("idx_users_search", "search_vector", postgresql_using="gin"),
        # Its operator class, text_pattern_ops, stands in the revision alone.
        Index("idx_users_email_start", text("lower(email)")),
        Index("idx_users_database_role", "database_role", postgresql_where=text("database_role IS NOT NULL")),
        Index("idx_users_staff", "role", postgresql_where=text("role <> 'customer'")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str | None]
    password_hash: Mapped[str | None]
    role: Mapped[str] = mapped_column(server_default=FetchedValue())
    first_name: Mapped[str] = mapped_column(server_default=FetchedValue())
    last_name: Mapped[str] = mapped_column(server_default=FetchedValue())
    phone: Mapped[str | None]
    database_role: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(server_default=FetchedValue())
    created_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
    pin_hash: Mapped[str | None]
    address: Mapped[str | None]
    notes: Mapped[str | None]
    deleted_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    search_vector: Mapped[str | None] = mapped_column(
        TSVECTOR,
        Computed("search_words(((first_name || ' '::text) || last_name))", persisted=True),
    )


class NameWordRow(Base):
    """A word that stands in somebody's name."""

    __tablename__ = "name_words"
    # Where the server has pg_trgm.
    __table_args__ = (Index("idx_name_words_alike", "word", postgresql_using="gin"),)
    word: Mapped[str] = mapped_column(primary_key=True)


class PromoterRow(Base):
    """A promoter's company, one to a user."""

    __tablename__ = "promoters"
    __table_args__ = (UniqueConstraint("user_id", name="promoters_user_id_key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", name="promoters_user_id_fkey", ondelete="RESTRICT")
    )
    company: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())


class TillRow(Base):
    """A counter at which tickets are sold."""

    __tablename__ = "tills"
    __table_args__ = (UniqueConstraint("name", name="tills_name_key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    venue: Mapped[str] = mapped_column(server_default=FetchedValue())
    is_active: Mapped[bool] = mapped_column(server_default=FetchedValue())
    created_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
    time_zone: Mapped[str] = mapped_column(server_default=FetchedValue())
    day_starts_at: Mapped[time] = mapped_column(server_default=FetchedValue())


class PlaceRow(Base):
    """A till at which somebody signed in, and when last."""

    __tablename__ = "places"
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", name="places_user_id_fkey", ondelete="CASCADE"), primary_key=True
    )
    till_id: Mapped[int] = mapped_column(
        ForeignKey("tills.id", name="places_till_id_fkey", ondelete="CASCADE"), primary_key=True
    )
    signed_in_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())


class SealingKeyRow(Base):
    """The name of one of the office's keys; the key itself is never here."""

    __tablename__ = "sealing_keys"
    __table_args__ = (
        Index("sealing_keys_current_key", "is_current", unique=True, postgresql_where=text("is_current")),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    is_current: Mapped[bool]
    made_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
    manager_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", name="sealing_keys_manager_id_fkey", ondelete="RESTRICT")
    )
