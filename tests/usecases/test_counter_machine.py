"""Any deeds of a counter, in any order, against books that are kept beside it in plain Python.

Each example has a database of its own. `HYPOTHESIS_PROFILE=thorough` tries many more of them.
"""

from __future__ import annotations

import os
from collections import Counter as Sums
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from boxoffice.domain import errors
from boxoffice.domain.after_sale import CancelOrder, Exchange, PayOrder, ReactivateOrder, Refund, Returned
from boxoffice.domain.cash import Count, CountDrawer, MoveCash, Movement, OpenDrawer
from boxoffice.domain.gift_card import IssueGiftCard
from boxoffice.domain.money import Money, minor_digits
from boxoffice.domain.sale import (
    HoldBasket,
    OrderStatus,
    Paid,
    Payment,
    Sale,
    SaleLine,
    SellTickets,
    Tender,
    Terms,
)
from boxoffice.storage.database import Database
from boxoffice.usecases.cash.deeds import drawer_deeds
from boxoffice.usecases.desk import Reprint
from boxoffice.usecases.office.check_database import check_database
from boxoffice.usecases.orders.exchange_tickets import exchange_tickets
from boxoffice.usecases.orders.pay_order import pay_order, reactivate_order
from boxoffice.usecases.orders.refund_tickets import cancel_order, refund_tickets
from boxoffice.usecases.orders.reprint_tickets import reprint_tickets
from boxoffice.usecases.payments.gift_cards import issue_gift_card
from boxoffice.usecases.sales.expire_holds import expire_holds
from boxoffice.usecases.sales.hold_basket import extend_hold, hold_basket, release_hold
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.office import Office, open_office
from tests.postgres import Cluster, shut_doors

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
EXAMPLES, STEPS = (60, 60) if THOROUGH else (3, 35)
WHOLE_CHECK_EVERY = 8
"""Steps between two checks of the whole database; the last step always has one."""
MODES = ("line", "sum_by_net", "sum_by_net_keep_gross")
MONEY = (Tender.CASH, Tender.CARD)
CODE_USES = 3
_numbers = count(1)

BOOKS = """
    SELECT json_build_object(
        'tenders', (SELECT coalesce(json_object_agg(tender, net), '{}') FROM (
            SELECT tender, sum(CASE kind WHEN 'payment' THEN amount ELSE -amount END)::text AS net
            FROM payment_transactions GROUP BY tender) t),
        'drawer', (SELECT (opening_float + coalesce((SELECT sum(amount) FROM drawer_entries e
                   WHERE e.drawer_id = d.id), 0))::text FROM cash_drawers d WHERE closed_at IS NULL),
        'tiers', (SELECT json_object_agg(id, json_build_array(sold, reserved)) FROM ticket_tiers),
        'live', (SELECT count(*) FROM tickets WHERE status IN ('valid', 'used')),
        'held', (SELECT coalesce(sum(quantity), 0) FROM holds WHERE ended_at IS NULL),
        'receipts', (SELECT count(*) FROM receipts),
        'last', (SELECT coalesce(max(last_receipt), 0) FROM till_numbers),
        'closings', (SELECT coalesce(json_agg(json_build_array(first_receipt, last_receipt) ORDER BY number),
                     '[]') FROM closings),
        'cards', (SELECT coalesce(sum(balance), 0)::text FROM gift_cards),
        'code', (SELECT used FROM discounts),
        'orders', (SELECT coalesce(json_object_agg(id, json_build_array(status, total_amount::text)), '{}')
                   FROM orders))
"""


@dataclass
class Tier:
    """What the books say of a tier."""

    event: int
    price: Decimal
    quantity: int
    sold: int = 0
    reserved: int = 0


@dataclass
class Order:
    """What the books say of an order."""

    id: int
    key: UUID
    status: OrderStatus
    total: Decimal
    lines: tuple[SaleLine, ...]
    family: int
    """The first of the orders that it was exchanged from."""
    drawer: int | None
    """The drawer that was open when it was sold."""
    has_code: bool = False
    paid: Decimal = Decimal(0)
    back: Decimal = Decimal(0)
    worth: dict[int, Decimal] = field(default_factory=dict)
    """Of each ticket that its customer still has, by its place in the order."""
    tickets: dict[int, int] = field(default_factory=dict)
    """The ticket at each place."""
    tiers: dict[int, int] = field(default_factory=dict)


