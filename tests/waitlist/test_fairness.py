"""Whatever happens, the database serves as the plain rules say: who, with what, and why not."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boxoffice.domain import errors
from boxoffice.domain.after_sale import Refund
from boxoffice.domain.sale import Sale, Terms
from boxoffice.domain.waitlist import ChangeEntry, JoinWaitlist, TierLimits, Verdict
from boxoffice.storage.database import Database
from boxoffice.usecases.orders.refund_tickets import refund_tickets
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from boxoffice.usecases.waitlist.join_waitlist import change_entry, join_waitlist
from boxoffice.usecases.waitlist.keep_list import reoffer, set_priority, withdraw_entry
from boxoffice.usecases.waitlist.offers import decline_offer, tend_waitlist
from boxoffice.usecases.waitlist.read_list import entry_story
from tests.office import Office, wish
from tests.waitlist.model import Entry, Model, Tier

STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("join"),
            st.sampled_from([None, 0, 0, 1]),
            st.integers(1, 5),
            st.booleans(),
        ),
        st.tuples(st.just("refund"), st.integers(0, 9), st.integers(1, 4)),
        st.tuples(st.just("sell"), st.integers(0, 1), st.integers(1, 3)),
        st.tuples(st.just("grow"), st.integers(0, 1), st.integers(1, 6)),
        st.tuples(st.just("redeem"), st.integers(0, 9), st.integers(0, 2)),
        st.tuples(st.just("decline"), st.integers(0, 9)),
        st.tuples(st.just("lapse"), st.integers(0, 9)),
        st.tuples(st.just("withdraw"), st.integers(0, 9)),
        st.tuples(st.just("reoffer"), st.integers(0, 9)),
        st.tuples(st.just("priority"), st.integers(0, 9), st.integers(0, 2)),
        st.tuples(
            st.just("change"),
            st.integers(0, 9),
            st.sampled_from([None, 0, 1]),
            st.integers(1, 5),
            st.booleans(),
        ),
    ),
    min_size=4,
    max_size=25,
)


@dataclass
class Both:
    """The same event in the database and in the model."""

    db: Database
    office: Office
    model: Model
    event: int
    tiers: list[int]
    numbers: list[int] = field(default_factory=list)
    """Of the entries, in the model's order."""
    sales: list[tuple[Sale, int, Entry | None]] = field(default_factory=list)

    def take(self, step: tuple[object, ...]) -> None:
        name, *rest = step
        getattr(self, str(name))(*rest)

    def chosen(self, nth: int, *states: str) -> int | None:
        """Return one of the entries in these states, by any number."""
        found = [at for at, entry in enumerate(self.model.entries) if entry.state in states]
        return found[nth % len(found)] if found else None

    def join(self, tier: int | None, quantity: int, together: bool) -> None:
        person = self.office.insert("users", role="customer", email=f"{uuid4()}@example.org")
        entry = Entry(tier, quantity, together, place=len(self.model.entries) + 1)
        wanted = [tier] if tier is not None else range(len(self.tiers))
        command = JoinWaitlist(self.event, self.number(tier), person, quantity, all_together=together)
        limit = max(self.model.tiers[one].limits.maximum for one in wanted)
        if any(self.model.fits(entry, one) for one in wanted):
            with pytest.raises(errors.StillAvailable):
                join_waitlist(self.db, self.office.at, command)
        elif quantity > limit:
            with pytest.raises(errors.WaitlistLimit):
                join_waitlist(self.db, self.office.at, command)
        else:
            self.numbers.append(join_waitlist(self.db, self.office.at, command).value.entry_id)
            self.model.entries.append(entry)

    def refund(self, nth: int, quantity: int) -> None:
        if not self.sales:
            return
        sale, tier, redeemed = self.sales.pop(nth % len(self.sales))
        tickets = tuple(ticket.face.ticket_id for ticket in sale.tickets)[:quantity]
        refund_tickets(self.db, self.office.at, Refund(sale.order_id, "ill", tickets))
        self.model.tiers[tier].sold -= len(tickets)
        if redeemed is not None and len(tickets) == len(sale.tickets):
            redeemed.state = "returned"
        self.model.free(tier)

    def sell(self, tier: int, quantity: int) -> None:
        limits = self.model.tiers[tier].limits
        command = wish(self.event, (self.tiers[tier], quantity))
        if limits.minimum <= quantity <= min(limits.maximum, self.model.left(tier)):
            self.sales.append((sell_tickets(self.db, self.office.at, command).value, tier, None))
            self.model.tiers[tier].sold += quantity
        else:
            with pytest.raises(errors.Refused):
                sell_tickets(self.db, self.office.at, command)

    def grow(self, tier: int, more: int) -> None:
        self.office.connection.execute(
            "UPDATE ticket_tiers SET quantity = quantity + %s WHERE id = %s", [more, self.tiers[tier]]
        )
        self.model.tiers[tier].quantity += more
        self.model.free(tier)

    def redeem(self, nth: int, fewer: int) -> None:
        at = self.chosen(nth, "offered")
        if at is None:
            return
        entry = self.model.entries[at]
        assert entry.offer is not None
        tier, offered = entry.offer
        quantity = max(offered - fewer, self.model.tiers[tier].limits.minimum)
        code = self.office.value(
            "SELECT code FROM waitlist_offers WHERE waitlist_id = %s AND state = 'open'", self.numbers[at]
        )
        command = wish(self.event, (self.tiers[tier], quantity), terms=Terms(offer=code))
        self.sales.append((sell_tickets(self.db, self.office.at, command).value, tier, entry))
        self.model.end(entry, "redeemed")
        self.model.tiers[tier].sold += quantity
        if quantity < offered:
            self.model.free(tier)

    def ended(self, at: int, state: str) -> None:
        tier = self.model.end(self.model.entries[at], state)
        if tier is not None:
            self.model.free(tier)

    def decline(self, nth: int) -> None:
        at = self.chosen(nth, "offered")
        if at is not None:
            decline_offer(self.db, self.office.at, self.offer(at))
            self.ended(at, "declined")

    def lapse(self, nth: int) -> None:
        at = self.chosen(nth, "offered")
        if at is not None:
            self.office.connection.execute(
                "UPDATE waitlist_offers SET expires_at = now() WHERE id = %s", [self.offer(at)]
            )
            assert tend_waitlist(self.db).value == 1
            self.ended(at, "expired")

    def withdraw(self, nth: int) -> None:
        at = self.chosen(nth, "offered", "waiting")
        if at is not None:
            withdraw_entry(self.db, self.office.at, self.numbers[at], "wishes so")
            self.ended(at, "withdrawn")

    def reoffer(self, nth: int) -> None:
        at = self.chosen(nth, "declined", "expired", "withdrawn", "returned")
        if at is not None:
            reoffer(self.db, self.office.at, self.numbers[at], "wishes so")
            entry = self.model.entries[at]
            entry.state = "waiting"
            entry.skips.clear()
            self.model.serve(range(len(self.tiers)) if entry.tier is None else [entry.tier])

    def priority(self, nth: int, priority: int) -> None:
        at = self.chosen(nth, "waiting")
        if at is not None:
            set_priority(self.db, self.office.at, self.numbers[at], priority, "sponsor")
            if self.model.entries[at].priority != priority:
                self.model.entries[at].skips.clear()
            self.model.entries[at].priority = priority

    def change(self, nth: int, tier: int | None, quantity: int, together: bool) -> None:
        at = self.chosen(nth, "waiting")
        if at is None:
            return
        entry = self.model.entries[at]
        wanted = Entry(tier, quantity, together, entry.place, entry.priority)
        command = ChangeEntry(self.numbers[at], self.number(tier), quantity, all_together=together)
        tiers = [tier] if tier is not None else range(len(self.tiers))
        if any(self.model.fits(wanted, one) for one in tiers) or quantity > max(
            self.model.tiers[one].limits.maximum for one in tiers
        ):
            with pytest.raises((errors.StillAvailable, errors.WaitlistLimit)):
                change_entry(self.db, self.office.at, command)
            return
        change_entry(self.db, self.office.at, command)
        if (entry.tier, entry.quantity, entry.together) != (tier, quantity, together):
            entry.skips.clear()
        entry.tier, entry.quantity, entry.together = tier, quantity, together

    def number(self, tier: int | None) -> int | None:
        return None if tier is None else self.tiers[tier]

    def offer(self, at: int) -> int:
        return int(
            self.office.value(
                "SELECT id FROM waitlist_offers WHERE waitlist_id = %s AND state = 'open'", self.numbers[at]
            )
        )

    def compare(self) -> None:
        """The list, the offers and what is free are the same; nobody waits for what would fit."""
        found = self.office.connection.execute(
            "SELECT w.state, o.tier_id, o.quantity FROM waitlist w"
            " LEFT JOIN waitlist_offers o ON o.waitlist_id = w.id AND o.state = 'open'"
            " WHERE w.event_id = %s ORDER BY array_position(%s, w.id)",
            [self.event, self.numbers],
        ).fetchall()
        expected = [
            (
                entry.state,
                self.number(entry.offer[0]) if entry.offer else None,
                entry.offer and entry.offer[1],
            )
            for entry in self.model.entries
        ]
        assert found == expected
        stock = self.office.connection.execute(
            "SELECT sold, reserved, quantity FROM ticket_tiers WHERE event_id = %s ORDER BY id", [self.event]
        ).fetchall()
        assert stock == [(tier.sold, tier.held, tier.quantity) for tier in self.model.tiers]
        for entry in self.model.queue():
            assert not any(self.model.fits(entry, tier) for tier in range(len(self.tiers)))

    def explain(self) -> None:
        """Every skip that the model counted is told, with what was left, and none beside."""
        for number, entry in zip(self.numbers, self.model.entries, strict=True):
            if entry.state != "waiting":
                continue
            told = [
                (self.tiers.index(one.tier_id), one.left)
                for one in reversed(entry_story(self.db, number))
                if one.verdict in (Verdict.TOO_FEW, Verdict.UNDER_MINIMUM, Verdict.OVER_LIMIT)
            ]
            assert sorted(told) == sorted(entry.skips)


