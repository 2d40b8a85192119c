"""A small box office in SQL: one promoter, one clerk, one till, and events and tiers as a test wants them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import sql

from boxoffice.domain.money import Money
from boxoffice.domain.sale import Payment, Sale, SaleLine, SellTickets, Tender
from boxoffice.keystore import Keystore
from boxoffice.sealing import Key
from boxoffice.usecases.desk import DeskIdentity

PASSWORD = "opens-sesame"  # noqa: S105 - of people who live as long as a test


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a sign-in: their number, and the SQLAlchemy address by which they come in."""

    id: int
    url: str

    @property
    def dsn(self) -> str:
        """The same address for bare psycopg."""
        return self.url.replace("+psycopg", "", 1)


@dataclass
class Office:
    """Writes test data over a plain connection, past every use case."""

    connection: psycopg.Connection
    promoter_id: int
    at: DeskIdentity
    events: int = 0
    key: Key | None = None
    """The office's, once one was wanted."""

    def insert(self, table: str, **columns: Any) -> int:
        """Insert one row and return its number."""
        statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING id").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, columns)),
            sql.SQL(", ").join(sql.Placeholder() * len(columns)),
        )
        row = self.connection.execute(statement, list(columns.values())).fetchone()
        assert row is not None
        return int(row[0])

    def event(self, **columns: Any) -> int:
        """Add a published event of tomorrow, or one that differs in these columns."""
        self.events += 1
        defaults: dict[str, Any] = {
            "promoter_id": self.promoter_id,
            "slug": f"event-{self.events}",
            "title": f"Event {self.events}",
            "venue": "Jazz Cellar",
            "venue_address": "Kanalstraße 14",
            "start_time": datetime.now(UTC) + timedelta(days=1),
            "status": "published",
        }
        return self.insert("events", **defaults | columns)

    def tier(self, event_id: int, **columns: Any) -> int:
        """Add a tier of a hundred tickets at 28.00, or one that differs in these columns."""
        defaults: dict[str, Any] = {"event_id": event_id, "name": "Standard", "price": 28, "quantity": 100}
        return self.insert("ticket_tiers", **defaults | columns)

    def let_in(self, user_id: int, role: str) -> str:
        """Give somebody of this office a sign-in of their own and return their SQLAlchemy address."""
        info = self.connection.info
        name = f"{role}_{user_id}_{info.dbname}"
        for statement in (
            # As invite_person() does it: managers can change only what the role that makes roles has made.
            "SET ROLE boxoffice_roles",
            "CREATE ROLE {name} LOGIN PASSWORD {password}",
            "GRANT {group} TO {name}",
            "GRANT CONNECT ON DATABASE {database} TO {name}",
            "RESET ROLE",
        ):
            self.connection.execute(
                sql.SQL(statement).format(
                    name=sql.Identifier(name),
                    password=sql.Literal(PASSWORD),
                    group=sql.Identifier(f"boxoffice_{role}"),
                    database=sql.Identifier(info.dbname),
                )
            )
        self.connection.execute(
            "UPDATE users SET database_role = %s, role = %s WHERE id = %s", [name, role, user_id]
        )
        # As if they had stood at every till there is.
        self.connection.execute("INSERT INTO places (user_id, till_id) SELECT %s, id FROM tills", [user_id])
        return f"postgresql+psycopg://{name}:{PASSWORD}@{info.host}:{info.port}/{info.dbname}"

    def person(self, role: str, **columns: Any) -> Person:
        """Add somebody who can sign in."""
        user_id = self.insert("users", **{"role": role, "first_name": role.title()} | columns)
        return Person(user_id, self.let_in(user_id, role))

    def open_drawer(self, till_id: int, currency: str = "EUR", **columns: Any) -> int:
        """Open a till's drawer with a hundred in it, or one that differs in these columns."""
        defaults: dict[str, Any] = {
            "till_id": till_id,
            "opened_by": self.at.clerk_id,
            "opening_float": 100,
            "currency": currency,
        }
        return self.insert("cash_drawers", **defaults | columns)

    def give_key(self, folder: Path) -> Keystore:
        """Keep the office's key in this folder, made when it is first wanted, and return what keeps it."""
        if self.key is None:
            self.key = Key.new()
            self.connection.execute("SELECT register_key(%s)", [self.key.id])
        store = Keystore(folder / "keys")
        store.keep(self.key)
        return store

    def value(self, statement: str, *parameters: Any) -> Any:
        """Return the single value that a query answers with."""
        row = self.connection.execute(statement.encode(), parameters).fetchone()
        assert row is not None
        return row[0]


def open_office(dsn: str) -> Office:
    """Set up the office's people and its till."""
    connection = psycopg.connect(dsn, autocommit=True)
    office = Office(connection, 0, DeskIdentity("Test", "Anna Weber", 0, "Counter 2", 0))
    user = office.insert("users", email="promoter@example.org", role="promoter", first_name="Paula")
    clerk = office.insert(
        "users", email="anna@example.org", role="clerk", first_name="Anna", last_name="Weber"
    )
    till = office.insert("tills", name="Counter 2")
    office.promoter_id = office.insert("promoters", user_id=user, company="Jazz Cellar e.V.")
    office.at = DeskIdentity("Test", "Anna Weber", clerk, "Counter 2", till)
    office.open_drawer(till)
    return office


def wish(event_id: int, *lines: tuple[int, int], price: str = "28", **changes: Any) -> SellTickets:
    """Ask for (tier, quantity) lines at this price, paid with exact cash."""
    basket = tuple(SaleLine(tier, quantity, Money(Decimal(price), "EUR")) for tier, quantity in lines)
    command: dict[str, Any] = {
        "purchase_key": uuid4(),
        "event_id": event_id,
        "lines": basket,
        "payments": (changes.pop("payment", Payment(Tender.CASH)),),
    }
    return SellTickets(**command | changes)


def booked(sale: Sale) -> Payment:
    """Return the only payment of a sale as it was offered."""
    [paid] = sale.payments
    return Payment(paid.tender, paid.tendered, paid.reference)
