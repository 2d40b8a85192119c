"""What a screen may ask about the waitlist."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from boxoffice.domain.notice import Done
from boxoffice.domain.waitlist import (
    Chance,
    ChangeEntry,
    Doubles,
    EntryDeed,
    Evaluation,
    Joined,
    JoinWaitlist,
    OfferAtCounter,
    RecordCall,
    WaitlistEntry,
    WaitlistEvent,
    WaitlistFilter,
    WaitlistPage,
    WaitlistSettings,
)


@dataclass(frozen=True, slots=True)
class WaitlistDesk:
    """The deeds about the waitlist. Every function blocks.

    All changes raise UnknownEntry for an entry or offer that is not there, and EntryClosed where its state
    does not allow it (any more).
    """

    events: Callable[[], tuple[WaitlistEvent, ...]]
    """Upcoming events with somebody on their list, or with a tier that is sold out, by start."""
    entries: Callable[[WaitlistFilter, WaitlistEntry | None], WaitlistPage]
    """One page behind this entry (None: the first): those who wait by place, then the others."""
    entry: Callable[[int], WaitlistEntry]
    entries_of: Callable[[int, int], tuple[WaitlistEntry, ...]]
    """The open entries that a customer has on the list of an event: for each tier one at most."""
    to_call: Callable[[], int]
    """How many people have to be called about an offer, of all events; for clerks and managers."""
    join: Callable[[JoinWaitlist], Done[Joined]]
    """Raises UnknownPerson, ContactMissing, TierNotSellable, WaitlistLimit, StillAvailable, BadPhone."""
    change: Callable[[ChangeEntry], Done[Joined]]
    """Raises what joining raises, AlreadyWaiting: they stand on the list of that tier too (merge)."""
    set_priority: Callable[[int, int, str], Done[None]]
    """Of an entry, with a reason; 0 is everybody's. Raises ReasonMissing, NeedsOverride."""
    withdraw: Callable[[int, str], Done[None]]
    """Take an entry off the list, with its offer. Raises ReasonMissing, OfferInOtherBasket."""
    reoffer: Callable[[int, str], Done[Joined]]
    """Let an entry that was closed wait again at its old place. Raises ReasonMissing."""
    decline: Callable[[int], Done[None]]
    """Of an offer: they do not want it; the next one is served. Raises OfferInOtherBasket."""
    extend: Callable[[int, int], Done[None]]
    """Of an offer, by so many hours from now on, at most until the cut-off. Raises OfferOver."""
    record_call: Callable[[RecordCall], Done[None]]
    """DECLINED declines the offer. Raises OfferInOtherBasket."""
    doubles: Callable[[int], tuple[Doubles, ...]]
    """Of an event."""
    merge: Callable[[int, int], Done[None]]
    """The second entry into the first, which keeps the better place, the higher priority and more tickets."""
    story: Callable[[int], tuple[Evaluation, ...]]
    """Every time tickets were there since this entry wants what it wants, newest first."""
    history: Callable[[int], tuple[EntryDeed, ...]]
    """What happened with an entry, newest first: who did it, and why."""
    passed_on: Callable[[int], tuple[WaitlistEntry, ...]]
    """To whom the tickets of an offer went that was declined, withdrawn or over; nobody: they are on sale."""
    chance: Callable[[int], Chance]
    find_offer: Callable[[str], OfferAtCounter]
    """By its code, typed or scanned. Raises UnknownOffer, OfferOver."""
    change_settings: Callable[[int, WaitlistSettings], Done[None]]
    """Of an event; for its promoter and managers. Raises OutOfBounds, NotAllowed."""
    tend: Callable[[], Done[int]]
    """End offers that are over and serve whom nobody has served, of any till; how many offers were made."""
    export: Callable[[int], tuple[WaitlistEntry, ...]]
    """All entries of an event, in their order."""
