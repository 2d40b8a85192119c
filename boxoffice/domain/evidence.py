"""Evidence of what was done, as a manager reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class EvidenceFilter:
    """Which evidence to look for; words are looked for in everything that a row says.

    An order's number among the words means that order and its tickets.
    """

    text: str = ""
    subject: tuple[str, int] | None = None
    """One thing alone: e.g. ("person", 7)."""
    within: timedelta | None = timedelta(days=30)
    """Back from now; None: from the beginning."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One deed: who did it (by the role that the server let in), where, to what, and what it changed."""

    id: int
    at: datetime
    role: str
    name: str
    till: str
    client: str
    action: str
    subject: str
    subject_id: int
    reason: str
    detail: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
