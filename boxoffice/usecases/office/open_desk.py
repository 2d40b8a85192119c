"""Open a desk: say who stands at which till, and bind every deed of the counter to it."""

from __future__ import annotations

from functools import partial

from boxoffice.domain.person import Role
from boxoffice.keystore import Keystore
from boxoffice.storage import notices, people
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import Desk, DeskIdentity
from boxoffice.usecases.events.browse_events import browse_events, event_offer, filter_choices
from boxoffice.usecases.mail.resend_tickets import mail_address_of, resend_tickets
from boxoffice.usecases.office.administration import open_administration
from boxoffice.usecases.office.allow import allow
from boxoffice.usecases.office.attempts import Attempts
from boxoffice.usecases.office.own_access import OwnAccess
from boxoffice.usecases.office.unlock import unlock
from boxoffice.usecases.orders.find_order import find_order, last_sales
from boxoffice.usecases.orders.receipts import receipts_of
from boxoffice.usecases.orders.record_print import record_print
from boxoffice.usecases.orders.reprint_tickets import reprint_tickets
from boxoffice.usecases.sales.price_basket import price_basket
from boxoffice.usecases.sales.sell_tickets import sell_tickets


def take_place(db: Database, office: str, till: str) -> DeskIdentity:
    """Sign in: return who this connection is and where they stand.

    Raises:
        NotAPerson: the connection's role is nobody's in this box office.
        UnknownTill: there is no such till, and only managers may name a new one.
    """
    is_exposed = db.is_exposed
    with db.write() as session:
        found = people.sign_in(session, till)
    return DeskIdentity(
        office=office,
        clerk=found.name,
        clerk_id=found.user_id,
        till=till,
        till_id=found.till_id or 0,
        role=found.role,
        sign_in_name=db.user,
        hashes=found.hashes,
        is_exposed=is_exposed,
    )


def open_desk(db: Database, at: DeskIdentity, attempts: Attempts, store: Keystore) -> Desk:
    """Return the deeds of the counter for this place; `attempts` counts wrong passwords, `store` has keys."""
    own = OwnAccess(db, at, attempts, at.hashes)
    return Desk(
        identity=at,
        browse_events=partial(browse_events, db),
        filter_choices=partial(filter_choices, db),
        event_offer=partial(event_offer, db),
        price_basket=partial(price_basket, db),
        sell=partial(sell_tickets, db, at),
        find_order=partial(find_order, db),
        last_sales=partial(last_sales, db, at.till_id),
        reprint=partial(reprint_tickets, db, at),
        allow=partial(allow, db, at, attempts),
        record_print=partial(record_print, db, at),
        receipts_of=partial(receipts_of, db),
        send_order=partial(resend_tickets, db, at),
        mail_address_of=partial(mail_address_of, db),
        administration=open_administration(db, store) if at.role is Role.MANAGER else None,
        set_password=own.set_password,
        set_pin=own.set_pin,
        unlock=partial(unlock, own),
        get_ready=db.sealer.get_ready,
        listen=partial(notices.listen, db.connect_arguments, probe=db.probe),
    )
