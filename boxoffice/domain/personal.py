"""What the office holds about somebody, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

SHUT = "•••"
"""Stands for words that cannot be read here, because their key is on another computer or lost."""


@dataclass(frozen=True, slots=True)
class Contact:
    """What is known of a person beside name and e-mail. SHUT where it cannot be read here."""

    phone: str = ""
    address: str = ""
    notes: str = ""

    @property
    def is_shut(self) -> bool:
        """Whether something of it cannot be read here, and so cannot be rewritten either."""
        return SHUT in (self.phone, self.address, self.notes)


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who bought or waits."""

    id: int
    first_name: str
    last_name: str
    email: str
    contact: Contact
    since: datetime
    orders: int
    deleted_at: datetime | None = None

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True)
class Due:
    """One kind of record, how long it is kept, and how many have been kept for longer."""

    what: str
    """As the database names it: audit, emails, deleted_people, payments."""
    kept: str
    rows: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class KeyState:
    """How this computer stands to the office's current key."""

    key_id: str
    """Empty while the office has none."""
    is_here: bool
    others: int
    """Older keys of the office; what they sealed is sealed anew when the manager asks for it."""
    missing: int
    """How many of those are not here."""
    unsealed: int
    """Values that the current key has not sealed."""
