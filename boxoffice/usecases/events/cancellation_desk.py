"""What a manager asks about events that do not take place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from boxoffice.domain.cancellation import Cancellation, CancellationPlan
from boxoffice.domain.notice import Done

type Told = Callable[[Cancellation], bool]


@dataclass(frozen=True, slots=True)
class Cancellations:
    """The deeds, in the order in which they are done. Every function blocks; NotAllowed for clerks."""

    plan: Callable[[int], CancellationPlan]
    """What cancelling this event would come to. Raises UnknownEvent."""
    cancel: Callable[[int, str], Done[Cancellation]]
    """Event and reason: its sales stop at once, everywhere. Raises ReasonMissing, UnknownEvent."""
    give_back: Callable[[int, bool, Told], Cancellation]
    """Give its orders back, one after the other; True: also those that failed. See give_back_orders()."""
    progress: Callable[[int], Cancellation]
    all: Callable[[], tuple[Cancellation, ...]]
    """The newest first."""
