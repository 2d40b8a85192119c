"""What a screen may ask for: the deeds of the trade, bound to one database, one till and one clerk.

A `Desk` is a bundle of plain functions. Screens receive it and know nothing behind it; their tests hand in
theirs. Every function blocks and may raise `Refused`, `Unavailable` or a fault: call them on a
worker thread (ui/tasks), never on the GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from boxoffice.domain.after_sale import (
    CancelOrder,
    Correction,
    Exchange,
    Exchanged,
    PayOrder,
    ReactivateOrder,
    Refund,
)
from boxoffice.domain.card_payment import CardAnswer, PinCard
from boxoffice.domain.cash import CountDrawer, MoveCash, OpenDrawer, TillState
from boxoffice.domain.errors import NeedsOverride
from boxoffice.domain.event import EventFilter, EventKey, EventOffer, EventPage, FilterChoices
from boxoffice.domain.gift_card import GiftCard, IssueGiftCard
from boxoffice.domain.mail import SendOrder
from boxoffice.domain.notice import Done, Notice
from boxoffice.domain.person import Hashes, Role
from boxoffice.domain.sale import HoldBasket, Sale, SaleLine, SellTickets, Terms, Totals
from boxoffice.domain.ticket import IssuedTicket, PrintState
from boxoffice.usecases.customers.customer_desk import CustomerDesk
from boxoffice.usecases.office.administration import Administration
from boxoffice.usecases.office.open_office import Credentials
from boxoffice.usecases.orders.order_desk import OrderDesk
from boxoffice.usecases.payments.card_desk import CardDesk
from boxoffice.usecases.waitlist.waitlist_desk import WaitlistDesk

if TYPE_CHECKING:
    from boxoffice.domain.receipt import Receipt


@dataclass(frozen=True, slots=True)
class DeskIdentity:
    """Who stands here: shown in the window and written into every sale."""

    office: str
    clerk: str
    clerk_id: int
    till: str
    till_id: int
    role: Role = Role.CLERK
    sign_in_name: str = ""
    hashes: Hashes = field(default_factory=Hashes)
    is_exposed: bool = False
    """The connection is not encrypted and leaves this computer."""

    @property
    def may_sell(self) -> bool:
        """Whether the database lets this person sell."""
        return self.role in (Role.CLERK, Role.MANAGER)


@dataclass(frozen=True, slots=True)
class PrintReport:
    """How printing of these tickets went; `detail` names the printer or says what failed."""

    ticket_ids: tuple[int, ...]
    state: PrintState
    printer: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Reprint:
    """Print these tickets of an order again under new codes; the old ones stop being valid.

    The key is born with the wish and kept through retries, so that a lost answer never mints twice.
    """

    order_id: int
    ticket_ids: tuple[int, ...]
    reason: str
    key: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, slots=True)
class AllowOnce:
    """A manager's leave for one deed of whoever is signed in."""

    manager: Credentials
    deed: NeedsOverride
    reason: str


