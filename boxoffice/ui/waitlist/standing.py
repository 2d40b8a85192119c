"""How somebody stands on the list of an event already, seen from the tier that they ask for now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from boxoffice.domain.waitlist import EntryState
from boxoffice.ui.waitlist.words import entry_words, held_words, other_entry_words

if TYPE_CHECKING:
    from boxoffice.domain.waitlist import Offer, WaitlistEntry
    from boxoffice.formats import Formats


@dataclass(frozen=True, slots=True)
class Standing:
    """The open entries of one person at one event, and the tier chosen (None: any)."""

    entries: tuple[WaitlistEntry, ...]
    tier_id: int | None

    @property
    def entry(self) -> WaitlistEntry | None:
        """What they wait for at this tier, and can change."""
        return next((one for one in self.entries if self._is_of_tier(one) and _waits(one)), None)

    @property
    def offer(self) -> Offer | None:
        """What they hold of this tier: nobody has to wait for that."""
        held = (one for one in self.entries if self._is_of_tier(one) or self._holds_of_tier(one))
        return next((one.offer for one in held if one.state is EntryState.OFFERED), None)

    @property
    def any_offer(self) -> Offer | None:
        """What they hold of whichever tier, this one first."""
        held = (one.offer for one in self.entries if one.state is EntryState.OFFERED)
        return self.offer or next((offer for offer in held if offer is not None), None)

    def words(self, formats: Formats, zone: str) -> str:
        """Return all that they should be told of it, what belongs to this tier first; empty: nothing."""
        near = sorted(self.entries, key=lambda one: not self._is_of_tier(one))
        return "\n".join(self._words_of(one, formats, zone) for one in near)

    def _words_of(self, one: WaitlistEntry, formats: Formats, zone: str) -> str:
        if one.state is EntryState.OFFERED and one.offer is not None:
            return held_words(one.offer, formats, zone)
        return entry_words(one, formats) if self._is_of_tier(one) else other_entry_words(one, formats)

    def _holds_of_tier(self, one: WaitlistEntry) -> bool:
        return one.offer is not None and one.offer.tier_id == self.tier_id

    def _is_of_tier(self, one: WaitlistEntry) -> bool:
        return one.tier_id == self.tier_id


def _waits(one: WaitlistEntry) -> bool:
    return one.state is EntryState.WAITING
