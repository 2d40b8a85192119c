"""The list of where tickets can go: PDF files, every installed printer, and the chosen one if it has gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, override

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from boxoffice.language import tr
from boxoffice.ui.theme.lines import one_line
from boxoffice.ui.theme.tokens import Style, Tone

if TYPE_CHECKING:
    from PySide6.QtCore import QObject
    from PySide6.QtGui import QKeyEvent

    from boxoffice.ui.theme.theme import Theme

_ROW_PX = 48
_ROW_ROLE = Qt.ItemDataRole.UserRole + 1

type Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Row:
    """One way to paper as it is drawn; no printer means PDF files."""

    printer: str | None
    name: str
    note: str
    missing: bool = False
    chosen: bool = False

    def spoken(self) -> str:
        """Return what a screen reader says."""
        chosen = tr("chosen") if self.chosen else ""
        return ", ".join(filter(None, (self.name, self.note, chosen)))


def rows(folder: str, chosen: str | None, installed: tuple[str, ...] | None) -> tuple[Row, ...]:
    """Return PDF files and the printers; `installed` is None as long as it is not known."""
    known = installed or ()
    gone = (chosen,) if chosen is not None and chosen not in known else ()
    pdf = Row(None, tr("PDF files"), tr("in {folder}", folder=folder), chosen=chosen is None)
    missing = installed is not None
    note = tr("Missing: not installed or not reachable") if missing else ""
    return (
        pdf,
        *(Row(name, one_line(name), note, missing=missing, chosen=True) for name in gone),
        *(Row(name, one_line(name), "", chosen=name == chosen) for name in known),
    )


class DestinationModel(QAbstractListModel):
    """Holds the rows shown."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._rows: tuple[Row, ...] = ()

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        answers: dict[int, Any] = {
            _ROW_ROLE: row,
            Qt.ItemDataRole.DisplayRole: row.name,
            Qt.ItemDataRole.ToolTipRole: "\n".join(filter(None, (row.name, row.note))),
            Qt.ItemDataRole.AccessibleTextRole: row.spoken(),
        }
        return answers.get(role)

    def show(self, rows: tuple[Row, ...]) -> None:
        """Hold these rows and no others."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def row(self, number: int) -> Row:
        """Return the row at this place."""
        return self._rows[number]

    def place_of(self, printer: str | None) -> int:
        """Return where this printer, or PDF files, stands; the first place when it is not there."""
        return next((place for place, row in enumerate(self._rows) if row.printer == printer), 0)


class _Delegate(QStyledItemDelegate):
    """Draws a way to paper: icon, name, note, and a check mark beside the chosen one."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name_font = theme.font(Style.BODY)
        self._name_font.setWeight(QFont.Weight.DemiBold)
        self._note_font = theme.font(Style.SMALL)

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(160, _ROW_PX)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Row = index.data(_ROW_ROLE)
        theme = self._theme
        box: QRect = option.rect
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.chosen or focused:
            ring = QPen(theme.colour(Tone.ACCENT), 2) if focused else QPen(Qt.PenStyle.NoPen)
            painter.setPen(ring)
            painter.setBrush(theme.colour(Tone.ACCENT_SOFT if row.chosen else Tone.SURFACE))
            painter.drawRoundedRect(box.adjusted(1, 2, -1, -2), 8, 8)
        ink = Tone.BAD if row.missing else Tone.ACCENT if row.chosen else Tone.TEXT
        ratio = painter.device().devicePixelRatioF()
        mark = "triangle-alert" if row.missing else "file-text" if row.printer is None else "printer"
        middle = box.top() + (box.height() - 16) // 2
        quiet = ink if ink is not Tone.TEXT else Tone.MUTED
        painter.drawPixmap(box.left() + 12, middle, theme.icon(mark, quiet, 16, ratio))
        if row.chosen:
            painter.drawPixmap(box.right() - 28, middle, theme.icon("check", ink, 16, ratio))
        self._write(painter, row, box.adjusted(40, 0, -36, 0), ink)
        painter.restore()

    def _write(self, painter: QPainter, row: Row, box: QRect, ink: Tone) -> None:
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        upper = QRect(box.left(), box.top() + 6, box.width(), 18) if row.note else box
        painter.setFont(self._name_font)
        painter.setPen(self._theme.colour(ink))
        elided = painter.fontMetrics().elidedText(row.name, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(upper, left, elided)
        if row.note:
            painter.setFont(self._note_font)
            painter.setPen(self._theme.colour(Tone.BAD if row.missing else Tone.MUTED))
            elided = painter.fontMetrics().elidedText(row.note, Qt.TextElideMode.ElideMiddle, box.width())
            painter.drawText(QRect(box.left(), box.top() + 25, box.width(), 16), left, elided)


class DestinationList(QListView):
    """Arrows walk; Enter, Space or a click chooses and tells `picked` with the Row."""

    picked = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._rows = DestinationModel(self)
        self.setObjectName("paper_printers")
        self.setAccessibleName(tr("Where tickets are printed"))
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setModel(self._rows)
        self.setItemDelegate(_Delegate(theme, self))
        self.clicked.connect(lambda index: self._pick(index.row()))
        theme.changed.connect(self.viewport().update)

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show these, staying on the one that the keyboard is on, or on the chosen one at first."""
        here = self.currentIndex()
        printer = self._rows.row(here.row()).printer if here.isValid() else _chosen(rows)
        self._rows.show(rows)
        self.setMaximumHeight(len(rows) * _ROW_PX)
        self.setCurrentIndex(self._rows.index(self._rows.place_of(printer)))

    def forget_place(self) -> None:
        """Begin at the chosen one when rows are shown next."""
        self.setCurrentIndex(QModelIndex())

    def enter(self) -> None:
        """Take the keyboard."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        walk = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._pick(self.currentIndex().row())
        elif event.key() in (*walk, Qt.Key.Key_Home, Qt.Key.Key_End):
            super().keyPressEvent(event)
        else:
            event.ignore()

    def _pick(self, place: int) -> None:
        if 0 <= place < self._rows.rowCount():
            self.picked.emit(self._rows.row(place))


def _chosen(rows: tuple[Row, ...]) -> str | None:
    return next((row.printer for row in rows if row.chosen), None)
