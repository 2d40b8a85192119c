"""What people at the counter call states, offers, calls and skips of the waitlist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from boxoffice.domain.personal import SHUT
from boxoffice.domain.waitlist import CallOutcome, EntryState, MailProgress, Verdict, grouped_offer_code
from boxoffice.language import tr, trn
from boxoffice.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from boxoffice.domain.waitlist import Chance, Evaluation, Joined, Offer, WaitlistEntry, WaitlistEvent
    from boxoffice.formats import Formats

OPEN = (EntryState.WAITING, EntryState.TOLD, EntryState.OFFERED)
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_LONGEST = 80
"""Of a name within a sentence: what comes behind it must be seen, too."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What was asked for somebody, and what came of it."""

    joined: Joined
    name: str
    tier: str
    """Empty: any."""
    wants: str
    """As words."""
    before: str = ""
    """What they waited for until now; empty: nothing."""


def wants_words(quantity: int, formats: Formats, *, all_together: bool) -> str:
    """Return e.g. "4, together" or "6 or fewer"; one ticket is neither."""
    number = formats.number(quantity)
    if quantity == 1:
        return number
    return tr("{n}, together", n=number) if all_together else tr("{n} or fewer", n=number)


def tickets_words(entry: WaitlistEntry, formats: Formats) -> str:
    """Return what an entry wants, or how many of it are offered where those are fewer."""
    offer = entry.offer
    if entry.state is EntryState.OFFERED and offer is not None and offer.quantity != entry.quantity:
        return tr("{n} of {all}", n=formats.number(offer.quantity), all=formats.number(entry.quantity))
    return wants_words(entry.quantity, formats, all_together=entry.all_together)


def offered_words(entry: WaitlistEntry, offer: Offer, formats: Formats) -> str:
    """Return what is offered, and how many were wanted where those are more."""
    number = formats.number(offer.quantity)
    if offer.quantity == entry.quantity:
        return f"{number} x {offer.tier[:120]}"
    wanted = formats.number(entry.quantity)
    return tr("{n} of {all} x {tier}", n=number, all=wanted, tier=offer.tier[:120])


def declines_words(offer: Offer, formats: Formats) -> str:
    """Return what it means that somebody declines."""
    return trn(
        "Declines: {n} x {tier} comes free.",
        "Declines: {n} x {tier} come free.",
        offer.quantity,
        n=formats.number(offer.quantity),
        tier=offer.tier[:120],
    )


def tier_words(tier: str) -> str:
    """Return a tier's name; nothing stands for any."""
    return tier or tr("any tier")


def is_to_call(entry: WaitlistEntry) -> bool:
    """Tell whether somebody has to be called about what is offered to them."""
    return entry.state is EntryState.OFFERED and entry.offer is not None and entry.offer.is_to_call


def state_name(state: EntryState) -> str:
    """Return the word for a state."""
    return {
        EntryState.WAITING: tr("Waiting"),
        EntryState.TOLD: tr("Told"),
        EntryState.OFFERED: tr("Offered"),
        EntryState.REDEEMED: tr("Bought"),
        EntryState.DECLINED: tr("Declined"),
        EntryState.EXPIRED: tr("Expired"),
        EntryState.WITHDRAWN: tr("Withdrawn"),
        EntryState.RETURNED: tr("Given back"),
        EntryState.MERGED: tr("Merged"),
        EntryState.CANCELLED: tr("No event"),
    }[state]


def state_words(entry: WaitlistEntry) -> tuple[str, Tone]:
    """Return what an entry's tag says and its tone."""
    if is_to_call(entry):
        return tr("Call"), Tone.WARN
    tone = {
        EntryState.OFFERED: Tone.ACCENT,
        EntryState.REDEEMED: Tone.GOOD,
        EntryState.EXPIRED: Tone.BAD,
        EntryState.CANCELLED: Tone.BAD,
    }.get(entry.state, Tone.MUTED)
    return state_name(entry.state), tone


def tag_words() -> tuple[str, ...]:
    """Return all that a tag can say."""
    return (tr("Call"), *map(state_name, EntryState))


