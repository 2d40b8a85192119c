"""Clerks and others with psql after other people's money: forged tenders, keys, baskets, cards and books."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from boxoffice.storage.database import Database
from boxoffice.usecases.office.check_database import check_database
from tests.security.conftest import House

NO_RIGHT = "42501"
REFUSED = "BX001"
EXCHANGE = """
    SELECT exchange_tickets(%s, %s, ARRAY[%s::bigint], %s, ARRAY[%s::bigint], ARRAY[1::bigint], NULL, NULL,
        %s, 'x', %s)
"""
SELL = """
    SELECT sell_tickets(%s, %s, ARRAY[%s::bigint], ARRAY[1::bigint], NULL, NULL, %s, NULL, '', %s, %s,
        %s, %s)
"""
REFUND = "SELECT refund_tickets(%s, %s, NULL, %s, %s, '', 'ill', %s)"
HOLD = "SELECT hold_basket(%s, %s, ARRAY[%s::bigint], ARRAY[%s::bigint], %s)"


@dataclass
class Crime:
    """A clerk's psql, another clerk's, and what there is to be had."""

    house: House
    hand: psycopg.Connection
    other: psycopg.Connection
    dear: int

    @property
    def till(self) -> int:
        return self.house.office.at.till_id

    def ask(self, statement: str, *parameters: Any, hand: psycopg.Connection | None = None) -> Any:
        row = (hand or self.hand).execute(statement.encode(), parameters).fetchone()
        assert row is not None
        return row[0]

    def fails(self, statement: str, *parameters: Any, hand: psycopg.Connection | None = None) -> str:
        """Return the SQLSTATE of the refusal."""
        with pytest.raises(psycopg.Error) as refused:
            self.ask(statement, *parameters, hand=hand)
        return str(refused.value.sqlstate)

    def sell(
        self, split: object = None, terms: object = None, *, key: UUID | None = None, **changes: Any
    ) -> Any:
        return self.ask(SELL, *self.sale(split, terms, key=key, **changes))

    def sale(
        self, split: object, terms: object = None, *, key: UUID | None = None, **changes: Any
    ) -> list[Any]:
        return [
            key or uuid4(), self.house.event, changes.get("tier", self.house.tier),
            None if split is not None else changes.get("tender", "cash"),
            changes.get("till", self.till), changes.get("clerk", self.house.people["clerk"].id),
            None if terms is None else json.dumps(terms), None if split is None else json.dumps(split),
        ]  # fmt: skip


@pytest.fixture
def crime(house: House) -> Iterator[Crime]:
    """After each attack the whole database must add up."""
    office = house.office
    office.connection.execute("UPDATE cash_drawers SET is_shared = true")
    house.people["other"] = office.person("clerk", first_name="Otto")
    dear = office.tier(house.event, name="Box", price=500)
    yield Crime(house, house.psql("clerk"), house.psql("other"), dear)
    info = office.connection.info
    keeper = Database(
        f"postgresql+psycopg://{info.user}:{info.password}@{info.host}:{info.port}/{info.dbname}"
    )
    assert [finding for finding in check_database(keeper) if finding.broken] == []
    keeper.close()


def test_the_difference_of_an_exchange_is_not_paid_with_tickets_that_are_none(crime: Crime) -> None:
    """What it brought in was a ticket for 500 for one of 28, and 500 in cash for that."""
    sold = crime.sell()
    order, ticket = sold["sale"]["order_id"], sold["tickets"][0]["id"]
    for split in ([{"tender": "exchange"}], [{"tender": "exchange", "amount": 472}]):
        state = crime.fails(
            EXCHANGE, uuid4(), order, ticket, crime.house.event, crime.dear, json.dumps(split), crime.till
        )
        assert state == NO_RIGHT


def test_money_of_a_card_does_not_become_cash_by_an_exchange(crime: Crime) -> None:
    sold = crime.sell(tender="card")
    order, ticket = sold["sale"]["order_id"], sold["tickets"][0]["id"]
    more = json.dumps([{"tender": "cash"}])
    done = crime.ask(EXCHANGE, uuid4(), order, ticket, crime.house.event, crime.dear, more, crime.till)
    back = crime.ask(REFUND, uuid4(), done["sale"]["sale"]["order_id"], 0, None, crime.till)
    went = {part["tender"]: part["amount"] for part in back["receipt"]["payments"]}
    assert went == {"cash": "-472.000", "card": "-28.000"}


def test_an_exchange_under_the_key_of_a_sale_takes_nothing(crime: Crime) -> None:
    key = uuid4()
    crime.sell(key=key)
    sold = crime.sell()
    order, ticket = sold["sale"]["order_id"], sold["tickets"][0]["id"]
    assert (
        crime.fails(EXCHANGE, key, order, ticket, crime.house.event, crime.house.tier, None, crime.till)
        == REFUSED
    )


@pytest.mark.parametrize("tender", ["exchange", "gift_card", None, "bitcoin"])
def test_a_sale_is_paid_by_tenders_that_there_are(crime: Crime, tender: str | None) -> None:
    assert crime.fails(SELL, *crime.sale([{"tender": tender}])) in {NO_RIGHT, REFUSED, "23502", "23514"}
    with pytest.raises(psycopg.Error):
        crime.sell(tender=tender)


ODD_SPLITS: tuple[object, ...] = (
    [],
    {},
    "cash",
    1,
    [[]],
    [1],
    [None],
    [{}],
    [{"tender": "cash", "amount": "NaN"}],
    [{"tender": "cash", "amount": "Infinity"}],
    [{"tender": "cash", "amount": -28}],
    [{"tender": "cash", "amount": 1e300}],
    [{"tender": "cash", "amount": 27.999}],
    [{"tender": "cash", "amount": 0}, {"tender": "card", "amount": 28}],
    [{"tender": "cash", "amount": 56}, {"tender": "card", "amount": -28}],
    [{"tender": "cash", "amount": {"of": 28}}],
    [{"tender": ["cash"]}],
    [{"tender": "cash", "tendered": "NaN"}],
    [{"tender": "cash", "tendered": 1}],
    [{"tender": "cash", "card_key": "1"}],
    [{"tender": "cash", "reference": "4711"}],
    [{"tender": "gift_card", "gift_card": None}],
    [{"tender": "gift_card", "gift_card": "' OR true --"}],
    [{"tender": "cash"}, {"tender": "card"}],
)
ODD_TERMS: tuple[object, ...] = (
    {"held": "perhaps"},
    {"held": {}},
    {"customer": None},
    {"customer": "1; DROP TABLE orders"},
    {"customer": -1},
    {"notes": "in clear"},
    {"notes": {"bo1": 1}},
    {"discount": None},
    {"discount": "'"},
    {"discount": ["EARLY"]},
    {"reduction": "complimentary"},
    {"reduction": "complimentary", "reason": "mine"},
    {"reduction": "reduced", "percent": "NaN", "reason": "mine"},
    {"reduction": "reduced", "percent": -10, "reason": "mine"},
    {"reduction": "reduced", "reason": "mine"},
    {"reduction": {}},
    {"due_at": None},
    {"due_at": "infinity"},
    {"due_at": "yesterday"},
    {"due_at": "tomorrow"},
    ["due_at"],
    "due_at",
)


@pytest.mark.parametrize("split", ODD_SPLITS)
def test_odd_payments_are_refused_and_leave_nothing(crime: Crime, split: object) -> None:
    crime.fails(SELL, *crime.sale(split))
    assert crime.house.office.value("SELECT count(*) FROM orders") == 1


@pytest.mark.parametrize("terms", ODD_TERMS)
def test_odd_terms_are_refused_and_leave_nothing(crime: Crime, terms: object) -> None:
    crime.fails(SELL, *crime.sale(None, terms))
    assert crime.house.office.value("SELECT count(*) FROM orders") == 1


def test_of_a_name_that_comes_twice_in_the_payments_the_last_counts_alone(crime: Crime) -> None:
    parameters = crime.sale([])
    parameters[-1] = '[{"tender": "cash", "amount": 1, "amount": 28}]'
    assert crime.ask(SELL, *parameters)["sale"]["payments"][0]["amount"] == "28"


@pytest.mark.parametrize("retained", ["NaN", "Infinity", "-1", "0.001"])
def test_what_is_retained_is_money(crime: Crime, retained: str) -> None:
    order = crime.sell()["sale"]["order_id"]
    assert crime.fails(REFUND, uuid4(), order, retained, None, crime.till) == "23514"


def test_nothing_is_done_at_a_till_where_nobody_stands_or_in_anothers_name(crime: Crime) -> None:
    elsewhere = crime.house.office.insert("tills", name="Elsewhere")
    order = crime.sell()["sale"]["order_id"]
    for till in (elsewhere, 999):
        assert crime.fails(SELL, *crime.sale(None, till=till, tender="card")) in {NO_RIGHT, "23503"}
        assert crime.fails(REFUND, uuid4(), order, 0, None, till) == NO_RIGHT
        assert crime.fails(HOLD, uuid4(), crime.house.event, crime.house.tier, 1, till) == NO_RIGHT
    other = crime.house.people["other"].id
    assert crime.fails(SELL, *crime.sale(None, clerk=other)) == NO_RIGHT


def test_only_what_was_sold_here_since_the_drawer_was_opened_goes_back_without_leave(crime: Crime) -> None:
    order = crime.sell()["sale"]["order_id"]
    assert crime.fails(REFUND, uuid4(), order, 0, "cash", crime.till) == REFUSED
    crime.house.office.connection.execute("UPDATE cash_drawers SET opened_at = now() + interval '1 second'")
    assert crime.fails(REFUND, uuid4(), order, 0, None, crime.till) == REFUSED
    cancel = "SELECT cancel_order(%s, %s, '', 'x', %s)"
    assert crime.fails(cancel, uuid4(), order, crime.till) == REFUSED


# --- baskets -----------------------------------------------------------------------------------


def test_a_basket_is_its_clerks_own(crime: Crime) -> None:
    key = uuid4()
    crime.ask(HOLD, key, crime.house.event, crime.house.tier, 3, crime.till, hand=crime.other)
    seen = crime.ask("SELECT basket_key FROM holds WHERE ended_at IS NULL")
    assert seen == key
    assert crime.ask("SELECT extend_hold(%s)", key) is None
    crime.ask("SELECT release_hold(%s)", key)
    assert crime.fails(HOLD, key, crime.house.event, crime.house.tier, 1, crime.till) == NO_RIGHT
    assert crime.fails(SELL, *crime.sale(None, {"held": True}, key=key)) == NO_RIGHT
    assert crime.house.office.value("SELECT reserved FROM ticket_tiers WHERE id = %s", crime.house.tier) == 3
    assert crime.ask("SELECT extend_hold(%s)", key, hand=crime.other) is not None


@pytest.mark.parametrize("kind", ["basket", "order"])
def test_a_manager_moves_no_hold_of_the_counters_by_hand(crime: Crime, kind: str) -> None:
    crime.ask(HOLD, uuid4(), crime.house.event, crime.house.tier, 3, crime.till)
    manager = crime.house.psql("manager")
    assert manager.execute("UPDATE holds SET ended_at = now()").rowcount == 0
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        manager.execute(
            "INSERT INTO holds (tier_id, kind, quantity) VALUES (%s, %s, 1)", [crime.house.tier, kind]
        )


# --- gift cards --------------------------------------------------------------------------------

ISSUE = "SELECT issue_gift_card(%s, %s, 'EUR', %s, %s)"
PAID_IN_CASH = json.dumps([{"tender": "cash"}])


def credited(crime: Crime) -> tuple[UUID, int, str]:
    """Return a correction's key, its order, and the code of the card that the other clerk made for it."""
    key = uuid4()
    order = crime.sell()["sale"]["order_id"]
    crime.house.psql("manager").execute(
        "SELECT grant_override('refund elsewhere', 'order', %s, %s, 'seen')",
        [order, crime.house.people["other"].id],
    )
    back = crime.ask(REFUND, key, order, 0, "gift_card", crime.till, hand=crime.other)
    return key, order, back["gift_card"]


def test_the_code_of_a_card_is_not_told_to_whoever_reads_the_corrections_key(crime: Crime) -> None:
    key, order, code = credited(crime)
    assert crime.ask("SELECT key FROM corrections") == key
    assert crime.fails(ISSUE, key, 1, PAID_IN_CASH, crime.till) == NO_RIGHT
    assert crime.fails(ISSUE, key, 1, PAID_IN_CASH, crime.till, hand=crime.house.psql("manager")) == NO_RIGHT
    assert crime.ask(REFUND, key, order, 0, "gift_card", crime.till)["gift_card"] is None
    # Whoever made it may ask once more: an answer may have been lost.
    assert crime.ask(REFUND, key, order, 0, "gift_card", crime.till, hand=crime.other)["gift_card"] == code


@pytest.mark.parametrize("role", ["clerk", "manager", "reporting"])
def test_no_code_is_read_anywhere(crime: Crime, role: str) -> None:
    _, _, code = credited(crime)
    sold = crime.ask(ISSUE, uuid4(), 50, PAID_IN_CASH, crime.till)["code"]
    paid = [{"tender": "gift_card", "gift_card": sold, "amount": 28}]
    order = crime.sell(paid)["sale"]["order_id"]
    crime.ask(REFUND, uuid4(), order, 0, None, crime.till)
    hand = crime.house.psql(role)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        hand.execute("SELECT code, key FROM gift_cards")
    readable = hand.execute("""
        SELECT c.relname, string_agg(quote_ident(a.attname), ', ')
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm')
          AND has_column_privilege(c.oid, a.attnum, 'SELECT') GROUP BY c.relname
    """).fetchall()
    assert len(readable) > 5
    for table, columns in readable:
        for row in hand.execute(
            f"SELECT row_to_json(t)::text FROM (SELECT {columns} FROM {table}) t".encode()
        ):
            assert sold not in row[0], table
            assert code not in row[0], table


