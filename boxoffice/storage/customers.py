"""Customers at the counter, by the functions of migrations/sql/0007; who works here is none."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from boxoffice.domain.customer import MOST_FOUND, KnownCustomer, NewCustomer

_ALIVE = "u.role = 'customer' AND u.deleted_at IS NULL AND u.erased_at IS NULL"
_KNOWN = """
    SELECT u.id, trim(u.first_name || ' ' || u.last_name) AS name, coalesce(u.email, '') AS email,
           coalesce(u.phone, '') AS phone,
           (SELECT count(*) FROM orders o WHERE o.user_id = u.id) AS orders
"""
# Each way for itself, so that each has its index; whole hits before names, those before names nearly so.
_FIND = text(f"""
    WITH found AS (
        (SELECT u.id, 0 AS rank FROM users u WHERE lower(u.email) = lower(:typed) AND {_ALIVE})
        UNION ALL
        (SELECT u.id, 0 FROM users u
         WHERE split_part(u.phone, ':', 3) = ANY (:phones) AND u.phone IS NOT NULL AND {_ALIVE} LIMIT :most)
        UNION ALL
        (SELECT u.id, 1 FROM users u
         WHERE u.search_vector @@ (SELECT event_search(:name)) AND {_ALIVE} LIMIT :most)
        UNION ALL
        (SELECT u.id, 1 FROM users u WHERE lower(u.email) LIKE :start AND {_ALIVE} LIMIT :most)
        UNION ALL
        (SELECT u.id, 2 FROM users u
         WHERE u.search_vector @@ (SELECT names_like(:name)) AND {_ALIVE} LIMIT :most)
    )
    {_KNOWN}
    FROM (SELECT id, min(rank) AS rank FROM found GROUP BY id) best JOIN users u ON u.id = best.id
    WHERE {_ALIVE} ORDER BY best.rank, u.first_name, u.last_name, u.id LIMIT :most
""")  # noqa: S608 - made of our own words alone
_BY_ID = text(f"{_KNOWN} FROM users u WHERE u.id = :id")
_ADD = text("SELECT add_customer(:first, :last, :email, :phone, :till_id)")
_SET_CUSTOMER = text("SELECT set_order_customer(:key, :order_id, :customer_id, :till_id)")
_SET_NOTES = text("SELECT set_order_notes(:order_id, :notes, :till_id)")


def find(session: Session, typed: str, phones: Sequence[str]) -> tuple[KnownCustomer, ...]:
    """Return who may be meant, the likeliest first, their phones sealed as they are stored."""
    start = typed.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    asked = {
        "typed": typed,
        "phones": list(phones),
        "name": typed if any(letter.isalpha() for letter in typed) and "@" not in typed else "",
        "start": f"{start}%" if start and " " not in start else "",
        "most": MOST_FOUND,
    }
    return tuple(
        KnownCustomer(row.id, row.name, row.email, row.phone, row.orders)
        for row in session.execute(_FIND, asked)
    )


def add(session: Session, new: NewCustomer, sealed_phone: str, till_id: int) -> KnownCustomer:
    """Take somebody down, or find them. Raises CustomerNameMissing, EmailTaken, NotAllowed."""
    number = session.scalar(
        _ADD,
        {
            "first": new.first_name,
            "last": new.last_name,
            "email": new.email,
            "phone": sealed_phone,
            "till_id": till_id,
        },
    )
    row = session.execute(_BY_ID, {"id": number}).one()
    return KnownCustomer(row.id, row.name, row.email, row.phone, row.orders)


def set_order_customer(
    session: Session, key: UUID, order_id: int, customer_id: int | None, till_id: int
) -> None:
    """Put an order into somebody's name. Raises UnknownOrder, UnknownPerson, NotAllowed."""
    session.execute(
        _SET_CUSTOMER, {"key": key, "order_id": order_id, "customer_id": customer_id, "till_id": till_id}
    )


def set_order_notes(session: Session, order_id: int, sealed: str, till_id: int) -> None:
    """Write what the counter has to know of an order. Raises UnknownOrder, NotAllowed."""
    session.execute(_SET_NOTES, {"order_id": order_id, "notes": sealed, "till_id": till_id})
