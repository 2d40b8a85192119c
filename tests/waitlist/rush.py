"""A rush on one list: tills that sell, give back, join, redeem and decline, and a reader who looks."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from uuid import uuid4

import psycopg

from boxoffice.domain.after_sale import Refund
from boxoffice.domain.errors import Busy, Refused
from boxoffice.domain.sale import HoldBasket, Sale, Terms
from boxoffice.domain.waitlist import CallOutcome, JoinWaitlist, RecordCall
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity
from boxoffice.usecases.orders.refund_tickets import refund_tickets
from boxoffice.usecases.sales.hold_basket import hold_basket, release_hold
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from boxoffice.usecases.waitlist.join_waitlist import join_waitlist
from boxoffice.usecases.waitlist.keep_list import withdraw_entry
from boxoffice.usecases.waitlist.offers import decline_offer, record_call, tend_waitlist
from tests.office import Office, wish

# In one snapshot: whoever waits and could be served with what is free. There is never anybody.
PASSED_BY = """
    SELECT w.id, t.id FROM ticket_tiers t JOIN events e ON e.id = t.event_id
    JOIN waitlist w ON w.event_id = e.id AND NOT w.notified AND (w.tier_id = t.id OR w.tier_id IS NULL)
    WHERE t.quantity > t.sold + t.reserved AND waitlist_obstacle(t, e, now()) = ''
      AND waitlist_fit(w.quantity, w.all_together, tier_available(t,
          CASE WHEN e.capacity_shared THEN capacity_left(e) END), t.min_purchase, t.max_purchase) > 0
    LIMIT 1
"""
OVERSOLD = """
    SELECT t.id FROM ticket_tiers t
    WHERE t.reserved <> (SELECT coalesce(sum(h.quantity), 0) FROM holds h
                         WHERE h.tier_id = t.id AND h.ended_at IS NULL)
       OR t.sold <> (SELECT count(*) FROM tickets k WHERE k.tier_id = t.id AND k.status IN ('valid', 'used'))
"""
OPEN_OFFERS = """
    SELECT o.id, o.code, o.tier_id, o.quantity, o.waitlist_id FROM waitlist_offers o
    WHERE o.event_id = %s AND o.state = 'open' ORDER BY random() LIMIT 1
