"""Who works here and where: staff and tills."""

from __future__ import annotations

from sqlalchemy import case, insert, select
from sqlalchemy.dialects.postgresql import insert as insert_or_ignore
from sqlalchemy.orm import Session

from boxoffice.storage.tables import TillRow, UserRow

_STAFF = ("clerk", "manager")


def till_named(session: Session, name: str) -> int:
    """Return the number of the till with this name, a new one when there is none."""
    session.execute(insert_or_ignore(TillRow).values(name=name).on_conflict_do_nothing())
    return session.scalars(select(TillRow.id).where(TillRow.name == name)).one()


def first_clerk(session: Session) -> tuple[int, str] | None:
    """Return number and name of the clerk (or else the manager) who has been here longest."""
    clerks_first = case((UserRow.role == "clerk", 0), else_=1)
    found = session.scalars(
        select(UserRow)
        .where(UserRow.role.in_(_STAFF), UserRow.is_active)
        .order_by(clerks_first, UserRow.id)
        .limit(1)
    ).one_or_none()
    return None if found is None else (found.id, f"{found.first_name} {found.last_name}".strip())


def add_clerk(session: Session, first_name: str, last_name: str) -> int:
    """Add a clerk and return the number."""
    return session.scalars(
        insert(UserRow).values(role="clerk", first_name=first_name, last_name=last_name).returning(UserRow.id)
    ).one()