def span_words(seconds: int) -> str:
    """Return how long is left, to the second once it is less than an hour."""
    if seconds >= 2 * _DAY:
        return tr("{d} d {h} h", d=seconds // _DAY, h=seconds % _DAY // _HOUR)
    if seconds >= _HOUR:
        return tr("{h} h {m} min", h=seconds // _HOUR, m=seconds % _HOUR // _MINUTE)
    if seconds >= _MINUTE:
        return tr("{m} min {s} s", m=seconds // _MINUTE, s=f"{seconds % _MINUTE:02}")
    return tr("{s} s", s=seconds)


def countdown_words(offer: Offer, now: datetime) -> str:
    """Return how long an offer stands yet."""
    left = int((offer.until - now).total_seconds())
    return tr("expires in {span}", span=span_words(left)) if left > 0 else tr("its time is up")


def why_words(
    entry: WaitlistEntry, now: datetime, formats: Formats, zone: str, *, is_next: bool
) -> tuple[str, str]:
    """Return why an entry stands where it stands, and a smaller line below."""
    offer = entry.offer
    if entry.state is EntryState.OFFERED and offer is not None:
        countdown = countdown_words(offer, now)
        called = call_words(offer)
        return (called, countdown) if is_to_call(entry) else (countdown, called if offer.calls else "")
    if entry.state is EntryState.WAITING:
        skip = _skip_lines(entry)
        if not is_next:
            return skip
        return tr("next"), ": ".join(words for words in skip if words)
    if entry.state is EntryState.REDEEMED and entry.order_number:
        return tr("order {number}", number=formats.order_number(entry.order_number)), ""
    if offer is not None:
        when = tr("offered {when}", when=formats.stamp(offer.offered_at, zone))
        ended = formats.short_day_and_time(entry.changed_at, zone)
        return tr("no answer") if entry.state is EntryState.EXPIRED else ended, when
    return formats.short_day(entry.changed_at, zone), ""


def _skip_lines(entry: WaitlistEntry) -> tuple[str, str]:
    if not entry.skipped:
        return "", ""
    times = trn("skipped once", "skipped {n} times", entry.skipped)
    return times, skip_words(entry.last_skip) if entry.last_skip else ""


def skip_words(one: Evaluation) -> str:
    """Return in a few words why tickets that were there did not go to somebody."""
    if one.verdict is Verdict.TOO_FEW:
        return trn("needs {w}, {n} was left", "needs {w}, {n} were left", one.left, w=one.wanted)
    return {
        Verdict.OFFERED: tr("offered"),
        Verdict.UNDER_MINIMUM: tr("sold from {n} up", n=one.limit),
        Verdict.OVER_LIMIT: tr("at most {n} per order", n=one.limit),
        Verdict.GONE: tr("gone to those before"),
        Verdict.NOT_ON_SALE: tr("not on sale then"),
        Verdict.CUT_OFF: tr("too close to the start"),
    }[one.verdict]


def verdict_sentence(one: Evaluation) -> str:
    """Return the same as a sentence that can be read out to whoever asks."""
    if one.verdict is Verdict.TOO_FEW:
        return trn(
            "{n} ticket was there, and they want {w} together.",
            "{n} tickets were there, and they want {w} together.",
            one.left,
            w=one.wanted,
        )
    return {
        Verdict.OFFERED: tr("Tickets were offered to them."),
        Verdict.UNDER_MINIMUM: tr(
            "This tier is sold from {n} up: {left} were left, and they want {w}.",
            n=one.limit,
            left=one.left,
            w=one.wanted,
        ),
        Verdict.OVER_LIMIT: tr(
            "They want {w} together, and one order holds {n} at most.", w=one.wanted, n=one.limit
        ),
        Verdict.GONE: tr("All that were there went to those who stand before them."),
        Verdict.NOT_ON_SALE: tr("The ticket was not on sale at that moment."),
        Verdict.CUT_OFF: tr("It was so close to the start that nothing was offered any more."),
    }[one.verdict]


def mail_words(mail: MailProgress) -> str:
    """Return how the notice of an offer went out."""
    return {
        MailProgress.NONE: tr("No e-mail address: they are called."),
        MailProgress.QUEUED: tr("The e-mail is on its way."),
        MailProgress.SENT: tr("Told by e-mail."),
        MailProgress.FAILED: tr("The e-mail did not arrive: they are called."),
    }[mail]


def outcome_name(outcome: CallOutcome) -> str:
    """Return what came of a call, as a button says it."""
    return {
        CallOutcome.REACHED: tr("Reached, is told"),
        CallOutcome.NO_ANSWER: tr("No answer"),
        CallOutcome.DECLINED: tr("Declines"),
        CallOutcome.WRONG_NUMBER: tr("Wrong number"),
    }[outcome]


def outcome_words(outcome: CallOutcome) -> str:
    """Return what came of a call, as it is told."""
    return {
        CallOutcome.REACHED: tr("reached"),
        CallOutcome.NO_ANSWER: tr("no answer"),
        CallOutcome.DECLINED: tr("declined"),
        CallOutcome.WRONG_NUMBER: tr("wrong number"),
    }[outcome]


def call_words(offer: Offer) -> str:
    """Return how often somebody was called, and what came of it last."""
    if not offer.calls:
        return tr("not reached yet")
    last = outcome_words(offer.last_call) if offer.last_call is not None else ""
    times = trn("{n} call", "{n} calls", offer.calls)
    return f"{times}: {last}" if last else times


def chance_words(chance: Chance) -> str:
    """Return how likely it is that enough tickets come back."""
    if chance.percent is None:
        return tr("Too few events are past to say.")
    return trn(
        "In {enough} of {n} past event enough came back.",
        "In {enough} of {n} past events enough came back.",
        chance.past,
        enough=chance.enough,
    )


def joined_words(answer: Answered, formats: Formats, zone: str) -> str:
    """Return what came of putting somebody on the list, as it is read out to them."""
    joined, wants = answer.joined, answer.wants
    if answer.before and answer.before != wants:
        wants = tr("{before} → {wants}", before=answer.before, wants=wants)
    said = tr("{wants}, {tier}.", wants=wants, tier=tier_words(answer.tier)[:_LONGEST])
    if answer.name:
        said = f"{answer.name[:_LONGEST]}: {said}"
    if joined.offer is not None:
        return f"{said} {held_words(joined.offer, formats, zone)}"
    if not joined.place:
        return f"{said} {tr('On the list.')}"
    place = formats.number(joined.place)
    here = tr("On the list: place {place}.", place=place)
    return f"{said} {here if joined.is_new else tr('Still place {place}.', place=place)}"


def told_words(email: str, phone: str) -> str:
    """Return how somebody who waits is going to be told."""
    if email:
        return tr("They are told by e-mail: {email}", email=email)
    if phone == SHUT:
        return tr("They are called.")
    return tr("They are called: {phone}", phone=phone)


def held_words(offer: Offer, formats: Formats, zone: str) -> str:
    """Return what somebody is offered, until when, and the code that sells it."""
    return tr(
        "Holds an offer: {n} x {tier} until {when}. Code {code}.",
        n=formats.number(offer.quantity),
        tier=tier_words(offer.tier)[:_LONGEST],
        when=formats.short_day_and_time(offer.until, zone),
        code=grouped_offer_code(offer.code),
    )


def entry_words(entry: WaitlistEntry, formats: Formats) -> str:
    """Return what somebody waits for already."""
    if entry.state is EntryState.TOLD:
        return tr("Was told that there are tickets: on the list again, they begin at its end.")
    wants = wants_words(entry.quantity, formats, all_together=entry.all_together)
    if not entry.place:
        return tr("Waits already: {wants}.", wants=wants)
    return tr("Waits already: {wants}, place {place}.", wants=wants, place=formats.number(entry.place))


def other_entry_words(entry: WaitlistEntry, formats: Formats) -> str:
    """Return what somebody waits for at another tier than the one that is chosen."""
    tier = tier_words(entry.tier)[:_LONGEST]
    if entry.state is EntryState.TOLD:
        return tr("Was told that there are tickets of {tier}.", tier=tier)
    wants = wants_words(entry.quantity, formats, all_together=entry.all_together)
    return tr(
        "Waits for {tier}: {wants}, place {place}. Choose that tier to change it.",
        tier=tier,
        wants=wants,
        place=formats.number(entry.place or 0),
    )


def waiting_words(event: WaitlistEvent, formats: Formats) -> str:
    """Return how many wait for an event, and for how many tickets."""
    if not event.waiting:
        return tr("nobody waiting")
    tickets = trn("{n} ticket", "{n} tickets", event.tickets_wanted, n=formats.number(event.tickets_wanted))
    return trn(
        "{n} waits for {tickets}",
        "{n} waiting for {tickets}",
        event.waiting,
        n=formats.number(event.waiting),
        tickets=tickets,
    )


def tier_choices(event: WaitlistEvent) -> Sequence[tuple[int | None, str]]:
    """Return what can be waited for: each tier, then any."""
    tiers = [(one.tier_id, one.tier) for one in event.tiers if one.tier_id is not None]
    return [*tiers, (None, tr("Any tier"))]
