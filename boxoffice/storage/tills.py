"""The tills of the office."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import text
from sqlalchemy.orm import Session

from boxoffice.domain.person import Till

_ALL = text(
    "SELECT id, name, venue, is_active, time_zone, day_starts_at FROM tills ORDER BY is_active DESC, name"
)
_ADD = text("INSERT INTO tills (name, venue) VALUES (:name, :venue) RETURNING id")
_CHANGE = text("""
    UPDATE tills SET name = :name, venue = :venue, is_active = :is_active, time_zone = :time_zone,
        day_starts_at = :day_starts_at
    WHERE id = :id
""")


def all_tills(session: Session) -> tuple[Till, ...]:
    """Return every till, those in use first."""
    return tuple(
        Till(row.id, row.name, row.venue, row.is_active, row.time_zone, row.day_starts_at)
        for row in session.execute(_ALL)
    )


def add(session: Session, name: str, venue: str) -> int:
    """Add a till and return its number. Raises TillNameTaken."""
    return int(session.scalar(_ADD, {"name": name, "venue": venue}))


def change(session: Session, till: Till) -> None:
    """Give a till another name, venue or day, or take it out of use. Raises TillNameTaken."""
    session.execute(_CHANGE, asdict(till))
