"""Somebody with psql and a password of their own tries to get further than they may."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from boxoffice.domain import errors
from boxoffice.storage.database import Database
from boxoffice.storage.faults import translated
from boxoffice.usecases.office.check_database import check_database
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.office import wish
from tests.security.conftest import ROLES, House

NO_RIGHT = psycopg.errors.InsufficientPrivilege
SELL = """
    CALL sell(gen_random_uuid(), %s, ARRAY[%s::bigint], ARRAY[1::bigint], ARRAY[28::numeric], NULL,
        'cash', NULL, '', %s, %s, NULL)
"""


def rows(hand: psycopg.Connection, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    return hand.execute(statement.encode(), parameters or None).fetchall()


# --- other people's rows -----------------------------------------------------------------------


def test_a_promoter_sees_and_changes_their_own_events_alone(house: House) -> None:
    hand = house.psql("promoter")
    assert rows(hand, "SELECT id FROM events") == [(house.event,)]
    assert rows(hand, "SELECT id FROM ticket_tiers") == [(house.tier,)]
    assert rows(hand, "SELECT id FROM active_events_with_availability") == [(house.event,)]
    assert rows(hand, "SELECT company FROM promoters") == [("Ours",)]
    for table in ("orders", "order_items", "tickets", "waitlist", "holds"):
        assert rows(hand, f"SELECT count(*) FROM {table}") == [(0,)], table
    assert hand.execute("UPDATE events SET title = 'Mine' WHERE id = %s", [house.rival_event]).rowcount == 0
    assert hand.execute("UPDATE ticket_tiers SET price = 1 WHERE id = %s", [house.rival_tier]).rowcount == 0
    assert hand.execute("UPDATE events SET title = 'Ours' WHERE id = %s", [house.event]).rowcount == 1
    assert (
        hand.execute("UPDATE ticket_tiers SET price = 9, quantity = 7 WHERE id = %s", [house.tier]).rowcount
        == 1
    )
    with pytest.raises(NO_RIGHT):
        hand.execute(
            "INSERT INTO ticket_tiers (event_id, name, price, quantity) VALUES (%s, 'x', 1, 1)",
            [house.rival_event],
        )
    with pytest.raises(NO_RIGHT):
        hand.execute(
            "INSERT INTO events (promoter_id, slug, title, venue, start_time)"
            " SELECT promoter_id + 1, 'stolen', 'x', 'x', now() FROM events"
        )


def test_a_promoter_gets_the_names_of_their_own_customers_and_no_more(house: House) -> None:
    rival, other = house.psql("rival"), house.psql("promoter")
    assert ("Kim", "Ito") in rows(rival, "SELECT first_name, last_name FROM users")
    assert ("Kim", "Ito") not in rows(other, "SELECT first_name, last_name FROM users")
    assert rows(rival, "SELECT count(*) FROM tickets") == [(2,)]
    for column in ("email", "phone", "password_hash", "database_role"):
        with pytest.raises(NO_RIGHT):
            rival.execute(f"SELECT {column} FROM users".encode())
    for statement in (
        "SELECT reference FROM payment_transactions",
        "SELECT amount FROM payment_transactions",
    ):
        with pytest.raises(NO_RIGHT):
            rival.execute(statement)


def test_deleting_somebody_elses_event_is_no_deed_of_a_promoter(house: House) -> None:
    hand = house.psql("promoter")
    with translated(committing=False), pytest.raises(psycopg.errors.DatabaseError) as refused:
        hand.execute("SELECT delete_event(%s)", [house.rival_event])
    assert refused.value.sqlstate == "BX001"
    hand.execute("SELECT delete_event(%s)", [house.event])
    assert rows(hand, "SELECT count(*) FROM events") == [(0,)]


# --- stock, prices, money ----------------------------------------------------------------------

FORBIDDEN = {
    "sold without tickets": "UPDATE ticket_tiers SET sold = sold - 1",
    "reserved without holds": "UPDATE ticket_tiers SET reserved = 5",
    "a tier born sold": "INSERT INTO ticket_tiers (event_id, name, price, quantity, sold)"
    " VALUES ({event}, 'x', 1, 9, 9)",
    "a ticket by hand": "INSERT INTO tickets (order_id, tier_id, event_id)"
    " SELECT order_id, tier_id, event_id FROM tickets",
    "a ticket valid again": "UPDATE tickets SET status = 'valid', used_at = NULL",
    "an order by hand": "INSERT INTO orders (event_id, status) VALUES ({event}, 'paid')",
    "an order in another's name": "UPDATE orders SET clerk_id = 1",
    "a payment by hand": "INSERT INTO payment_transactions (order_id, tender, amount, currency)"
    " VALUES (1, 'cash', 1, 'EUR')",
    "a past payment": "UPDATE payment_transactions SET amount = 0",
    "cash out of the drawer": "INSERT INTO drawer_entries (drawer_id, kind, amount)"
    " VALUES (1, 'paid_out', -100)",
    "a past closing": "UPDATE closings SET counted = expected",
    "evidence changed": "UPDATE audit_logs SET action = 'nothing'",
    "evidence removed": "DELETE FROM audit_logs",
    "evidence made up": "INSERT INTO audit_logs (action, entity, entity_id) VALUES ('sold', 'order', 1)",
    "a chain bent": "UPDATE audit_chains SET seq = 0, hash = ''",
    "leave by hand": "INSERT INTO overrides (action, entity, entity_id, clerk_id, manager_id)"
    " VALUES ('reprint again', 'order', 1, 1, 1)",
    "somebody else's role": "UPDATE users SET role = 'manager'",
    "a person by hand": "INSERT INTO users (role, first_name) VALUES ('manager', 'Eve')",
    "hashes": "SELECT password_hash, pin_hash FROM users",
    "the schema's revision": "UPDATE alembic_version SET version_num = '9999'",
    "a print that never was": "INSERT INTO print_jobs (ticket_id, state) VALUES (1, 'printed')",
    "a key taken": "INSERT INTO idempotency_keys (key, deed, order_id)"
    " VALUES (gen_random_uuid(), 'reprint', 1)",
    "the number of an order": "SELECT setval('order_number_seq', 1)",
    "a drawer opened": "INSERT INTO cash_drawers (till_id, opened_by, opening_float, currency)"
    " VALUES (1, 1, 0, 'EUR')",
    # The owner's rooms
    "the owner's role": "SET ROLE boxoffice_owner",
    "the role that makes roles": "SET ROLE boxoffice_roles",
    "the superuser": "SET ROLE postgres",
    "another session's person": "SET SESSION AUTHORIZATION postgres",
    "row security off for good": "ALTER TABLE events DISABLE ROW LEVEL SECURITY",
    "a policy": "CREATE POLICY mine ON events USING (true)",
    "membership": "GRANT boxoffice_manager TO CURRENT_USER",
    "a role": "CREATE ROLE eve LOGIN SUPERUSER",
    "more than a role may": "ALTER ROLE CURRENT_USER CREATEROLE",
    "a trigger off": "ALTER TABLE ticket_tiers DISABLE TRIGGER ALL",
    "replication's way around triggers": "SET session_replication_role = replica",
    # Places to put things
    "a table": "CREATE TABLE loot (x int)",
    "a temporary table": "CREATE TEMPORARY TABLE events (id bigint)",
    "a schema": "CREATE SCHEMA mine",
    "a function": "CREATE FUNCTION evil() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "a function in the temporary schema": "CREATE FUNCTION pg_temp.evil() RETURNS int"
    " LANGUAGE sql AS 'SELECT 1'",
    "a block of code": "DO $$ BEGIN PERFORM 1; END $$",
    "an operator": "CREATE OPERATOR public.= (FUNCTION = int4eq, LEFTARG = int, RIGHTARG = int)",
    "a large object": "SELECT lo_create(0)",
    "a large object with something in it": r"SELECT lo_from_bytea(0, '\x00')",
    "an extension": "CREATE EXTENSION dblink",
    # The machine below
    "a program": "COPY (SELECT 1) TO PROGRAM 'id'",
    "a file written": "COPY (SELECT 1) TO '/tmp/x'",
    "a file read": "SELECT pg_read_file('/etc/passwd')",
    "a folder": "SELECT pg_ls_dir('.')",
    "passwords": "SELECT rolpassword FROM pg_authid",
    "a setting of the server": "ALTER SYSTEM SET log_statement = 'all'",
    "the log": "SET log_statement = 'all'",
    # In everybody's way
    "every sale's turn": "SELECT pg_advisory_xact_lock(event_turn(1))",
    "a lock of any kind": "SELECT pg_advisory_lock(1)",
    "an event's turn by its function": "SELECT lock_event(1)",
    "a row held": "SELECT * FROM ticket_tiers FOR UPDATE",
    "a row held by its key": "SELECT * FROM orders FOR KEY SHARE",
    # Deeds behind the deeds
    "a person's row": "SELECT write_person('eve', 'manager', 'Eve', '', NULL, NULL)",
    "a person changed": "SELECT update_person(1, 'manager', true, NULL)",
    "leave used up": "SELECT require_override('reprint again', 'order', 1)",
    "the database opened": "SELECT secure_database()",
    "the event locked as in a sale": "SELECT lock_event_for_sale(1)",
}
ALLOWED_TO_TRY = {
    # A manager holds rows of what a manager may change, and of nothing else.
    ("manager", "a row held"),
    ("promoter", "a row held"),
}


ONLY_MANAGERS = (
    "UPDATE ticket_tiers SET price = 0",
    "UPDATE ticket_tiers SET quantity = 10000",
    "UPDATE events SET capacity = NULL",
    "UPDATE events SET status = 'cancelled'",
    "INSERT INTO tills (name) VALUES ('Back door')",
    "INSERT INTO holds (tier_id, kind, quantity) SELECT id, 'house', 1 FROM ticket_tiers",
    "SELECT * FROM audit_logs",
    "SELECT invite_person('eve', '', 'manager', 'Eve', '', NULL, NULL)",
    "SELECT set_person_active(1, false)",
    "SELECT grant_override('reprint again', 'order', 1, 1, '')",
)


def refused(hand: psycopg.Connection, statement: str) -> bool:
    """Tell whether the server says that this person may not."""
    try:
        hand.execute(statement.encode())
    except NO_RIGHT:
        return True
    except psycopg.Error as error:
        raise AssertionError(f"{statement}: {error}") from error
    return False


@pytest.mark.parametrize("role", ROLES)
def test_what_nobody_may(house: House, role: str) -> None:
    hand = house.psql(role)
    may = {
        what
        for what, statement in FORBIDDEN.items()
        if (role, what) not in ALLOWED_TO_TRY and not refused(hand, statement.format(event=house.event))
    }
    assert may == set()


@pytest.mark.parametrize("role", ["clerk", "door", "reporting"])
def test_what_only_managers_or_promoters_may(house: House, role: str) -> None:
    hand = house.psql(role)
    assert [statement for statement in ONLY_MANAGERS if not refused(hand, statement)] == []


@pytest.mark.parametrize("role", ["promoter", "door", "reporting"])
def test_selling_is_not_for_them(house: House, role: str) -> None:
    hand = house.psql(role)
    with pytest.raises(NO_RIGHT):
        hand.execute(SELL, [house.event, house.tier, house.office.at.till_id, house.people[role].id])


@pytest.mark.parametrize("clerk", ["manager", "nobody"])
def test_nobody_sells_in_somebody_elses_name(house: House, clerk: str) -> None:
    hand = house.psql("clerk")
    named = house.people["manager"].id if clerk == "manager" else None
    with pytest.raises(NO_RIGHT):
        hand.execute(SELL, [house.event, house.tier, house.office.at.till_id, named])


# --- forged sessions ---------------------------------------------------------------------------


def test_settings_of_the_session_forge_nobody(house: House) -> None:
    hand = house.psql("promoter")
    for setting in ("boxoffice.who", "app.who", "boxoffice.my_role"):
        hand.execute(f"SET {setting} = 'manager'".encode())
    hand.execute("SET search_path = pg_temp, public")
    assert rows(hand, "SELECT my_role(), my_user_id()") == [("promoter", house.people["promoter"].id)]
    hand.execute("SET ROLE boxoffice_promoter")
    assert rows(hand, "SELECT id FROM events") == [(house.event,)]
    hand.execute("SET row_security = off")
    with pytest.raises(NO_RIGHT):
        hand.execute("SELECT id FROM events")


def test_copy_shows_no_more_than_select(house: House) -> None:
    hand = house.psql("promoter")
    with hand.cursor().copy("COPY (SELECT id FROM events) TO STDOUT") as out:
        assert [int(bytes(line)) for line in out] == [house.event]
    with hand.cursor().copy("COPY events (id) TO STDOUT") as out:
        assert [int(bytes(line)) for line in out] == [house.event]
    with (
        pytest.raises(psycopg.Error),
        hand.cursor().copy("COPY events (promoter_id, slug, title, venue, start_time) FROM STDIN") as into,
    ):
        into.write(b"1\tx\tx\tx\tnow\n")


def test_a_leaking_condition_is_asked_of_ones_own_rows_only(house: House) -> None:
    """A function that fails on a secret value must not be asked before the policy."""
    hand = house.psql("promoter")
    hand.execute("SET enable_seqscan = off")
    assert rows(hand, "SELECT count(*) FROM events WHERE 1 / (id - %s) IS NULL", house.rival_event) == [(0,)]
    assert rows(hand, "SELECT count(*) FROM users WHERE 1 / (id - %s) IS NULL", house.customer) == [(0,)]


def test_other_sessions_queries_are_not_to_be_read(house: House) -> None:
    secret = house.psql("manager")
    secret.execute("SELECT 'the takings are 1234'")
    for role in ("clerk", "promoter", "door", "reporting"):
        seen = rows(house.psql(role), "SELECT query FROM pg_stat_activity WHERE datname = current_database()")
        assert not any("takings" in (query or "") for (query,) in seen)
        assert ("<insufficient privilege>",) in seen


def test_another_sessions_backend_is_not_to_be_ended(house: House) -> None:
    victim = house.psql("clerk")
    with pytest.raises(NO_RIGHT):
        house.psql("promoter").execute("SELECT pg_terminate_backend(%s)", [victim.info.backend_pid])
    assert rows(victim, "SELECT 1") == [(1,)]


def test_somebody_of_another_office_on_the_server_does_not_come_in(house: House) -> None:
    connection = house.office.connection
    name = f"stranger_{connection.info.dbname}"
    connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'x' IN ROLE boxoffice_manager".encode())
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(connection.info.dsn, user=name, password="x")  # noqa: S106 - a stranger's


def test_a_role_that_is_nobodys_can_look_but_do_nothing(house: House) -> None:
    """An administrator may make a role by hand and forget to say whose it is."""
    connection = house.office.connection
    name = f"loose_{connection.info.dbname}"
    connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'x' IN ROLE boxoffice_clerk".encode())
    connection.execute(f"GRANT CONNECT ON DATABASE {connection.info.dbname} TO {name}".encode())
    with psycopg.connect(connection.info.dsn, user=name, password="x", autocommit=True) as hand:  # noqa: S106 - as above
        with pytest.raises(psycopg.Error) as refused:
            hand.execute("SELECT sign_in('Counter 2')")
        assert refused.value.diag.message_primary == "not_a_person"
        with pytest.raises(NO_RIGHT):
            hand.execute(SELL, [house.event, house.tier, house.office.at.till_id, house.office.at.clerk_id])


def test_unknown_names_are_refused_like_wrong_passwords(house: House) -> None:
    """The same words, the same code, and about the same time."""
    info = house.office.connection.info
    known = make_name(house.people["clerk"].dsn)

    def attempt(name: str) -> tuple[str, float]:
        began = time.perf_counter()
        with pytest.raises(psycopg.OperationalError) as refused:
            psycopg.connect(host=info.host, port=info.port, dbname=info.dbname, user=name, password="wrong")  # noqa: S106 - it is
        return str(refused.value).replace(name, "NAME"), time.perf_counter() - began

    tries = [(attempt(known), attempt("nobody.at.all")) for _ in range(15)]
    assert len({words for pair in tries for words, _ in pair}) == 1
    # SCRAM is played through with a made-up salt for unknown names. The quickest of many counts.
    known_time, unknown_time = (min(pair[place][1] for pair in tries) for place in (0, 1))
    assert 0.5 < unknown_time / known_time < 2


def make_name(dsn: str) -> str:
    return psycopg.conninfo.conninfo_to_dict(dsn)["user"]  # type: ignore[return-value]


# --- managers ----------------------------------------------------------------------------------

HASH = "$argon2id$v=19$m=19456,t=2,p=1$" + "A" * 22 + "$" + "B" * 43
VERIFIER = "SCRAM-SHA-256$4096:" + "A" * 24 + "$" + "B" * 43 + "=:" + "C" * 43 + "="


def invite(hand: psycopg.Connection, name: str, role: str = "clerk", verifier: str = VERIFIER) -> int:
    return int(
        rows(hand, "SELECT invite_person(%s, %s, %s, 'New', 'One', NULL, %s)", name, verifier, role, HASH)[0][
            0
        ]
    )


def test_a_manager_lets_people_in_but_makes_no_superuser(house: House) -> None:
    hand = house.psql("manager")
    name = f"new.{uuid4().hex[:12]}"
    invite(hand, name)
    assert rows(
        hand,
        "SELECT rolsuper, rolcreaterole, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname = %s",
        name,
    ) == [(False, False, False, False)]
    memberships = rows(hand, "SELECT r.rolname FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid"
                       " JOIN pg_roles u ON u.oid = m.member WHERE u.rolname = %s", name)  # fmt: skip
    assert memberships == [("boxoffice_clerk",)]
    for bad in (
        "postgres",
        "boxoffice_owner",
        "pg_read_all_data",
        "UPPER",
        "a",
        'x"; DROP TABLE users; --',
        "x" * 80,
    ):
        with pytest.raises(psycopg.Error) as refused:
            invite(hand, bad)
        assert refused.value.sqlstate == "BX001"
    for bad in ("superuser", "owner", "roles", "reporting", "customer"):
        with pytest.raises(psycopg.Error) as refused:
            invite(hand, f"x.{uuid4().hex[:8]}", bad)
        assert refused.value.sqlstate == "BX001"
    with pytest.raises(psycopg.errors.InvalidPassword):
        invite(hand, f"x.{uuid4().hex[:8]}", verifier="secret")


def test_the_last_manager_stays(house: House) -> None:
    hand, me = house.psql("manager"), house.people["manager"].id
    for statement in ("SELECT set_person_active(%s, false)", "SELECT set_person_role(%s, 'clerk')"):
        with pytest.raises(psycopg.Error) as refused:
            hand.execute(statement, [me])
        assert refused.value.diag.message_primary == "last_manager"


def test_a_disabled_persons_connections_end_at_once_and_none_comes_after(house: House) -> None:
    inside, clerk = house.psql("clerk"), house.people["clerk"]
    assert rows(inside, "SELECT 1") == [(1,)]
    house.psql("manager").execute("CALL disable_person(%s)", [clerk.id])
    with pytest.raises(psycopg.OperationalError):
        inside.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(clerk.dsn)
    house.psql("manager").execute("SELECT set_person_active(%s, true)", [clerk.id])
    assert rows(house.psql("clerk"), "SELECT my_role()") == [("clerk",)]


def test_another_role_holds_from_the_next_statement_on(house: House) -> None:
    inside = house.psql("clerk")
    house.psql("manager").execute("SELECT set_person_role(%s, 'door')", [house.people["clerk"].id])
    with pytest.raises(NO_RIGHT):
        inside.execute("SELECT * FROM orders")
    assert rows(inside, "SELECT my_role()") == [("door",)]


def test_after_all_that_everything_adds_up(house: House, database_url: str) -> None:
    db, keeper = house.database("manager"), Database(database_url)
    sell_tickets(db, house.place(db), wish(house.event, (house.tier, 1)))
    assert [finding for finding in check_database(keeper) if finding.broken] == []
    assert [finding for finding in check_database(db) if finding.broken] == []
    keeper.close()


def test_the_servers_own_no_is_a_refusal_of_the_trade(house: House) -> None:
    db = house.database("promoter")
    with pytest.raises(errors.NotAllowed):
        sell_tickets(db, house.place(db), wish(house.event, (house.tier, 1)))


def count(house: House, action: str) -> int:
    return int(house.office.value("SELECT count(*) FROM audit_logs WHERE action = %s", action))


def test_deeds_on_roles_leave_evidence_although_no_row_changes(house: House) -> None:
    hand, clerk = house.psql("manager"), house.people["clerk"].id
    hand.execute("SELECT reset_password(%s, %s, %s)", [clerk, VERIFIER, HASH])
    hand.execute("SELECT reset_password(%s, %s, %s)", [clerk, VERIFIER, HASH])
    assert count(house, "password_reset") == 2
    hand.execute("SELECT set_my_password(%s, %s)", [VERIFIER, HASH])
    assert count(house, "password_changed") == 1
    inside = psycopg.connect(house.people["door"].dsn)
    hand.execute("SELECT end_connections(%s)", [house.people["door"].id])
    inside.close()
    assert count(house, "connections_ended") == 1
    hand.execute("CALL disable_person(%s)", [house.people["door"].id])
    assert count(house, "barred") >= 1


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT set_person_active(%s, NULL)",
        "SELECT bar_person(%s, NULL)",
        "SELECT reset_password(%s, NULL, NULL)",
        "SELECT reset_password(%s, 'SCRAM-SHA-256$', NULL)",
        "SELECT set_person_role(%s, NULL)",
        "SELECT set_person_active(NULL, false) WHERE %s > 0",
        "SELECT set_person_active(-%s, false)",
    ],
)
def test_nothing_is_no_argument(house: House, statement: str) -> None:
    before = house.office.connection.execute(
        "SELECT rolcanlogin, rolpassword FROM pg_authid ORDER BY 1, 2"
    ).fetchall()
    with pytest.raises(psycopg.Error):
        house.psql("manager").execute(statement.encode(), [house.people["clerk"].id])
    after = house.office.connection.execute(
        "SELECT rolcanlogin, rolpassword FROM pg_authid ORDER BY 1, 2"
    ).fetchall()
    assert after == before
    with pytest.raises(psycopg.Error):
        house.psql("manager").execute("SELECT invite_person('zz.1', NULL, 'clerk', 'Z', '', NULL, NULL)")


def test_whoever_was_disabled_sells_nothing_over_a_connection_that_is_left(house: House) -> None:
    inside, clerk = house.psql("clerk"), house.people["clerk"].id
    house.psql("manager").execute("SELECT set_person_active(%s, false)", [clerk])
    for name in (clerk, None):
        with pytest.raises(NO_RIGHT):
            inside.execute(SELL, [house.event, house.tier, house.office.at.till_id, name])


def test_nobody_sells_in_nobodys_name(house: House) -> None:
    connection = house.office.connection
    name = f"nameless_{connection.info.dbname}"
    connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'x' IN ROLE boxoffice_clerk".encode())
    connection.execute(f"GRANT CONNECT ON DATABASE {connection.info.dbname} TO {name}".encode())
    hand = psycopg.connect(connection.info.dsn, user=name, password="x", autocommit=True)  # noqa: S106 - as above
    with hand, pytest.raises(NO_RIGHT):
        hand.execute(SELL, [house.event, house.tier, house.office.at.till_id, None])
    assert rows(connection, "SELECT count(*) FROM orders WHERE clerk_id IS NULL") == [(0,)]


@pytest.mark.parametrize("victim", ["clerk", "another"])
def test_nothing_that_somebody_holds_keeps_a_manager_from_showing_them_out(house: House, victim: str) -> None:
    clerk = house.people["clerk"]
    target = clerk if victim == "clerk" else house.office.person("clerk")
    holder = psycopg.connect(clerk.dsn)
    holder.execute("SELECT sign_in('Counter 2')")
    holder.execute(
        "INSERT INTO waitlist (event_id, user_id, position) VALUES (%s, %s, 1)", [house.event, target.id]
    )
    hand = house.psql("manager")
    hand.execute("SET statement_timeout = '8s'")
    hand.execute("CALL disable_person(%s)", [target.id])
    holder.close()
    assert rows(house.office.connection, "SELECT is_active FROM users WHERE id = %s", target.id) == [(False,)]
    hand.execute("SELECT set_person_role(%s, 'door')", [house.office.person("clerk").id])


def test_a_sale_is_booked_where_its_clerk_stands(house: House) -> None:
    hand, clerk = house.psql("clerk"), house.people["clerk"].id
    other = house.office.insert("tills", name="Counter of somebody else")
    house.office.open_drawer(other)
    for till in (other, 999_999, None):
        with pytest.raises(psycopg.Error) as refused:
            hand.execute(SELL, [house.event, house.tier, till, clerk])
        # No right there, no drawer at a till that does not exist, no till at all.
        assert refused.value.sqlstate in {"42501", "BX001", "22004"}
    with pytest.raises(NO_RIGHT):
        hand.execute("SELECT record_print(ARRAY[1::bigint], 'printed', 'x', '', %s)", [other])
    hand.execute("SELECT sign_in('Counter of somebody else')")
    hand.execute(SELL, [house.event, house.tier, other, clerk])


@pytest.mark.parametrize(
    "change",
    [
        "start_time = 'infinity'",
        "start_time = '20000-01-01'",
        "end_time = 'infinity'",
        "doors_open_time = '4000-01-01 BC'",
        "time_zone = 'Mars/Olympus'",
        "time_zone = ''",
        "time_zone = 'XYZ3'",
        "service_fee_per_ticket = 'NaN'",
        "service_fee_percent = 'NaN'",
        "tax_rate_percent = 'NaN'",
        "currency = 'KWD'",
        "currency = 'eur'",
    ],
)
def test_a_promoter_breaks_nobodys_list(house: House, change: str) -> None:
    hand = house.psql("promoter")
    with pytest.raises((psycopg.errors.CheckViolation, psycopg.errors.InvalidParameterValue)):
        hand.execute(f"UPDATE events SET {change} WHERE id = %s".encode(), [house.event])


@pytest.mark.parametrize(
    "change", ["price = 'NaN'", "sale_end_time = 'infinity'", "sale_start_time = '-infinity'"]
)
def test_a_promoter_offers_nothing_that_is_no_number(house: House, change: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        house.psql("promoter").execute(f"UPDATE ticket_tiers SET {change}".encode())


def test_nobody_pays_with_what_is_no_number(house: House) -> None:
    call = SELL.replace("'cash', NULL", "'cash', 'NaN'")
    with pytest.raises(psycopg.errors.CheckViolation):
        house.psql("clerk").execute(
            call, [house.event, house.tier, house.office.at.till_id, house.people["clerk"].id]
        )


def test_small_roles_write_no_large_things(house: House) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        house.psql("door").execute("SELECT renew_my_hash(repeat('x', 1000000))")
    with pytest.raises(NO_RIGHT):
        house.psql("reporting").execute("SELECT pg_logical_emit_message(false, 'x', repeat('x', 1000))")


def test_a_tier_of_somebody_elses_is_as_unknown_as_none(house: House) -> None:
    told = []
    for tier in (house.rival_tier, 999_999):
        with pytest.raises(psycopg.Error) as refused:
            house.psql("promoter").execute("SELECT delete_tier(%s)", [tier])
        told.append((refused.value.diag.message_detail or "").replace(str(tier), "N"))
    assert told[0] == told[1]


def test_a_reason_has_a_letter_in_it(house: House) -> None:
    assert house.sale is not None
    with pytest.raises(psycopg.Error) as refused:
        house.psql("clerk").execute(
            "SELECT reprint_tickets(gen_random_uuid(), %s, ARRAY[1::bigint], E'\\t\\u00a0', %s)",
            [house.sale.order_id, house.office.at.till_id],
        )
    assert refused.value.diag.message_primary == "reason_missing"
