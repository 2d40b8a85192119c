"""The waitlist of the fake desk: a plain list that is served by hand. It proves nothing about the rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from threading import Event

from boxoffice.domain import errors
from boxoffice.domain.customer import KnownCustomer
from boxoffice.domain.money import Money
from boxoffice.domain.notice import Done, Notice, Topic
from boxoffice.domain.waitlist import (
    MOST_TICKETS,
    OFFER_PREFIX,
    CallOutcome,
    Chance,
    ChangeEntry,
    Doubles,
    EntryDeed,
    EntryEvent,
    EntryState,
    Evaluation,
    Joined,
    JoinWaitlist,
    MailProgress,
    Offer,
    OfferAtCounter,
    RecordCall,
    TierQueue,
    Verdict,
    WaitlistEntry,
    WaitlistEvent,
    WaitlistFilter,
    WaitlistPage,
    WaitlistSettings,
)
from boxoffice.usecases.waitlist.waitlist_desk import WaitlistDesk
from tests.ui.fake_event import NOW, ZONE, FakeEvent, at, code_of

IMPROV = 3
"""The event of the design's picture."""
STANDARD, REDUCED = 11, 12
ANNA, OTTO = ("Anna Weber", "Counter 2"), ("Otto Krause", "Counter 1")
"""Who did what, and at which till."""
TIERS = {None: "", STANDARD: "Standard", REDUCED: "Reduced"}


