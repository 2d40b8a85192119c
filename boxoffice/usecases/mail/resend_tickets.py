"""Send an order's tickets by e-mail: queued like all the office's mail, sent by whichever program is open."""

from __future__ import annotations

from boxoffice.domain.mail import MailKind, SendOrder
from boxoffice.domain.notice import Done, Notice, Topic
from boxoffice.storage import mail
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity
from boxoffice.usecases.mail.addresses import mail_address


def resend_tickets(db: Database, at: DeskIdentity, command: SendOrder) -> Done[str]:
    """Queue the order's valid tickets and return the address that they go to; under a known key, queue none.

    Raises:
        BadMailAddress: what was typed is no address; or nothing was, and none is known of the customer.
        NothingToSend: no ticket of the order is valid.
        UnknownOrder: there is no such order.
        NotAllowed: only clerks and managers may.
    """
    recipient = mail_address(command.recipient) if command.recipient.strip() else ""
    wish = mail.OrderMail(
        command.key, command.order_id, MailKind.RESEND, recipient, command.language, at.till_id
    )

    def once() -> str:
        with db.write() as session:
            return mail.queue_order_mail(session, wish)

    return Done(db.repeat(once, keyed=True), frozenset({Notice(Topic.ORDERS)}))


def mail_address_of(db: Database, order_id: int) -> str:
    """Return the customer's own address, "" when none is known."""
    with db.read() as session:
        return mail.address_of_order(session, order_id)
