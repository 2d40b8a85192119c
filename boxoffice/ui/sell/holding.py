"""The hold on a basket's tickets while its customer pays. Knows no widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from boxoffice.domain.errors import Refused

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from boxoffice.domain.notice import Done
    from boxoffice.domain.sale import HoldBasket
    from boxoffice.ui.freshness import Freshness
    from boxoffice.ui.tasks import Tasks
    from boxoffice.usecases.desk import Desk


class Holding(QObject):
    """Holds the tickets of one basket at a time. Tells `changed`, and `refused` with what is in the way."""

    changed = Signal()
    refused = Signal(object)

    def __init__(self, desk: Desk, tasks: Tasks, freshness: Freshness, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._tasks = tasks
        self._freshness = freshness
        self._basket: HoldBasket | None = None
        """For which a hold was asked and not given back."""
        self.until: datetime | None = None
        """Until when the tickets are held, once they are."""

    @property
    def is_on(self) -> bool:
        """Whether a hold was asked for and not given back."""
        return self._basket is not None

    def hold(self, basket: HoldBasket) -> None:
        """Hold these tickets, in the place of what was held before under the same key."""
        self._basket = basket
        self._tasks.change(
            self,
            lambda: self._desk.hold_basket(basket),
            lambda done: self._held(basket.key, done),
            lambda error: self._not_held(basket.key, error),
        )

    def extend(self) -> None:
        """Hold the tickets for ten minutes from now on."""
        if self._basket is None:
            return
        key, offer = self._basket.key, self._basket.offer
        self._tasks.change(
            self,
            lambda: self._desk.extend_hold(key, offer),
            lambda until: self._extended(key, until),
            lambda error: self._not_held(key, error),
        )

    def give_back(self) -> None:
        """Let the tickets go."""
        if self._basket is None:
            return
        key = self._basket.key
        self.forget()
        # What cannot be given back now is free in ten minutes.
        self._tasks.change(
            self,
            lambda: self._desk.release_hold(key),
            lambda done: self._freshness.touched(done.touched),
            lambda _error: None,
        )

    def forget(self) -> None:
        """Have nothing to do with it any more: its tickets were sold."""
        self._basket = self.until = None

    def _is_for(self, key: UUID) -> bool:
        return self._basket is not None and self._basket.key == key

    def _held(self, key: UUID, done: Done[datetime]) -> None:
        if self._is_for(key):
            self.until = done.value
            self.changed.emit()
        self._freshness.touched(done.touched)

    def _extended(self, key: UUID, until: datetime | None) -> None:
        if self._basket is None or not self._is_for(key):
            return
        if until is None:
            # They went back meanwhile: what is left of them is held anew.
            self.hold(self._basket)
        else:
            self.until = until
            self.changed.emit()

    def _not_held(self, key: UUID, error: Exception) -> None:
        if not self._is_for(key):
            return
        self.forget()
        if isinstance(error, Refused):
            self.refused.emit(error)
        self.changed.emit()
