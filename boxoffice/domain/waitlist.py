"""The waitlist: who waits for what, what is offered to whom, and why somebody was passed over.

The rules are one pure function here (`tickets_to_offer`) and its twin in the database, which decides under
lock (migrations/sql/0011); tests hold the two against each other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from boxoffice.domain.money import Money
from boxoffice.domain.ticket_code import MistypedCode, grouped, normalise

MOST_TICKETS = 20
"""For one entry: a bigger party is not helped by a list (shared/DESIGN.md, section 4)."""

OFFER_PREFIX = "W"
"""Before the twelve letters of an offer's code, so that no scanner takes it for a ticket."""


class EntryState(StrEnum):
    """How far somebody who joined has come."""

    WAITING = "waiting"
    TOLD = "told"
    """Somebody was told by hand, past this program: nothing is held for them."""
    OFFERED = "offered"
    REDEEMED = "redeemed"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    """Taken off the list, by their own wish or the office's."""
    RETURNED = "returned"
    """Bought, and the tickets came back."""
    MERGED = "merged"
    """The same person stood there twice; another entry speaks for both."""
    CANCELLED = "cancelled"
    """The event does not take place."""

    @property
    def is_open(self) -> bool:
        """Whether something may still come of it."""
        return self in (EntryState.WAITING, EntryState.TOLD, EntryState.OFFERED)


class CallOutcome(StrEnum):
    """What came of a call."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    DECLINED = "declined"
    WRONG_NUMBER = "wrong_number"


class MailProgress(StrEnum):
    """How the notice of an offer goes out; NONE: nobody can write to them, they are called."""

    NONE = "none"
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class Verdict(StrEnum):
    """What came of looking at one entry when tickets were there to be offered."""

    OFFERED = "offered"
    TOO_FEW = "too_few"
    """They want to sit together, and there were fewer."""
    UNDER_MINIMUM = "under_minimum"
    """Fewer were left, or wanted, than the tier sells at once."""
    OVER_LIMIT = "over_limit"
    """They want more together than one order may hold."""
    GONE = "gone"
    """All went to those before them."""
    NOT_ON_SALE = "not_on_sale"
    CUT_OFF = "cut_off"
    """So close to the event nothing is offered any more."""


@dataclass(frozen=True, slots=True)
class TierLimits:
    """How few and how many tickets of a tier one order may hold."""

    minimum: int
    maximum: int


def tickets_to_offer(quantity: int, left: int, limits: TierLimits, *, all_together: bool) -> int:
    """Return how many of the tickets that are left are offered to an entry; 0 passes it over.

    Args:
        quantity: how many are wanted.
        left: how many are there at this entry's turn.
        limits: of the tier.
        all_together: whether fewer than `quantity` are no help.
    """
    most = min(quantity, left, limits.maximum)
    if most < limits.minimum or (all_together and most < quantity):
        return 0
    return max(most, 0)


class MistypedOfferCode(ValueError):
    """The text cannot be the code of an offer."""


def offer_code(typed: str) -> str:
    """Return a typed or scanned code of an offer as it is stored.

    Raises:
        MistypedOfferCode: no offer's code looks like this.
    """
    plain = typed.strip().upper().replace(" ", "").replace("-", "")
    if not plain.startswith(OFFER_PREFIX) or len(plain) == len(OFFER_PREFIX):
        raise MistypedOfferCode(typed)
    try:
        return OFFER_PREFIX + normalise(plain[len(OFFER_PREFIX) :])
    except MistypedCode as wrong:
        raise MistypedOfferCode(typed) from wrong


def grouped_offer_code(code: str) -> str:
    """Return an offer's code as people read it: W-K7QM-2X9D-4HTB."""
    return f"{OFFER_PREFIX}-{grouped(code.removeprefix(OFFER_PREFIX))}"


# --- what is asked for -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class JoinWaitlist:
    """Put a customer on an event's list, for one tier or (None) any. Repeated, it changes what is wanted."""

    event_id: int
    tier_id: int | None
    customer_id: int
    quantity: int
    all_together: bool = False
    note: str = ""
    phone: str = ""
    """Where to call about this; empty: the customer's own."""


@dataclass(frozen=True, slots=True)
class ChangeEntry:
    """What an entry wants from now on, at its old place. Another tier is a move.

    None leaves note or phone as they are, for whoever cannot read them.
    """

    entry_id: int
    tier_id: int | None
    quantity: int
    all_together: bool
    note: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class RecordCall:
    """What came of a call about an offer. The key is born with the wish and kept through retries."""

    offer_id: int
    outcome: CallOutcome
    key: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, slots=True)
class WaitlistSettings:
    """How an event serves its list."""

    offer_hours: int = 24
    """How long an offer stands; shorter near the event."""
    cutoff_minutes: int = 60
    """Before the start: from then on nothing is offered, and what comes free is anybody's."""
    quiet_from: str = ""
    """HH:MM in the event's time zone: from then on no notice goes out, no deadline is set. Empty: never."""
    quiet_until: str = ""


@dataclass(frozen=True, slots=True)
class WaitlistFilter:
    """Which entries of an event are shown."""

    event_id: int
    tier_id: int | None = None
    """None: of all tiers. Entries for any tier are shown with each."""
    states: tuple[EntryState, ...] = ()
    """Empty: all."""
    to_call: bool = False
    """Only offers whose people have to be called."""
    text: str = ""
    """Beginning of a word of the name or e-mail, or a whole phone number."""


