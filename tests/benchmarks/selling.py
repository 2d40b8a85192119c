"""One sale, three ways: the product's tills, pgbench's transaction, and pgbench calling our function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from statistics import median

from boxoffice.storage.database import Database
from boxoffice.usecases.office.check_database import check_database
from tests.benchmarks.pgbench import Run, find_pgbench, pgbench
from tests.benchmarks.report import latencies
from tests.benchmarks.stage import Stage
from tests.benchmarks.tills import Counter, open_tills
from tests.office import Office, Person, open_office

ROUNDS = 3
ENDLESS = 10_000_000
MOST_TILLS = 32
SEED_SECONDS = 2

# What a program without the product's function would send: the same rows with the same amounts, worked out by
# itself, and the lock taken where database-schema.md takes it. Each client is a till with a clerk.
BY_HAND = """
BEGIN;
SELECT id FROM cash_drawers WHERE till_id = :till AND closed_at IS NULL FOR SHARE \\gset drawer_
INSERT INTO till_numbers AS n (till_id, last_receipt) VALUES (:till, 1)
ON CONFLICT (till_id) DO UPDATE SET last_receipt = n.last_receipt + 1 RETURNING last_receipt AS receipt \\gset
SELECT id, price, quantity, sold, reserved FROM ticket_tiers WHERE id = :tier FOR UPDATE;
INSERT INTO orders (event_id, status, currency, subtotal, service_fee, tax, total_amount, tax_rate_percent,
    tax_inclusive, purchase_key, till_id, clerk_id, paid_at)
VALUES (:event, 'paid', 'EUR', 26.17, 0.47, 1.86, 28.5, 7, true, gen_random_uuid(), :till, :clerk, now())
RETURNING id AS order_id \\gset
INSERT INTO order_items (order_id, tier_id, quantity, unit_price, service_fee, tax)
VALUES (:order_id, :tier, 1, 28, 0.5, 1.83);
INSERT INTO tickets (order_id, tier_id, event_id, number, price, service_fee, tax)
VALUES (:order_id, :tier, :event, 1, 28, 0.5, 1.86) RETURNING id, ticket_code;
INSERT INTO payment_transactions (order_id, tender, amount, currency, till_id, clerk_id, receipt_number)
VALUES (:order_id, 'cash', 28.5, 'EUR', :till, :clerk, :receipt) RETURNING id AS payment_id \\gset
INSERT INTO drawer_entries (drawer_id, kind, amount, payment_id, clerk_id)
VALUES (:drawer_id, 'sale', 28.5, :payment_id, :clerk);
INSERT INTO receipts (till_id, number, kind, order_id, clerk_id, currency, total, facts)
VALUES (:till, :receipt, 'sale', :order_id, :clerk, 'EUR', 28.5, '{"kind": "sale", "total": "28.500",
    "currency": "EUR",
    "lines": [{"tier": "Standard", "quantity": 1, "unit_price": "28.000"}], "fee": "0.500", "tax": "1.860",
    "payments": [{"tender": "cash", "amount": "28.500"}], "till": "Counter 100", "clerk": "Anna"}');
INSERT INTO audit_logs (user_id, till_id, action, entity, entity_id, detail)
VALUES (:clerk, :till, 'sold', 'order', :order_id, '{"total": 28.5, "tender": "cash", "currency": "EUR"}');
UPDATE ticket_tiers SET sold = sold + 1 WHERE id = :tier;
COMMIT;
"""

BY_FUNCTION = """
CALL sell(gen_random_uuid(), :event, ARRAY[:tier]::bigint[], ARRAY[1]::bigint[],
    ARRAY[28]::numeric[], NULL, 'cash', NULL, '', :till, :clerk, NULL);
