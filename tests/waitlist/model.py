"""The rules of serving a list, in plain Python: slow, obvious, and what the database is held against.

Whoever fits first is served, by priority, then by place. Whoever takes any tier gets the one that gives them
most, the first in the event's order of several. What does not fit is passed over and keeps its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from boxoffice.domain.waitlist import TierLimits, tickets_to_offer


@dataclass
class Tier:
    """Room for `quantity` tickets, of which some are sold and some are held for offers."""

    quantity: int
    limits: TierLimits
    sold: int = 0
    held: int = 0

    @property
    def left(self) -> int:
        return self.quantity - self.sold - self.held


@dataclass
class Entry:
    """Somebody on the list; `offer` is the tier and number of tickets that they hold."""

    tier: int | None
    quantity: int
    together: bool
    place: int
    priority: int = 0
    state: str = "waiting"
    offer: tuple[int, int] | None = None
    skips: list[tuple[int, int]] = field(default_factory=list)
    """Tier and what was left, each time it was passed over for not fitting."""


@dataclass
class Model:
    """An event: its tiers, what its house still takes over all of them (None: no limit), and its list."""

    tiers: list[Tier]
    capacity: int | None
    entries: list[Entry] = field(default_factory=list)

    @property
    def is_shared(self) -> bool:
        return self.capacity is not None and sum(tier.quantity for tier in self.tiers) > self.capacity

    def left(self, tier: int) -> int:
        room = self.tiers[tier].left
        if self.is_shared and self.capacity is not None:
            room = min(room, self.capacity - sum(one.sold + one.held for one in self.tiers))
        return max(room, 0)

    def fits(self, entry: Entry, tier: int) -> int:
        if entry.tier not in (None, tier):
            return 0
        return tickets_to_offer(
            entry.quantity, self.left(tier), self.tiers[tier].limits, all_together=entry.together
        )

    def queue(self) -> list[Entry]:
        waiting = [entry for entry in self.entries if entry.state == "waiting"]
        return sorted(waiting, key=lambda entry: (-entry.priority, entry.place))

    def free(self, tier: int) -> None:
        """Serve the list with what came free in a tier: alone, or all where they share the house."""
        self.serve(range(len(self.tiers)) if self.is_shared else [tier])

    def serve(self, tiers: Iterable[int]) -> None:
        """Serve the list with what is left of these tiers."""
        there = [tier for tier in tiers if self.tiers[tier].left > 0]
        if self.is_shared and self.left_in_house() <= 0:
            return
        for entry in self.queue():
            offers = {tier: self.fits(entry, tier) for tier in there}
            best = max(offers, key=lambda tier: (offers[tier], -tier), default=None)
            if best is not None and offers[best]:
                entry.state, entry.offer = "offered", (best, offers[best])
                self.tiers[best].held += offers[best]
            else:
                entry.skips += [
                    (tier, self.left(tier))
                    for tier in there
                    if entry.tier in (None, tier) and self.left(tier) > 0
                ]

    def left_in_house(self) -> int:
        assert self.capacity is not None
        return self.capacity - sum(one.sold + one.held for one in self.tiers)

    def end(self, entry: Entry, state: str) -> int | None:
        """End an offer, or take a waiting entry off the list; return the tier that has room again."""
        entry.state = state
        if entry.offer is None:
            return None
        tier, quantity = entry.offer
        self.tiers[tier].held -= quantity
        entry.offer = None
        return tier