class Counter(RuleBasedStateMachine):
    """One clerk at one till."""

    def __init__(self, server: Cluster, template: str, currency: str, mode: str) -> None:
        super().__init__()
        self.server, self.currency, self.mode = server, currency, mode
        self.digits = minor_digits(currency)
        self.name = f"machine_{os.getpid()}_{next(_numbers)}"
        with psycopg.connect(server.dsn(), autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {self.name} TEMPLATE {template} STRATEGY file_copy".encode())
            shut_doors(admin, self.name)
        self.office: Office = open_office(server.dsn(self.name))
        self.office.connection.execute("UPDATE cash_drawers SET closed_at = now()")
        clerk, manager = self.office.person("clerk"), self.office.person("manager")
        self.at = replace(self.office.at, clerk_id=clerk.id)
        self.db, self.keeper = Database(clerk.url), Database(server.url(self.name))
        self.manager = psycopg.connect(manager.dsn, autocommit=True)
        self.deeds = drawer_deeds(self.db, self.at)
        self.customer = self.office.insert("users", first_name="Mia", role="customer")
        self.tiers: dict[int, Tier] = {}
        self.capacity: dict[int, int] = {}
        self.orders: dict[int, Order] = {}
        self.baskets: dict[UUID, tuple[SaleLine, ...]] = {}
        self.books: Sums[str] = Sums()
        self.families: dict[int, Sums[str]] = {}
        self.cards: dict[str, Decimal] = {}
        self.card_money = Decimal(0)
        self.drawer: int | None = None
        self.expected, self.counted = Decimal(0), False
        self.receipts, self.closings, self.code_used, self.steps = 0, list[list[int]](), 0, 0
        self.again: list[Callable[[], bool]] = []

    def teardown(self) -> None:
        self.whole_database_is_sound()
        self.db.close()
        self.keeper.close()
        self.manager.close()
        self.office.connection.close()
        with psycopg.connect(self.server.dsn(), autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {self.name} WITH (FORCE)".encode())

    # --- what the books know of prices -------------------------------------------------------------

    def minor(self, units: int) -> Decimal:
        return Decimal(units).scaleb(-self.digits)

    def money(self, amount: Decimal) -> Money:
        return Money(amount, self.currency)

    def rounded(self, amount: Decimal) -> Decimal:
        return amount.quantize(Decimal(1).scaleb(-self.digits), ROUND_HALF_UP)

    def tax_of(self, amount: Decimal, *, inclusive: bool) -> Decimal:
        return self.rounded(amount * self.rate / ((100 + self.rate) if inclusive else 100))

    def priced(self, lines: tuple[SaleLine, ...], *, code: bool) -> tuple[Decimal, list[Decimal]]:
        """Return the total, and what each ticket shows before an order's rounding."""
        shown: list[Decimal] = []
        taxes = subtotal = fees = Decimal(0)
        for line in sorted(lines, key=lambda one: one.tier_id):
            unit = line.unit_price.amount
            if code:
                unit = self.rounded(unit * (100 - self.percent) / 100)
            fee = self.rounded(self.fee + unit * self.fee_percent / 100) if unit else Decimal(0)
            subtotal += unit * line.quantity
            fees += fee * line.quantity
            taxes += self.tax_of(unit * line.quantity, inclusive=self.inclusive)
            shown += [unit + fee] * line.quantity
        fee_tax = self.tax_of(fees, inclusive=self.inclusive)
        net = subtotal + fees - (taxes + fee_tax if self.inclusive else 0)
        if self.mode == "sum_by_net":
            return net + self.tax_of(net, inclusive=False), shown
        return net + taxes + fee_tax, shown

    def worths(self, total: Decimal, shown: list[Decimal]) -> list[Decimal]:
        whole, upto, before, shares = sum(shown, Decimal(0)), Decimal(0), Decimal(0), []
        for one in shown:
            upto += one
            share = self.rounded(total * upto / whole) if whole else Decimal(0)
            shares.append(share - before)
            before = share
        return shares

    # --- the stage ---------------------------------------------------------------------------------

    @initialize(data=st.data())
    def put_on_events(self, data: st.DataObject) -> None:
        draw = data.draw
        self.rate = draw(st.sampled_from([Decimal(0), Decimal(7), Decimal(19), Decimal("8.1")]))
        self.inclusive = draw(st.booleans())
        self.fee = self.minor(draw(st.integers(0, 150)))
        self.fee_percent = draw(st.sampled_from([Decimal(0), Decimal("2.5"), Decimal(10)]))
        self.percent = draw(st.sampled_from([Decimal(10), Decimal("33.3"), Decimal(100)]))
        for capacity in (None, 12):
            event = self.office.event(
                currency=self.currency, tax_rounding=self.mode, tax_rate_percent=self.rate,
                tax_inclusive=self.inclusive, service_fee_per_ticket=self.fee,
                service_fee_percent=self.fee_percent, capacity=capacity,
            )  # fmt: skip
            self.capacity[event] = capacity or 10_000
            for name in "AB":
                price = self.minor(draw(st.integers(0, 4000)))
                tier = self.office.tier(event, name=name, price=price, quantity=9)
                self.tiers[tier] = Tier(event, price, 9)
        self.first_event = min(self.capacity)
        self.office.insert(
            "discounts", event_id=self.first_event, code="EARLY", kind="percent", value=self.percent,
            max_uses=CODE_USES,
        )  # fmt: skip

    # --- helpers -----------------------------------------------------------------------------------

    @property
    def takes_cash(self) -> bool:
        return self.drawer is not None and not self.counted

    def lines(self, data: st.DataObject, event: int) -> tuple[SaleLine, ...]:
        tiers = [number for number, tier in self.tiers.items() if tier.event == event]
        chosen = data.draw(st.lists(st.sampled_from(tiers), min_size=1, max_size=2, unique=True))
        return tuple(
            SaleLine(tier, data.draw(st.integers(1, 4)), self.money(self.tiers[tier].price))
            for tier in chosen
        )

    def is_sold_out(self, lines: tuple[SaleLine, ...], own: tuple[SaleLine, ...] = ()) -> bool:
        """Tell whether these cannot be had; `own` are held for them."""
        mine = Sums({line.tier_id: line.quantity for line in own})
        event = self.tiers[lines[0].tier_id].event
        house = [tier for tier in self.tiers.values() if tier.event == event]
        left = self.capacity[event] - sum(tier.sold + tier.reserved for tier in house) + mine.total()
        return sum(line.quantity for line in lines) > left or any(
            line.quantity
            > (tier := self.tiers[line.tier_id]).quantity - tier.sold - tier.reserved + mine[line.tier_id]
            for line in lines
        )

    def move(self, lines: tuple[SaleLine, ...], what: str, sign: int = 1) -> None:
        for line in lines:
            tier = self.tiers[line.tier_id]
            setattr(tier, what, getattr(tier, what) + sign * line.quantity)

    def attempt[T](self, deed: Callable[[], T], refusals: set[type[Exception]]) -> T | None:
        """Do a deed that must be refused in one of these ways, or, where there is none, succeed."""
        if not refusals:
            return deed()
        with pytest.raises(tuple(refusals)):
            deed()
        return None

    def no_cash(self) -> type[Exception]:
        return errors.NoOpenDrawer if self.drawer is None else errors.DrawerCounted

    def without_cash[T](self, deed: Callable[[], T]) -> T | None:
        """Do a deed that may have to give back cash; the drawer must be able to."""
        try:
            return deed()
        except (errors.NoOpenDrawer, errors.DrawerCounted):
            assert not self.takes_cash
            return None

    def allow(self, deed: str, entity: str, number: int) -> None:
        self.manager.execute(
            "SELECT grant_override(%s, %s, %s, %s, 'seen')", [deed, entity, number, self.at.clerk_id]
        )

    def allow_refund(self, order: Order) -> None:
        if order.drawer is None or order.drawer != self.drawer:
            self.allow("refund", "order", order.id)

    def take(self, family: int, payments: tuple[Paid, ...] | list[Paid]) -> None:
        for paid in payments:
            amount = paid.amount.amount
            self.books[paid.tender] += amount  # type: ignore[assignment]
            if paid.tender is not Tender.EXCHANGE:
                self.families.setdefault(family, Sums())[paid.tender] += amount  # type: ignore[assignment]
            if paid.tender is Tender.CASH and amount:
                assert self.takes_cash
                self.expected += amount
            if paid.tender is Tender.GIFT_CARD:
                self.card_money -= amount

    def give(self, order: Order, returned: tuple[Returned, ...], total: Decimal) -> None:
        """Book what went back: never more than came in, by no tender more than came by it."""
        assert sum(part.amount.amount for part in returned) == total
        order.back += total
        for part in returned:
            amount = part.amount.amount
            self.books[part.tender] -= amount  # type: ignore[assignment]
            if part.tender is not Tender.EXCHANGE:
                self.families[order.family][part.tender] -= amount  # type: ignore[assignment]
                assert self.families[order.family][part.tender] >= 0
            if part.tender is Tender.CASH:
                assert self.takes_cash
                self.expected -= amount
            if part.tender is Tender.GIFT_CARD:
                self.card_money += amount
        assert order.back <= order.paid

    def payments(self, data: st.DataObject, due: Decimal) -> tuple[Payment, ...]:
        """Offer what is due in one of the ways of a counter."""
        way = data.draw(st.sampled_from(["exact", "change", "card", "split", "gift card"]))
        if way == "exact" or not due:
            return (Payment(data.draw(st.sampled_from(MONEY))),)
        if way == "change":
            return (
                Payment(Tender.CASH, tendered=self.money(due + self.minor(data.draw(st.integers(0, 500))))),
            )
        units = int(due.scaleb(self.digits))
        cards = [code for code, balance in self.cards.items() if balance > 0]
        if way == "gift card" and cards:
            code = data.draw(st.sampled_from(cards))
            part = min(self.cards[code], due)
            gift = Payment(Tender.GIFT_CARD, amount=self.money(part), gift_card=code)
            return (gift,) if part == due else (gift, Payment(Tender.CARD, amount=self.money(due - part)))
        if way == "split" and units > 1:
            part = self.minor(data.draw(st.integers(1, units - 1)))
            return (
                Payment(Tender.CASH, amount=self.money(part)),
                Payment(Tender.CARD, amount=self.money(due - part)),
            )
        return (Payment(Tender.CARD),)

    def needs_cash(self, payments: tuple[Payment, ...], due: Decimal) -> bool:
        return any(
            one.tender is Tender.CASH and (one.amount.amount if one.amount else due) > 0 for one in payments
        )

    def read_cards(self) -> None:
        """Learn what is left on each card: which one a refund credited is for the check to prove."""
        rows = self.office.connection.execute("SELECT code, balance FROM gift_cards").fetchall()
        self.cards = dict(rows)

    def enter(self, sale: Sale, command: SellTickets, *, family: int | None = None) -> Order:
        total, _ = self.priced(command.lines, code=bool(command.terms.discount))
        assert sale.totals.total.amount == total
        order = Order(
            sale.order_id, command.purchase_key, sale.status, total, command.lines,
            family or sale.order_id, self.drawer, bool(command.terms.discount),
        )  # fmt: skip
        self.orders[order.id] = order
        self.code_used += order.has_code
        if order.status is OrderStatus.PENDING:
            self.move(command.lines, "reserved")
        else:
            self.receipts += 1
            self.issue(order, sale)
            self.take(order.family, sale.payments)
            order.paid = total
        self.read_cards()
        return order

    def issue(self, order: Order, sale: Sale) -> None:
        total, shown = self.priced(order.lines, code=order.has_code)
        order.status = OrderStatus.PAID
        order.worth = dict(enumerate(self.worths(total, shown), start=1))
        order.tickets = {ticket.face.number: ticket.id for ticket in sale.tickets}
        in_order = sorted(order.lines, key=lambda one: one.tier_id)
        order.tiers = dict(
            enumerate([line.tier_id for line in in_order for _ in range(line.quantity)], start=1)
        )
        assert order.tickets.keys() == order.worth.keys()
        self.move(order.lines, "sold")

    def take_back(self, order: Order, places: list[int]) -> None:
        for place in places:
            self.tiers[order.tiers[place]].sold -= 1
            del order.worth[place], order.tickets[place]
        if not order.worth:
            order.status = OrderStatus.REFUNDED if order.back else OrderStatus.CANCELLED
            self.code_used -= order.has_code
        self.read_cards()

    def some(self, *states: OrderStatus) -> list[int]:
        return [order.id for order in self.orders.values() if order.status in states]

    def pick(self, data: st.DataObject, *states: OrderStatus) -> Order:
        return self.orders[data.draw(st.sampled_from(self.some(*states)))]

    # --- the drawer --------------------------------------------------------------------------------

    @precondition(lambda self: self.drawer is None)
    @rule(units=st.integers(0, 20_000))
    def open_drawer(self, units: int) -> None:
        amount = self.minor(units)
        command = OpenDrawer(Count(self.currency), self.money(amount))
        self.drawer = self.deeds.open(command).value
        self.expected, self.counted = amount, False
        assert self.deeds.open(command).value == self.drawer

    @precondition(lambda self: self.drawer is not None)
    @rule(kind=st.sampled_from(list(Movement)), units=st.integers(1, 5000))
    def move_cash(self, kind: Movement, units: int) -> None:
        assert self.drawer is not None
        amount = self.minor(units)
        if kind is Movement.PAID_OUT:
            self.allow("take cash out", "drawer", self.drawer)
        command = MoveCash(self.drawer, kind, self.money(amount), "change")
        refusals: set[type[Exception]] = {errors.DrawerCounted} if self.counted else set()
        self.attempt(lambda: self.deeds.move(command), refusals)
        if not self.counted:
            self.deeds.move(command)
            self.expected += amount if kind is Movement.PAID_IN else -amount

    @precondition(lambda self: self.drawer is not None)
    @rule(pieces=st.integers(0, 50))
    def count_drawer(self, pieces: int) -> None:
        assert self.drawer is not None
        counted = Count(self.currency, ((Decimal(10), pieces),) if pieces else ())
        self.deeds.count(CountDrawer(self.drawer, counted))
        self.counted = True

    @precondition(lambda self: self.drawer is not None)
    @rule()
    def sign_off(self) -> None:
        assert self.drawer is not None
        if not self.counted:
            with pytest.raises(errors.DrawerNotCounted):
                self.deeds.sign_off(self.drawer)
            return
        self.allow("close drawer", "drawer", self.drawer)
        closing = self.deeds.z_report(self.deeds.sign_off(self.drawer).value)
        assert closing["drawer"]["expected"] == self.expected
        first = self.closings[-1][1] + 1 if self.closings else 1
        self.closings.append([first, self.receipts])
        self.drawer = None

    # --- baskets -----------------------------------------------------------------------------------

    @rule(data=st.data())
    def hold(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from([*self.baskets, None])) or uuid4()
        own = self.baskets.get(key, ())
        event = self.tiers[own[0].tier_id].event if own else data.draw(st.sampled_from([*self.capacity]))
        lines = self.lines(data, event)
        refusals: set[type[Exception]] = {errors.SoldOut} if self.is_sold_out(lines, own) else set()
        if (
            self.attempt(lambda: hold_basket(self.db, self.at, HoldBasket(key, event, lines)), refusals)
            is not None
        ):
            self.move(own, "reserved", -1)
            self.move(lines, "reserved")
            self.baskets[key] = lines

    @precondition(lambda self: self.baskets)
    @rule(data=st.data(), what=st.sampled_from(["release", "extend", "expire"]))
    def end_hold(self, data: st.DataObject, what: str) -> None:
        key = data.draw(st.sampled_from([*self.baskets]))
        if what == "extend":
            assert extend_hold(self.db, key) is not None
            return
        if what == "release":
            release_hold(self.db, key)
        else:
            self.office.connection.execute(
                "UPDATE holds SET expires_at = now() - interval '1 second' WHERE basket_key = %s"
                " AND ended_at IS NULL",
                [key],
            )
            freed = expire_holds(self.db).value
            assert freed == sum(line.quantity for line in self.baskets[key])
        assert extend_hold(self.db, key) is None
        self.move(self.baskets.pop(key), "reserved", -1)

    # --- sales -------------------------------------------------------------------------------------

    @rule(data=st.data(), later=st.integers(0, 3), code=st.booleans(), held=st.booleans())
    def sell(self, data: st.DataObject, *, later: int, code: bool, held: bool) -> None:
        key = data.draw(st.sampled_from([*self.baskets])) if held and self.baskets else uuid4()
        own = self.baskets.get(key, ())
        event = self.tiers[own[0].tier_id].event if own else data.draw(st.sampled_from([*self.capacity]))
        lines = own or self.lines(data, event)
        has_code = code and event == self.first_event
        total, _ = self.priced(lines, code=has_code)
        # A code of a hundred percent leaves its tickets free, and the order without anything to pay.
        is_later = later == 0
        terms = Terms(
            discount="early" if has_code else "", is_held=bool(own),
            customer_id=self.customer if is_later else None,
            due_at=datetime.now(UTC) + timedelta(days=7) if is_later else None,
        )  # fmt: skip
        payments = () if is_later else self.payments(data, total)
        command = SellTickets(key, event, lines, payments, self.money(total), terms)
        refusals: set[type[Exception]] = set()
        if has_code and self.code_used == CODE_USES:
            refusals.add(errors.DiscountInvalid)
        if self.is_sold_out(lines, own):
            refusals.add(errors.SoldOut)
        if self.needs_cash(payments, total) and not self.takes_cash:
            refusals.add(self.no_cash())
        done = self.attempt(lambda: sell_tickets(self.db, self.at, command), refusals)
        if done is None:
            return
        if own:
            self.move(self.baskets.pop(key), "reserved", -1)
        self.enter(done.value, command)
        self.again.append(lambda: sell_tickets(self.db, self.at, command).value.replayed)

    @precondition(lambda self: self.some(OrderStatus.PENDING))
    @rule(data=st.data(), in_part=st.booleans())
    def pay(self, data: st.DataObject, *, in_part: bool) -> None:
        order = self.pick(data, OrderStatus.PENDING)
        due = order.total - order.paid
        units = int(due.scaleb(self.digits))
        payments = self.payments(data, due)
        if in_part and units > 1:
            part = self.minor(data.draw(st.integers(1, units - 1)))
            payments = (Payment(data.draw(st.sampled_from(MONEY)), amount=self.money(part)),)
        command = PayOrder(order.id, payments)
        refusals = {self.no_cash()} if self.needs_cash(payments, due) and not self.takes_cash else set()
        done = self.attempt(lambda: pay_order(self.db, self.at, command), refusals)
        if done is None:
            return
        self.receipts += 1
        known = self.office.value(
            "SELECT count(*) FROM payment_transactions WHERE order_id = %s AND kind = 'payment'", order.id
        )
        assert known == len(done.value.payments)
        new = list(done.value.payments)[-len(payments) :]
        self.take(order.family, new)
        order.paid += sum((one.amount.amount for one in new), Decimal(0))
        assert done.value.open_amount.amount == order.total - order.paid
        if order.paid == order.total:
            self.move(order.lines, "reserved", -1)
            self.issue(order, done.value)
        self.read_cards()
        self.again.append(lambda: pay_order(self.db, self.at, command).value.replayed)

    @precondition(lambda self: self.some(OrderStatus.PENDING, OrderStatus.EXPIRED))
    @rule(data=st.data())
    def give_up(self, data: st.DataObject) -> None:
        order = self.pick(data, OrderStatus.PENDING, OrderStatus.EXPIRED)
        command = CancelOrder(order.id, "changed her mind")
        if order.paid:
            self.allow_refund(order)
        done = self.without_cash(lambda: cancel_order(self.db, self.at, command))
        if done is None:
            return
        self.receipts += 1
        if order.status is OrderStatus.PENDING:
            self.move(order.lines, "reserved", -1)
            self.code_used -= order.has_code
        self.give(order, done.value.returned, order.paid)
        order.status = OrderStatus.CANCELLED
        self.read_cards()
        self.again.append(lambda: cancel_order(self.db, self.at, command).value.replayed)

    @precondition(lambda self: self.some(OrderStatus.PENDING))
    @rule(data=st.data())
    def let_lapse(self, data: st.DataObject) -> None:
        order = self.pick(data, OrderStatus.PENDING)
        self.office.connection.execute(
            "UPDATE holds SET expires_at = now() - interval '1 second' WHERE order_id = %s", [order.id]
        )
        freed = expire_holds(self.db).value
        if order.paid:
            assert freed == 0
        else:
            assert freed == sum(line.quantity for line in order.lines)
            self.move(order.lines, "reserved", -1)
            order.status = OrderStatus.EXPIRED
            self.code_used -= order.has_code

    @precondition(lambda self: self.some(OrderStatus.EXPIRED, OrderStatus.CANCELLED))
    @rule(data=st.data())
    def take_up_again(self, data: st.DataObject) -> None:
        order = self.pick(data, OrderStatus.EXPIRED, OrderStatus.CANCELLED)
        command = ReactivateOrder(order.id, datetime.now(UTC) + timedelta(days=2))
        refusals: set[type[Exception]] = set()
        if order.paid or order.tiers:
            refusals.add(errors.OrderNotPending)
        elif order.has_code and self.code_used == CODE_USES:
            refusals.add(errors.DiscountInvalid)
        elif self.is_sold_out(order.lines):
            refusals.add(errors.SoldOut)
        if self.attempt(lambda: reactivate_order(self.db, self.at, command), refusals) is not None:
            order.status = OrderStatus.PENDING
            self.move(order.lines, "reserved")
            self.code_used += order.has_code

    # --- after the sale ----------------------------------------------------------------------------

    @precondition(lambda self: self.some(OrderStatus.PAID))
    @rule(data=st.data(), fee=st.integers(0, 600), elsewhere=st.integers(0, 5))
    def refund(self, data: st.DataObject, fee: int, elsewhere: int) -> None:
        order = self.pick(data, OrderStatus.PAID)
        places = data.draw(st.lists(st.sampled_from([*order.worth]), min_size=1, unique=True))
        retained = self.minor(max(0, fee - 300))
        tender = Tender.GIFT_CARD if elsewhere == 0 else None
        command = Refund(
            order.id, "ill", tuple(order.tickets[place] for place in places), self.money(retained), tender
        )
        self.allow_refund(order)
        if tender:
            self.allow("refund elsewhere", "order", order.id)
        done = self.without_cash(lambda: refund_tickets(self.db, self.at, command))
        if done is None:
            return
        self.receipts += 1
        total = sum((order.worth[place] - min(order.worth[place], retained) for place in places), Decimal(0))
        assert done.value.total.amount == total
        if tender:
            # By a manager's leave the money goes another way than it came.
            family = self.families.setdefault(order.family, Sums())
            family[Tender.GIFT_CARD] += total  # type: ignore[assignment]
        self.give(order, done.value.returned, total)
        self.take_back(order, places)
        self.again.append(lambda: refund_tickets(self.db, self.at, command).value.replayed)

    @precondition(lambda self: self.some(OrderStatus.PAID))
    @rule(data=st.data())
    def exchange(self, data: st.DataObject) -> None:
        order = self.pick(data, OrderStatus.PAID)
        places = data.draw(st.lists(st.sampled_from([*order.worth]), min_size=1, unique=True))
        event = data.draw(st.sampled_from([*self.capacity]))
        lines = self.lines(data, event)
        credit = sum((order.worth[place] for place in places), Decimal(0))
        total, _ = self.priced(lines, code=False)
        payments = self.payments(data, total - credit) if total > credit else ()
        command = Exchange(
            order.id, tuple(order.tickets[place] for place in places), event, lines, "other day", payments,
            self.money(total),
        )  # fmt: skip
        refusals: set[type[Exception]] = {errors.SoldOut} if self.is_sold_out(lines) else set()
        if self.needs_cash(payments, total - credit) and not self.takes_cash:
            refusals.add(self.no_cash())
        self.allow_refund(order)
        done = (
            self.attempt(
                lambda: self.without_cash(lambda: exchange_tickets(self.db, self.at, command)), refusals
            )
            if not refusals
            else self.attempt(lambda: exchange_tickets(self.db, self.at, command), refusals)
        )
        if done is None:
            return
        sale = SellTickets(command.key, event, lines, payments)
        self.enter(done.value.sale, sale, family=order.family)
        self.receipts += 1
        self.give(order, done.value.correction.returned, credit)
        self.take_back(order, places)
        self.again.append(lambda: exchange_tickets(self.db, self.at, command).value.sale.replayed)

    @precondition(lambda self: self.some(OrderStatus.PAID))
    @rule(data=st.data())
    def reprint(self, data: st.DataObject) -> None:
        order = self.pick(data, OrderStatus.PAID)
        place = data.draw(st.sampled_from([*order.worth]))
        self.allow("reprint again", "order", order.id)
        [ticket] = reprint_tickets(
            self.db, self.at, Reprint(order.id, (order.tickets[place],), "paper jam")
        ).value
        assert ticket.face.number == place
        order.tickets[place] = ticket.id

    @rule(units=st.integers(1, 6000), tender=st.sampled_from(MONEY))
    def sell_gift_card(self, units: int, tender: Tender) -> None:
        amount = self.minor(units)
        command = IssueGiftCard(self.money(amount), (Payment(tender),))
        refusals = {self.no_cash()} if tender is Tender.CASH and not self.takes_cash else set()
        done = self.attempt(lambda: issue_gift_card(self.db, self.at, command), refusals)
        if done is None:
            return
        assert issue_gift_card(self.db, self.at, command) == done
        self.receipts += 1
        self.cards[done.value.code] = amount
        self.card_money += amount
        self.books[tender] += amount  # type: ignore[assignment]
        self.expected += amount if tender is Tender.CASH else 0

    @precondition(lambda self: self.again)
    @rule(data=st.data())
    def ask_again(self, data: st.DataObject) -> None:
        assert data.draw(st.sampled_from(self.again))()

    # --- what must hold ----------------------------------------------------------------------------

    @invariant()
    def the_books_agree(self) -> None:
        if not self.tiers:
            return
        stored: dict[str, Any] = self.office.value(BOOKS)
        taken = {tender: Decimal(net) for tender, net in stored["tenders"].items()}
        assert {tender: net for tender, net in taken.items() if net} == {
            str(tender): net for tender, net in self.books.items() if net
        }
        assert stored["drawer"] is None if self.drawer is None else Decimal(stored["drawer"]) == self.expected
        assert stored["tiers"] == {str(n): [tier.sold, tier.reserved] for n, tier in self.tiers.items()}
        assert stored["live"] == sum(tier.sold for tier in self.tiers.values())
        assert stored["held"] == sum(tier.reserved for tier in self.tiers.values())
        assert (stored["receipts"], stored["last"]) == (self.receipts, self.receipts)
        assert stored["closings"] == self.closings
        assert Decimal(stored["cards"]) == self.card_money
        assert stored["code"] == self.code_used
        assert {int(n): (status, Decimal(total)) for n, (status, total) in stored["orders"].items()} == {
            order.id: (str(order.status), order.total) for order in self.orders.values()
        }

    @invariant()
    def the_whole_database_is_sound_now_and_then(self) -> None:
        self.steps += 1
        if self.steps % WHOLE_CHECK_EVERY == 0:
            self.whole_database_is_sound()

    def whole_database_is_sound(self) -> None:
        assert [finding for finding in check_database(self.keeper) if finding.broken] == []


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
def test_whatever_a_counter_does_the_books_agree(
    server: Cluster, template: str, currency: str, mode: str
) -> None:
    class Here(Counter):
        """A counter on this test's server, in its currency and its way to round tax."""

        def __init__(self) -> None:
            super().__init__(server, template, currency, mode)

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )
