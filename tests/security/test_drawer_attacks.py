"""A clerk with psql at the drawer: no cash without its row, no closing without a manager, no peeping."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest

from tests.security.conftest import House
from tests.takings import without_drawer

OPEN = "SELECT open_drawer(%s, %s, 'EUR', 100, '[]', false)"


def drawer_of(house: House, role: str = "clerk") -> int:
    without_drawer(house.office)
    row = house.psql(role).execute(OPEN, [uuid4(), house.office.at.till_id]).fetchone()
    assert row is not None
    return int(row[0])


FORBIDDEN = """
INSERT INTO drawer_counts (key, drawer_id, kind, amount, pieces)
VALUES (gen_random_uuid(), {drawer}, 'closing', 1, '[]');
INSERT INTO drawer_users (drawer_id, user_id) VALUES ({drawer}, {clerk});
INSERT INTO closings (drawer_id, till_id, number, closed_by, expected, counted, totals, business_day,
                      first_receipt, last_receipt)
VALUES ({drawer}, {till}, 1, {clerk}, 0, 0, '{{}}', now(), 1, 0);
UPDATE cash_drawers SET counted = 1;
UPDATE cash_drawers SET counted_at = NULL, counted = NULL;
UPDATE cash_drawers SET opening_float = 0;
UPDATE cash_drawers SET is_shared = true;
UPDATE drawer_entries SET amount = 0;
UPDATE till_numbers SET last_receipt = 0;
SELECT write_count(gen_random_uuid(), {drawer}, 'closing', 1, '[]');
SELECT lock_drawer({drawer}, {till});
SELECT takings_of({till}, 1, 9);
SELECT drawer_totals(d, false) FROM cash_drawers d;
SELECT drawer_expected(d) FROM cash_drawers d
"""


@pytest.mark.parametrize("role", ["clerk", "manager", "promoter", "door", "reporting"])
def test_nobody_writes_the_drawers_books_by_hand(house: House, role: str) -> None:
    drawer = drawer_of(house)
    hand = house.psql(role)
    for statement in FORBIDDEN.split(";"):
        filled = statement.format(drawer=drawer, till=house.office.at.till_id, clerk=house.office.at.clerk_id)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            hand.execute(filled.encode())


@pytest.mark.parametrize("role", ["promoter", "door", "reporting"])
def test_the_drawer_is_for_clerks_and_managers(house: House, role: str) -> None:
    hand = house.psql(role)
    for statement, parameters in (
        (OPEN, [uuid4(), house.office.at.till_id]),
        ("SELECT till_state(%s)", [house.office.at.till_id]),
        ("SELECT x_report(%s)", [house.office.at.till_id]),
        ("SELECT sign_off_drawer(1, %s)", [house.office.at.till_id]),
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            hand.execute(statement.encode(), parameters)


def test_a_drawer_is_opened_where_one_stands(house: House) -> None:
    elsewhere = house.office.insert("tills", name="Where nobody signed in")
    for statement in (
        OPEN,
        "SELECT move_cash(%s, 1, %s, 'paid_in', 1, 'x')",
        "SELECT count_drawer(%s, 1, %s, '[]')",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            house.psql("clerk").execute(statement.encode(), [uuid4(), elsewhere])


def refusal(hand: psycopg.Connection, statement: str, *parameters: object) -> str | None:
    with pytest.raises(psycopg.Error) as refused:
        hand.execute(statement.encode(), parameters)
    return refused.value.diag.message_primary


def test_leave_for_one_drawer_or_one_deed_is_not_leave_for_another(house: House) -> None:
    drawer = drawer_of(house)
    hand, till = house.psql("clerk"), house.office.at.till_id
    grant = "SELECT grant_override(%s, 'drawer', %s, %s, '')"
    hand.execute("SELECT count_drawer(%s, %s, %s, '[]')", [uuid4(), drawer, till])
    for deed, which in (("use drawer", drawer), ("take cash out", drawer), ("close drawer", drawer + 1)):
        house.psql("manager").execute(grant, [deed, which, house.office.at.clerk_id])
        assert refusal(hand, "SELECT sign_off_drawer(%s, %s)", drawer, till) == "needs_override"
    house.psql("manager").execute(grant, ["close drawer", drawer, house.office.at.clerk_id])
    hand.execute("SELECT sign_off_drawer(%s, %s)", [drawer, till])
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        hand.execute(grant, ["close drawer", drawer, house.office.at.clerk_id])


def test_nobody_opens_a_second_drawer_under_somebody_elses_key(house: House) -> None:
    key, till = uuid4(), house.office.at.till_id
    without_drawer(house.office)
    house.psql("clerk").execute(OPEN, [key, till])
    assert refusal(house.psql("manager"), OPEN, key, till) == "drawer_open"


@pytest.mark.parametrize(
    "pieces",
    ['[{"piece": -50, "count": 2}]', '[{"piece": 50, "count": -2}]', '[{"piece": 50}]',
     '[{"piece": 0.001, "count": 1}]', '{"piece": 50}',
     '[{"piece": "NaN", "count": 1}]', '[{"piece": 1e30, "count": 1}]'],
)  # fmt: skip
def test_a_count_is_of_notes_and_coins(house: House, pieces: str) -> None:
    drawer = drawer_of(house)
    count = "SELECT count_drawer(%s, %s, %s, %s)"
    assert (
        refusal(house.psql("clerk"), count, uuid4(), drawer, house.office.at.till_id, pieces) == "bad_amount"
    )


def test_what_should_be_in_the_drawer_is_told_to_the_manager_alone(house: House) -> None:
    drawer_of(house)
    ask = "SELECT till_state(%s) -> 'drawer' ->> 'expected', x_report(%s) -> 'drawer' ->> 'expected'"
    at = [house.office.at.till_id] * 2
    assert house.psql("clerk").execute(ask, at).fetchone() == (None, None)
    assert house.psql("manager").execute(ask, at).fetchone() == ("100.000", "100.000")