@dataclass
class FakeWaitlist:
    """What the Waitlist screen is shown. Tests change it and read what was asked for."""

    events_: list[WaitlistEvent] = field(default_factory=list)
    entries_: list[WaitlistEntry] = field(default_factory=list)
    known: Callable[[int], KnownCustomer | None] = lambda _id: None
    """Who a customer is, by number."""
    stories: dict[int, tuple[Evaluation, ...]] = field(default_factory=dict)
    histories: dict[int, tuple[EntryDeed, ...]] = field(default_factory=dict)
    """Of each entry, newest first."""
    went_to: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """Of an offer that came to nothing, the entries that its tickets went to."""
    pairs: list[tuple[int, int]] = field(default_factory=list)
    done: list[tuple[object, ...]] = field(default_factory=list)
    """What was asked for, a name and its values, in order."""
    asked: list[tuple[WaitlistFilter, WaitlistEntry | None]] = field(default_factory=list)
    counted: int = 0
    """How often it was asked how many have to be called."""
    tended: int = 0
    """How often it was looked for what is over."""
    fail: list[Exception] = field(default_factory=list)
    """Raised one after the other by the next changes."""
    fail_looks: Exception | None = None
    gate: Event | None = None
    """Looks wait for it."""
    deed_gate: Event | None = None
    """Changes wait for it."""
    page_size: int = 60

    # --- looks ---------------------------------------------------------------------------------

    def _look(self) -> None:
        if self.gate is not None:
            self.gate.wait(10)
        if self.fail_looks is not None:
            raise self.fail_looks

    def events(self) -> tuple[WaitlistEvent, ...]:
        self._look()
        return tuple(self._counted(event) for event in self.events_)

    def _counted(self, event: WaitlistEvent) -> WaitlistEvent:
        mine = [one for one in self.entries_ if one.event_id == event.event_id]
        waiting = [one for one in mine if one.state in (EntryState.WAITING, EntryState.TOLD)]
        offers = [one for one in mine if one.state is EntryState.OFFERED and one.offer is not None]
        return replace(
            event,
            waiting=len(waiting),
            tickets_wanted=sum(one.quantity for one in waiting),
            offers=len(offers),
            to_call=sum(one.offer is not None and one.offer.is_to_call for one in offers),
        )

    def entries(self, wanted: WaitlistFilter, after: WaitlistEntry | None) -> WaitlistPage:
        self._look()
        self.asked.append((wanted, after))
        fitting = sorted((one for one in self.entries_ if self._fits(one, wanted)), key=_rank)
        if after is not None:
            fitting = [one for one in fitting if _rank(one) > _rank(after)]
        return WaitlistPage(tuple(fitting[: self.page_size]), len(fitting) > self.page_size)

    def _fits(self, one: WaitlistEntry, wanted: WaitlistFilter) -> bool:
        return (
            one.event_id == wanted.event_id
            and wanted.tier_id in (None, one.tier_id)
            and (not wanted.states or one.state in wanted.states)
            and (not wanted.to_call or _is_to_call(one))
            and wanted.text.lower() in f"{one.name} {one.email} {one.phone}".lower()
        )

    def entry(self, entry_id: int) -> WaitlistEntry:
        self._look()
        return self._entry(entry_id)

    def entries_of(self, event_id: int, customer_id: int) -> tuple[WaitlistEntry, ...]:
        self._look()
        return tuple(
            one
            for one in self.entries_
            if (one.event_id, one.customer_id) == (event_id, customer_id) and one.state.is_open
        )

    def to_call(self) -> int:
        self.counted += 1
        return sum(_is_to_call(one) for one in self.entries_)

    def _entry(self, entry_id: int) -> WaitlistEntry:
        for one in self.entries_:
            if one.id == entry_id:
                return one
        raise errors.UnknownEntry(str(entry_id))

    def _of_offer(self, offer_id: int) -> WaitlistEntry:
        for one in self.entries_:
            if one.offer is not None and one.offer.id == offer_id:
                return one
        raise errors.UnknownEntry(str(offer_id))

    def doubles(self, event_id: int) -> tuple[Doubles, ...]:
        self._look()
        pairs = ((self._entry(one), self._entry(two)) for one, two in self.pairs)
        return tuple(Doubles(one, two) for one, two in pairs if one.event_id == event_id)

    def story(self, entry_id: int) -> tuple[Evaluation, ...]:
        self._look()
        return self.stories.get(entry_id, ())

    def history(self, entry_id: int) -> tuple[EntryDeed, ...]:
        self._look()
        return self.histories.get(entry_id, ())

    def passed_on(self, offer_id: int) -> tuple[WaitlistEntry, ...]:
        self._look()
        return tuple(self._entry(one) for one in self.went_to.get(offer_id, ()))

    def chance(self, entry_id: int) -> Chance:
        self._look()
        place = self._entry(entry_id).place or 0
        return Chance(2 * place, 10, max(0, 9 - place))

    def find_offer(self, code: str) -> OfferAtCounter:
        self._look()
        for one in self.entries_:
            if one.offer is not None and one.offer.code == code:
                event = next(event for event in self.events_ if event.event_id == one.event_id)
                found = OfferAtCounter(one.offer, event.title, one.customer_id, one.name, event.time_zone)
                if one.state is not EntryState.OFFERED:
                    raise errors.OfferOver(one.state, one.offer.until, found, one.order_number)
                return found
        raise errors.UnknownOffer(code)

    def redeem(self, code: str) -> Offer:
        offer = self.find_offer(code).offer
        self._put(replace(self._of_offer(offer.id), state=EntryState.REDEEMED))
        return offer

    def export(self, event_id: int) -> tuple[WaitlistEntry, ...]:
        self._look()
        return tuple(sorted((one for one in self.entries_ if one.event_id == event_id), key=_rank))

    # --- changes -------------------------------------------------------------------------------

    def _asked_for(self, *what: object) -> None:
        self.done.append(what)
        if self.deed_gate is not None:
            self.deed_gate.wait(10)
        if self.fail:
            raise self.fail.pop(0)

    def _put(self, changed: WaitlistEntry) -> Done[None]:
        self.entries_ = [changed if one.id == changed.id else one for one in self.entries_]
        self._count_places(changed.event_id)
        touched = {Notice(Topic.WAITLIST, changed.event_id), Notice(Topic.AVAILABILITY, changed.event_id)}
        return Done(None, frozenset(touched))

    def _count_places(self, event_id: int) -> None:
        """In the order of priority and of joining; who does not wait has none."""
        waiting = sorted(
            (one for one in self.entries_ if one.event_id == event_id and one.state.is_open),
            key=lambda one: (-one.priority, one.joined_at, one.id),
        )
        places = {one.id: place for place, one in enumerate(waiting, 1)}
        self.entries_ = [
            replace(one, place=places.get(one.id)) if one.event_id == event_id else one
            for one in self.entries_
        ]

    def join(self, wish: JoinWaitlist) -> Done[Joined]:
        self._asked_for("join", wish)
        if wish.quantity > MOST_TICKETS:
            raise errors.WaitlistLimit(MOST_TICKETS)
        known = next(
            (
                one
                for one in self.entries_
                if (one.event_id, one.tier_id, one.customer_id)
                == (wish.event_id, wish.tier_id, wish.customer_id)
                and one.state.is_open
            ),
            None,
        )
        if known is not None:
            if known.state is EntryState.OFFERED:
                return Done(
                    Joined(known.id, is_new=False, state=known.state, place=known.place, offer=known.offer),
                    frozenset(),
                )
            self._put(replace(known, quantity=wish.quantity, all_together=wish.all_together, note=wish.note))
            return Done(self._joined(known.id, is_new=False), self._touched(wish.event_id))
        who = self.known(wish.customer_id)
        if who is None:
            raise errors.UnknownPerson(str(wish.customer_id))
        if not (who.email or who.phone or wish.phone):
            raise errors.ContactMissing
        entry_id = 1 + max((one.id for one in self.entries_), default=0)
        new = an_entry(
            entry_id,
            who.name,
            wish.quantity,
            who.email or wish.phone or who.phone,
            event_id=wish.event_id,
            tier_id=wish.tier_id,
            all_together=wish.all_together,
            joined_at=NOW,
        )
        new = replace(new, customer_id=who.id, note=wish.note, phone=wish.phone or who.phone)
        self.entries_.append(new)
        self._count_places(wish.event_id)
        return Done(self._joined(entry_id, is_new=True), self._touched(wish.event_id))

    def _joined(self, entry_id: int, *, is_new: bool) -> Joined:
        one = self._entry(entry_id)
        return Joined(one.id, is_new=is_new, state=one.state, place=one.place)

    def _touched(self, event_id: int) -> frozenset[Notice]:
        return frozenset({Notice(Topic.WAITLIST, event_id)})

    def change(self, wish: ChangeEntry) -> Done[Joined]:
        self._asked_for("change", wish)
        one = self._entry(wish.entry_id)
        changed = replace(
            one,
            tier_id=wish.tier_id,
            tier=self._tier(one.event_id, wish.tier_id),
            quantity=wish.quantity,
            all_together=wish.all_together,
            note=one.note if wish.note is None else wish.note,
            phone=one.phone if wish.phone is None else wish.phone,
        )
        self._put(changed)
        return Done(self._joined(one.id, is_new=False), self._touched(one.event_id))

    def _tier(self, event_id: int, tier_id: int | None) -> str:
        event = next(event for event in self.events_ if event.event_id == event_id)
        return next((tier.tier for tier in event.tiers if tier.tier_id == tier_id), "")

    def set_priority(self, entry_id: int, priority: int, reason: str) -> Done[None]:
        self._asked_for("priority", entry_id, priority, reason)
        return self._put(replace(self._entry(entry_id), priority=priority))

    def withdraw(self, entry_id: int, reason: str) -> Done[None]:
        self._asked_for("withdraw", entry_id, reason)
        return self._put(replace(self._entry(entry_id), state=EntryState.WITHDRAWN))

    def reoffer(self, entry_id: int, reason: str) -> Done[Joined]:
        self._asked_for("reoffer", entry_id, reason)
        one = self._entry(entry_id)
        self._put(replace(one, state=EntryState.WAITING, offer=None))
        return Done(self._joined(entry_id, is_new=False), self._touched(one.event_id))

    def decline(self, offer_id: int) -> Done[None]:
        self._asked_for("decline", offer_id)
        return self._decline(self._of_offer(offer_id))

    def _decline(self, one: WaitlistEntry) -> Done[None]:
        assert one.offer is not None
        for follower in self.went_to.get(one.offer.id, ()):
            entry = self._entry(follower)
            mail = MailProgress.SENT if entry.email else MailProgress.NONE
            most = min(entry.quantity, one.offer.quantity)
            offer = an_offer(entry, NOW + timedelta(hours=4), mail=mail, quantity=most)
            self._put(replace(entry, state=EntryState.OFFERED, offer=offer))
        return self._put(replace(one, state=EntryState.DECLINED))

    def extend(self, offer_id: int, hours: int) -> Done[None]:
        self._asked_for("extend", offer_id, hours)
        one = self._of_offer(offer_id)
        assert one.offer is not None
        return self._put(replace(one, offer=replace(one.offer, until=NOW + timedelta(hours=hours))))

    def record_call(self, wish: RecordCall) -> Done[None]:
        self._asked_for("call", wish.offer_id, wish.outcome, wish.key)
        one = self._of_offer(wish.offer_id)
        assert one.offer is not None
        called = replace(
            one.offer,
            calls=one.offer.calls + 1,
            last_call=wish.outcome,
            last_call_at=NOW,
            is_reached=one.offer.is_reached or wish.outcome in (CallOutcome.REACHED, CallOutcome.DECLINED),
        )
        self._remember(
            one.id, EntryDeed(NOW, EntryEvent.CALLED, *ANNA, offer_id=called.id, outcome=wish.outcome)
        )
        self._put(replace(one, offer=called))
        if wish.outcome is CallOutcome.DECLINED:
            return self._decline(replace(one, offer=called))
        return Done(None, self._touched(one.event_id))

    def _remember(self, entry_id: int, deed: EntryDeed) -> None:
        self.histories[entry_id] = (deed, *self.histories.get(entry_id, ()))

    def merge(self, first: int, second: int) -> Done[None]:
        self._asked_for("merge", first, second)
        kept, gone = self._entry(first), self._entry(second)
        self.pairs.remove((first, second))
        self._put(replace(gone, state=EntryState.MERGED))
        return self._put(replace(kept, quantity=max(kept.quantity, gone.quantity)))

    def change_settings(self, event_id: int, settings: WaitlistSettings) -> Done[None]:
        self._asked_for("settings", event_id, settings)
        self.events_ = [
            replace(event, settings=settings) if event.event_id == event_id else event
            for event in self.events_
        ]
        return Done(None, self._touched(event_id))

    def tend(self) -> Done[int]:
        self.tended += 1
        return Done(0, frozenset())

    def desk(self) -> WaitlistDesk:
        return WaitlistDesk(
            events=self.events,
            entries=self.entries,
            entry=self.entry,
            entries_of=self.entries_of,
            to_call=self.to_call,
            join=self.join,
            change=self.change,
            set_priority=self.set_priority,
            withdraw=self.withdraw,
            reoffer=self.reoffer,
            decline=self.decline,
            extend=self.extend,
            record_call=self.record_call,
            doubles=self.doubles,
            merge=self.merge,
            story=self.story,
            history=self.history,
            passed_on=self.passed_on,
            chance=self.chance,
            find_offer=self.find_offer,
            change_settings=self.change_settings,
            tend=self.tend,
            export=self.export,
        )


