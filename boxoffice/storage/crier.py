"""Telling the other tills of this till's sales: after the commit, once for all that happened in a moment.

Not in the sale's own transaction, because the server lets only one transaction at a time commit with a notice
in it, over all events and through the wait for the disk (docs/decisions/0003-word-to-other-tills.md). A
transaction that carries nothing but notices does not wait for the disk.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Lock, Timer
from time import monotonic

from boxoffice.domain.errors import Unavailable
from boxoffice.domain.notice import Notice

TELL_EVERY_SECONDS = 0.5
"""A lone sale is told at once, a rush twice a second: ten times a second cost busy tills half their sales."""


class Crier:
    """Collects notices and cries them together; `cry` sends them and may raise Unavailable."""

    def __init__(self, cry: Callable[[Sequence[Notice]], None]) -> None:
        self._cry = cry
        self._pending: set[Notice] = set()
        self._timer: Timer | None = None
        self._told_at = -TELL_EVERY_SECONDS
        self._collecting = Lock()
        self._crying = Lock()

    def tell(self, notice: Notice) -> None:
        """Tell every till of this soon; returns at once."""
        with self._collecting:
            is_first = not self._pending
            self._pending.add(notice)
            if is_first:
                wait_seconds = max(0.0, self._told_at + TELL_EVERY_SECONDS - monotonic())
                self._timer = Timer(wait_seconds, self._tell_all)
                self._timer.daemon = True
                self._timer.start()

    def close(self) -> None:
        """Tell what is still to be told; afterwards nothing of this uses the database any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer.join()
        self._tell_all()

    def _tell_all(self) -> None:
        with self._crying:
            with self._collecting:
                notices = tuple(self._pending)
                self._pending.clear()
                self._told_at = monotonic()
            # Whoever misses a notice shows old availability until the next one, but never sells by it.
            if notices:
                with suppress(Unavailable):
                    self._cry(notices)
