"""Audit the database: does everything add up?"""

from __future__ import annotations

from boxoffice.storage.database import Database
from boxoffice.storage.invariants import Finding, audit_all


def check_database(db: Database) -> tuple[Finding, ...]:
    """Return how every invariant stands, all on one snapshot; a sound database has none broken."""
    with db.read() as session:
        return audit_all(session)