def _rank(one: WaitlistEntry) -> tuple[bool, int, datetime, int]:
    return (one.place is None, one.place or 0, one.joined_at, one.id)


def _is_to_call(one: WaitlistEntry) -> bool:
    return one.state is EntryState.OFFERED and one.offer is not None and one.offer.is_to_call


def an_entry(  # noqa: PLR0913 - what differs from one person to the next
    entry_id: int,
    name: str,
    quantity: int,
    contact: str,
    *,
    event_id: int = IMPROV,
    tier_id: int | None = STANDARD,
    all_together: bool = False,
    state: EntryState = EntryState.WAITING,
    place: int | None = None,
    joined_at: datetime = NOW,
) -> WaitlistEntry:
    """Return somebody who waits; `contact` is an e-mail address or a phone number."""
    is_mail = "@" in contact
    return WaitlistEntry(
        id=entry_id,
        event_id=event_id,
        tier_id=tier_id,
        tier=TIERS.get(tier_id, "Standard"),
        customer_id=5000 + entry_id,
        name=name,
        email=contact if is_mail else "",
        phone="" if is_mail else contact,
        quantity=quantity,
        all_together=all_together,
        priority=0,
        note="",
        state=state,
        place=place,
        joined_at=joined_at,
        changed_at=joined_at,
        skipped=0,
    )


