"""Personal data, by functions of migrations/sql/0004, 0009, 0011: customers, the office's keys, retention."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from boxoffice.domain.personal import Contact, Customer, Due
from boxoffice.sealing import Kind, is_token
from boxoffice.storage.sealer import Sealer

MOST_CUSTOMERS = 50
RETENTION_TIMEOUT_MS = 600_000
"""Seven years of evidence take longer to walk through than any question of the counter may."""
SEALED_COLUMNS = {
    "phone": Kind.PHONE,
    "address": Kind.ADDRESS,
    "notes": Kind.NOTES,
    "waitlist.phone": Kind.PHONE,
    "waitlist.notes": Kind.NOTES,
    "reference": Kind.REFERENCE,
    "orders.notes": Kind.NOTES,
    "card_payments.reference": Kind.REFERENCE,
}
"""As stale_values() and reseal() call them."""

# Names as they are written or begin; what is sealed by its fingerprint, whole.
_CUSTOMERS = text("""
    SELECT u.id, u.first_name, u.last_name, u.email, u.phone, u.address, u.notes, u.created_at, u.deleted_at,
           (SELECT count(*) FROM orders o WHERE o.user_id = u.id) AS orders
    FROM users u
    WHERE u.role = 'customer' AND u.erased_at IS NULL AND (
        u.first_name || ' ' || u.last_name ILIKE :inside OR u.email ILIKE :start
        OR split_part(u.phone, ':', 3) = ANY (:phones)
        OR u.id IN (SELECT w.user_id FROM waitlist w WHERE split_part(w.phone, ':', 3) = ANY (:phones))
        OR u.id IN (SELECT o.user_id FROM payment_transactions p JOIN orders o ON o.id = p.order_id
                    WHERE p.reference <> '' AND split_part(p.reference, ':', 3) = ANY (:references)))
    ORDER BY u.first_name, u.last_name, u.id LIMIT :size
""")
_SET_CONTACT = text("SELECT set_contact(:person, :phone, :address, :notes)")
_SET_DELETED = text("SELECT set_customer_deleted(:person, :deleted)")
_DOSSIER = text("SELECT person_dossier(:person, :reason)")
_ERASE = text("SELECT erase_person(:person, :reason)")
_RETENTION = text("SELECT what, kept, due, oldest FROM apply_retention(:dry_run)")
_HAS_KEY = text("SELECT EXISTS (SELECT 1 FROM sealing_keys)")
_REGISTER = text("SELECT register_key(:id)")
_STALE = text("SELECT id, stored FROM stale_values(:column, :after, :size)")
_RESEAL = text(
    "SELECT reseal(:column, CAST(:ids AS bigint[]), CAST(:before AS text[]), CAST(:after AS text[]))"
)
_UNSEALED = text("""
    SELECT (SELECT count(*) FROM users u CROSS JOIN LATERAL (VALUES (phone), (address), (notes)) AS v (word)
            WHERE v.word NOT LIKE :current)
         + (SELECT count(*) FROM waitlist w CROSS JOIN LATERAL (VALUES (phone), (notes)) AS v (word)
            WHERE v.word NOT LIKE :current)
         + (SELECT count(*) FROM payment_transactions WHERE reference <> '' AND reference NOT LIKE :current)
         + (SELECT count(*) FROM orders WHERE notes <> '' AND notes NOT LIKE :current)
         + (SELECT count(*) FROM card_payments WHERE reference <> '' AND reference NOT LIKE :current)
""")


def customers(
    session: Session, typed: str, phones: Sequence[str], references: Sequence[str]
) -> tuple[Customer, ...]:
    """Return customers, their contact sealed as it is stored.

    Args:
        session: of a transaction that reads.
        typed: a part of the name or the beginning of the e-mail.
        phones: or a phone with one of these fingerprints.
        references: or a payment under a reference with one of these.
    """
    escaped = typed.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    rows = session.execute(
        _CUSTOMERS,
        {
            "inside": f"%{escaped}%",
            "start": f"{escaped}%",
            "phones": list(phones),
            "references": list(references),
            "size": MOST_CUSTOMERS,
        },
    )
    return tuple(_customer(row) for row in rows)


def _customer(row: Row[Any]) -> Customer:
    return Customer(
        id=row.id,
        first_name=row.first_name,
        last_name=row.last_name,
        email=row.email or "",
        contact=Contact(row.phone or "", row.address or "", row.notes or ""),
        since=row.created_at,
        orders=row.orders,
        deleted_at=row.deleted_at,
    )


def set_contact(session: Session, person_id: int, sealed: Contact) -> None:
    """Write what is known of a customer, each part sealed. Raises UnknownPerson, WorksHere."""
    session.execute(
        _SET_CONTACT,
        {"person": person_id, "phone": sealed.phone, "address": sealed.address, "notes": sealed.notes},
    )


def set_deleted(session: Session, person_id: int, *, deleted: bool) -> None:
    """Delete a customer, or bring one back. Raises UnknownPerson, WorksHere."""
    session.execute(_SET_DELETED, {"person": person_id, "deleted": deleted})


def dossier(session: Session, person_id: int, reason: str) -> dict[str, Any]:
    """Return everything held about somebody, sealed values as they are. Raises UnknownPerson."""
    found: dict[str, Any] = session.scalar(_DOSSIER, {"person": person_id, "reason": reason})
    return found


def erase(session: Session, person_id: int, reason: str) -> None:
    """Drop the person and keep the money. Raises UnknownPerson, WorksHere, ReasonMissing."""
    session.execute(_ERASE, {"person": person_id, "reason": reason})


def retention(session: Session, *, dry_run: bool) -> tuple[Due, ...]:
    """Remove what was kept long enough, or only count it."""
    session.execute(text(f"SELECT set_config('statement_timeout', '{RETENTION_TIMEOUT_MS}', true)"))
    rows = session.execute(_RETENTION, {"dry_run": dry_run})
    return tuple(Due(row.what, row.kept, row.due, row.oldest) for row in rows)


def has_key(session: Session) -> bool:
    """Tell whether the office has a key, here or elsewhere."""
    return bool(session.scalar(_HAS_KEY))


def register_key(session: Session, key_id: str) -> None:
    """Make this the office's current key."""
    session.execute(_REGISTER, {"id": key_id})


def stale(session: Session, column: str, after: int, size: int) -> Sequence[tuple[int, str]]:
    """Return (row, value) of a column that the current key has not sealed, from this row's number on."""
    rows = session.execute(_STALE, {"column": column, "after": after, "size": size})
    return [(row.id, row.stored) for row in rows]


def reseal(session: Session, column: str, rows: Sequence[tuple[int, str, str]]) -> None:
    """Put tokens in the place of values: (row, value before, token)."""
    ids, before, after = zip(*rows, strict=True)
    session.execute(
        _RESEAL, {"column": column, "ids": list(ids), "before": list(before), "after": list(after)}
    )


def unsealed(session: Session, current: str) -> int:
    """Return how many values the current key has not sealed."""
    count: int = session.scalar(_UNSEALED, {"current": f"bo1:{current}:%"})
    return count


def opened(value: Any, sealer: Sealer, name: str = "") -> Any:
    """Return a dossier with every sealed value in it opened, as far as the keys are here."""
    match value:
        case dict():
            return {key: opened(part, sealer, key) for key, part in value.items()}
        case list():
            return [opened(part, sealer, name) for part in value]
        case str() if name in _DOSSIER_KINDS and is_token(value):
            return sealer.shown(_DOSSIER_KINDS[name], value)
    return value


_DOSSIER_KINDS = {str(kind): kind for kind in Kind}
