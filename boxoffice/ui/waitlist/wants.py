"""What an entry waits for, as lines of a form: tier, how many, together or not, note and phone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from boxoffice.domain.errors import (
    AlreadyWaiting,
    BadPhone,
    ContactMissing,
    ReferenceTooLong,
    StillAvailable,
    TierNotSellable,
    UnknownTier,
    WaitlistLimit,
)
from boxoffice.domain.waitlist import MOST_TICKETS
from boxoffice.language import tr
from boxoffice.ui.deeds.form import DeedForm
from boxoffice.ui.widgets.choice import Choice
from boxoffice.ui.widgets.inline_form import Field

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from PySide6.QtWidgets import QWidget

    from boxoffice.ui.context import Context

LONGEST_NOTE = 500
LONGEST_PHONE = 40


@dataclass(frozen=True, slots=True)
class Wants:
    """What was filled in."""

    tier_id: int | None
    quantity: int
    all_together: bool
    note: str
    phone: str


class WantsForm(DeedForm):
    """A deed that asks what somebody waits for.

    Args:
        context: what every screen is given.
        name: of the deed, with which the names of its widgets begin.
        title: what is done.
        tiers: what can be waited for; None stands for any.
    """

    def __init__(
        self, context: Context, name: str, title: str, tiers: Sequence[tuple[int | None, str]]
    ) -> None:
        super().__init__(context, name, title)
        self._name = name
        self.tier = self._choice("tier", tr("Tier"), tiers)
        self.quantity = self.bind(Field(f"{name}_quantity", tr("How many"), longest=3))
        self.together = self._choice(
            "together", tr("Seats"), ((False, tr("Whatever is there")), (True, tr("All together")))
        )
        self.note = self.bind(Field(f"{name}_note", tr("Note"), hint=tr("Optional"), longest=LONGEST_NOTE))
        self.phone = self.bind(
            Field(f"{name}_phone", tr("Phone"), hint=tr("Their own"), longest=LONGEST_PHONE)
        )

    def add_wants(self) -> tuple[QWidget, ...]:
        """Put the lines into the form, and return them."""
        return (
            self.add_row(tr("Tier"), self.tier),
            self.add_row(tr("How many"), self.quantity),
            self.add_row(tr("Seats"), self.together),
            self.add_row(tr("Note"), self.note),
            self.add_row(tr("Phone"), self.phone),
        )

    def fill(self, wants: Wants, keep: Collection[QWidget] = ()) -> None:
        """Show this, but leave the lines `keep` as they are."""
        if self.tier not in keep:
            self.tier.setCurrentIndex(max(0, self.tier.findData(wants.tier_id)))
        if self.together not in keep:
            self.together.setCurrentIndex(int(wants.all_together))
        lines = {self.quantity: str(wants.quantity), self.note: wants.note, self.phone: wants.phone}
        for line, words in lines.items():
            if line not in keep:
                line.setText(words)
                line.setCursorPosition(0)

    def read(self) -> Wants | None:
        """Return what is filled in; None when it will not do, and that is said."""
        typed = self.quantity.text().strip()
        quantity = int(typed) if typed.isdecimal() else 0
        if not 1 <= quantity <= MOST_TICKETS:
            self.advise(tr("Type a number from 1 to {n}.", n=MOST_TICKETS), self.quantity)
            return None
        return Wants(
            self.tier.currentData(),
            quantity,
            bool(self.together.currentData()),
            self.note.text().strip(),
            self.phone.text().strip(),
        )

    def part_meant(self, error: Exception) -> QWidget | None:
        """Return the line that a refusal is about."""
        if isinstance(error, BadPhone | ContactMissing):
            return self.phone
        if isinstance(error, WaitlistLimit):
            return self.quantity
        if isinstance(error, StillAvailable | TierNotSellable | UnknownTier | AlreadyWaiting):
            return self.tier
        return self.note if isinstance(error, ReferenceTooLong) else None

    def _choice(self, part: str, words: str, values: Sequence[tuple[object, str]]) -> Choice:
        choice = Choice(self.context.theme)
        choice.setObjectName(f"{self._name}_{part}")
        choice.setAccessibleName(words)
        choice.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        choice.setMinimumContentsLength(8)
        for value, label in values:
            choice.addItem(label, value)
        return choice