"""


@dataclass
class Till:
    """One clerk at one till, who does what comes."""

    db: Database
    at: DeskIdentity
    event: int
    tiers: list[int]
    people: list[int]
    dice: random.Random
    eyes: psycopg.Connection
    sales: list[Sale] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    slowest: float = 0

    def step(self) -> None:
        """Do one deed; a refusal is an answer, Busy is counted."""
        deeds: list[tuple[str, Callable[[], object], int]] = [
            ("sold", self.sell, 10),
            ("refunded", self.refund, 2),
            ("joined", self.join, 6),
            ("redeemed", self.redeem, 2),
            ("declined", self.decline, 1),
            ("withdrawn", self.withdraw, 1),
            ("held and given up", self.hold, 2),
            ("tended", self.tend, 1),
        ]
        [(name, deed, _)] = self.dice.choices(deeds, [weight for _, _, weight in deeds])
        began = time.perf_counter()
        try:
            deed()
        except Refused as refused:
            self.done[f"{name}: {type(refused).__name__}"] += 1
        except Busy:
            self.done["busy"] += 1
        else:
            self.done[name] += 1
        self.slowest = max(self.slowest, time.perf_counter() - began)

    def sell(self) -> None:
        quantity = self.dice.randint(1, 3)
        sale = sell_tickets(
            self.db, self.at, wish(self.event, (self.dice.choice(self.tiers), quantity))
        ).value
        self.sales.append(sale)

    def refund(self) -> None:
        if self.sales:
            sale = self.sales.pop(self.dice.randrange(len(self.sales)))
            refund_tickets(self.db, self.at, Refund(sale.order_id, "rush"))

    def join(self) -> None:
        wanted = JoinWaitlist(
            self.event,
            self.dice.choice([None, *self.tiers]),
            self.dice.choice(self.people),
            self.dice.randint(1, 5),
            all_together=self.dice.random() < 0.5,
        )
        join_waitlist(self.db, self.at, wanted)

    def offer(self) -> tuple[int, str, int, int, int] | None:
        return self.eyes.execute(OPEN_OFFERS, [self.event]).fetchone()

    def redeem(self) -> None:
        found = self.offer()
        if found is not None:
            _, code, tier, quantity, _ = found
            taken = self.dice.randint(1, quantity)
            command = wish(self.event, (tier, taken), terms=Terms(offer=code))
            self.sales.append(sell_tickets(self.db, self.at, command).value)

    def decline(self) -> None:
        found = self.offer()
        if found is not None and self.dice.random() < 0.5:
            decline_offer(self.db, self.at, found[0])
        elif found is not None:
            record_call(self.db, self.at, RecordCall(found[0], CallOutcome.DECLINED))

    def withdraw(self) -> None:
        found = self.offer()
        if found is not None:
            withdraw_entry(self.db, self.at, found[4], "rush")

    def hold(self) -> None:
        key = uuid4()
        lines = wish(self.event, (self.dice.choice(self.tiers), 1)).lines
        hold_basket(self.db, self.at, HoldBasket(key, self.event, lines))
        release_hold(self.db, key)

    def tend(self) -> None:
        tend_waitlist(self.db)


@dataclass
class Rush:
    """What came of it."""

    done: Counter[str]
    looks: int
    passed_by: list[tuple[int, int]]
    faults: list[BaseException]
    slowest_s: float


def open_tills(office: Office, event: int, tiers: list[int], tills: int, people: int) -> list[Till]:
    """Sign in so many clerks at tills of their own, with drawers, before so many customers."""
    guests = [
        office.insert("users", role="customer", first_name=f"Guest {n}", email=f"guest{n}@example.org")
        for n in range(people)
    ]
    opened = []
    for nth in range(tills):
        till = office.insert("tills", name=f"Rush {nth}")
        clerk = office.person("clerk", first_name=f"Clerk {nth}")
        office.open_drawer(till, is_shared=True)
        office.connection.execute(
            "INSERT INTO places (user_id, till_id) VALUES (%s, %s) ON CONFLICT DO NOTHING", [clerk.id, till]
        )
        at = replace(office.at, clerk_id=clerk.id, till_id=till, till=f"Rush {nth}")
        eyes = psycopg.connect(
            office.connection.info.dsn, autocommit=True, password=office.connection.info.password
        )
        opened.append(
            Till(Database(clerk.url), at, event, tiers, guests, random.Random(nth), eyes)  # noqa: S311
        )
    return opened


def rush(office: Office, tills: list[Till], seconds: float) -> Rush:
    """Let all tills work at once for so long, while a reader looks for anybody who is passed by."""
    over = threading.Event()

    def work(till: Till) -> None:
        while not over.is_set():
            till.step()

    looks, passed_by = 0, []
    info = office.connection.info
    with ThreadPoolExecutor(len(tills)) as pool, psycopg.connect(info.dsn, password=info.password) as reader:
        working = [pool.submit(work, till) for till in tills]
        until = time.monotonic() + seconds
        while time.monotonic() < until and not any(one.done() for one in working):
            passed_by += reader.execute(PASSED_BY).fetchall()
            assert reader.execute(OVERSOLD).fetchall() == []
            reader.rollback()
            looks += 1
        over.set()
    faults = [fault for one in working if (fault := one.exception()) is not None]
    for till in tills:
        till.db.close()
        till.eyes.close()
    done = sum((till.done for till in tills), Counter[str]())
    return Rush(done, looks, passed_by, faults, max(till.slowest for till in tills))
