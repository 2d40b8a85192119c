"""Whatever is typed stays text: through every search and every field that reaches the database."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings, strategies
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from boxoffice import passwords
from boxoffice.domain.errors import CannotConnect, Refused
from boxoffice.domain.event import EventFilter
from boxoffice.domain.evidence import EvidenceFilter
from boxoffice.domain.person import NewPerson, Role
from boxoffice.domain.sale import Payment, Tender
from boxoffice.domain.ticket import PrintState
from boxoffice.keystore import Keystore
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import PrintReport, Reprint
from boxoffice.usecases.events.browse_events import browse_events
from boxoffice.usecases.office import people
from boxoffice.usecases.office.administration import open_administration
from boxoffice.usecases.office.keys import seal_with
from boxoffice.usecases.office.open_desk import take_place
from boxoffice.usecases.orders.find_order import find_order
from boxoffice.usecases.orders.record_print import record_print
from boxoffice.usecases.orders.reprint_tickets import reprint_tickets
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.office import PASSWORD, wish
from tests.security.conftest import House
from tests.test_logs import log

__all__ = ["log"]

KEPT = "SELECT rolpassword FROM pg_authid WHERE rolname = %s"

HOSTILE = (
    "'; DROP TABLE tickets; --",
    "' OR '1'='1",
    "\\'; SELECT pg_sleep(10); --",
    "%_\\%",
    "$$; DELETE FROM users; $$",
    "{1,2}",
    "${jndi:ldap://x}",
    ":param %(name)s %s {0}",
    "\N{RIGHT-TO-LEFT OVERRIDE}\N{ZERO WIDTH JOINER}🎻\N{COMBINING ACUTE ACCENT}",
    "x" * 5000,
    "<b>bold</b>&amp;",
    "e\n\r\t\x0b\x1f",
    "\x00",
)
TEXTS = strategies.one_of(strategies.text(max_size=60), strategies.sampled_from(HOSTILE))
MANY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def typed(deed: Callable[[], object]) -> None:
    """Do it; a refusal is an answer, anything else would be a hole or a fault."""
    with suppress(Refused):
        deed()


@pytest.fixture
def clerk(house: House, tmp_path: Path) -> Database:
    db = house.database("clerk")
    seal_with(db, house.office.give_key(tmp_path))
    return db


@MANY
@given(words=TEXTS)
@example(words=HOSTILE[0])
@example(words="\x00")
def test_searching(clerk: Database, words: str) -> None:
    typed(lambda: browse_events(clerk, EventFilter(text=words, venue=words or None), None))
    typed(lambda: browse_events(clerk, EventFilter(text=words), None))
    typed(lambda: find_order(clerk, words))


@MANY
@given(words=TEXTS)
@example(words="\x00")
def test_what_a_manager_types(house: House, words: str) -> None:
    db = house.database("manager")
    deeds = open_administration(db, Keystore(Path("nowhere")))
    typed(lambda: deeds.evidence(EvidenceFilter(words)))
    typed(lambda: deeds.staff.invite(NewPerson(words, PASSWORD, Role.CLERK, words, words, words)))
    typed(lambda: deeds.add_till(words, words))
    typed(lambda: deeds.personal.find(words))
    assert house.office.value("SELECT count(*) FROM pg_roles WHERE rolsuper") == 1
    db.close()


@MANY
@given(words=TEXTS)
@example(words="\x00")
def test_what_a_clerk_types(house: House, clerk: Database, words: str) -> None:
    sale = house.sale
    assert sale is not None
    at = house.place(clerk)
    ids = tuple(ticket.id for ticket in sale.tickets)
    payment = Payment(Tender.CARD, reference=words)
    typed(lambda: sell_tickets(clerk, at, wish(house.event, (house.tier, 1), payment=payment)))
    typed(lambda: reprint_tickets(clerk, at, Reprint(sale.order_id, ids[:1], words)))
    typed(lambda: record_print(clerk, at, PrintReport(ids, PrintState.FAILED, words, words)))
    with pytest.raises((Refused, CannotConnect)):
        take_place(clerk, words, f"no such till {words}")
    assert house.office.value("SELECT count(*) FROM users WHERE role = 'manager'") == 1


def test_secrets_are_in_no_log(house: House, log: Path) -> None:
    """Errors are logged whole, with what the database said and the program knew of a person."""
    manager = house.database("manager")
    secret = "a secret that nobody may read"  # noqa: S105 - it is looked for
    person = NewPerson("new.person.of.the.log", secret, Role.CLERK, "New")
    people.invite(manager, person)
    hash_ = passwords.hashed(secret)
    broken = text("UPDATE users SET password_hash = :hash, nonsense = 1")
    with pytest.raises(ProgrammingError) as failure, manager.write() as session:
        session.execute(broken, {"hash": hash_})
    logger = logging.getLogger("boxoffice.test")
    logger.error("it broke for %r at %r", person, manager.engine.url, exc_info=failure.value)
    logger.error("the server keeps %s and we keep %s", house.office.value(KEPT, person.sign_in_name), hash_)
    written = log.read_text(encoding="utf-8")
    assert "it broke" in written
    assert "nonsense" in written
    for hidden in (secret, PASSWORD, "$argon2id$", "SCRAM-SHA-256$"):
        assert hidden not in written, hidden
