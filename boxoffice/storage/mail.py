"""The outbox, by the functions of migrations/sql/0008/up/01_outbox.sql."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from boxoffice.domain.mail import ClaimedMail, MailEntry, MailFailure, MailKind, MailState, OfferToTell

MOST_ROWS = 500

_QUEUE_ORDER = text(
    "SELECT queue_order_mail(:key, :order_id, :kind, :recipient, :language, :till_id)",
)
_CLAIM = text("SELECT * FROM claim_mail(CAST(:kinds AS text[]), :lease_seconds)")
_SETTLE = text("SELECT settle_mail(:id, :claim, :outcome, :failure, :detail, :subject, :body)")
_RETRY = text("SELECT retry_mail(CAST(:ids AS bigint[]))")
_ADDRESS_OF_ORDER = text("""
    SELECT u.email FROM orders o JOIN users u ON u.id = o.user_id
    WHERE o.id = :order_id AND u.deleted_at IS NULL AND u.erased_at IS NULL
""")
_NAME_OF = text("""
    SELECT trim(concat_ws(' ', first_name, last_name)) FROM users WHERE id = :user_id AND erased_at IS NULL
""")
# By the clock, as the counter takes it: nobody may have come by yet to end what is over.
_STANDING_OFFER = text("""
    SELECT o.code, o.quantity, t.name AS tier, o.expires_at AS until, e.title, e.venue,
           e.venue_address AS address, e.start_time AS starts_at, e.time_zone
    FROM waitlist_offers o JOIN ticket_tiers t ON t.id = o.tier_id JOIN events e ON e.id = o.event_id
    WHERE o.mail_id = :mail_id AND o.state = 'open' AND o.expires_at > clock_timestamp()
""")
_ENTRIES = text("""
    SELECT m.id, m.kind, m.recipient, coalesce(o.order_number, '') AS order_number, m.state, m.attempts,
        m.created_at, m.next_attempt_at, m.sent_at, m.failure, m.detail, m.subject
    FROM email_notifications m LEFT JOIN orders o ON o.id = m.order_id
    WHERE CAST(:state AS text) IS NULL OR m.state = :state
    ORDER BY m.id DESC LIMIT :size
""")


@dataclass(frozen=True, slots=True)
class OrderMail:
    """Whose tickets go where; done once for a key."""

    key: UUID
    order_id: int
    kind: MailKind
    recipient: str
    language: str
    till_id: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an e-mail in hand: "sent", "later" or "failed", and why; or the words that were sent."""

    what: str
    failure: MailFailure | None = None
    detail: str = ""
    subject: str = ""
    body: str = ""


def queue_order_mail(session: Session, mail: OrderMail) -> str:
    """Queue an order's tickets; return the address that they go to.

    Raises:
        UnknownOrder, BadMailAddress, NothingToSend, NotAllowed: see usecases/mail/resend_tickets.py.
    """
    return str(session.scalar(_QUEUE_ORDER, asdict(mail) | {"kind": mail.kind.value}))


def address_of_order(session: Session, order_id: int) -> str:
    """Return the e-mail address of the order's customer, "" when none is known."""
    return session.scalar(_ADDRESS_OF_ORDER, {"order_id": order_id}) or ""


def name_of(session: Session, user_id: int) -> str | None:
    """Return a customer's name, "" when there is none; None when the person was erased."""
    name: str | None = session.scalar(_NAME_OF, {"user_id": user_id})
    return name


def standing_offer(session: Session, mail_id: int) -> OfferToTell | None:
    """Return the offer that an e-mail tells of; None when it does not stand any more."""
    row = session.execute(_STANDING_OFFER, {"mail_id": mail_id}).mappings().one_or_none()
    return None if row is None else OfferToTell(**row)


def claim(session: Session, lease_seconds: int) -> ClaimedMail | None:
    """Take the next e-mail in hand; None when none is due."""
    row = session.execute(
        _CLAIM, {"kinds": [kind.value for kind in MailKind], "lease_seconds": lease_seconds}
    )
    found = row.mappings().one_or_none()
    return None if found is None else ClaimedMail(**dict(found) | {"kind": MailKind(found["kind"])})


def settle(session: Session, mail: ClaimedMail, outcome: Outcome) -> bool:
    """Say what became of it; False when its lease had run out and somebody else has it."""
    said = {
        "id": mail.id,
        "claim": mail.claim,
        "outcome": outcome.what,
        "failure": outcome.failure.value if outcome.failure else "",
        "detail": outcome.detail,
        "subject": outcome.subject,
        "body": outcome.body,
    }
    return bool(session.scalar(_SETTLE, said))


def retry(session: Session, ids: tuple[int, ...]) -> int:
    """Let these be tried again now; return how many will be. Raises NotAllowed for who is no manager."""
    return session.scalar(_RETRY, {"ids": list(ids)}) or 0


def entries(session: Session, state: MailState | None) -> tuple[MailEntry, ...]:
    """Return the newest rows of the outbox, newest first; those of one state only, where one is given."""
    rows = session.execute(_ENTRIES, {"state": state and state.value, "size": MOST_ROWS})
    return tuple(map(_entry, rows))


def _entry(row: Row[tuple[object, ...]]) -> MailEntry:
    return MailEntry(
        id=row.id,
        kind=row.kind,
        recipient=row.recipient,
        order_number=row.order_number,
        state=MailState(row.state),
        attempts=row.attempts,
        queued_at=row.created_at,
        next_attempt_at=row.next_attempt_at,
        sent_at=row.sent_at,
        failure=MailFailure(row.failure) if row.failure else None,
        detail=row.detail,
        subject=row.subject,
    )