def test_a_gift_card_is_paid_for_with_money_and_of_whole_coins(crime: Crime) -> None:
    for amount, split in (
        (50, [{"tender": "gift_card", "gift_card": "x"}]),
        (50, [{"tender": "exchange"}]),
        (50, []),
        (50, [{"tender": "cash", "amount": 1}]),
        ("NaN", [{"tender": "cash"}]),
        (-5, [{"tender": "cash"}]),
        (0, [{"tender": "cash"}]),
        ("0.001", [{"tender": "cash"}]),
        (10**12, [{"tender": "cash"}]),
    ):
        assert crime.fails(ISSUE, uuid4(), amount, json.dumps(split), crime.till) in {REFUSED, "23514"}
    assert crime.house.office.value("SELECT count(*) FROM gift_cards") == 0


# --- cards -------------------------------------------------------------------------------------

PIN = "SELECT pin_card_payment(%s, %s, 'payment', %s, 'EUR', 'terminal', NULL, %s)"
SETTLE = "SELECT settle_card_payment(%s, %s, '', '', %s)"


def test_a_card_payment_is_not_booked_as_cash_twice_or_for_another_basket(crime: Crime) -> None:
    card, basket = uuid4(), uuid4()
    crime.ask(PIN, card, basket, 28, crime.till)
    crime.ask(SETTLE, card, "approved", crime.till)
    for tender in ("cash", "other"):
        forged = [{"tender": tender, "card_key": str(card)}]
        assert crime.fails(SELL, *crime.sale(forged, key=basket)) == REFUSED
    paid = [{"tender": "card", "card_key": str(card)}]
    assert crime.fails(SELL, *crime.sale(paid)) == REFUSED
    crime.sell(paid, key=basket)
    assert crime.fails(SELL, *crime.sale(paid)) == REFUSED


