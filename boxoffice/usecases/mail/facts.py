"""What the templates of e-mails may speak of: an order and its valid tickets, what went back, an offer."""

from __future__ import annotations

import tomllib
from collections import Counter
from datetime import datetime
from decimal import Decimal
from string import Template
from typing import TYPE_CHECKING, Any

from boxoffice.assets import resource
from boxoffice.domain.money import Money
from boxoffice.domain.ticket import TicketStatus
from boxoffice.domain.waitlist import grouped_offer_code
from boxoffice.language import LANGUAGES, SOURCE
from boxoffice.usecases.mail.letters import one_line

if TYPE_CHECKING:
    from boxoffice.domain.mail import OfferToTell
    from boxoffice.domain.sale import Sale
    from boxoffice.domain.ticket import TicketFace
    from boxoffice.formats import Formats


def valid_faces(sale: Sale) -> tuple[TicketFace, ...]:
    """Return the tickets that open the door: a code that was replaced is never mailed."""
    return tuple(ticket.face for ticket in sale.tickets if ticket.status is TicketStatus.VALID)


def greeting(name: str, locale: str) -> str:
    """Return how the letter begins."""
    words = _words(locale)
    return _filled(words["greeting"], name=one_line(name)) if name.strip() else words["greeting_unnamed"]


def order_fields(sale: Sale, facts: dict[str, Any], formats: Formats) -> dict[str, str]:
    """Return what can be said of an order with tickets."""
    face = sale.tickets[0].face
    tiers = Counter(one.tier for one in valid_faces(sale) or [ticket.face for ticket in sale.tickets])
    return _moment(face.starts_at, face.time_zone, formats) | {
        "order_number": formats.order_number(sale.order_number),
        "title": one_line(face.event_title),
        "place": _place(face.venue, face.venue_address),
        "lines": "\n".join(_line(count, tier, formats) for tier, count in tiers.items()),
        "total": formats.money(sale.totals.total),
        "returned": _amount(facts, "total", formats),
        "retained": _amount(facts, "retained", formats),
        "money": _money(facts, formats),
    }


def offer_fields(offer: OfferToTell, formats: Formats) -> dict[str, str]:
    """Return what can be said of an offer to somebody on the waitlist."""
    when = _moment(offer.starts_at, offer.time_zone, formats)
    return when | {
        "title": one_line(offer.title),
        "place": _place(offer.venue, offer.address),
        "lines": _line(offer.quantity, offer.tier, formats),
        "until": formats.short_day_and_time(offer.until, offer.time_zone),
        "code": grouped_offer_code(offer.code),
    }


def cancelled_fields(facts: dict[str, Any], formats: Formats) -> dict[str, str]:
    """Return what can be said of an event that somebody waited for, from what its cancellation wrote down."""
    event = facts["event"]
    when = _moment(datetime.fromisoformat(event["starts_at"]), event["time_zone"], formats)
    return when | {"title": one_line(event["title"])}


def _moment(at: datetime, time_zone: str, formats: Formats) -> dict[str, str]:
    return {"day": formats.day_with_year(at, time_zone), "time": formats.time(at, time_zone)}


def _place(venue: str, address: str) -> str:
    return ", ".join(filter(None, map(one_line, (venue, address))))


def _line(count: int, tier: str, formats: Formats) -> str:
    return f"{formats.number(count)} \N{MULTIPLICATION SIGN} {one_line(tier)}"


def _amount(facts: dict[str, Any], name: str, formats: Formats) -> str:
    """Return an amount in words, "" for none and for nothing."""
    amount = Decimal(facts.get(name) or 0)
    return formats.money(Money(amount, facts["currency"])) if amount else ""


def _money(facts: dict[str, Any], formats: Formats) -> str:
    """Return where the money of a cancelled event's order is."""
    outcome = facts.get("outcome")
    returned = _amount(facts, "total", formats)
    if outcome is None or (outcome == "refunded" and not returned):
        return ""
    return _filled(_words(formats.locale)[f"money_{outcome}"], returned=returned)


def _filled(words: str, **fields: str) -> str:
    return Template(words).substitute(fields)


def _words(locale: str) -> dict[str, str]:
    language = locale[:2] if locale[:2] in LANGUAGES else SOURCE
    return tomllib.loads(resource("mail", language, "words.toml").read_text(encoding="utf-8"))
