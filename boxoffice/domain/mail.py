"""E-mails: what is told to customers, how far each has come, and why one does not get through."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4


class MailKind(StrEnum):
    """What an e-mail tells."""

    ORDER_CONFIRMATION = "order_confirmation"
    RESEND = "resend"
    REFUND = "refund"
    EVENT_CANCELLED = "event_cancelled"
    WAITLIST_OFFER = "waitlist_offer"
    WAITLIST_CANCELLED = "waitlist_cancelled"
    """Somebody waited for an event that does not take place."""


class MailState(StrEnum):
    """How far an e-mail has come."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class MailFailure(StrEnum):
    """What kind of thing is in the way."""

    ADDRESS = "address"
    """The address is none, or its server refuses it."""
    MESSAGE = "message"
    """The server refuses what is sent."""
    SIGN_IN = "sign_in"
    """The server refuses us: our name, our password or our own address."""
    SERVER = "server"
    """The server does not answer, hangs up or offers no encryption."""
    VOID = "void"
    """What it would tell is no longer so: its tickets are not valid any more, its offer is over."""

    @property
    def concerns_all(self) -> bool:
        """Whether the next e-mail would meet the same."""
        return self in (MailFailure.SIGN_IN, MailFailure.SERVER)


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    """An e-mail that this program has in hand until its lease is over."""

    id: int
    key: UUID
    claim: UUID
    kind: MailKind
    order_id: int | None
    waitlist_id: int | None
    user_id: int | None
    recipient: str
    language: str
    """Empty: the office's."""
    facts: dict[str, Any]
    attempts: int


@dataclass(frozen=True, slots=True)
class OfferToTell:
    """An offer that stands, as it is at this moment: deadlines and events are moved after it was queued."""

    code: str
    quantity: int
    tier: str
    until: datetime
    title: str
    venue: str
    address: str
    starts_at: datetime
    time_zone: str


@dataclass(frozen=True, slots=True)
class MailEntry:
    """A row of the outbox, as a manager sees it."""

    id: int
    kind: str
    recipient: str
    order_number: str
    state: MailState
    attempts: int
    queued_at: datetime
    next_attempt_at: datetime
    sent_at: datetime | None
    failure: MailFailure | None
    detail: str
    """In the words of the server that refused."""
    subject: str
    """As it was sent."""


@dataclass(frozen=True, slots=True)
class SendOrder:
    """Send an order's tickets by e-mail; an empty recipient is the customer's own address.

    The key is born with the wish and kept through retries.
    """

    order_id: int
    recipient: str = ""
    language: str = ""
    """Empty: the office's."""
    key: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, slots=True)
class MailRound:
    """What came of one walk through the outbox. `trouble` ended it early and is told in `detail`."""

    sent: int = 0
    failed: int = 0
    later: int = 0
    trouble: MailFailure | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where e-mails are handed in, and in whose name."""

    host: str
    port: int
    security: str
    """starttls, tls or none."""
    user: str
    password: str = field(repr=False)
    sender: str = ""
    sender_name: str = ""