def an_offer(
    entry: WaitlistEntry, until: datetime, *, mail: MailProgress = MailProgress.SENT, quantity: int = 0
) -> Offer:
    """Return an offer of what this entry waits for."""
    return Offer(
        id=900 + entry.id,
        entry_id=entry.id,
        code=OFFER_PREFIX + code_of(900 + entry.id),
        event_id=entry.event_id,
        tier_id=entry.tier_id or STANDARD,
        tier=entry.tier or "Standard",
        quantity=quantity or entry.quantity,
        offered_at=until - timedelta(hours=24),
        until=until,
        mail=mail,
    )


def event_of(event: FakeEvent) -> WaitlistEvent:
    """Return an event of the fake desk as the waitlist lists it."""
    listing = event.listing()
    waiting = sum(tier.waiting for tier in event.tiers)
    tiers = tuple(TierQueue(tier.id, tier.name, tier.waiting, 2 * tier.waiting) for tier in event.tiers)
    return WaitlistEvent(
        event_id=event.id,
        title=event.title,
        venue=event.venue,
        starts_at=event.starts,
        time_zone=ZONE,
        waiting=waiting,
        tickets_wanted=2 * waiting,
        offers=0,
        to_call=0,
        available=listing.available,
        settings=WaitlistSettings(),
        tiers=(*tiers, TierQueue(None, "", 0, 0)),
        offered_in_all=listing.offered,
    )


