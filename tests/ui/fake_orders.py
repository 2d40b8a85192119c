"""Orders and customers of the fake desk: plain lists that are looked through by plain words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from threading import Event

from boxoffice.domain import errors
from boxoffice.domain.customer import KnownCustomer, NewCustomer
from boxoffice.domain.money import Money
from boxoffice.domain.notice import Done, Notice, Topic
from boxoffice.domain.order_detail import MoneyLine, OrderCustomer, OrderDetail, ReceiptLine
from boxoffice.domain.order_list import (
    Named,
    OrderChoices,
    OrderFilter,
    OrderKey,
    OrderListing,
    OrderPage,
    OrderState,
    Rank,
)
from boxoffice.domain.sale import OrderStatus, Paid, PricedLine, Sale, Tender, Totals
from boxoffice.domain.ticket import IssuedTicket, PrintState, TicketFace, TicketStatus
from boxoffice.usecases.orders.order_desk import MoveName
from tests.ui.fake_event import NOW, ZONE, code_of, euro


@dataclass
class FakeOrders:
    """What the Orders screen is shown. Tests change it and replace single deeds."""

    orders: list[OrderDetail] = field(default_factory=list)
    people: list[KnownCustomer] = field(default_factory=list)
    asked: list[tuple[OrderFilter, OrderKey | None]] = field(default_factory=list)
    moved: list[MoveName] = field(default_factory=list)
    notes: list[tuple[int, str]] = field(default_factory=list)
    taken: list[NewCustomer] = field(default_factory=list)
    fail: Exception | None = None
    fail_moves: list[Exception] = field(default_factory=list)
    gate: Event | None = None
    page_size: int = 60

    def find(self, wanted: OrderFilter, after: OrderKey | None) -> OrderPage:
        if self.gate is not None:
            self.gate.wait(10)
        if self.fail is not None:
            raise self.fail
        self.asked.append((wanted, after))
        fitting = [_listing(order) for order in self.orders if self._fits(order, wanted)]
        if after is not None:
            fitting = [row for row in fitting if (row.at, row.id) < (after.at, after.id)]
        rows, rest = fitting[: self.page_size], fitting[self.page_size :]
        exact = len(fitting) == 1 and bool(wanted.text)
        if exact:
            rows = [replace(rows[0], rank=Rank.EXACT)]
        return OrderPage(tuple(rows), rows[-1].key if rest else None)

    def _fits(self, order: OrderDetail, wanted: OrderFilter) -> bool:
        said = f"{order.sale.order_number} {order.customer.name if order.customer else ''}".lower()
        codes = {f"BO1:{ticket.face.code}" for ticket in order.sale.tickets}
        return (
            (wanted.text.lower() in said or wanted.text in codes)
            and (wanted.state is None or order.state is wanted.state)
            and (not wanted.waits_at_counter or order.waits_at_counter)
            and (wanted.event_id is None or order.sale.event_id == wanted.event_id)
            and (wanted.from_date is None or order.sale.sold_at.date() >= wanted.from_date)
        )

    def choices(self) -> OrderChoices:
        events = {order.sale.event_id: order.sale.event_title for order in self.orders}
        return OrderChoices(
            tuple(Named(id_, title, NOW, ZONE) for id_, title in events.items()),
            (Named(1, "Counter 1"), Named(2, "Counter 2")),
            (Named(1, "Anna Weber"), Named(2, "Ben Okafor")),
        )

    def open(self, order_id: int) -> OrderDetail:
        for order in self.orders:
            if order.sale.order_id == order_id:
                return order
        raise errors.UnknownOrder(str(order_id))

    def _change(self, order_id: int, change: Callable[[OrderDetail], OrderDetail]) -> Done[None]:
        self.orders = [change(one) if one.sale.order_id == order_id else one for one in self.orders]
        return Done(None, frozenset({Notice(Topic.ORDERS)}))

    def move_name(self, wish: MoveName) -> Done[None]:
        self.moved.append(wish)
        if self.fail_moves:
            raise self.fail_moves.pop(0)
        one = next((person for person in self.people if person.id == wish.customer_id), None)
        customer = OrderCustomer(one.id, one.name, one.email, one.phone) if one else None
        return self._change(wish.order_id, lambda order: replace(order, customer=customer))

    def write_notes(self, order_id: int, notes: str) -> Done[None]:
        self.notes.append((order_id, notes))
        return self._change(order_id, lambda order: replace(order, notes=notes))

    def find_customers(self, typed: str) -> tuple[KnownCustomer, ...]:
        if self.fail is not None:
            raise self.fail
        wanted = typed.lower()
        return tuple(one for one in self.people if typed and wanted in f"{one.name} {one.email}".lower())

    def add_customer(self, new: NewCustomer) -> KnownCustomer:
        if "@" not in new.email and new.email:
            raise errors.BadEmail(new.email)
        self.taken.append(new)
        one = KnownCustomer(
            1000 + len(self.people), f"{new.first_name} {new.last_name}", new.email, new.phone
        )
        self.people.append(one)
        return one


def _listing(order: OrderDetail) -> OrderListing:
    sale, customer = order.sale, order.customer
    return OrderListing(
        id=sale.order_id,
        number=sale.order_number,
        at=sale.sold_at,
        customer=customer.name if customer else "",
        contact=(customer.email or customer.phone) if customer else "",
        event_title=sale.event_title,
        starts_at=sale.tickets[0].face.starts_at if sale.tickets else NOW,
        time_zone=ZONE,
        tickets=len(sale.tickets),
        total=sale.totals.total,
        state=order.state,
        due_at=order.due_at,
        waits_at_counter=order.waits_at_counter,
    )


def an_order(  # noqa: PLR0913 - what differs from order to order
    number: int,
    customer: KnownCustomer | None,
    event: str,
    *,
    minutes_ago: int,
    tiers: tuple[str, ...] = ("Adult",),
    state: OrderState = OrderState.PAID,
    price: str = "24",
) -> OrderDetail:
    """Return an order of one ticket for each tier, sold so long before NOW."""
    sold_at = NOW - timedelta(minutes=minutes_ago)
    total = Decimal(price) * len(tiers)
    tickets = tuple(_ticket(number, nth, tier, event, sold_at) for nth, tier in enumerate(tiers, 1))
    line = PricedLine(1, tiers[0], len(tiers), euro(price), euro(total))
    totals = Totals((line,), euro(total), euro("0"), euro("0"), euro(total), Decimal(0), tax_inclusive=True)
    status = {OrderState.PARTLY_REFUNDED: OrderStatus.PAID}.get(state) or OrderStatus(state.value)
    is_paid = state is not OrderState.PENDING
    sale = Sale(
        order_id=number,
        order_number=f"2026-{number}",
        event_id=hash(event) % 1000,
        event_title=event,
        status=status,
        sold_at=sold_at,
        till="Counter 1",
        clerk="Ben Okafor",
        totals=totals,
        payments=(Paid(Tender.CASH, euro(total)),) if is_paid else (),
        change=euro("0"),
        tickets=tickets,
    )
    who = OrderCustomer(customer.id, customer.name, customer.email, customer.phone) if customer else None
    paid = MoneyLine(sold_at, "cash", euro(total), "", "", "Ben Okafor")
    return OrderDetail(
        sale=sale,
        state=state,
        due_at=None if is_paid else NOW + timedelta(days=2),
        customer=who,
        notes="",
        money=(paid,) if is_paid else (),
        retained=euro("0"),
        receipts=(ReceiptLine("Counter 1", 4000 + number % 1000, "sale", euro(total), sold_at),)
        if is_paid
        else (),
        entered={},
        replaced=0,
        worth={ticket.id: euro(price) for ticket in tickets},
    )


def _ticket(order: int, nth: int, tier: str, event: str, sold_at: datetime) -> IssuedTicket:
    face = TicketFace(
        ticket_id=order * 10 + nth,
        code=code_of(order * 10 + nth),
        event_title=event,
        promoter="Harbour Concerts",
        venue="Harbour Stage",
        venue_address="Kanalstraße 14",
        starts_at=NOW + timedelta(hours=6),
        doors_at=None,
        time_zone=ZONE,
        tier=tier,
        price=euro("24"),
        fee=euro("0"),
        tax_rate_percent=Decimal(0),
        order_number=f"2026-{order}",
        number=nth,
        of=1,
        till="Counter 1",
        sold_at=sold_at,
    )
    return IssuedTicket(order * 10 + nth, TicketStatus.VALID, PrintState.PRINTED, face)


def detail_of(sale: Sale) -> OrderDetail:
    """Return the order that was just sold in the window."""
    return OrderDetail(
        sale=sale,
        state=OrderState(sale.status.value),
        due_at=None,
        customer=None,
        notes="",
        money=tuple(MoneyLine(NOW, paid.tender.value, paid.amount, "", "", "") for paid in sale.payments),
        retained=euro("0"),
        receipts=(),
        entered={},
        replaced=0,
        worth={ticket.id: ticket.face.price for ticket in sale.tickets},
    )


SOFIA = KnownCustomer(501, "Sofia Lindqvist", "sofia.lindqvist@posteo.example", "", 3)
JONAS = KnownCustomer(502, "Jonas Özdemir", "", "+49 151 5550142", 1)
MARGARETHE = KnownCustomer(503, "Margarethe von Hohenfels-Trautmannsdorff", "m.hohenfels@example.org", "", 9)
AMINA = KnownCustomer(504, "Amina Diallo", "amina.d@example.com", "", 1)


def demo_orders() -> FakeOrders:
    """A morning at the counter, as in the design."""
    refunded = an_order(
        104188,
        MARGARETHE,
        "Die Zauberflöte for Families",
        minutes_ago=84,
        tiers=("Child", "Child", "Adult", "Adult", "Adult"),
        state=OrderState.PARTLY_REFUNDED,
        price="22",
    )
    child, second, adult, unprinted, back = refunded.sale.tickets
    tickets = (
        child,
        second,
        replace(adult, status=TicketStatus.USED),
        replace(unprinted, print_state=None),
        replace(back, status=TicketStatus.REFUNDED),
    )
    at = refunded.sale.sold_at
    refunded = replace(
        refunded,
        sale=replace(refunded.sale, tickets=tickets),
        money=(
            MoneyLine(at, "card", euro("110"), "Visa ··42", "", "Ben Okafor"),
            MoneyLine(
                at + timedelta(minutes=30), "card", Money(Decimal(-18), "EUR"), "", "illness", "Anna Weber"
            ),
        ),
        retained=euro("4"),
        receipts=(
            *refunded.receipts,
            ReceiptLine("Counter 2", 212, "refund", Money(Decimal(-18), "EUR"), at),
        ),
        entered={adult.id: NOW - timedelta(minutes=5)},
        replaced=1,
        notes="Picks up the last ticket at the door; comes in a wheelchair, seat at the aisle.",
    )
    orders = [
        an_order(104217, None, "Blue Harbour Quartet", minutes_ago=4, tiers=("Standard",) * 3, price="25.17"),
        an_order(
            104216,
            SOFIA,
            "Mahler, Symphony No. 2 “Resurrection”",
            minutes_ago=7,
            tiers=("Adult",) * 2,
            price="59",
        ),
        an_order(
            104209,
            JONAS,
            "Poetry Slam Finals",
            minutes_ago=25,
            tiers=("Adult",) * 4,
            state=OrderState.PENDING,
            price="12",
        ),
        refunded,
        an_order(104183, None, "Metropolis, live organ", minutes_ago=90, price="22"),
        an_order(
            104171,
            AMINA,
            "Blue Harbour Quartet",
            minutes_ago=110,
            tiers=("Adult",) * 2,
            state=OrderState.CANCELLED,
            price="28.5",
        ),
        an_order(103998, None, "Night of the Korá", minutes_ago=60 * 30, tiers=("Adult",) * 2, price="48"),
    ]
    return FakeOrders(orders, [SOFIA, JONAS, MARGARETHE, AMINA])


def long_orders(count: int = 200) -> FakeOrders:
    """Names and titles that fit nowhere, and more orders than a page."""
    name = "Maximiliana-Charlotte Freifrau von Hohenlohe-Waldenburg-Schillingsfürst und zu Bartenstein " * 2
    event = (
        "Der fliegende Holländer, konzertante Aufführung in der Fassung von 1843 mit Einführung und Gespräch"
    )
    person = KnownCustomer(
        700, name.strip(), "a" * 60 + "@" + "subdomain." * 6 + "example", "+49 151 5550142", 12
    )
    orders = [
        an_order(
            104500 - nth,
            person,
            event,
            minutes_ago=3 * nth,
            tiers=("Parkett, Kategorie A mit Sicht auf das Orchester",) * 8,
            price="1234.5",
        )
        for nth in range(count)
    ]
    orders[0] = replace(orders[0], notes="Sehr lange Notiz. " * 60)
    return FakeOrders(orders, [person])