# --- what is answered ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TierQueue:
    """How many wait for a tier; `tier_id` None: for any."""

    tier_id: int | None
    tier: str
    waiting: int
    tickets: int


@dataclass(frozen=True, slots=True)
class WaitlistEvent:
    """An event with somebody on its list, or with a sold-out tier."""

    event_id: int
    title: str
    venue: str
    starts_at: datetime
    time_zone: str
    waiting: int
    tickets_wanted: int
    offers: int
    """That are open."""
    to_call: int
    available: int
    settings: WaitlistSettings
    tiers: tuple[TierQueue, ...]
    """All tiers of the event in their order, then "any" with `tier_id` None."""
    offered_in_all: int = 0
    """Tickets that could ever be sold, for the bar of what is gone; 0 where nobody counted."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Tickets that are held for somebody until a moment."""

    id: int
    entry_id: int
    code: str
    event_id: int
    tier_id: int
    tier: str
    quantity: int
    offered_at: datetime
    until: datetime
    mail: MailProgress
    calls: int = 0
    last_call: CallOutcome | None = None
    last_call_at: datetime | None = None
    price: Money | None = None
    """What the counter takes for all of it now, fees included; None once it does not stand any more."""
    is_reached: bool = False
    """Whether any call told them of it, whatever became of the calls after that."""

    @property
    def is_to_call(self) -> bool:
        """Whether no letter reaches them and nobody has reached them by phone yet."""
        return self.mail in (MailProgress.NONE, MailProgress.FAILED) and not self.is_reached


@dataclass(frozen=True, slots=True)
class WaitlistEntry:
    """Somebody on the list. `place` counts those who wait, from 1; None: does not wait any more."""

    id: int
    event_id: int
    tier_id: int | None
    tier: str
    """Empty: any."""
    customer_id: int
    name: str
    email: str
    phone: str
    """Dots where its key is not here."""
    quantity: int
    all_together: bool
    priority: int
    note: str
    state: EntryState
    place: int | None
    joined_at: datetime
    changed_at: datetime
    skipped: int
    """How often tickets came free that did not fit."""
    last_skip: Evaluation | None = None
    """The newest of those."""
    offer: Offer | None = None
    """The newest one."""
    order_number: str = ""
    """Of the order that came of it."""


@dataclass(frozen=True, slots=True)
class WaitlistPage:
    """Entries in their order; `more` says whether others follow behind the last one."""

    entries: tuple[WaitlistEntry, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Joined:
    """What came of joining: a new entry, or one that was there and was changed."""

    entry_id: int
    is_new: bool
    state: EntryState
    place: int | None
    offer: Offer | None = None
    """That this person holds already, or got at once."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One time that tickets were there: what came of it for one entry. `left`: at its turn."""

    at: datetime
    tier_id: int
    tier: str
    verdict: Verdict
    wanted: int
    left: int
    all_together: bool
    limit: int = 0
    """Of the tier, where that was in the way."""


@dataclass(frozen=True, slots=True)
class Chance:
    """How likely tickets are, from how many came back at past events of the same house.

    `ahead`: tickets that are wanted before this entry is served in full. `past`: events that are compared.
    `enough`: in how many of them so large a share came back. None for fewer than five.
    """

    ahead: int
    past: int
    enough: int

    @property
    def percent(self) -> int | None:
        """Return it in percent, None where too little is known."""
        return round(100 * self.enough / self.past) if self.past >= FEWEST_EVENTS else None


class EntryEvent(StrEnum):
    """One thing that happened with an entry."""

    JOINED = "joined"
    """Also at the end again, of somebody who stood there once."""
    CHANGED = "changed"
    """They want something else."""
    TOLD = "told"
    PRIORITISED = "prioritised"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"
    MERGED = "merged"
    ABSORBED = "absorbed"
    """Another entry of theirs was merged into this one."""
    OFFERED = "offered"
    DEADLINE_MOVED = "deadline_moved"
    """More time was given, or the event was moved."""
    MAILED = "mailed"
    MAIL_FAILED = "mail_failed"
    CALLED = "called"
    REDEEMED = "redeemed"
    DECLINED = "declined"
    EXPIRED = "expired"
    RETURNED = "returned"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class EntryDeed:
    """What happened with an entry at a moment, and who did it."""

    at: datetime
    what: EntryEvent
    by: str = ""
    """Name of who did it; empty: the program by itself, or a person who was erased."""
    till: str = ""
    reason: str = ""
    offer_id: int | None = None
    """Of what is told of an offer."""
    tier: str = ""
    """That was offered, or is waited for from then on; empty then: any."""
    quantity: int = 0
    """That was offered, or is wanted from then on."""
    all_together: bool = False
    priority: int = 0
    """From then on."""
    until: datetime | None = None
    """The deadline from then on."""
    outcome: CallOutcome | None = None
    order_number: str = ""


FEWEST_EVENTS = 5
"""Of fewer past events nothing is concluded."""


@dataclass(frozen=True, slots=True)
class Doubles:
    """Two open entries of an event that look like one person."""

    first: WaitlistEntry
    second: WaitlistEntry


@dataclass(frozen=True, slots=True)
class OfferAtCounter:
    """An offer that is redeemed: what is put into the basket, and for whom."""

    offer: Offer
    event_title: str
    customer_id: int
    name: str
    time_zone: str = "UTC"
    """Of the event."""
