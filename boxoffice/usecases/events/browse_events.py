"""Look through the coming events."""

from __future__ import annotations

from boxoffice.domain.event import EventFilter, EventKey, EventOffer, EventPage, FilterChoices
from boxoffice.storage.database import Database
from boxoffice.storage.queries import browse, offer


def browse_events(db: Database, wanted: EventFilter, after: EventKey | None) -> EventPage:
    """Return one page of upcoming events; `after` is the key of the page before (None: the first)."""
    with db.read() as session:
        return browse.browse_events(session, wanted, after)


def filter_choices(db: Database) -> FilterChoices:
    """Return the venues and promoters that the list can be narrowed to."""
    with db.read() as session:
        return browse.filter_choices(session)


def event_offer(db: Database, event_id: int) -> EventOffer:
    """Return one event with its tiers as they can be sold now. Raises UnknownEvent."""
    with db.read() as session:
        return offer.event_offer(session, event_id)


def event_offer_by_slug(db: Database, slug: str) -> EventOffer:
    """Return the event of this slug with its tiers. Raises UnknownEvent."""
    with db.read() as session:
        return offer.event_offer(session, offer.event_id_of(session, slug))
