"""Empty the outbox: claim an e-mail, write it, send it, settle it; the next one, until none is due.

An e-mail goes out at least once. A program that dies with one in hand leaves it to the next, when the lease
is over; one whose fate nobody knows goes out again, under the same Message-ID.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event

from boxoffice.domain.errors import BadMailAddress
from boxoffice.domain.mail import ClaimedMail, MailFailure, MailKind, MailRound, MailServer, OfferToTell
from boxoffice.domain.sale import Sale
from boxoffice.domain.ticket import TicketFace
from boxoffice.formats import Formats
from boxoffice.storage import mail as outbox
from boxoffice.storage.database import Database
from boxoffice.storage.mail import Outcome
from boxoffice.storage.queries import orders
from boxoffice.usecases.mail.addresses import mail_address
from boxoffice.usecases.mail.facts import cancelled_fields, greeting, offer_fields, order_fields, valid_faces
from boxoffice.usecases.mail.letters import Attachment, Letter, Picture, letter, message, one_line
from boxoffice.usecases.mail.post import NotSent, Post

LEASE_SECONDS = 300
"""Longer than a server that answers slowly can take for one e-mail (post.TIMEOUT_SECONDS at each step)."""

_WITH_TICKETS = (MailKind.ORDER_CONFIRMATION, MailKind.RESEND)

type DrawTickets = Callable[[Sequence[TicketFace], Formats], bytes]
"""The tickets as a PDF; printing's part, handed in by whoever sees both."""

type DrawCode = Callable[[str], bytes]
"""A text as the PNG of its QR; as above."""


@dataclass(frozen=True, slots=True)
class Office:
    """In whose name and language e-mails go out, and who draws the tickets and the codes of offers."""

    server: MailServer
    name: str
    locale: str
    draw: DrawTickets
    draw_code: DrawCode


@dataclass(frozen=True, slots=True)
class _Written:
    to: str
    letter: Letter
    pdf: Attachment | None


def send_queued(db: Database, office: Office, stop: Event, post: Post | None = None) -> MailRound:
    """Send what is due until nothing is, the event is set, or something is in the way of all of it.

    Raises:
        DatabaseGone, Busy: the outbox cannot be asked; what was sent by then is settled.
    """
    done: Counter[str] = Counter()
    with post or Post(office.server) as way:
        while not stop.is_set():
            claimed = _claim(db)
            if claimed is None:
                break
            outcome = _deliver(db, office, way, claimed)
            _settle(db, claimed, outcome)
            done[outcome.what] += 1
            if outcome.failure is not None and outcome.failure.concerns_all:
                return MailRound(done["sent"], done["failed"], done["later"], outcome.failure, outcome.detail)
    return MailRound(done["sent"], done["failed"], done["later"])


def _claim(db: Database) -> ClaimedMail | None:
    with db.write() as session:
        return outbox.claim(session, LEASE_SECONDS)


def _settle(db: Database, mail: ClaimedMail, outcome: Outcome) -> None:
    """Say what became of it; again after a lost answer, because the claim is then either ours or settled."""

    def once() -> None:
        with db.write() as session:
            outbox.settle(session, mail, outcome)

    db.repeat(once, keyed=True)


def _deliver(db: Database, office: Office, post: Post, mail: ClaimedMail) -> Outcome:
    try:
        written = _written(db, office, mail)
        made = message(mail, written.to, written.letter, office.server, written.pdf)
        post.send(made, written.to)
    except NotSent as not_sent:
        what = "failed" if not_sent.permanent else "later"
        return Outcome(what, not_sent.failure, not_sent.detail)
    except BadMailAddress:
        return Outcome("failed", MailFailure.ADDRESS)
    return Outcome("sent", subject=written.letter.subject, body=written.letter.text)


def _written(db: Database, office: Office, mail: ClaimedMail) -> _Written:
    formats = Formats(mail.language or office.locale)
    to = mail_address(mail.recipient)
    with db.read() as session:
        name = outbox.name_of(session, mail.user_id) if mail.user_id is not None else ""
        sale = orders.order_by_id(session, mail.order_id) if mail.order_id is not None else None
        offer = outbox.standing_offer(session, mail.id) if mail.kind is MailKind.WAITLIST_OFFER else None
    if name is None:
        raise _void()
    fields = {
        "greeting": greeting(name, formats.locale),
        "sender_name": one_line(office.server.sender_name or office.name),
    }
    match mail.kind:
        case MailKind.WAITLIST_OFFER:
            return _Written(to, _offer_letter(office, mail, offer, fields, formats), None)
        case MailKind.WAITLIST_CANCELLED:
            told = letter(mail.kind, formats.locale, fields | cancelled_fields(mail.facts, formats))
            return _Written(to, told, None)
    if sale is None or not sale.tickets:
        raise _void()
    pdf = _tickets(office, mail, sale, formats)
    told = letter(mail.kind, formats.locale, fields | order_fields(sale, mail.facts, formats))
    return _Written(to, told, pdf)


def _offer_letter(
    office: Office, mail: ClaimedMail, offer: OfferToTell | None, fields: dict[str, str], formats: Formats
) -> Letter:
    if offer is None:
        raise _void()
    told = fields | offer_fields(offer, formats)
    domain = office.server.sender.rpartition("@")[2]
    picture = Picture(f"code.{mail.key}@{domain}", office.draw_code(offer.code), told["code"])
    return letter(mail.kind, formats.locale, told, picture)


def _tickets(office: Office, mail: ClaimedMail, sale: Sale, formats: Formats) -> Attachment | None:
    if mail.kind not in _WITH_TICKETS:
        return None
    faces = valid_faces(sale)
    if not faces:
        raise _void()
    return Attachment(f"{sale.order_number}.pdf", office.draw(faces, formats))


def _void() -> NotSent:
    return NotSent(MailFailure.VOID, permanent=True, detail="")
