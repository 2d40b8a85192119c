"""What stands below a tier's name: how many are left, what limits it, or why it cannot be sold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from boxoffice.domain.tier import NotSellable
from boxoffice.language import tr, trn
from boxoffice.ui.sell.basket import window_edge
from boxoffice.ui.sell.offered import short_name, waiting_words
from boxoffice.ui.theme.lines import one_line
from boxoffice.ui.theme.tokens import Tone
from boxoffice.wording import not_sellable_reason

if TYPE_CHECKING:
    from boxoffice.domain.tier import TierOffer
    from boxoffice.domain.waitlist import OfferAtCounter
    from boxoffice.formats import Formats

_FEW = 10
_LOW_SHARE = 10


@dataclass(frozen=True, slots=True)
class Reason:
    """Words and their weight."""

    words: str
    tone: Tone


def reason(tier: TierOffer, formats: Formats, time_zone: str, held: OfferAtCounter | None = None) -> Reason:
    """Return what to say of a tier at this moment, and of what is held of it for whoever buys."""
    if held is not None and held.offer.tier_id == tier.id and tier.not_sellable is None:
        return _held_and_free(tier, held, formats)
    if tier.not_sellable is not None:
        return _why_not(tier, tier.not_sellable, formats, time_zone)
    left = trn("{n} left", "{n} left", tier.available, n=formats.number(tier.available))
    parts = [left]
    if tier.min_purchase > 1:
        parts.append(tr("from {n} up", n=tier.min_purchase))
    # Who may have the ticket comes first: it is asked at every sale, the limit only when it is reached.
    if tier.description:
        parts.append(one_line(tier.description[:120]))
    if tier.max_purchase <= tier.available:
        parts.append(tr("max {n} per order", n=tier.max_purchase))
    if tier.waiting:
        parts.append(waiting_words(tier.waiting, formats))
    low = tier.available <= _FEW or tier.available * _LOW_SHARE < tier.quantity
    return Reason(" · ".join(parts), Tone.WARN if low else Tone.MUTED)


def _held_and_free(tier: TierOffer, held: OfferAtCounter, formats: Formats) -> Reason:
    parts = [tr("{n} held for {name}", n=formats.number(held.offer.quantity), name=short_name(held.name))]
    free = max(0, tier.available - held.offer.quantity)
    if free:
        parts.append(trn("{n} left", "{n} left", free, n=formats.number(free)))
    if tier.waiting:
        parts.append(waiting_words(tier.waiting, formats))
    return Reason(" · ".join(parts), Tone.ACCENT)


def _why_not(tier: TierOffer, why: NotSellable, formats: Formats, time_zone: str) -> Reason:
    words = not_sellable_reason(why, window_edge(tier), formats, time_zone)
    if tier.waiting and why in (NotSellable.SOLD_OUT, NotSellable.HELD):
        words = f"{words} · {waiting_words(tier.waiting, formats)}"
    tone = {
        NotSellable.SOLD_OUT: Tone.BAD,
        NotSellable.EVENT_CANCELLED: Tone.BAD,
        NotSellable.HELD: Tone.WARN,
    }.get(why, Tone.MUTED)
    return Reason(words, tone)
