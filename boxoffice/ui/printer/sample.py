"""The ticket that is shown and printed to try a paper: it looks like a real one and opens no door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from boxoffice.domain.money import Money
from boxoffice.domain.ticket import TicketFace
from boxoffice.language import tr

_CODE = "TESTTESTTEST"
"""Its check letter is wrong: whoever scans it is told that this cannot be a ticket."""

_EVENING = datetime(2030, 6, 21, 19, 30, tzinfo=UTC)
_SOLD = datetime(2030, 6, 1, 10, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SampleIn:
    """What of the place where it is printed stands on the sample."""

    office: str
    till: str


def sample_face(place: SampleIn) -> TicketFace:
    """Return a ticket for no event at all."""
    return TicketFace(
        ticket_id=0,
        code=_CODE,
        event_title=tr("Test ticket, not valid for admission"),
        promoter=place.office,
        venue=tr("Main stage"),
        venue_address="",
        starts_at=_EVENING,
        doors_at=_EVENING.replace(hour=19, minute=0),
        time_zone="UTC",
        tier=tr("Test"),
        price=Money(Decimal(0), "EUR"),
        fee=Money(Decimal(0), "EUR"),
        tax_rate_percent=Decimal(0),
        order_number=tr("Test"),
        number=1,
        of=1,
        till=place.till,
        sold_at=_SOLD,
    )
