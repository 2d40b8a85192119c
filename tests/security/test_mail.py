"""The outbox in the hands of somebody with psql: who may queue, take, settle, read and try again."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest

from boxoffice.domain.errors import BadMailAddress, NotAllowed
from boxoffice.storage.faults import translated
from tests.security.conftest import House

NO_RIGHT = psycopg.errors.InsufficientPrivilege
QUEUE = "SELECT queue_order_mail(%s, %s, 'resend', %s, '', %s)"
CLAIM = "SELECT id, claim FROM claim_mail(ARRAY['resend'], 60)"
SETTLE = "SELECT settle_mail(%s, %s, 'sent', '', '', 'Hi', 'there')"


def queue(house: House, role: str = "clerk", to: str = "kim@example.org", till: int | None = None) -> str:
    assert house.sale is not None
    at = house.office.at.till_id if till is None else till
    row = house.psql(role).execute(QUEUE, [uuid4(), house.sale.order_id, to, at]).fetchone()
    assert row is not None
    return str(row[0])


@pytest.mark.parametrize("role", ["promoter", "door", "reporting"])
def test_only_the_counter_queues_takes_and_settles(house: House, role: str) -> None:
    queue(house)
    for statement in (
        CLAIM,
        "SELECT settle_mail(1, NULL, 'sent', '', '', '', '')",
        "SELECT retry_mail('{1}')",
    ):
        with pytest.raises(NO_RIGHT):
            house.psql(role).execute(statement.encode())
    with pytest.raises(NO_RIGHT):
        queue(house, role)


def test_a_clerk_neither_reads_nor_writes_the_outbox_by_hand(house: House) -> None:
    queue(house)
    hand = house.psql("clerk")
    for statement in (
        "SELECT recipient FROM email_notifications",
        "INSERT INTO email_notifications (kind, recipient) VALUES ('resend', 'eve@example.org')",
        "UPDATE email_notifications SET recipient = 'eve@example.org'",
        "DELETE FROM email_notifications",
        "SELECT retry_mail('{1}')",
        "SELECT queue_mail('refund', NULL, NULL, 1, '{}')",
    ):
        with pytest.raises(NO_RIGHT):
            hand.execute(statement.encode())


def test_a_mail_in_somebody_elses_hand_cannot_be_settled(house: House) -> None:
    queue(house)
    taken = house.psql("clerk").execute(CLAIM).fetchone()
    assert taken is not None
    assert house.psql("manager").execute(SETTLE, [taken[0], uuid4()]).fetchone() == (False,)
    assert house.psql("manager").execute(CLAIM).fetchone() is None
    assert house.psql("clerk").execute(SETTLE, [taken[0], taken[1]]).fetchone() == (True,)
    assert house.psql("clerk").execute(SETTLE, [taken[0], taken[1]]).fetchone() == (False,)


def test_mail_is_queued_at_a_till_where_somebody_stands(house: House) -> None:
    other = house.office.insert("tills", name="Counter 9")
    for till in (other, 0):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            queue(house, till=till)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        house.psql("clerk").execute(
            QUEUE, [uuid4(), house.sale and house.sale.order_id, "kim@example.org", None]
        )


@pytest.mark.parametrize(
    "to",
    ["kim@example.org\r\nBcc: a@b.org", "kim@example.org, eve@example.org", "Kim <kim@example.org>", "kim"],
)
def test_what_could_write_headers_is_no_address_in_psql_either(house: House, to: str) -> None:
    with pytest.raises(BadMailAddress), translated(committing=False):
        queue(house, to=to)


def test_a_lease_is_never_longer_than_ten_minutes(house: House) -> None:
    queue(house)
    house.psql("clerk").execute("SELECT * FROM claim_mail(ARRAY['resend'], 2147483647)")
    value = house.office.value
    assert value("SELECT claimed_until < now() + interval '11 minutes' FROM email_notifications")


def test_whoever_was_disabled_sends_nothing(house: House) -> None:
    queue(house)
    hand = house.psql("clerk")
    house.office.connection.execute("UPDATE users SET is_active = false WHERE role = 'clerk'")
    with pytest.raises(NotAllowed), translated(committing=False):
        hand.execute(CLAIM)
