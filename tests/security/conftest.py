"""A box office with somebody of every role, two promoters, and hands that hold psql."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import psycopg
import pytest

from boxoffice.domain.sale import Sale
from boxoffice.sealing import Key, Kind
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity
from boxoffice.usecases.office.open_desk import take_place
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.office import PASSWORD, Office, Person, open_office, wish

PHONE = Key.new().seal(Kind.PHONE, "+49301")
ROLES = ("clerk", "promoter", "manager", "door", "reporting")


@dataclass
class House:
    """Who is here, what is on, and what was sold."""

    office: Office
    people: dict[str, Person]
    """By role; "rival" is the other promoter, "reporting" no person but a program."""
    event: int
    tier: int
    rival_event: int
    rival_tier: int
    customer: int
    sale: Sale | None = None
    _stack: ExitStack = field(default_factory=ExitStack)

    def psql(self, role: str) -> psycopg.Connection:
        """Return a fresh connection of somebody of this role, as psql would open it."""
        return self._stack.enter_context(psycopg.connect(self.people[role].dsn, autocommit=True))

    def database(self, role: str) -> Database:
        """Return the product's own door for somebody of this role."""
        database = Database(self.people[role].url)
        self._stack.callback(database.close)
        return database

    def place(self, db: Database) -> DeskIdentity:
        """Sign in at the till."""
        return take_place(db, "Test", self.office.at.till)


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    office = open_office(database_url.replace("+psycopg", "", 1))
    people = {role: office.person(role) for role in ("promoter", "manager", "door")}
    people["clerk"] = Person(office.at.clerk_id, office.let_in(office.at.clerk_id, "clerk"))
    people["rival"] = office.person("promoter", first_name="Rita")
    people["reporting"] = Person(0, _program(office))
    promoter = office.insert("promoters", user_id=people["promoter"].id, company="Ours")
    rival = office.insert("promoters", user_id=people["rival"].id, company="Theirs")
    event, rival_event = office.event(promoter_id=promoter), office.event(promoter_id=rival)
    house = House(
        office,
        people,
        event,
        office.tier(event),
        rival_event,
        office.tier(rival_event),
        office.insert("users", email="kim@example.org", first_name="Kim", last_name="Ito", phone=PHONE),
    )
    office.insert("waitlist", event_id=rival_event, user_id=house.customer, position=1)
    db = house.database("clerk")
    house.sale = sell_tickets(db, house.place(db), wish(rival_event, (house.rival_tier, 2))).value
    yield house
    house._stack.close()
    office.connection.close()


def _program(office: Office) -> str:
    """Let a reporting program in: an administrator makes its role, it is nobody's."""
    info = office.connection.info
    name = f"reports_{info.dbname}"
    office.connection.execute(
        f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}' IN ROLE boxoffice_reporting".encode()
    )
    office.connection.execute(f"GRANT CONNECT ON DATABASE {info.dbname} TO {name}".encode())
    return f"postgresql+psycopg://{name}:{PASSWORD}@{info.host}:{info.port}/{info.dbname}"


type Psql = Callable[[str], psycopg.Connection]


@pytest.fixture
def psql(house: House) -> Psql:
    return house.psql
