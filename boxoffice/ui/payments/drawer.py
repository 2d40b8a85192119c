"""What this window knows of its till's drawer. The database has the last word: this may be old."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from boxoffice.domain.errors import NoOpenDrawer
from boxoffice.domain.sale import Tender

if TYPE_CHECKING:
    from boxoffice.domain.cash import TillState
    from boxoffice.domain.sale import Payment


class KnownDrawer(QObject):
    """Tells `changed` whenever it learned how the till stands."""

    changed = Signal(object)
    """The TillState."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state: TillState | None = None

    def learn(self, state: TillState) -> None:
        """Go by this from now on."""
        self._state = state
        self.changed.emit(state)

    def refuses(self, currency: str) -> NoOpenDrawer | None:
        """Return why no cash of this currency can be taken; None when it can, or when that is not known."""
        if self._state is None:
            return None
        drawer = self._state.drawer
        if drawer is None:
            return NoOpenDrawer(currency, "")
        return None if drawer.currency == currency else NoOpenDrawer(currency, drawer.currency)

    def refuses_any(self, payments: tuple[Payment, ...], currency: str) -> NoOpenDrawer | None:
        """Return why these payments cannot be taken as far as they are cash."""
        is_cash = any(part.tender is Tender.CASH and part.amount for part in payments)
        return self.refuses(currency) if is_cash else None