def test_a_card_payment_is_settled_at_its_own_till(crime: Crime) -> None:
    elsewhere = crime.house.office.insert("tills", name="Elsewhere")
    crime.house.office.connection.execute(
        "INSERT INTO places (user_id, till_id) VALUES (%s, %s)", [crime.house.people["other"].id, elsewhere]
    )
    card = uuid4()
    crime.ask(PIN, card, uuid4(), 28, crime.till)
    assert crime.fails(SETTLE, card, "reversed", elsewhere, hand=crime.other) == REFUSED
    assert crime.fails(SETTLE, card, "booked", crime.till) == REFUSED
    assert crime.fails(SETTLE, card, None, crime.till) == REFUSED
    assert crime.ask(SETTLE, card, "declined", crime.till) == "declined"
    assert crime.fails(SETTLE, card, "approved", crime.till) == REFUSED


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-1", "0"])
def test_an_amount_is_pinned_that_a_card_can_pay(crime: Crime, amount: str) -> None:
    assert crime.fails(PIN, uuid4(), uuid4(), amount, crime.till) in {"23514", "22003"}


# --- orders that are paid later ----------------------------------------------------------------


def test_a_key_of_another_deed_is_not_told_as_a_payment(crime: Crime) -> None:
    """Whoever hears "done before" hands out tickets."""
    later = {"customer": crime.house.customer, "due_at": "tomorrow"}
    first, second = (crime.sell(None, later)["sale"]["order_id"] for _ in range(2))
    pay, key = "SELECT pay_order(%s, %s, %s, %s)", uuid4()
    crime.ask(pay, key, first, json.dumps([{"tender": "cash"}]), crime.till)
    assert crime.fails(pay, key, second, json.dumps([{"tender": "cash"}]), crime.till) == REFUSED
    again = "SELECT reactivate_order(%s, %s, now() + interval '1 day', %s)"
    assert crime.fails(again, key, first, crime.till) == REFUSED
    for forged in ([{"tender": "exchange"}], [{"tender": "card", "amount": 0}], [], None):
        split = None if forged is None else json.dumps(forged)
        assert crime.fails(pay, uuid4(), second, split, crime.till) in {NO_RIGHT, REFUSED}


