"""A desk made of plain functions over plain values: what screens are tested and pictured with.

It keeps stock and prices of its own so that a sale changes what the next look returns; it proves nothing
about the real rules, which live in the database.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from threading import Event, Lock
from uuid import UUID

from boxoffice.domain import errors
from boxoffice.domain.after_sale import PayOrder
from boxoffice.domain.card_payment import (
    CardAnswer,
    CardOutcome,
    CardState,
    ClearCard,
    OpenCardPayment,
    PinCard,
)
from boxoffice.domain.customer import KnownCustomer, NewCustomer
from boxoffice.domain.event import (
    EventFilter,
    EventKey,
    EventOffer,
    EventPage,
    FilterChoices,
)
from boxoffice.domain.gift_card import GiftCard
from boxoffice.domain.mail import SendOrder
from boxoffice.domain.money import Money
from boxoffice.domain.notice import Done, Notice, Topic
from boxoffice.domain.order_detail import OrderDetail
from boxoffice.domain.order_list import OrderChoices, OrderFilter, OrderKey, OrderPage
from boxoffice.domain.person import Role
from boxoffice.domain.receipt import Receipt
from boxoffice.domain.sale import (
    PLAIN,
    HoldBasket,
    OrderStatus,
    Paid,
    Payment,
    PricedLine,
    Sale,
    SaleLine,
    SellTickets,
    Tender,
    Terms,
    Totals,
)
from boxoffice.domain.ticket import IssuedTicket, TicketFace, TicketStatus
from boxoffice.domain.ticket_code import normalise
from boxoffice.usecases.customers.customer_desk import CustomerDesk
from boxoffice.usecases.desk import AllowOnce, Desk, DeskIdentity, PrintReport, Reprint
from boxoffice.usecases.office.administration import Administration
from boxoffice.usecases.orders.order_desk import MoveName, OrderDesk
from boxoffice.usecases.payments.card_desk import CardDesk
from tests.ui.fake_after_sale import FakeAfterSale
from tests.ui.fake_drawer import FakeDrawer
from tests.ui.fake_event import FEE, NOW, PAGE, ZONE, FakeEvent, FakeTier, code_of, euro
from tests.ui.fake_orders import FakeOrders, detail_of
from tests.ui.fake_waitlist import FakeWaitlist


def _place(event: FakeEvent) -> tuple[datetime, int]:
    return event.starts, event.id


@dataclass
class World:
    """Everything that the fake desk knows. Tests change it and replace single deeds."""

    events: list[FakeEvent] = field(default_factory=list)
    sales: list[Sale] = field(default_factory=list)
    drawer: FakeDrawer = field(default_factory=FakeDrawer)
    by_key: dict[UUID, Sale] = field(default_factory=dict)
    reports: list[PrintReport] = field(default_factory=list)
    sold_commands: list[SellTickets] = field(default_factory=list)
    browsed: list[tuple[EventFilter, EventKey | None]] = field(default_factory=list)
    fail_sell: list[Exception] = field(default_factory=list)
    """Raised one after the other by the next sales."""
    fail_price: list[Exception] = field(default_factory=list)
    """Raised one after the other by the next prices."""
    fail_hold: list[Exception] = field(default_factory=list)
    """Raised one after the other by the next holds."""
    holds: dict[UUID, tuple[SaleLine, ...]] = field(default_factory=dict)
    held: list[HoldBasket] = field(default_factory=list)
    """What was asked to be held, in order."""
    pins: list[PinCard] = field(default_factory=list)
    settled: list[tuple[UUID, CardAnswer]] = field(default_factory=list)
    to_clear: list[OpenCardPayment] = field(default_factory=list)
    cleared: list[ClearCard] = field(default_factory=list)
    charge: Callable[[PinCard], CardAnswer] | None = None
    """The gateway, where there is one."""
    card_look_up: Callable[[UUID], CardAnswer] | None = None
    gift_cards: dict[str, Money] = field(default_factory=dict)
    lose_answer: bool = False
    """Let the next sale happen and lose its answer."""
    fail_looks: Exception | None = None
    fail_records: Exception | None = None
    wait_for_price: Event | None = None
    wait_for_sell: Event | None = None
    wait_for_events: Event | None = None
    wait_for_offer: Event | None = None
    notify: Callable[[Notice], None] | None = None
    connection: Callable[[bool], None] | None = None
    page_size: int = PAGE
    administration: Administration | None = None
    customer_address: str = ""
    """The e-mail address of every order's customer."""
    receipts: dict[int, tuple[Receipt, ...]] = field(default_factory=dict)
    """Of each order."""
    mailed: list[SendOrder] = field(default_factory=list)
    allowed: list[AllowOnce] = field(default_factory=list)
    role: Role = Role.CLERK
    secrets: tuple[str, ...] = ("s3cret", "4711")
    lock: Lock = field(default_factory=Lock)
    book: FakeOrders = field(default_factory=FakeOrders)
    waitlist: FakeWaitlist = field(default_factory=FakeWaitlist)
    after: FakeAfterSale = field(init=False)

    def __post_init__(self) -> None:
        self.after = FakeAfterSale(self)

    def add(self, event: FakeEvent) -> FakeEvent:
        for tier in event.tiers:
            tier.id = 1000 + sum(len(other.tiers) for other in self.events) + event.tiers.index(tier)
        self.events.append(event)
        self.events.sort(key=lambda one: (one.starts, one.id))
        return event

    def event(self, event_id: int) -> FakeEvent:
        for event in self.events:
            if event.id == event_id:
                return event
        raise errors.UnknownEvent(str(event_id))

    # --- the deeds -----------------------------------------------------------------------------

    def _look(self) -> None:
        if self.fail_looks is not None:
            raise self.fail_looks

    def browse_events(self, wanted: EventFilter, after: EventKey | None) -> EventPage:
        if self.wait_for_events is not None:
            self.wait_for_events.wait(10)
        self._look()
        with self.lock:
            self.browsed.append((wanted, after))
            start = 0
            if after is not None:
                start = bisect_right(self.events, (after.starts_at, after.id), key=_place)
            fitting = (event for event in islice(self.events, start, None) if self._fits(event, wanted))
            rows = [event.listing() for event in islice(fitting, self.page_size + 1)]
        page, rest = rows[: self.page_size], rows[self.page_size :]
        return EventPage(tuple(page), EventKey(page[-1].starts_at, page[-1].id) if rest else None)

    def _fits(self, event: FakeEvent, wanted: EventFilter) -> bool:
        day: date = event.starts.date()
        return (
            wanted.text.lower() in f"{event.title} {event.venue}".lower()
            and (wanted.from_date is None or day >= wanted.from_date)
            and (wanted.to_date is None or day <= wanted.to_date)
            and (wanted.venue is None or event.venue == wanted.venue)
            and (wanted.promoter_id is None or event.promoter.id == wanted.promoter_id)
            and (not wanted.available_only or event.listing().available > 0)
        )

    def filter_choices(self) -> FilterChoices:
        self._look()
        venues = tuple(sorted({event.venue for event in self.events[:200]}))
        promoters = {event.promoter.id: event.promoter for event in self.events[:200]}
        return FilterChoices(venues, tuple(promoters.values()))

    def event_offer(self, event_id: int) -> EventOffer:
        if self.wait_for_offer is not None:
            self.wait_for_offer.wait(10)
        self._look()
        with self.lock:
            return self.event(event_id).offer()

    def price_basket(self, event_id: int, lines: tuple[SaleLine, ...], _terms: Terms = PLAIN) -> Totals:
        if self.wait_for_price is not None:
            self.wait_for_price.wait(10)
        self._look()
        if self.fail_price:
            raise self.fail_price.pop(0)
        tiers = {tier.id: tier for tier in self.event(event_id).tiers}
        priced = tuple(
            PricedLine(
                line.tier_id,
                tiers[line.tier_id].name,
                line.quantity,
                tiers[line.tier_id].price,
                tiers[line.tier_id].price * line.quantity,
            )
            for line in lines
        )
        subtotal = sum((line.total.amount for line in priced), Decimal(0))
        fee = FEE * sum(line.quantity for line in priced)
        total = subtotal + fee
        tax = (total * 7 / 107).quantize(Decimal("0.01"))
        return Totals(
            priced, euro(subtotal), euro(fee), euro(tax), euro(total), Decimal(7), tax_inclusive=True
        )

    def sell(self, command: SellTickets) -> Done[Sale]:
        if self.wait_for_sell is not None:
            self.wait_for_sell.wait(10)
        with self.lock:
            self.sold_commands.append(command)
            if self.fail_sell:
                raise self.fail_sell.pop(0)
            known = self.by_key.get(command.purchase_key)
            if known is not None:
                return Done(replace(known, replayed=True), frozenset())
            sale = self._sell(command)
        if self.lose_answer:
            self.lose_answer = False
            raise errors.AnswerLost
        touched = frozenset(
            {Notice(Topic.AVAILABILITY, command.event_id), Notice(Topic.ORDERS, command.event_id)}
        )
        return Done(sale, touched)

    def _sell(self, command: SellTickets) -> Sale:
        event = self.event(command.event_id)
        tiers = {tier.id: tier for tier in event.tiers}
        if command.terms.offer:
            offer = self.waitlist.redeem(command.terms.offer)
            tiers[offer.tier_id].reserved -= offer.quantity
        for line in command.lines:
            tier = tiers[line.tier_id]
            if tier.price != line.unit_price:
                raise errors.PriceChanged(tier.id, tier.name, line.unit_price, tier.price)
            if tier.available < line.quantity:
                raise errors.SoldOut(tier.id, tier.name, tier.available, line.quantity, tier.reserved)
        totals = self.price_basket(command.event_id, command.lines)
        payment = command.payments[0] if len(command.payments) == 1 else Payment(Tender.OTHER)
        tendered = payment.tendered or totals.total
        if payment.tender is Tender.CASH and tendered < totals.total:
            raise errors.CashTooLittle(totals.total, tendered)
        for line in command.lines:
            tiers[line.tier_id].sold += line.quantity
        order = 104217 + len(self.sales)
        sale = Sale(
            order_id=order,
            order_number=f"2026-{order}",
            event_id=event.id,
            event_title=event.title,
            status=OrderStatus.PAID if command.payments else OrderStatus.PENDING,
            sold_at=NOW,
            till="Counter 2",
            clerk="Anna Weber",
            totals=totals,
            payments=tuple(
                Paid(part.tender, part.amount or totals.total, part.tendered, part.reference)
                for part in command.payments
            ),
            change=tendered - totals.total if payment.tender is Tender.CASH else euro("0"),
            tickets=self._tickets(
                event, order, [tiers[x.tier_id] for x in command.lines for _ in range(x.quantity)]
            ),
        )
        self.sales.insert(0, sale)
        self.by_key[command.purchase_key] = sale
        return sale

    def _tickets(self, event: FakeEvent, order: int, tiers: list[FakeTier]) -> tuple[IssuedTicket, ...]:
        return tuple(
            IssuedTicket(
                id=order * 100 + number,
                status=TicketStatus.VALID,
                print_state=None,
                face=TicketFace(
                    ticket_id=order * 100 + number,
                    code=code_of(order * 100 + number),
                    event_title=event.title,
                    promoter=event.promoter.name,
                    venue=event.venue,
                    venue_address="Kanalstraße 14",
                    starts_at=event.starts,
                    doors_at=event.doors,
                    time_zone=ZONE,
                    tier=tier.name,
                    price=euro(tier.price.amount + FEE),
                    fee=euro(FEE),
                    tax_rate_percent=Decimal(7),
                    order_number=f"2026-{order}",
                    number=number,
                    of=len(tiers),
                    till="Counter 2",
                    sold_at=NOW,
                ),
            )
            for number, tier in enumerate(tiers, 1)
        )

    def find_order(self, searched: str) -> Sale:
        self._look()
        text = "".join(searched.split())
        for sale in self.sales:
            if sale.order_number == text:
                return sale
        if text[:4].isdigit() and text[4:5] == "-":
            raise errors.UnknownOrder(searched)
        try:
            code = normalise(searched)
        except ValueError:
            raise errors.MistypedTicketCode(searched) from None
        for sale in self.sales:
            if any(ticket.face.code == code for ticket in sale.tickets):
                return sale
        raise errors.UnknownOrder(searched)

    def last_sales(self, count: int) -> tuple[Sale, ...]:
        self._look()
        return tuple(self.sales[:count])

    def reprint(self, command: Reprint) -> Done[tuple[IssuedTicket, ...]]:
        if not command.reason:
            raise errors.ReasonMissing
        place = next(i for i, sale in enumerate(self.sales) if sale.order_id == command.order_id)
        sale = self.sales[place]
        old = tuple(replace(ticket, status=TicketStatus.SUPERSEDED) for ticket in sale.tickets)
        new = tuple(
            replace(
                ticket,
                id=ticket.id + 50,
                print_state=None,
                face=replace(ticket.face, ticket_id=ticket.id + 50, code=code_of(ticket.id + 50)),
            )
            for ticket in sale.tickets
            if ticket.id in command.ticket_ids
        )
        self.sales[place] = replace(sale, tickets=old + new)
        return Done(new, frozenset({Notice(Topic.PRINTS)}))

    def record_print(self, report: PrintReport) -> Done[None]:
        if self.fail_records is not None:
            raise self.fail_records
        self.reports.append(report)
        return Done(None, frozenset({Notice(Topic.PRINTS)}))

    def send_order(self, wanted: SendOrder) -> Done[str]:
        recipient = wanted.recipient or self.customer_address
        if "@" not in recipient:
            raise errors.BadMailAddress(recipient)
        self.mailed.append(wanted)
        return Done(recipient, frozenset({Notice(Topic.ORDERS)}))

    def listen(
        self, notice: Callable[[Notice], None], connection: Callable[[bool], None], stop: Event
    ) -> None:
        self.notify = notice
        self.connection = connection
        connection(True)
        stop.wait()

    def tell(self, event_id: int) -> None:
        """Let all tills hear that something of this event was sold."""
        assert self.notify is not None
        self.notify(Notice(Topic.AVAILABILITY, event_id))

    def allow(self, wanted: AllowOnce) -> None:
        if wanted.manager.password not in self.secrets:
            raise errors.SignInFailed(wanted.manager.name)
        self.allowed.append(wanted)

    def set_secret(self, current: str, new: str) -> None:
        self.unlock(current)
        self.secrets = (current, new)

    def unlock(self, secret: str) -> None:
        if secret not in self.secrets:
            raise errors.WrongPassword

    def hold_basket(self, basket: HoldBasket) -> Done[datetime]:
        self._look()
        if self.fail_hold:
            raise self.fail_hold.pop(0)
        self.held.append(basket)
        self.holds[basket.key] = basket.lines
        return Done(NOW + timedelta(minutes=10), frozenset({Notice(Topic.AVAILABILITY, basket.event_id)}))

    def extend_hold(self, key: UUID, _offer: str) -> datetime | None:
        return NOW + timedelta(minutes=20) if key in self.holds else None

    def release_hold(self, key: UUID) -> Done[None]:
        self.holds.pop(key, None)
        return Done(None, frozenset({Notice(Topic.AVAILABILITY)}))

    def settle_card(self, key: UUID, answer: CardAnswer) -> Done[None]:
        self.settled.append((key, answer))
        return Done(None, frozenset())

    def cards(self) -> CardDesk:
        return CardDesk(
            lambda: tuple(self.to_clear), self.clear_card, self.book_card, self.charge, self.card_look_up
        )

    def clear_card(self, wish: ClearCard) -> Done[None]:
        self.cleared.append(wish)
        place = self.to_clear.index(wish.payment)
        if wish.outcome is CardOutcome.CHARGED:
            self.to_clear[place] = replace(wish.payment, state=CardState.APPROVED, reference=wish.reference)
        else:
            del self.to_clear[place]
        return Done(None, frozenset({Notice(Topic.ORDERS)}))

    def book_card(self, payment: OpenCardPayment) -> Done[Sale]:
        assert payment.purchase_key is not None
        card = Payment(Tender.CARD, reference=payment.reference, amount=payment.amount, card_key=payment.key)
        if payment.order_id is not None:
            self.to_clear = [one for one in self.to_clear if one.key != payment.key]
            return self.after.pay_order(PayOrder(payment.order_id, (card,), payment.purchase_key))
        assert payment.basket is not None
        wish = SellTickets(
            payment.purchase_key, payment.basket.event_id, payment.basket.lines, (card,), payment.amount
        )
        done = self.sell(wish)
        self.to_clear = [one for one in self.to_clear if one.key != payment.key]
        return done

    def find_gift_card(self, code: str) -> GiftCard:
        if code not in self.gift_cards:
            raise errors.UnknownGiftCard(code)
        return GiftCard(code, self.gift_cards[code])

    def _orders(self) -> OrderDesk:
        """The book is looked up anew each time: a test may put another one in its place."""

        def find(wanted: OrderFilter, after: OrderKey | None) -> OrderPage:
            return self.book.find(wanted, after)

        def choices() -> OrderChoices:
            return self.book.choices()

        def open_(order_id: int) -> OrderDetail:
            sold = [sale for sale in self.sales if sale.order_id == order_id]
            return detail_of(sold[0]) if sold else self.book.open(order_id)

        def move_name(wish: MoveName) -> Done[None]:
            return self.book.move_name(wish)

        def write_notes(order_id: int, notes: str) -> Done[None]:
            return self.book.write_notes(order_id, notes)

        return OrderDesk(find, choices, open_, move_name, write_notes)

    def _customers(self) -> CustomerDesk:
        def find(typed: str) -> tuple[KnownCustomer, ...]:
            return self.book.find_customers(typed)

        def add(new: NewCustomer) -> KnownCustomer:
            return self.book.add_customer(new)

        return CustomerDesk(find, add)

    def _person(self, customer_id: int) -> KnownCustomer | None:
        return next((one for one in self.book.people if one.id == customer_id), None)

    def desk(self) -> Desk:
        self.waitlist.known = self._person
        return Desk(
            identity=DeskIdentity("City Theatre", "Anna Weber", 1, "Counter 2", 2, self.role),
            browse_events=self.browse_events,
            filter_choices=self.filter_choices,
            event_offer=self.event_offer,
            price_basket=self.price_basket,
            sell=self.sell,
            hold_basket=self.hold_basket,
            extend_hold=self.extend_hold,
            release_hold=self.release_hold,
            expire_holds=lambda: Done(0, frozenset()),
            pin_card=self.pins.append,
            settle_card=self.settle_card,
            cards=self.cards(),
            find_gift_card=self.find_gift_card,
            issue_gift_card=self.after.issue_gift_card,
            refund=self.after.refund,
            exchange=self.after.exchange,
            pay_order=self.after.pay_order,
            cancel_order=self.after.cancel_order,
            reactivate_order=self.after.reactivate_order,
            find_order=self.find_order,
            last_sales=self.last_sales,
            orders=self._orders(),
            customers=self._customers(),
            reprint=self.reprint,
            allow=self.allow,
            record_print=self.record_print,
            drawer=self.drawer.deeds(),
            receipts_of=lambda order: self.receipts.get(order, ()),
            send_order=self.send_order,
            mail_address_of=lambda _: self.customer_address,
            administration=self.administration,
            set_password=self.set_secret,
            set_pin=self.set_secret,
            unlock=self.unlock,
            get_ready=lambda: None,
            listen=self.listen,
            waitlist=self.waitlist.desk(),
        )