def _improv(event: FakeEvent) -> WaitlistEvent:
    tiers = (
        TierQueue(STANDARD, "Standard", 4, 11),
        TierQueue(REDUCED, "Reduced", 0, 0),
        TierQueue(None, "", 2, 4),
    )
    return replace(event_of(event), tiers=tiers)


def demo_waitlist(events: list[FakeEvent]) -> FakeWaitlist:
    """The list of the design's picture."""
    lena = an_entry(1, "Lena Brandt", 2, "lena.brandt@example.org", joined_at=at(20, "10:00"), place=1)
    family = an_entry(
        2, "Familie Öztürk", 4, "+49 170 5550199", all_together=True, joined_at=at(20, "11:30"), place=2
    )
    tomasz = an_entry(3, "Tomasz Nowak", 1, "t.nowak@example.pl", joined_at=at(21, "09:05"), place=3)
    chiara = an_entry(
        4, "Chiara Rossi", 2, "chiara.r@example.it", all_together=True, joined_at=at(21, "12:00"), place=4
    )
    ola = an_entry(5, "Ola Svensson", 6, "ola@example.se", tier_id=None, joined_at=at(21, "17:45"), place=5)
    amelie = an_entry(
        6, "Amélie Laurent", 2, "+33 6 55 50 12 34", tier_id=None, joined_at=at(22, "08:20"), place=6
    )
    hugo = an_entry(
        7, "Hugo Martens", 2, "hugo@example.nl", state=EntryState.REDEEMED, joined_at=at(19, "18:00")
    )
    rosa = an_entry(
        8, "Rosa Jiménez", 1, "rosa@example.es", state=EntryState.EXPIRED, joined_at=at(18, "20:00")
    )
    skips = (
        Evaluation(at(21, "18:10"), STANDARD, "Standard", Verdict.TOO_FEW, 2, 1, all_together=True),
        Evaluation(at(21, "16:00"), STANDARD, "Standard", Verdict.GONE, 2, 0, all_together=True),
    )
    return FakeWaitlist(
        events_=[_improv(one) if one.id == IMPROV else event_of(one) for one in events if one.id <= 8],
        entries_=[
            replace(
                lena,
                state=EntryState.OFFERED,
                offer=an_offer(lena, NOW + timedelta(hours=3, minutes=12)),
            ),
            replace(
                family,
                state=EntryState.OFFERED,
                offer=replace(
                    an_offer(family, NOW + timedelta(hours=5), mail=MailProgress.NONE),
                    price=Money(Decimal("180.00"), "EUR"),
                ),
                note="Grandmother comes in a wheelchair, seats at the aisle please.",
            ),
            tomasz,
            replace(chiara, skipped=1, last_skip=skips[0]),
            ola,
            replace(amelie, note="Only in the evening."),
            replace(hugo, order_number="2026-104102"),
            replace(rosa, offer=an_offer(rosa, at(20, "12:00"))),
        ],
        stories={4: skips},
        histories=_demo_histories(),
    )