def test_nothing_to_pay_moves_nothing(crime: Crime) -> None:
    """Free tickets need no drawer, whatever tender is named, and book nothing on a card."""
    free = crime.house.office.tier(crime.house.event, name="Free", price=0)
    crime.house.office.connection.execute("UPDATE cash_drawers SET closed_at = now()")
    crime.sell([{"tender": "cash"}], tier=free)
    crime.sell(tier=free)


def test_a_code_takes_whole_coins_off(crime: Crime) -> None:
    crime.house.psql("promoter").execute(
        "INSERT INTO discounts (event_id, code, kind, value) VALUES (%s, 'ODD', 'amount', 0.005)",
        [crime.house.event],
    )
    sold = crime.sell(None, {"discount": "odd"})
    assert sold["sale"]["total"] in {"28.00", "27.99", "28.000", "27.990"}


# --- the owner's own functions and books -------------------------------------------------------

BY_HAND = """
INSERT INTO receipts (till_id, number, kind, currency, total, facts) VALUES (1, 99, 'sale', 'EUR', 1, '{}');
INSERT INTO corrections (key, order_id, kind, currency, subtotal, service_fee, tax, total, reason, till_id,
    clerk_id, receipt_number) VALUES (gen_random_uuid(), 1, 'refund', 'EUR', 0, 0, 0, 0, 'x', 1, 1, 1);
INSERT INTO correction_tickets (ticket_id, correction_id, amount) VALUES (1, 1, 1);
INSERT INTO gift_cards (key, currency, balance) VALUES (gen_random_uuid(), 'EUR', 100);
UPDATE gift_cards SET balance = 100;
INSERT INTO gift_card_entries (gift_card_id, kind, amount) VALUES (1, 'issue', 1);
UPDATE card_payments SET state = 'approved';
DELETE FROM card_payments;
UPDATE discounts SET used = 0;
UPDATE orders SET exchanged_from = NULL;
UPDATE event_cancellation_orders SET state = 'refunded';
SELECT undo_tickets(gen_random_uuid(), o, '{1}', 'refund', 0, 100, NULL, '', 'x', 1) FROM orders o;
SELECT give_back(c, 0, 'cash', '', 1) FROM corrections c;
SELECT new_gift_card(gen_random_uuid(), 'EUR');
SELECT next_receipt(1);
SELECT take_number(1);
SELECT lock_numbers(1);
SELECT lock_tiers('{1}');
SELECT lock_events_of('{1}');
SELECT lock_order(1, 1);
SELECT hold_order(o) FROM orders o;
SELECT take_payments(1, NULL, NULL, 'EUR', NULL, 1, 1, 1);
SELECT charge_gift_card(NULL, 'EUR');
SELECT original_tenders(1, 1);
SELECT replayed_correction(gen_random_uuid(), 1);
SELECT require_own_basket(gen_random_uuid());
SELECT open_amounts('[]', 1);
SELECT begin_terms(e, gen_random_uuid(), '{1}', '{}') FROM events e;
CALL adopt_objects()
"""


