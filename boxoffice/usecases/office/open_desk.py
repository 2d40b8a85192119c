"""Open a desk: say who stands at which till, and bind every deed of the counter to it."""

from __future__ import annotations

from functools import partial

from boxoffice.domain.card_payment import Gateway
from boxoffice.domain.person import Role
from boxoffice.keystore import Keystore
from boxoffice.storage import notices, people
from boxoffice.storage.database import Database
from boxoffice.usecases.cash.deeds import drawer_deeds
from boxoffice.usecases.customers.add_customer import add_customer
from boxoffice.usecases.customers.customer_desk import CustomerDesk
from boxoffice.usecases.customers.find_customers import find_customers
from boxoffice.usecases.desk import Desk, DeskIdentity
from boxoffice.usecases.events.browse_events import browse_events, event_offer, filter_choices
from boxoffice.usecases.events.cancellations import open_cancellations
from boxoffice.usecases.mail.resend_tickets import mail_address_of, resend_tickets
from boxoffice.usecases.office.administration import open_administration
from boxoffice.usecases.office.allow import allow
from boxoffice.usecases.office.attempts import Attempts
from boxoffice.usecases.office.own_access import OwnAccess
from boxoffice.usecases.office.unlock import unlock
from boxoffice.usecases.orders.exchange_tickets import exchange_tickets
from boxoffice.usecases.orders.find_order import find_order, last_sales
from boxoffice.usecases.orders.find_orders import find_orders, order_choices
from boxoffice.usecases.orders.move_name import move_name
from boxoffice.usecases.orders.open_order import open_order
from boxoffice.usecases.orders.order_desk import OrderDesk
from boxoffice.usecases.orders.pay_order import pay_order, reactivate_order
from boxoffice.usecases.orders.receipts import receipts_of
from boxoffice.usecases.orders.record_print import record_print
from boxoffice.usecases.orders.refund_tickets import cancel_order, refund_tickets
from boxoffice.usecases.orders.reprint_tickets import reprint_tickets
from boxoffice.usecases.orders.write_notes import write_notes
from boxoffice.usecases.payments.card_desk import CardDesk
from boxoffice.usecases.payments.card_payments import (
    book_card,
    charge_card,
    clear_card,
    look_up_card,
    open_card_payments,
    pin_card,
    settle_card,
)
from boxoffice.usecases.payments.card_refunds import refund_with
from boxoffice.usecases.payments.gift_cards import find_gift_card, issue_gift_card
from boxoffice.usecases.sales.expire_holds import expire_holds
from boxoffice.usecases.sales.hold_basket import extend_hold, hold_basket, release_hold
from boxoffice.usecases.sales.price_basket import price_basket
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from boxoffice.usecases.waitlist.open_waitlist import open_waitlist


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


def open_desk(
    db: Database, at: DeskIdentity, attempts: Attempts, store: Keystore, gateway: Gateway | None = None
) -> Desk:
    """Return the deeds of the counter for this place.

    Args:
        db: the door of whoever is signed in.
        at: who that is, and where.
        attempts: counts wrong passwords.
        store: has the office's keys.
        gateway: charges cards; None: the terminal stands on its own.
    """
    own = OwnAccess(db, at, attempts, at.hashes)
    return Desk(
        identity=at,
        browse_events=partial(browse_events, db),
        filter_choices=partial(filter_choices, db),
        event_offer=partial(event_offer, db),
        price_basket=partial(price_basket, db),
        sell=partial(sell_tickets, db, at),
        hold_basket=partial(hold_basket, db, at),
        extend_hold=partial(extend_hold, db),
        release_hold=partial(release_hold, db),
        expire_holds=partial(expire_holds, db),
        pin_card=partial(pin_card, db, at),
        settle_card=partial(settle_card, db, at),
        cards=_open_cards(db, at, gateway),
        find_gift_card=partial(find_gift_card, db),
        issue_gift_card=partial(issue_gift_card, db, at),
        refund=partial(refund_with, db, at, gateway) if gateway else partial(refund_tickets, db, at),
        exchange=partial(exchange_tickets, db, at),
        pay_order=partial(pay_order, db, at),
        cancel_order=partial(cancel_order, db, at),
        reactivate_order=partial(reactivate_order, db, at),
        find_order=partial(find_order, db),
        last_sales=partial(last_sales, db, at.till_id),
        orders=_open_orders(db, at),
        customers=CustomerDesk(find=partial(find_customers, db), add=partial(add_customer, db, at)),
        reprint=partial(reprint_tickets, db, at),
        allow=partial(allow, db, at, attempts),
        record_print=partial(record_print, db, at),
        drawer=drawer_deeds(db, at),
        receipts_of=partial(receipts_of, db),
        send_order=partial(resend_tickets, db, at),
        mail_address_of=partial(mail_address_of, db),
        administration=open_administration(db, store, open_cancellations(db, at, gateway))
        if at.role is Role.MANAGER
        else None,
        set_password=own.set_password,
        set_pin=own.set_pin,
        unlock=partial(unlock, own),
        get_ready=db.sealer.get_ready,
        listen=partial(notices.listen, db.connect_arguments, probe=db.probe),
        waitlist=open_waitlist(db, at),
    )


def _open_cards(db: Database, at: DeskIdentity, gateway: Gateway | None) -> CardDesk:
    return CardDesk(
        open=partial(open_card_payments, db, at),
        clear=partial(clear_card, db, at),
        book=partial(book_card, db, at),
        charge=partial(charge_card, db, at, gateway) if gateway else None,
        look_up=partial(look_up_card, db, at, gateway) if gateway else None,
    )


def _open_orders(db: Database, at: DeskIdentity) -> OrderDesk:
    return OrderDesk(
        find=partial(find_orders, db),
        choices=partial(order_choices, db),
        open=partial(open_order, db),
        move_name=partial(move_name, db, at),
        write_notes=partial(write_notes, db, at),
    )