@pytest.fixture
def both(db: Database, office: Office) -> Both:
    office.connection.execute("UPDATE users SET role = 'manager' WHERE id = %s", [office.at.clerk_id])
    return Both(db, office, Model([], None), 0, [])


LIMITS = st.sampled_from([TierLimits(1, 10), TierLimits(1, 4), TierLimits(2, 6)])


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    quantities=st.lists(st.integers(0, 6), min_size=2, max_size=2),
    limits=st.lists(LIMITS, min_size=2, max_size=2),
    capacity=st.sampled_from([None, None, 3, 8]),
    steps=STEPS,
)
def test_the_database_serves_as_the_rules_say(
    both: Both,
    quantities: list[int],
    limits: list[TierLimits],
    capacity: int | None,
    steps: list[tuple[object, ...]],
) -> None:
    event = both.office.event(capacity=capacity)
    tiers = [
        both.office.tier(
            event,
            name=f"Tier {nth}",
            quantity=quantity,
            min_purchase=limit.minimum,
            max_purchase=limit.maximum,
        )
        for nth, (quantity, limit) in enumerate(zip(quantities, limits, strict=True))
    ]
    model = Model(
        [Tier(quantity, limit) for quantity, limit in zip(quantities, limits, strict=True)], capacity
    )
    here = Both(both.db, both.office, model, event, tiers)
    for step in steps:
        here.take(step)
        here.compare()
    here.explain()