def with_calls(book: FakeWaitlist) -> FakeWaitlist:
    """The family was called three times, and has a story with names and a reason."""
    family = book.entries_[1]
    assert family.offer is not None
    offer = replace(family.offer, calls=3, last_call=CallOutcome.NO_ANSWER, last_call_at=at(22, "12:20"))
    book.entries_[1] = replace(family, offer=offer)
    called = [
        (at(22, "12:20"), ANNA, CallOutcome.NO_ANSWER),
        (at(22, "12:05"), OTTO, CallOutcome.NO_ANSWER),
        (at(22, "11:50"), ANNA, CallOutcome.WRONG_NUMBER),
    ]
    book.histories[2] = (
        *(EntryDeed(when, EntryEvent.CALLED, *who, offer_id=902, outcome=what) for when, who, what in called),
        *book.histories[2],
    )
    return book


def _demo_histories() -> dict[int, tuple[EntryDeed, ...]]:
    offered = partial(EntryDeed, what=EntryEvent.OFFERED, tier="Standard")
    family = (
        offered(at(22, "11:41"), offer_id=902, quantity=4, until=NOW + timedelta(hours=5)),
        EntryDeed(
            at(21, "15:00"), EntryEvent.PRIORITISED, *OTTO, reason="came from Bremen in vain", priority=2
        ),
        EntryDeed(at(20, "11:30"), EntryEvent.JOINED, *ANNA, tier="Standard", quantity=4, all_together=True),
    )
    rosa = (
        EntryDeed(at(20, "12:00"), EntryEvent.EXPIRED),
        EntryDeed(at(19, "12:01"), EntryEvent.MAILED, offer_id=908, tier="Standard", quantity=1),
        offered(at(19, "12:00"), offer_id=908, quantity=1, until=at(20, "12:00")),
        EntryDeed(at(18, "20:00"), EntryEvent.JOINED, *OTTO, tier="Standard", quantity=1),
    )
    return {2: family, 8: rosa}


def long_waitlist(events: list[FakeEvent], count: int = 3000) -> FakeWaitlist:
    """More people than a page, the first with a name that fits nowhere."""
    book = demo_waitlist(events)
    book.entries_ = [
        an_entry(
            nth,
            f"Person number {nth}",
            1 + nth % 4,
            f"person.{nth}@example.org",
            tier_id=(STANDARD, REDUCED, None)[nth % 3],
            joined_at=at(20, "10:00") + timedelta(seconds=nth),
            place=nth,
        )
        for nth in range(1, count + 1)
    ]
    name = "Maximiliana-Charlotte Freifrau von Hohenlohe-Waldenburg-Schillingsfürst und zu Bartenstein " * 2
    first = replace(
        book.entries_[0],
        name=name.strip(),
        email="a" * 60 + "@" + "subdomain." * 6 + "example",
        phone="+49 151 5550142",
        note="Sehr lange Notiz für alle, die hier anrufen. " * 20,
        quantity=20,
        all_together=True,
        skipped=12,
        tier="Parkett, Kategorie A mit Sicht auf das Orchester und Begrüßungsgetränk",
    )
    story = tuple(
        Evaluation(
            at(21, "18:10") - timedelta(minutes=17 * nth), STANDARD, "Standard", verdict, 20, nth, True, 10
        )
        for nth, verdict in enumerate([*Verdict, *Verdict][1:13])
    )
    book.entries_[0] = replace(first, last_skip=story[0])
    book.stories = {1: story}
    reason = "Sehr ausführlicher Grund mit Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen. " * 3
    who = ("Maximiliana-Charlotte Freifrau von Hohenlohe-Waldenburg", "Counter at the stage door")
    deeds = [
        EntryDeed(
            at(21, "18:10") - timedelta(minutes=9 * nth),
            what,
            *who,
            reason=reason[:200] if nth % 2 else "",
            tier=first.tier,
            quantity=20,
            all_together=True,
            until=NOW,
            outcome=CallOutcome.WRONG_NUMBER,
            order_number="2026-104102",
        )
        for nth, what in enumerate(EntryEvent)
    ]
    book.histories = {1: tuple(deeds)}
    book._count_places(IMPROV)
    return book


def without_contact(one: WaitlistEntry) -> WaitlistEntry:
    """Return the entry as a promoter sees it."""
    offer = replace(one.offer, code="", price=None) if one.offer is not None else None
    return replace(one, email="", phone="", note="", order_number="", offer=offer)
