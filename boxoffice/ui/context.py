"""What every screen is given: the desk and the means to ask it, to show it and to say it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from boxoffice.formats import Formats
    from boxoffice.ui.freshness import Freshness
    from boxoffice.ui.giving_back import GivingBack
    from boxoffice.ui.mailing import Mailing
    from boxoffice.ui.paper import Paper
    from boxoffice.ui.payments.card_charge import CardsInHand
    from boxoffice.ui.payments.drawer import KnownDrawer
    from boxoffice.ui.tasks import Tasks
    from boxoffice.ui.theme.theme import Theme
    from boxoffice.usecases.desk import Desk
    from boxoffice.wording import Wording


@dataclass(frozen=True, slots=True)
class Context:
    """Made once by the window. `clock` returns the aware local time; it only decides what is called today."""

    desk: Desk
    tasks: Tasks
    freshness: Freshness
    paper: Paper
    mailing: Mailing
    giving_back: GivingBack
    cards_in_hand: CardsInHand
    drawer: KnownDrawer
    theme: Theme
    formats: Formats
    wording: Wording
    clock: Callable[[], datetime]
    unavailable: Callable[[Exception, Callable[[], None]], None]
    """Show the banner for a look that failed, with a way to try again."""
    show_history: Callable[[tuple[str, int], str], None]
    """Show the evidence of a thing (its kind and number), by this name; for managers."""
    cancel_event: Callable[[int], None]
    """Ask in the Admin screen whether an event is to be cancelled; for managers."""
    open_drawer: Callable[[], None]
    """Go to the Till screen and land on the form that opens a drawer; for clerks and managers."""
    sell_offer: Callable[[str], None]
    """Put what an offer of the waitlist is for into the basket, by its code; for clerks and managers."""
    show_entry: Callable[[int, int], None]
    """Open an entry (its event and number) on the Waitlist screen."""
    show_order: Callable[[str], None]
    """Open an order by its number on the Orders screen; for clerks and managers."""
    search_cleared: Callable[[], None]
    """Empty the window's search field."""
