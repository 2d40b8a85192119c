"""What a screen may ask about card payments, beyond pinning one and settling it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from boxoffice.domain.card_payment import CardAnswer, ClearCard, OpenCardPayment, PinCard
from boxoffice.domain.notice import Done
from boxoffice.domain.sale import Sale


@dataclass(frozen=True, slots=True)
class CardDesk:
    """The counter's deeds about card payments. Every function blocks."""

    open: Callable[[], tuple[OpenCardPayment, ...]]
    """Those that somebody has to settle: of this till, for managers of all tills."""
    clear: Callable[[ClearCard], Done[None]]
    """Raises CardPaymentDiffers, NotAllowed."""
    book: Callable[[OpenCardPayment], Done[Sale]]
    """Make the sale that it was charged for. Raises what selling raises, CardPaymentDiffers."""
    charge: Callable[[PinCard], CardAnswer] | None = None
    """By the gateway of this computer; None: the terminal stands on its own. Blocks until the customer is
    done. Raises what pinning raises; nothing was charged then."""
    look_up: Callable[[UUID], CardAnswer] | None = None
    """Ask the gateway what became of a charge, by its key. Raises CardPaymentDiffers."""