@pytest.mark.parametrize("role", ["clerk", "promoter", "door", "reporting"])
def test_nobody_writes_the_books_or_calls_what_writes_them(house: House, role: str) -> None:
    hand = house.psql(role)
    for statement in BY_HAND.split(";"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            hand.execute(statement.encode())


@pytest.mark.parametrize("role", ["promoter", "door", "reporting"])
def test_the_counters_deeds_are_the_counters(crime: Crime, role: str) -> None:
    hand = crime.house.psql(role)
    sale = crime.house.sale
    assert sale is not None
    for statement, *parameters in (
        (SELL, *crime.sale(None)),
        (REFUND, uuid4(), sale.order_id, 0, None, crime.till),
        (HOLD, uuid4(), crime.house.event, crime.house.tier, 1, crime.till),
        ("SELECT expire_holds()",),
        (ISSUE, uuid4(), 1, PAID_IN_CASH, crime.till),
        (PIN, uuid4(), uuid4(), 1, crime.till),
        ("SELECT gift_card_balance('x')",),
        ("SELECT pay_order(%s, %s, '[]', %s)", uuid4(), sale.order_id, crime.till),
        ("SELECT cancel_order(%s, %s, '', 'x', %s)", uuid4(), sale.order_id, crime.till),
        ("SELECT cancel_event(%s, 'x', %s)", crime.house.event, crime.till),
    ):
        assert crime.fails(str(statement), *parameters, hand=hand) == NO_RIGHT


def test_an_order_of_a_cancelled_event_counts_as_given_back_when_it_was(crime: Crime) -> None:
    order = crime.sell()["sale"]["order_id"]
    manager = crime.house.psql("manager")
    crime.ask("SELECT cancel_event(%s, 'ill', %s)", crime.house.event, crime.till, hand=manager)
    settle = "SELECT settle_cancelled_order(%s, 'refunded', '')"
    assert crime.fails(settle, order, hand=manager) == "23514"
    crime.ask(REFUND, uuid4(), order, 0, None, crime.till)
    assert crime.ask("SELECT state FROM event_cancellation_orders", hand=manager) == "refunded"
