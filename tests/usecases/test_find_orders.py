"""Orders are found by whatever a customer has in hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event as sqlalchemy_event

from boxoffice.domain.errors import UnknownOrder
from boxoffice.domain.order_list import OrderFilter, OrderState, Rank
from boxoffice.domain.sale import Payment, Sale, Tender
from boxoffice.domain.ticket_code import qr_text
from boxoffice.sealing import Kind
from boxoffice.storage.database import Database
from boxoffice.storage.queries import find_orders as queries
from boxoffice.usecases.desk import Reprint
from boxoffice.usecases.office.keys import seal_with
from boxoffice.usecases.orders.find_orders import find_orders, order_choices
from boxoffice.usecases.orders.open_order import open_order
from boxoffice.usecases.orders.reprint_tickets import reprint_tickets
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.office import Office, wish

TODAY = datetime.now().astimezone().date()


@dataclass
class Shelf:
    """An office with a few orders, looked through as its clerk, with row-level security on."""

    db: Database
    office: Office
    event: int
    tier: int

    def sell(self, quantity: int = 1, **changes: Any) -> Sale:
        command = wish(self.event, (self.tier, quantity), **changes)
        return sell_tickets(self.db, self.office.at, command).value

    def sell_to(self, first: str, last: str, email: str | None = None, phone: str = "") -> Sale:
        sealed = self.db.sealer.seal(Kind.PHONE, phone) or None
        person = self.office.insert("users", first_name=first, last_name=last, email=email, phone=sealed)
        sale = self.sell()
        self.office.connection.execute(
            "UPDATE orders SET user_id = %s WHERE id = %s", [person, sale.order_id]
        )
        return sale

    def found(self, text: str = "", **filters: Any) -> list[int]:
        wanted = OrderFilter(TODAY, text, **filters)
        return [row.id for row in find_orders(self.db, wanted).rows]


@pytest.fixture
def shelf(office: Office, tmp_path: Path) -> Iterator[Shelf]:
    db = Database(office.let_in(office.at.clerk_id, "clerk"))
    seal_with(db, office.give_key(tmp_path))
    event = office.event(title="Blue Harbour Quartet")
    yield Shelf(db, office, event, office.tier(event))
    db.close()


def test_newest_first_and_everything_without_a_word(shelf: Shelf) -> None:
    sold = [shelf.sell().order_id for _ in range(3)]
    assert shelf.found() == sold[::-1]


def test_by_number_whole_or_without_its_year(shelf: Shelf) -> None:
    sale = shelf.sell()
    shelf.sell()
    serial = sale.order_number.split("-")[1]
    for typed in (sale.order_number, serial, f" {serial[:3]} {serial[3:]} "):
        assert shelf.found(typed) == [sale.order_id]
    assert shelf.found("2026-999999") == []


def test_by_ticket_typed_or_scanned_a_replaced_one_too(shelf: Shelf) -> None:
    sale = shelf.sell(2)
    shelf.sell()
    old = sale.tickets[0].face.code
    assert shelf.found(qr_text(old)) == [sale.order_id]
    reprint_tickets(shelf.db, shelf.office.at, Reprint(sale.order_id, (sale.tickets[0].id,), "jam"))
    assert shelf.found(old) == shelf.found(qr_text(old)) == [sale.order_id]


def test_by_name_in_any_spelling_and_whole_hits_before_near_ones(shelf: Shelf) -> None:
    near = shelf.sell_to("Sofia", "Lindquist").order_id
    sofia = shelf.sell_to("Sofia", "Lindqvist").order_id
    jonas = shelf.sell_to("Jonas", "Özdemir").order_id
    newest = shelf.sell_to("Zoe", "Lindquist").order_id
    assert shelf.found("lindqvist") == [sofia, newest, near]
    assert shelf.found("ozdemir") == shelf.found("ÖZDEMIR jo") == shelf.found("Ozdemmir") == [jonas]
    assert shelf.found("nobody") == []
    ranks = [row.rank for row in find_orders(shelf.db, OrderFilter(TODAY, "lindqvist")).rows]
    assert ranks == [Rank.NAMED, Rank.ALIKE, Rank.ALIKE]


def test_names_are_found_as_they_begin_where_the_server_has_no_trigrams(shelf: Shelf) -> None:
    sofia = shelf.sell_to("Sofia", "Lindqvist").order_id
    shelf.office.connection.execute("DROP SCHEMA boxoffice_extensions CASCADE")
    assert shelf.found("lindq") == [sofia]
    assert shelf.found("lindquist") == []


def test_by_email_whole_or_as_it_begins(shelf: Shelf) -> None:
    sale = shelf.sell_to("Sofia", "Lindqvist", "Sofia_L@posteo.example")
    shelf.sell_to("Other", "Person", "sofiaxl@posteo.example")
    assert shelf.found("sofia_l@POSTEO.example") == [sale.order_id]
    assert shelf.found("sofia_l") == [sale.order_id]
    assert shelf.found("%_") == []


def test_by_phone_with_and_without_its_country(shelf: Shelf) -> None:
    sale = shelf.sell_to("Jonas", "Özdemir", phone="+49 151 5550142")
    other = shelf.sell_to("Amina", "Diallo", phone="0151 5550199")
    assert shelf.found("0151 / 555 0142") == shelf.found("+491515550142") == [sale.order_id]
    assert shelf.found("0151 5550199") == [other.order_id]


def test_by_payment_reference(shelf: Shelf) -> None:
    sale = shelf.sell(payment=Payment(Tender.CARD, reference="Visa ··42 AUTH-881"))
    shelf.sell(payment=Payment(Tender.CARD, reference="AUTH-882"))
    assert shelf.found("visa ··42  auth-881") == [sale.order_id]


def test_by_amount_and_day(shelf: Shelf) -> None:
    sale = shelf.sell(2)
    old = shelf.sell(2)
    shelf.sell(3)
    shelf.office.connection.execute(
        "UPDATE orders SET created_at = created_at - interval '20 days' WHERE id = %s", [old.order_id]
    )
    before = TODAY - timedelta(days=20)
    assert shelf.found(f"56,00 {TODAY.day}.{TODAY.month}.") == [sale.order_id]
    assert shelf.found(f"56.00 {before.isoformat()}") == [old.order_id]
    assert shelf.found("56,00") == [sale.order_id]
    assert shelf.found("56,00", from_date=before, to_date=before) == [old.order_id]


def test_filters_narrow_and_join(shelf: Shelf) -> None:
    office = shelf.office
    cash = shelf.sell().order_id
    card = shelf.sell(payment=Payment(Tender.CARD, reference="1")).order_id
    other_event = office.event()
    elsewhere = sell_tickets(
        shelf.db, office.at, wish(other_event, (office.tier(other_event), 1))
    ).value.order_id
    assert shelf.found(event_id=other_event) == [elsewhere]
    assert shelf.found(event_id=shelf.event, tender="card") == [card]
    assert shelf.found(till_id=office.at.till_id, clerk_id=office.at.clerk_id) == [elsewhere, card, cash]
    assert shelf.found(till_id=office.at.till_id + 99) == []
    assert shelf.found(from_date=TODAY, to_date=TODAY) == [elsewhere, card, cash]
    assert shelf.found(to_date=TODAY - timedelta(days=1)) == []
    assert shelf.found(state=OrderState.PENDING) == []
    assert shelf.found(state=OrderState.PAID, tender="cash") == [elsewhere, cash]


def refund_part(office: Office, order_id: int) -> None:
    """As a refund of one ticket leaves it."""
    connection = office.connection
    connection.execute(
        "INSERT INTO receipts (till_id, number, kind, order_id, clerk_id, currency, total, facts)"
        " VALUES (%s, 7, 'refund', %s, %s, 'EUR', -25, '{}')",
        [office.at.till_id, order_id, office.at.clerk_id],
    )
    correction = office.insert(
        "corrections",
        key=uuid4(),
        order_id=order_id,
        kind="refund",
        currency="EUR",
        subtotal=25,
        service_fee=0,
        tax=0,
        total=25,
        retained=3,
        reason="illness",
        till_id=office.at.till_id,
        clerk_id=office.at.clerk_id,
        receipt_number=7,
    )
    office.insert(
        "payment_transactions",
        order_id=order_id,
        kind="refund",
        tender="cash",
        amount=25,
        currency="EUR",
        till_id=office.at.till_id,
        clerk_id=office.at.clerk_id,
        correction_id=correction,
    )


def test_partly_refunded_and_unpaid_are_states_of_their_own(shelf: Shelf) -> None:
    refunded, waiting = shelf.sell(2).order_id, shelf.sell().order_id
    refund_part(shelf.office, refunded)
    due = datetime.now(UTC) + timedelta(days=2)
    shelf.office.connection.execute(
        "UPDATE orders SET status = 'pending', due_at = %s WHERE id = %s", [due, waiting]
    )
    assert shelf.found(state=OrderState.PARTLY_REFUNDED) == [refunded]
    assert shelf.found(state=OrderState.PAID) == []
    (row,) = find_orders(shelf.db, OrderFilter(TODAY, state=OrderState.PENDING)).rows
    assert (row.id, row.due_at) == (waiting, due)
    detail = open_order(shelf.db, refunded)
    assert detail.state is OrderState.PARTLY_REFUNDED
    assert [(int(line.amount.amount), line.reason) for line in detail.money] == [(56, ""), (-25, "illness")]
    assert (int(detail.kept.amount), int(detail.retained.amount)) == (31, 3)
    assert [(line.till, line.number, line.kind) for line in detail.receipts][-1] == ("Counter 2", 7, "refund")


@pytest.mark.parametrize("text", ["", "weber", "weberr"])
def test_pages_follow_each_other_without_gap_or_overlap(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 3)
    for nth in range(8):
        shelf.sell_to("Anna", f"Weber{nth % 2}" if nth % 3 else "Weeber")
    whole, key = [], None
    for _ in range(4):
        page = find_orders(shelf.db, OrderFilter(TODAY, text), key)
        whole += [row.id for row in page.rows]
        key = page.next_key
        if key is None:
            break
    assert key is None
    assert len(whole) == len(set(whole)) == 8


def test_a_common_name_is_found_the_other_way_round(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    sold = [shelf.sell_to("Anna", "Weber").order_id for _ in range(4)]
    shelf.sell_to("Ben", "Okafor")
    by_people = shelf.found("anna w")
    monkeypatch.setattr(queries, "MOST_PEOPLE", 2)
    assert shelf.found("anna w") == by_people == sold[::-1]


@pytest.mark.parametrize(("text", "statements"), [("", 1), ("2026-100001", 2), ("anna", 4), ("56,00", 1)])
def test_a_page_takes_this_many_statements(shelf: Shelf, text: str, statements: int) -> None:
    for _ in range(3):
        shelf.sell_to("Anna", "Weber")
    shelf.db.sealer.get_ready()
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    sqlalchemy_event.listen(shelf.db.engine, "before_cursor_execute", note)
    find_orders(shelf.db, OrderFilter(TODAY, text))
    assert len(seen) <= statements, seen


def test_choices_name_events_tills_and_who_sells(shelf: Shelf) -> None:
    choices = order_choices(shelf.db)
    assert [event.name for event in choices.events] == ["Blue Harbour Quartet"]
    assert [till.name for till in choices.tills] == ["Counter 2"]
    assert [clerk.name for clerk in choices.clerks] == ["Anna Weber"]


def test_an_order_that_there_is_not(shelf: Shelf) -> None:
    with pytest.raises(UnknownOrder):
        open_order(shelf.db, 10**9)
