"""What becomes of an offer: redeemed, declined, given more time, called about, over."""

from __future__ import annotations

from boxoffice.domain.errors import OfferOver, UnknownOffer
from boxoffice.domain.notice import Done
from boxoffice.domain.waitlist import (
    EntryState,
    MistypedOfferCode,
    OfferAtCounter,
    RecordCall,
    offer_code,
)
from boxoffice.storage import waitlist
from boxoffice.storage.database import Database
from boxoffice.storage.queries import waitlist as queries
from boxoffice.usecases.desk import DeskIdentity
from boxoffice.usecases.waitlist.join_waitlist import touched

MOST_ROUNDS = 50
"""Events tended at one go; what is left is due the next time."""


def find_offer(db: Database, typed: str) -> OfferAtCounter:
    """Return the offer of a code, typed or scanned, that can be redeemed now.

    Raises:
        UnknownOffer: mistyped, or of nobody any more.
        OfferOver: it was redeemed, declined or taken back, or its time is up.
    """
    try:
        code = offer_code(typed)
    except MistypedOfferCode as mistyped:
        raise UnknownOffer(typed.strip()[:40]) from mistyped
    with db.read() as session:
        found = queries.offer_by_code(session, code)
    if found.state is not EntryState.OFFERED:
        raise OfferOver(found.state, found.over_since, found.at_counter, found.order_number)
    if found.at_counter is None:
        raise UnknownOffer(code)
    return found.at_counter


def decline_offer(db: Database, at: DeskIdentity, offer_id: int) -> Done[None]:
    """End an offer that is not wanted; the next one is served. Raises UnknownEntry, OfferOver."""

    def once() -> None:
        with db.write() as session:
            waitlist.decline(session, offer_id, at.till_id)

    db.repeat(once, keyed=False)
    return Done(None, touched(None))


def extend_offer(db: Database, at: DeskIdentity, offer_id: int, hours: int) -> Done[None]:
    """Let an offer stand for so many hours from now on, at most until the cut-off. Raises OfferOver."""

    def once() -> None:
        with db.write() as session:
            waitlist.extend(session, offer_id, hours, at.till_id)

    db.repeat(once, keyed=True)
    return Done(None, touched(None))


def record_call(db: Database, at: DeskIdentity, call: RecordCall) -> Done[None]:
    """Write down what came of a call; DECLINED declines the offer. Raises UnknownEntry, OfferOver."""

    def once() -> None:
        with db.write() as session:
            waitlist.record_call(session, call, at.till_id)

    db.repeat(once, keyed=True)
    return Done(None, touched(None))


def tend_waitlist(db: Database) -> Done[int]:
    """End offers that are over and serve whom nobody has served, of any till; return how many that were."""

    def once() -> int:
        with db.write() as session:
            return waitlist.tend(session)

    done = 0
    for _ in range(MOST_ROUNDS):
        of_event = db.repeat(once, keyed=True)
        if not of_event:
            break
        done += of_event
    return Done(done, touched(None) if done else frozenset())
