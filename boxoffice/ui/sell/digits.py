"""What a digit means on the Sell screen: first the tier, then how many of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from boxoffice.domain.waitlist import MOST_TICKETS
from boxoffice.ui.sell.basket import most
from boxoffice.ui.sell.offered import is_gone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from boxoffice.domain.tier import TierOffer


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a digit did: chose a tier (`quantity` None), or set how many of it."""

    tier_id: int
    quantity: int | None


class DigitEntry:
    """Remembers the tier chosen and the digits typed so far, while they can still be part of one number.

    A number is finished as soon as another digit would exceed what can be sold, so "1 2 2 1" means two of
    the first tier and one of the second without any key between them. Where both readings are possible,
    Enter or Tab finishes it. Of what is gone it is how many somebody would wait for, so that the same keys
    mean the same whatever is left.
    """

    def __init__(self) -> None:
        self._tier_id: int | None = None
        self._typed = ""

    @property
    def tier_id(self) -> int | None:
        """The tier whose quantity the next digit sets; None when the next digit chooses a tier."""
        return self._tier_id

    def finish(self) -> None:
        """Let the next digit choose a tier."""
        self._tier_id = None
        self._typed = ""

    def press(self, digit: int, tiers: Sequence[TierOffer]) -> Pressed | None:
        """Take in a digit; None when it means nothing here."""
        tier = next((tier for tier in tiers if tier.id == self._tier_id), None)
        if tier is not None:
            typed = self._typed + str(digit)
            if not self._typed or int(typed) <= _highest(tier):
                return self._count(tier, typed)
        self.finish()
        if not 1 <= digit <= len(tiers):
            return None
        chosen = tiers[digit - 1]
        if _highest(chosen):
            self._tier_id = chosen.id
        return Pressed(chosen.id, None)

    def _count(self, tier: TierOffer, typed: str) -> Pressed:
        quantity = int(typed)
        if 0 < quantity * 10 <= _highest(tier):
            self._typed = typed
        else:
            self.finish()
        return Pressed(tier.id, quantity)


def _highest(tier: TierOffer) -> int:
    return MOST_TICKETS if is_gone(tier) else most(tier)
