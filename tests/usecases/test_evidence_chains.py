"""A deed with thousands of rows leaves its evidence in several chains, each of them whole."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from boxoffice.storage.database import Database
from boxoffice.usecases.office.check_database import check_database
from tests.office import Office, open_office

MANY = 450
"""Rows of one transaction: more than two chains take in it."""
NOTES = """
    INSERT INTO audit_logs (user_id, action, entity, entity_id)
    SELECT %s, 'noted', 'office', n FROM generate_series(1, %s) n
"""
LENGTHS = "SELECT chain, count(*) FROM audit_logs WHERE entity = 'office' GROUP BY chain ORDER BY min(id)"


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    opened = open_office(database_url.replace("+psycopg", "", 1))
    yield opened
    opened.connection.close()


def whole(url: str) -> bool:
    """Tell whether no row of the evidence was changed, removed or slipped in."""
    db = Database(url)
    findings = {finding.name: finding for finding in check_database(db)}
    db.close()
    return findings["evidence_is_whole"].broken == 0


def test_a_transaction_goes_on_with_another_chain(office: Office, database_url: str) -> None:
    with office.connection.transaction():
        office.connection.execute(NOTES, [None, MANY])
    assert [length for _, length in office.connection.execute(LENGTHS).fetchall()] == [200, 200, 50]
    office.connection.execute(NOTES, [None, 1])
    # The next transaction begins where all do.
    assert [length for _, length in office.connection.execute(LENGTHS).fetchall()] == [201, 200, 50]
    assert whole(database_url)


def test_what_a_savepoint_takes_back_is_not_counted(office: Office, database_url: str) -> None:
    with office.connection.transaction():
        for _ in range(3):
            with office.connection.transaction(force_rollback=True):
                office.connection.execute(NOTES, [None, 150])
        office.connection.execute(NOTES, [None, 200])
    assert [length for _, length in office.connection.execute(LENGTHS).fetchall()] == [200]
    assert whole(database_url)


@pytest.mark.parametrize(
    ("told", "chain"),
    [
        ("100000", "clerk% 501"),
        ("abc", "clerk%"),
        ("-5", "clerk%"),
        ("1e3", "clerk%"),
        ("2147483648", "clerk%"),
        ("'; DROP", "clerk%"),
    ],
)
def test_a_clerk_who_meddles_with_the_count_gets_chains_and_nothing_else(
    office: Office, database_url: str, told: str, chain: str
) -> None:
    clerk = office.person("clerk")
    till = office.at.till_id
    with psycopg.connect(clerk.dsn, autocommit=True) as hand:
        hand.execute("SELECT set_config('boxoffice.sealed', %s, false)", [told])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            hand.execute(NOTES, [clerk.id, 1])
        event = office.event()
        tier = office.tier(event)
        hand.execute(
            "SELECT hold_basket(gen_random_uuid(), %s, ARRAY[%s::bigint], ARRAY[1::bigint], %s)",
            [event, tier, till],
        )
    assert whole(database_url)
    assert office.value("SELECT count(*) FROM audit_chains WHERE chain LIKE %s", chain) == 1
