"""The basket as a frozen value: one event, its tiers and quantities, and the key under which it is sold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self
from uuid import UUID, uuid4

from boxoffice.domain.errors import OverLimit, Refused, SoldOut, TierNotSellable, UnderMinimum
from boxoffice.domain.sale import SaleLine
from boxoffice.domain.tier import NotSellable

if TYPE_CHECKING:
    from datetime import datetime

    from boxoffice.domain.event import EventOffer
    from boxoffice.domain.sale import Totals
    from boxoffice.domain.tier import TierOffer


@dataclass(frozen=True, slots=True)
class Basket:
    """Born empty with its purchase key; the key stays through every change and retry of this basket."""

    key: UUID
    offer: EventOffer | None = None
    quantities: tuple[tuple[int, int], ...] = ()

    @classmethod
    def born(cls) -> Self:
        """Return a new empty basket under a new key."""
        return cls(key=uuid4())

    @property
    def count(self) -> int:
        """How many tickets it holds."""
        return sum(quantity for _, quantity in self.quantities)

    def quantity(self, tier_id: int) -> int:
        """Return how many tickets of this tier it holds."""
        return dict(self.quantities).get(tier_id, 0)

    def lines(self) -> tuple[SaleLine, ...]:
        """Return what to sell, in the order of the event's tiers, at the prices that were shown."""
        if self.offer is None:
            return ()
        wanted = dict(self.quantities)
        return tuple(
            SaleLine(tier.id, wanted[tier.id], tier.price) for tier in self.offer.tiers if tier.id in wanted
        )

    def with_quantity(self, offer: EventOffer, tier_id: int, quantity: int) -> Basket:
        """Return the basket holding `quantity` of this tier of this event; 0 takes the tier out."""
        wanted = {tier: held for tier, held in self.quantities if tier != tier_id}
        if quantity > 0:
            wanted[tier_id] = quantity
        return replace(self, offer=offer if wanted else None, quantities=tuple(wanted.items()))

    def with_offer(self, offer: EventOffer) -> Basket:
        """Return the basket with what the server says of its event now; tiers that are gone fall out."""
        known = {tier.id for tier in offer.tiers}
        kept = tuple(pair for pair in self.quantities if pair[0] in known)
        return replace(self, offer=offer if kept else None, quantities=kept)

    def with_prices(self, totals: Totals) -> Basket:
        """Return the basket at the prices that the server has just said."""
        if self.offer is None:
            return self
        said = {
            line.tier_id: line.unit_price if line.list_price is None else line.list_price
            for line in totals.lines
        }
        tiers = tuple(replace(tier, price=said.get(tier.id, tier.price)) for tier in self.offer.tiers)
        return replace(self, offer=replace(self.offer, tiers=tiers))


def most(tier: TierOffer) -> int:
    """Return how many of this tier one order can hold right now."""
    if tier.not_sellable is not None:
        return 0
    return max(0, min(tier.available, tier.max_purchase))


def allowed(tier: TierOffer, asked: int) -> tuple[int, Refused | None]:
    """Return the quantity nearest to what was asked, and the refusal that explains a difference."""
    if asked <= 0:
        return 0, None
    if tier.not_sellable is not None:
        return 0, TierNotSellable(tier.id, tier.name, tier.not_sellable, window_edge(tier))
    if asked > tier.max_purchase and tier.max_purchase <= tier.available:
        return tier.max_purchase, OverLimit(tier.id, tier.name, tier.max_purchase, asked)
    if asked > tier.available:
        left = tier.available if tier.available >= tier.min_purchase else 0
        return left, SoldOut(tier.id, tier.name, tier.available, asked, tier.reserved)
    if asked < tier.min_purchase:
        return tier.min_purchase, UnderMinimum(tier.id, tier.name, tier.min_purchase, asked)
    return asked, None


def window_edge(tier: TierOffer) -> datetime | None:
    """Return when the tier's sale starts or ended, where that is why it cannot be sold."""
    if tier.not_sellable is NotSellable.NOT_YET:
        return tier.sale_starts_at
    if tier.not_sellable is NotSellable.ENDED:
        return tier.sale_ends_at
    return None
