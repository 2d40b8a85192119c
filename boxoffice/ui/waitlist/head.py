"""Above the entries: the event's name, how many wait, and what can be done with the whole list."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from boxoffice.domain.person import Role
from boxoffice.domain.waitlist import EntryState, WaitlistFilter
from boxoffice.language import tr, trn
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.waitlist.words import OPEN, state_name, tier_choices, waiting_words
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.choice import Choice
from boxoffice.ui.widgets.labels import ClampedText, IconText

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from boxoffice.domain.waitlist import WaitlistEntry, WaitlistEvent
    from boxoffice.ui.context import Context

_EVERY_TIER = -1
_SIDE_PX = 24


class PersonSearch(QLineEdit):
    """Enter and the arrows go to the list, Esc takes back what was typed."""

    entered = Signal()
    left = Signal()

    def __init__(self, *, by_contact: bool) -> None:
        super().__init__()
        self.setObjectName("waitlist_search")
        self.setAccessibleName(tr("Find a person on the list"))
        self.setPlaceholderText(tr("Name, e-mail or code") if by_contact else tr("Name"))
        self.setMaxLength(200)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    @override
    def sizeHint(self) -> QSize:
        return QSize(240, super().sizeHint().height())


class ListHead(QWidget):
    """Tells `narrowed` when another part of the list is wanted, and each button's own signal."""

    add_wanted = Signal()
    calls_wanted = Signal()
    settings_wanted = Signal()
    export_wanted = Signal()
    narrowed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        theme = context.theme
        self._event: WaitlistEvent | None = None
        self._title = ClampedText(theme, Style.TITLE, 1)
        self._title.setObjectName("waitlist_title")
        self._facts = {
            "waiting": IconText(theme, "users"),
            "offers": IconText(theme, "clock"),
            "calls": IconText(theme, "phone"),
        }
        for name, fact in self._facts.items():
            fact.setObjectName(f"waitlist_fact_{name}")
        self.add = IconButton(
            theme, "waitlist_add", "user-plus", tr("Add person"), Kind.PRIMARY, key=tr("Ins")
        )
        self.calls = IconButton(theme, "waitlist_calls", "phone", tr("&Call list"))
        self.settings = IconButton(theme, "waitlist_rules", "settings", tr("&Rules"), Kind.QUIET)
        self.export = IconButton(theme, "waitlist_export", "file-text", tr("Save as &file"), Kind.QUIET)
        # Hidden, never shown: what has no parent yet would come up as a window of its own.
        if not context.desk.identity.may_sell:
            self.add.hide()
            self.calls.hide()
        if context.desk.identity.role not in (Role.MANAGER, Role.PROMOTER):
            self.settings.hide()
        self.search = PersonSearch(by_contact=context.desk.identity.may_sell)
        self._tier = Choice(theme)
        self._state = Choice(theme)
        for choice, name, words in (
            (self._tier, "waitlist_tier", tr("Tier")),
            (self._state, "waitlist_state", tr("State")),
        ):
            choice.setObjectName(name)
            choice.setAccessibleName(words)
        # Tiers are called what a promoter calls them, states fit as they are.
        self._tier.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._tier.setMinimumContentsLength(10)
        self._state.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToContents)
        for words, states in self._states():
            self._state.addItem(words, states)
        self._lay_out()
        self._connect()

    def show_event(self, event: WaitlistEvent) -> None:
        """Show this event; another one begins with all its tiers and its open entries."""
        formats = self._context.formats
        is_other = self._event is None or self._event.event_id != event.event_id
        self._event = event
        self._title.set_text(event.title)
        self._facts["waiting"].set_text(waiting_words(event, formats))
        self._facts["offers"].set_text(
            trn("{n} offer open", "{n} offers open", event.offers, n=formats.number(event.offers))
        )
        self._facts["calls"].set_text(tr("{n} to call", n=formats.number(event.to_call)))
        self._facts["offers"].setVisible(event.offers > 0)
        self._facts["calls"].setVisible(event.to_call > 0)
        self._facts["calls"].show_icon("phone", Tone.WARN)
        self._offer_tiers(event, kept=None if is_other else self._tier.currentData())
        if is_other:
            self._reset_quietly()

    def filter(self) -> WaitlistFilter | None:
        """Return which entries are wanted; None while there is no event."""
        if self._event is None:
            return None
        tier = self._tier.currentData()
        states = self._state.currentData()
        return WaitlistFilter(
            self._event.event_id,
            tier_id=None if tier == _EVERY_TIER else tier,
            states=() if states == "call" else tuple(EntryState(one) for one in states.split()),
            to_call=states == "call",
            text=" ".join(self.search.text().split()),
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether less is shown than the open entries of all tiers."""
        return (
            bool(self.search.text().strip())
            or self._state.currentIndex() > 0
            or self._tier.currentIndex() > 0
        )

    @property
    def shows_open(self) -> bool:
        """Whether the open entries are shown, as from the first."""
        return self._state.currentIndex() == 0

    @property
    def state(self) -> QWidget:
        """What of here Tab stops at last."""
        return self._state

    @property
    def tier_id(self) -> int | None:
        """The tier that is shown alone, None for all."""
        tier = self._tier.currentData()
        return None if tier == _EVERY_TIER else tier

    def reset(self) -> None:
        """Show the open entries of all tiers again."""
        self._reset_quietly()
        self.narrowed.emit()

    def show_all(self) -> None:
        """Show the entries of every state."""
        self._state.setCurrentIndex(self._state.count() - 1)

    def widen_for(self, entry: WaitlistEntry) -> None:
        """Show a part of the list that this entry is in, without a word; what shows it already stays."""
        wanted = self.filter()
        if wanted is not None and not _is_in(wanted, entry):
            self._reset_quietly(0 if entry.state.is_open else self._state.count() - 1)

    def _reset_quietly(self, state: int = 0) -> None:
        for part in (self.search, self._tier, self._state):
            part.blockSignals(True)
        self.search.clear()
        self._tier.setCurrentIndex(0)
        self._state.setCurrentIndex(state)
        for part in (self.search, self._tier, self._state):
            part.blockSignals(False)

    def _states(self) -> tuple[tuple[str, str], ...]:
        # As text, for Qt turns what it cannot store into something else.
        ended = (
            EntryState.DECLINED,
            EntryState.EXPIRED,
            EntryState.WITHDRAWN,
            EntryState.RETURNED,
            EntryState.MERGED,
            EntryState.CANCELLED,
        )
        return (
            (tr("Open entries"), " ".join(OPEN)),
            (tr("To call"), "call"),
            (state_name(EntryState.WAITING), EntryState.WAITING.value),
            (state_name(EntryState.OFFERED), EntryState.OFFERED.value),
            (state_name(EntryState.REDEEMED), EntryState.REDEEMED.value),
            (tr("Ended otherwise"), " ".join(ended)),
            (tr("All entries"), ""),
        )

    def _offer_tiers(self, event: WaitlistEvent, kept: int | None) -> None:
        self._tier.blockSignals(True)
        self._tier.clear()
        self._tier.addItem(tr("All tiers"), _EVERY_TIER)
        for tier_id, words in tier_choices(event):
            if tier_id is not None:
                self._tier.addItem(words, tier_id)
        self._tier.setCurrentIndex(max(0, self._tier.findData(kept)))
        self._tier.blockSignals(False)

    def _connect(self) -> None:
        self.add.clicked.connect(self.add_wanted)
        self.calls.clicked.connect(self.calls_wanted)
        self.settings.clicked.connect(self.settings_wanted)
        self.export.clicked.connect(self.export_wanted)
        self._tier.currentIndexChanged.connect(lambda _index: self.narrowed.emit())
        self._state.currentIndexChanged.connect(lambda _index: self.narrowed.emit())

    def _lay_out(self) -> None:
        facts = QHBoxLayout()
        facts.setSpacing(16)
        for fact in self._facts.values():
            facts.addWidget(fact)
        facts.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.add)
        buttons.addWidget(self.calls)
        buttons.addStretch(1)
        buttons.addWidget(self.settings)
        buttons.addWidget(self.export)
        narrowing = QHBoxLayout()
        narrowing.setSpacing(8)
        narrowing.addWidget(self.search, 1)
        narrowing.addWidget(self._tier)
        narrowing.addWidget(self._state)
        column = QVBoxLayout(self)
        column.setContentsMargins(_SIDE_PX, 20, _SIDE_PX, 8)
        column.setSpacing(0)
        column.addWidget(self._title)
        column.addSpacing(6)
        column.addLayout(facts)
        column.addSpacing(14)
        column.addLayout(buttons)
        column.addSpacing(8)
        column.addLayout(narrowing)


def _is_in(wanted: WaitlistFilter, entry: WaitlistEntry) -> bool:
    """Tell whether an entry surely is in this part of the list; who fits a text, the database knows."""
    return (
        not wanted.text
        and not wanted.to_call
        and (not wanted.states or entry.state in wanted.states)
        and (wanted.tier_id is None or entry.tier_id in (None, wanted.tier_id))
    )