@dataclass(frozen=True, slots=True)
class DrawerDeeds:
    """The till's cash, for clerks and managers. Every function blocks."""

    state: Callable[[], TillState]
    open: Callable[[OpenDrawer], Done[int]]
    """Answers with the drawer. Raises DrawerOpen, BadAmount."""
    join: Callable[[int], Done[None]]
    """Use this drawer of somebody else. Raises NeedsOverride, DrawerClosed."""
    move: Callable[[MoveCash], Done[None]]
    """Raises ReasonMissing, BadAmount, DrawerCounted, DrawerClosed, DrawerNotYours, NeedsOverride."""
    count: Callable[[CountDrawer], Done[None]]
    """Raises BadAmount, DrawerClosed, DrawerNotYours."""
    sign_off: Callable[[int], Done[int]]
    """Of a drawer; answers with the closing. Raises DrawerNotCounted, NeedsOverride, DrawerClosed."""
    x_report: Callable[[], dict[str, Any]]
    z_report: Callable[[int], dict[str, Any]]
    """Of a closing, as it was written down. Raises UnknownClosing."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The deeds, in the order in which a clerk meets them."""

    identity: DeskIdentity
    browse_events: Callable[[EventFilter, EventKey | None], EventPage]
    """One page of upcoming events behind this key (None: the first page)."""
    filter_choices: Callable[[], FilterChoices]
    event_offer: Callable[[int], EventOffer]
    """Raises UnknownEvent."""
    price_basket: Callable[[int, tuple[SaleLine, ...], Terms], Totals]
    """What these lines of this event cost now under these terms; checks nothing about availability."""
    sell: Callable[[SellTickets], Done[Sale]]
    """The purchase. Raises any sales refusal of domain.errors, Busy, AnswerLost, DatabaseGone, DiskFull."""
    hold_basket: Callable[[HoldBasket], Done[datetime]]
    """Until when. Raises what selling raises, UnknownOffer, OfferOver, OfferOfOtherTickets."""
    extend_hold: Callable[[UUID, str], datetime | None]
    """Ten minutes from now on; None when the tickets went back already."""
    release_hold: Callable[[UUID], Done[None]]
    expire_holds: Callable[[], Done[int]]
    """End what is over, of any till; how many tickets came free."""
    pin_card: Callable[[PinCard], None]
    """Before a terminal is asked. Raises CardPaymentDiffers."""
    settle_card: Callable[[UUID, CardAnswer], Done[None]]
    cards: CardDesk
    """Card payments that somebody has to settle, and the way to this computer's gateway."""
    find_gift_card: Callable[[str], GiftCard]
    """By its code, typed or scanned. Raises UnknownGiftCard."""
    issue_gift_card: Callable[[IssueGiftCard], Done[GiftCard]]
    refund: Callable[[Refund], Done[Correction]]
    """Raises ReasonMissing, UnknownOrder, OrderNotReturnable, TicketNotReturnable, NeedsOverride,
    NoOpenDrawer."""
    exchange: Callable[[Exchange], Done[Exchanged]]
    """Raises what selling and refunding raise, OtherCurrency, PaymentsDiffer."""
    pay_order: Callable[[PayOrder], Done[Sale]]
    cancel_order: Callable[[CancelOrder], Done[Correction]]
    reactivate_order: Callable[[ReactivateOrder], Done[Sale]]
    find_order: Callable[[str], Sale]
    """By order number, typed or scanned ticket code. Raises MistypedTicketCode, UnknownOrder."""
    last_sales: Callable[[int], tuple[Sale, ...]]
    """This till's newest sales, newest first."""
    orders: OrderDesk
    """The list of all orders, and what the counter does with one."""
    customers: CustomerDesk
    reprint: Callable[[Reprint], Done[tuple[IssuedTicket, ...]]]
    """Raises ReasonMissing, TicketNotPrintable, UnknownOrder."""
    allow: Callable[[AllowOnce], None]
    """Raises SignInFailed, TooManyAttempts, NotAllowed."""
    record_print: Callable[[PrintReport], Done[None]]
    drawer: DrawerDeeds
    receipts_of: Callable[[int], tuple[Receipt, ...]]
    """All receipts that tell of this order, oldest first."""
    send_order: Callable[[SendOrder], Done[str]]
    """Queue an order's tickets as an e-mail and return the address. Raises BadMailAddress, NothingToSend."""
    mail_address_of: Callable[[int], str]
    """The e-mail address of an order's customer, "" when none is known."""
    administration: Administration | None
    """For managers; nobody else is shown the Admin screen, and the database would refuse them."""
    set_password: Callable[[str, str], None]
    """Own current and new password. Raises WrongPassword, TooManyAttempts, PasswordTooShort."""
    set_pin: Callable[[str, str], None]
    """Own current password and new PIN; raises the same."""
    unlock: Callable[[str], None]
    """With the password or PIN of whoever is signed in. Raises WrongPassword, TooManyAttempts."""
    get_ready: Callable[[], None]
    """Fetch what the first sale by card would else wait for. Raises DatabaseGone, Busy."""
    listen: Callable[[Callable[[Notice], None], Callable[[bool], None], Event], None]
    """Blocks until the event is set: hands over every notice of any till, and True/False as the connection
    comes and goes. After a True that follows a False everything shown may be out of date."""
    waitlist: WaitlistDesk
    """Who waits for tickets, and what is offered to them."""
