"""Who may be meant, as a Qt model: the customers found, and last the one who is not known yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, override

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from boxoffice.language import tr
from boxoffice.ui.theme.lines import one_line

if TYPE_CHECKING:
    from boxoffice.domain.customer import KnownCustomer

type Index = QModelIndex | QPersistentModelIndex

LINES_ROLE = Qt.ItemDataRole.UserRole + 1
"""What a row says: a line, and a smaller one below it."""


class CustomerModel(QAbstractListModel):
    """Holds a few customers; `customer` of the last row is None: somebody new."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._found: tuple[KnownCustomer, ...] = ()
        self._typed = ""

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() or not self._typed else len(self._found) + 1

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        lines = self._lines(index.row())
        if role == LINES_ROLE:
            return lines
        if role == Qt.ItemDataRole.DisplayRole:
            return lines[0]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(line for line in lines if line)
        return None

    def show(self, typed: str, found: tuple[KnownCustomer, ...]) -> None:
        """Hold these customers, found by what was typed; nothing typed holds nobody."""
        self.beginResetModel()
        self._typed, self._found = one_line(typed), found
        self.endResetModel()

    def customer(self, row: int) -> KnownCustomer | None:
        """Return the customer at this row; None for the new one."""
        return self._found[row] if 0 <= row < len(self._found) else None

    def _lines(self, row: int) -> tuple[str, str]:
        one = self.customer(row)
        if one is None:
            return tr("New customer: {name}", name=self._typed[:60]), ""
        contact = " · ".join(part for part in (one.email, one.phone) if part)
        return one_line(one.name or tr("Person {n}", n=one.id)), one_line(contact)
