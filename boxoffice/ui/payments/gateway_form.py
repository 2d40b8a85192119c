"""Payment by a card service: asked by one key, and it says what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.language import tr
from boxoffice.ui.payments.card_charge import CardTalk
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind, PayButton
from boxoffice.ui.widgets.labels import Text
from boxoffice.ui.widgets.states import BusyRing

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from boxoffice.domain.sale import Payment
    from boxoffice.ui.context import Context
    from boxoffice.ui.payments.card_charge import CardCharge


class GatewayForm(QWidget):
    """Follows a charge. Tells `wanted` when the service is to be asked, `left` when it is over."""

    wanted = Signal()
    left = Signal()

    def __init__(self, context: Context, card: CardCharge, name: str = "gateway") -> None:
        super().__init__()
        self.setObjectName(f"{name}_form")
        self._context = context
        self._card = card
        self._total = ""
        theme = context.theme
        self._ring = BusyRing(theme, 22)
        self._words = Text(theme, Style.BODY).wrapping()
        self._words.setObjectName(f"{name}_words")
        self.take = PayButton(theme, f"{name}_take", Kind.PRIMARY)
        self._leave = IconButton(theme, f"{name}_leave", "arrow-left", tr("Back"), Kind.QUIET)
        self._give_up = IconButton(theme, f"{name}_give_up", "clock", tr("&Clear it later"), Kind.PLAIN)
        head = QHBoxLayout()
        head.addWidget(Text(theme, Style.CAPTION, Tone.MUTED, tr("Card payment")))
        head.addStretch(1)
        head.addWidget(self._leave)
        said = QHBoxLayout()
        said.setSpacing(10)
        said.addWidget(self._ring, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self._words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addLayout(said)
        column.addWidget(self.take)
        column.addWidget(self._give_up)
        self.take.clicked.connect(self.confirm)
        self._leave.clicked.connect(self.left)
        self._give_up.clicked.connect(self._leave_it)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        card.changed.connect(self._follow)
        card.charged.connect(self._finish)
        self._show()

    @property
    def is_bound(self) -> bool:
        """Whether it cannot be left: the service is at it, or nobody knows what it did."""
        return self._card.is_bound

    def begin(self, words: str) -> None:
        """Offer to charge this total, in words, and take the keyboard."""
        self._total = words
        self._show()
        self.take.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_total(self, words: str) -> None:
        """Go by this total from now on."""
        self._total = words
        self._show()

    def confirm(self) -> None:
        """Do what the large button says."""
        if self._card.talk is CardTalk.UNKNOWN:
            self._card.look_up()
        elif self._card.talk is not CardTalk.ASKING:
            self.wanted.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.confirm()
        elif event.key() == Qt.Key.Key_Escape:
            if not self.is_bound:
                self.left.emit()
        else:
            super().keyPressEvent(event)

    def _leave_it(self) -> None:
        self._card.leave()
        self.left.emit()

    def _finish(self, _paid: Payment) -> None:
        if self.isVisible():
            self.left.emit()

    def _follow(self) -> None:
        if self.isVisible():
            self._show()

    def _show(self) -> None:
        card = self._card
        talk = card.talk
        busy = talk is CardTalk.ASKING
        unknown = talk is CardTalk.UNKNOWN
        self._ring.setVisible(busy)
        self._leave.setVisible(not self.is_bound)
        self._give_up.setVisible(unknown)
        if busy and self.take.hasFocus():
            # A button that goes dead would give the keyboard to the next best thing.
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.take.setEnabled(not busy)
        if not busy and self.hasFocus():
            self.take.setFocus(Qt.FocusReason.OtherFocusReason)
        error = self._context.wording.sentence(card.error) if card.error else ""
        said = card.problem
        declined = tr("The card was declined.")
        words, tone = {
            CardTalk.QUIET: (tr("The terminal is asked for the amount by itself."), Tone.TEXT),
            CardTalk.ASKING: (tr("Asking the terminal…"), Tone.TEXT),
            CardTalk.DECLINED: (f"{declined} {said}".strip(), Tone.BAD),
            CardTalk.UNKNOWN: (
                tr("The terminal does not say whether it charged. Nothing is charged twice: look it up."),
                Tone.WARN,
            ),
            CardTalk.NOT_ASKED: (error, Tone.BAD),
        }[talk]
        self._words.setText(f"{words} {error}".strip() if unknown else words)
        self._words.set_tone(tone)
        if unknown:
            self.take.set_words(tr("Look up again"), tr("Enter"))
        elif busy:
            self.take.set_words(tr("Asking the terminal…"), tr("One moment"))
        else:
            again = talk in (CardTalk.DECLINED, CardTalk.NOT_ASKED)
            words = (
                tr("Try {total} again", total=self._total)
                if again
                else tr("Charge {total}", total=self._total)
            )
            self.take.set_words(words, tr("Enter"))
