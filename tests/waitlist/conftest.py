"""A house with a list: a sold-out tier, people who wait, and a clerk who serves them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from boxoffice.domain.after_sale import Refund
from boxoffice.domain.sale import Sale, Terms
from boxoffice.domain.waitlist import Joined, JoinWaitlist, WaitlistEntry, WaitlistFilter
from boxoffice.storage.database import Database
from boxoffice.usecases.office.check_database import check_database
from boxoffice.usecases.office.keys import seal_with
from boxoffice.usecases.orders.refund_tickets import refund_tickets
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from boxoffice.usecases.waitlist.join_waitlist import join_waitlist
from boxoffice.usecases.waitlist.read_list import waitlist_entries
from tests.office import PASSWORD, Office, open_office, wish

FREE = "SELECT quantity - sold - reserved FROM ticket_tiers WHERE id = %s"


@dataclass
class House:
    """One event whose tier is sold out to one order after the other, and its list."""

    db: Database
    office: Office
    event: int
    tier: int
    sold: list[Sale] = field(default_factory=list)
    people: int = 0

    def person(self, **columns: object) -> int:
        """Add a customer with an e-mail address, or one that differs in these columns."""
        self.people += 1
        name = f"Guest {self.people}"
        defaults = {"first_name": name, "role": "customer", "email": f"guest{self.people}@example.org"}
        return self.office.insert("users", **defaults | columns)

    def join(self, quantity: int = 1, *, together: bool = True, **changes: object) -> Joined:
        """Let somebody new wait for the tier, or what these changes say."""
        person = changes.pop("customer_id", None) or self.person()
        command = JoinWaitlist(self.event, self.tier, int(str(person)), quantity, all_together=together)
        return join_waitlist(self.db, self.office.at, replace(command, **changes)).value  # type: ignore[arg-type]

    def sell(self, quantity: int, tier: int | None = None, **changes: Any) -> Sale:
        """Sell so many of the tier."""
        sale = sell_tickets(
            self.db, self.office.at, wish(self.event, (tier or self.tier, quantity), **changes)
        )
        self.sold.append(sale.value)
        return sale.value

    def free(self, quantity: int, sale: Sale | None = None) -> None:
        """Let so many tickets come back, by a refund."""
        order = sale or next(s for s in self.sold if len(s.tickets) >= quantity)
        tickets = tuple(ticket.face.ticket_id for ticket in order.tickets[:quantity])
        refund_tickets(self.db, self.office.at, Refund(order.order_id, "ill", tickets))
        if order in self.sold:
            self.sold.remove(order)

    def entries(self, **wanted: object) -> tuple[WaitlistEntry, ...]:
        """Return the event's list."""
        return waitlist_entries(self.db, WaitlistFilter(self.event, **wanted)).entries  # type: ignore[arg-type]

    def entry(self, entry_id: int) -> WaitlistEntry:
        """Return one of it."""
        return next(entry for entry in self.entries() if entry.id == entry_id)

    def redeem(self, entry_id: int, quantity: int | None = None) -> Sale:
        """Sell what an entry was offered, or fewer."""
        offer = self.entry(entry_id).offer
        assert offer is not None
        return self.sell(quantity or offer.quantity, offer.tier_id, terms=Terms(offer=offer.code))

    @property
    def free_tickets(self) -> int:
        """What the public could buy of the tier."""
        return int(self.office.value(FREE, self.tier))


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    """A small box office with a clerk signed in. After each test the whole database must add up."""
    opened = open_office(database_url.replace("+psycopg", "", 1))
    opened.at = replace(opened.at, clerk_id=opened.person("clerk").id)
    opened.connection.execute("UPDATE cash_drawers SET is_shared = true")
    yield opened
    opened.connection.close()
    keeper = Database(database_url)
    assert [finding for finding in check_database(keeper) if finding.broken] == []
    keeper.close()


@pytest.fixture
def db(office: Office, tmp_path: Path) -> Iterator[Database]:
    """The door of the clerk: with the rights of one, and no more."""
    info = office.connection.info
    name = f"clerk_{office.at.clerk_id}_{info.dbname}"
    database = Database(f"postgresql+psycopg://{name}:{PASSWORD}@{info.host}:{info.port}/{info.dbname}")
    seal_with(database, office.give_key(tmp_path))
    yield database
    database.close()


@pytest.fixture
def house(db: Database, office: Office) -> House:
    """Ten seats, all sold: five orders of two."""
    event = office.event()
    made = House(db, office, event, office.tier(event, quantity=10))
    for _ in range(5):
        made.sell(2)
    return made
