"""An event as it can be sold to somebody who holds an offer of the waitlist for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from boxoffice.domain.errors import SoldOut, TierNotSellable
from boxoffice.domain.tier import NotSellable
from boxoffice.language import trn
from boxoffice.ui.theme.lines import one_line

if TYPE_CHECKING:
    from boxoffice.domain.event import EventOffer
    from boxoffice.domain.tier import TierOffer
    from boxoffice.domain.waitlist import OfferAtCounter
    from boxoffice.formats import Formats

_LONGEST_NAME = 40
_GONE = (NotSellable.SOLD_OUT, NotSellable.HELD)


@dataclass(frozen=True, slots=True)
class Missed:
    """What was asked for and is not to be had."""

    tier_id: int
    quantity: int = 0
    """0: nobody has said how many."""
    is_short: bool = False
    """Some are there, but fewer: they want all of them."""


def missed_by(problem: Exception | None, typed: int = 0) -> Missed | None:
    """Return what somebody could wait for, as this refusal says; `typed`: how many were asked for, if so."""
    if isinstance(problem, SoldOut):
        return Missed(problem.tier_id, problem.requested, problem.available > 0)
    if isinstance(problem, TierNotSellable) and problem.reason in _GONE:
        return Missed(problem.tier_id, typed)
    return None


def is_gone(tier: TierOffer) -> bool:
    """Return whether nothing of a tier is left that is on sale, so that it can only be waited for."""
    return tier.not_sellable in _GONE


def short_name(name: str) -> str:
    """Return a name as long as it may be within a sentence at the counter."""
    line = one_line(name[:200])
    return line if len(line) <= _LONGEST_NAME else f"{line[: _LONGEST_NAME - 1].rstrip()}…"


def waiting_words(count: int, formats: Formats) -> str:
    """Return how many wait, in two words."""
    return trn("1 waiting", "{n} waiting", count, n=formats.number(count))


def with_offered(event: EventOffer, held: OfferAtCounter | None) -> EventOffer:
    """Return the event with what is held for this customer added to what is free for everybody."""
    if held is None or held.offer.event_id != event.id:
        return event
    tiers = tuple(
        _with_more(tier, held.offer.quantity) if tier.id == held.offer.tier_id else tier
        for tier in event.tiers
    )
    return replace(event, tiers=tiers)


def _with_more(tier: TierOffer, held: int) -> TierOffer:
    why = None if is_gone(tier) else tier.not_sellable
    return replace(tier, available=tier.available + held, not_sellable=why)