"""


@dataclass(frozen=True, slots=True)
class Offer:
    """A box office with endless tickets; tier n belongs to event n, till n has clerk n."""

    url: str
    office: Office
    event_ids: tuple[int, ...]
    tier_ids: tuple[int, ...]
    clerks: tuple[Person, ...]
    """Each till is signed in to as its own clerk; pgbench is the server's administrator."""
    till_ids: tuple[int, ...]
    program: Path

    def counters(self, tills: int) -> list[Counter]:
        """Return so many counters, dealt out over the tiers."""
        return [
            Counter(
                self.clerks[place].url,
                replace(self.office.at, till_id=self.till_ids[place], clerk_id=self.clerks[place].id),
                self.event_ids[place % len(self.event_ids)],
                self.tier_ids[place % len(self.tier_ids)],
                Decimal(28),
            )
            for place in range(tills)
        ]

    def by_pgbench(self, script: str, clients: int, seconds: float) -> Run:
        """Let pgbench sell, its clients dealt out over the tiers like the tills."""
        place = f":client_id % {len(self.tier_ids)}"
        variables = (
            f"\\set tier {self.tier_ids[0]} + {place}\n\\set event {self.event_ids[0]} + {place}\n"
            f"\\set till {self.till_ids[0]} + :client_id\n\\set clerk {self.clerks[0].id} + :client_id\n"
        )
        dsn = self.url.replace("+psycopg", "", 1)
        return pgbench(self.program, dsn, variables + script, clients=clients, seconds=seconds)


@contextmanager
def on_offer(stage: Stage, name: str, tiers: int) -> Iterator[Offer]:
    """Set up a box office that has sold before; afterwards its database must add up."""
    program = find_pgbench(stage)
    url = stage.database(name)
    office = open_office(url.replace("+psycopg", "", 1))
    events = [office.event(service_fee_per_ticket="0.50", tax_rate_percent=7) for _ in range(tiers)]
    tills = tuple(office.insert("tills", name=f"Counter {100 + number}") for number in range(MOST_TILLS))
    clerks = tuple(office.person("clerk", first_name="Anna") for _ in range(MOST_TILLS))
    for till, clerk in zip(tills, clerks, strict=True):
        office.open_drawer(till, opened_by=clerk.id)
    offer = Offer(
        url,
        office,
        tuple(events),
        tuple(office.tier(event, quantity=ENDLESS, max_purchase=10) for event in events),
        clerks,
        tills,
        program,
    )
    offer.by_pgbench(BY_FUNCTION, 4, SEED_SECONDS)
    office.connection.execute("VACUUM ANALYZE")
    yield offer
    _must_add_up(url)
    office.connection.close()


def compare(
    stage: Stage, offer: Offer, tills: int, ways: tuple[str, ...]
) -> dict[str, list[tuple[Run, float]]]:
    """Measure the ways of selling in turns; each run comes with what others used of the machine meanwhile."""
    with open_tills(offer.counters(tills)) as row:
        measures: dict[str, Callable[[], Run]] = {
            "product": lambda: row.sell(stage.seconds),
            "by hand": lambda: offer.by_pgbench(BY_HAND, tills, stage.seconds),
            "by function": lambda: offer.by_pgbench(BY_FUNCTION, tills, stage.seconds),
        }
        measures["product"]()
        runs: dict[str, list[tuple[Run, float]]] = {way: [] for way in ways}
        for _ in range(ROUNDS):
            for way in ways:
                runs[way].append(stage.quiet.measure(measures[way]))
        return runs


def figures(runs: list[tuple[Run, float]]) -> dict[str, float]:
    """Return the median rate of the rounds and the percentiles of all their sales."""
    every_sale = [latency for run, _ in runs for latency in run.latencies_ms]
    return {
        "sales_per_second": rate(runs),
        **latencies(every_sale),
        "others_percent": max(others for _, others in runs),
    }


def rate(runs: list[tuple[Run, float]]) -> float:
    """Return the median of the rounds' sales per second."""
    return median(run.per_second for run, _ in runs)


def _must_add_up(url: str) -> None:
    database = Database(url)
    broken = [finding for finding in check_database(database) if finding.broken]
    database.close()
    if broken:
        raise RuntimeError(f"the benchmark broke its database: {broken}")
