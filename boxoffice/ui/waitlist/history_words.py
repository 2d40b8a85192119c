"""What happened with an entry, and to whom its tickets went, in the words of the counter."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from boxoffice.domain.money import Money, minor_digits
from boxoffice.domain.waitlist import EntryDeed, EntryEvent, EntryState
from boxoffice.language import tr, trn
from boxoffice.ui.waitlist.words import is_to_call, outcome_words, tier_words, wants_words

if TYPE_CHECKING:
    from boxoffice.domain.waitlist import Offer, WaitlistEntry
    from boxoffice.formats import Formats

_MOST_LETTERS = 200
_MOST_OF_A_NAME = 80


def deed_words(deed: EntryDeed, formats: Formats, zone: str) -> str:
    """Return what happened, with the reason that was typed."""
    words = _what_words(deed, formats, zone)
    return f"{words}: {deed.reason[:_MOST_LETTERS]}" if deed.reason else words


def doer_words(deed: EntryDeed, formats: Formats, zone: str) -> str:
    """Return when it happened, who did it and where, as far as that is known."""
    when = formats.short_day_and_time(deed.at, zone)
    return " · ".join(part[:_MOST_OF_A_NAME] for part in (when, deed.by, deed.till) if part)


def passed_on_words(offer: Offer, followers: tuple[WaitlistEntry, ...], formats: Formats) -> str:
    """Return to whom the tickets of an offer went that is over, and how these hear of it."""
    if not followers:
        return trn(
            "{n} x {tier} is back on sale: nobody waits for it.",
            "{n} x {tier} are back on sale: nobody waits for them.",
            offer.quantity,
            n=formats.number(offer.quantity),
            tier=offer.tier[:_MOST_OF_A_NAME],
        )
    return "\n".join(_follower_words(one, formats) for one in followers)


def settled_words(offer: Offer, entry: WaitlistEntry, formats: Formats) -> str:
    """Return what became of an offer that somebody else dealt with while its holder was in hand."""
    if entry.state is EntryState.REDEEMED:
        number = formats.order_number(entry.order_number)
        return tr("Sold meanwhile: order {number}.", number=number) if number else tr("Sold meanwhile.")
    if entry.state is EntryState.DECLINED:
        return tr("Declined meanwhile.")
    now = entry.offer
    if entry.state is not EntryState.OFFERED or now is None or now.id != offer.id:
        return tr("The offer is over meanwhile.")
    if now.is_reached:
        return tr("Noted by somebody else meanwhile: reached.")
    return tr("Told by e-mail meanwhile.")


def price_words(offer: Offer, formats: Formats) -> str:
    """Return what an offer costs, by the ticket where that comes out even; empty where it is not known."""
    price = offer.price
    if price is None:
        return ""
    each = (price.amount / offer.quantity).quantize(Decimal(1).scaleb(-minor_digits(price.currency)))
    if offer.quantity == 1 or each * offer.quantity != price.amount:
        return formats.money(price)
    one = formats.money(Money(each, price.currency))
    return f"{formats.number(offer.quantity)} x {one} = {formats.money(price)}"


def _follower_words(one: WaitlistEntry, formats: Formats) -> str:
    quantity = one.offer.quantity if one.offer is not None else one.quantity
    tier = one.offer.tier if one.offer is not None else one.tier
    offered = trn(
        "{n} x {tier} is offered to {name} now",
        "{n} x {tier} are offered to {name} now",
        quantity,
        n=formats.number(quantity),
        tier=tier[:_MOST_OF_A_NAME],
        name=one.name[:_MOST_OF_A_NAME],
    )
    return f"{offered}: {tr('to be called') if is_to_call(one) else tr('told by e-mail')}."


def _what_words(deed: EntryDeed, formats: Formats, zone: str) -> str:
    wants = wants_words(deed.quantity, formats, all_together=deed.all_together)
    wanted = f"{wants} · {tier_words(deed.tier[:_MOST_OF_A_NAME])}"
    until = formats.short_day_and_time(deed.until, zone) if deed.until is not None else ""
    number, tier = formats.number(deed.quantity), deed.tier[:_MOST_OF_A_NAME]
    order = formats.order_number(deed.order_number)
    outcome = outcome_words(deed.outcome) if deed.outcome is not None else ""
    level = tr("Priority {n}", n=formats.number(deed.priority))
    said = {
        EntryEvent.JOINED: tr("Joined, wants {what}", what=wanted),
        EntryEvent.CHANGED: tr("Changed, wants {what}", what=wanted),
        EntryEvent.OFFERED: tr("Offered: {n} x {tier}, until {when}", n=number, tier=tier, when=until),
        EntryEvent.DEADLINE_MOVED: tr("The offer stands until {when} now", when=until),
        EntryEvent.PRIORITISED: level if deed.priority else tr("No priority any more"),
        EntryEvent.CALLED: tr("Called: {outcome}", outcome=outcome),
        EntryEvent.REDEEMED: tr("Bought: order {number}", number=order) if order else tr("Bought"),
    }
    return said.get(deed.what) or _plain_words(deed.what)


def _plain_words(what: EntryEvent) -> str:
    return {
        EntryEvent.TOLD: tr("Told by hand"),
        EntryEvent.WITHDRAWN: tr("Taken off the list"),
        EntryEvent.REOPENED: tr("Waits again"),
        EntryEvent.MERGED: tr("Merged with another entry"),
        EntryEvent.ABSORBED: tr("Another entry of theirs was merged into this one"),
        EntryEvent.MAILED: tr("Told by e-mail"),
        EntryEvent.MAIL_FAILED: tr("The e-mail did not arrive"),
        EntryEvent.DECLINED: tr("Declined"),
        EntryEvent.EXPIRED: tr("The offer was over unused"),
        EntryEvent.RETURNED: tr("What they bought came back"),
        EntryEvent.CANCELLED: tr("The event was cancelled"),
    }[what]
