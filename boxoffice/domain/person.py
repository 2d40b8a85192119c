"""People who work here: what they are, and what is known of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum


class Role(StrEnum):
    """What somebody may do; each is a group of PostgreSQL's, see docs/rights.md."""

    CLERK = "clerk"
    PROMOTER = "promoter"
    MANAGER = "manager"
    DOOR = "door"


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff as the Admin screen shows them."""

    id: int
    sign_in_name: str
    role: Role
    first_name: str
    last_name: str
    email: str
    is_active: bool
    last_sign_in_at: datetime | None
    company: str = ""
    """Of a promoter."""

    @property
    def name(self) -> str:
        """What people call them."""
        return f"{self.first_name} {self.last_name}".strip() or self.sign_in_name


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody to be let in, with a first password."""

    sign_in_name: str
    password: str = field(repr=False)
    role: Role
    first_name: str
    last_name: str = ""
    email: str = ""
    company: str = ""
    """Of a promoter."""


@dataclass(frozen=True, slots=True)
class Hashes:
    """argon2id hashes of what unlocks a person's screen; empty when there is none."""

    password: str = field(default="", repr=False)
    pin: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Till:
    """A counter at which tickets are sold."""

    id: int
    name: str
    venue: str = ""
    is_active: bool = True
    time_zone: str = "Europe/Berlin"
    """IANA name of the clock on its wall."""
    day_starts_at: time = time(6)
    """When the business day turns, by that clock."""
