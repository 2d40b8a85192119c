"""Keys and keeping: the key that seals personal words, and what has been kept for long enough."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, override

from boxoffice.domain.personal import Due, KeyState
from boxoffice.language import tr, trn
from boxoffice.ui.admin.files import choose_file, choose_new_file
from boxoffice.ui.admin.pane import Inspector, Pane
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.labels import Text
from boxoffice.ui.widgets.states import Notice
from boxoffice.ui.widgets.table import Cell, Column, Row, Table

if TYPE_CHECKING:
    from boxoffice.ui.context import Context
    from boxoffice.usecases.office.administration import Administration


class KeepingPane(Pane):
    """What is due for removal on the left, the office's key on the right."""

    def __init__(self, context: Context, deeds: Administration) -> None:
        self._deeds = deeds
        theme = context.theme
        self._remove = IconButton(theme, "retention_remove", "x", tr("&Remove what is due"), Kind.PLAIN)
        self._remove.clicked.connect(self._confirm)
        columns = (Column(tr("Records")), Column(tr("Kept for"), 130), Column(tr("Due"), 110),
                   Column(tr("Oldest"), 170))  # fmt: skip
        table = Table(theme, "retention", columns)
        inspector = Inspector(context, "key")
        inspector.title.setText(tr("The office's key"))
        self._facts = Text(theme, Style.BODY, Tone.TEXT).wrapping()
        self._facts.setObjectName("key_facts")
        advice = tr(
            "It seals phone numbers, addresses, notes and payment references; names and e-mail addresses "
            "stay searchable and are not sealed. It is never in the database: keep a copy in a safe. "
            "Without it nobody can read them again."
        )
        self._done = Notice(theme, "key_done", Tone.ACCENT)
        self._sure = Notice(theme, "retention_sure", Tone.WARN)
        self._sure.acted.connect(self._retire)
        self._copy = IconButton(theme, "key_copy", "copy", tr("Save a co&py…"), Kind.PLAIN)
        self._bring = IconButton(theme, "key_bring", "log-in", tr("&Bring the key…"), Kind.PLAIN)
        self._seal = IconButton(theme, "key_seal", "refresh-cw", tr("&Seal the rest"), Kind.PLAIN)
        self._make = IconButton(theme, "key_make", "plus", "", Kind.PLAIN)
        self._copy.clicked.connect(self._save_copy)
        self._bring.clicked.connect(self._bring_key)
        self._seal.clicked.connect(self._seal_anew)
        self._make.clicked.connect(self._make_key)
        for part in (self._done, self._facts, self._copy, self._bring, self._seal, self._make,
                     Text(theme, Style.SMALL, Tone.MUTED, advice).wrapping()):  # fmt: skip
            inspector.inside.addWidget(part)
        inspector.inside.addStretch(1)
        super().__init__(context, table, inspector, (self._remove, self._sure))
        self._due: tuple[Due, ...] = ()

    @override
    def reload(self) -> None:
        self.ask("retention", self._deeds.personal.due, self._loaded)
        self.context.tasks.look(self, "key", self._deeds.keyring.state, self._show_key, self.refused)

    # --- what was kept -------------------------------------------------------------------------

    def _loaded(self, due: tuple[Due, ...]) -> None:
        self._due = due
        self.table.show_rows([self._row(one) for one in due])
        self.show_table("")
        self._sure.say("")
        self._remove.setEnabled(any(one.rows for one in due))

    def _row(self, one: Due) -> Row:
        formats = self.context.formats
        oldest = formats.day_with_year(one.oldest, "UTC") if one.oldest else ""
        return Row(
            one.what,
            one,
            (
                Cell(records_name(one.what)),
                Cell(span_name(one.kept), tone=Tone.MUTED),
                Cell(formats.number(one.rows), tone=Tone.WARN if one.rows else Tone.FAINT),
                Cell(oldest, tone=Tone.MUTED),
            ),
        )

    def _confirm(self) -> None:
        count = sum(one.rows for one in self._due)
        words = trn("{n} record goes for good.", "{n} records go for good.", count)
        self._sure.say(words, tr("Remove for good"))

    def _retire(self) -> None:
        self._sure.say("")
        self.change(self._deeds.personal.retire, self._retired)

    def _retired(self, removed: tuple[Due, ...]) -> None:
        count = sum(one.rows for one in removed)
        self._did(trn("{n} record is removed; the report is in the evidence.",
                      "{n} records are removed; the report is in the evidence.", count))  # fmt: skip

    # --- the key -------------------------------------------------------------------------------

    def _show_key(self, state: KeyState) -> None:
        self._facts.setText("\n".join(_key_lines(state)))
        self._copy.setEnabled(state.is_here)
        self._bring.setEnabled(bool(state.key_id))
        self._seal.setVisible(bool(state.unsealed))
        self._seal.setEnabled(state.is_here)
        self._make.setText(tr("Make a &new key") if state.key_id else tr("&Make the key"))

    def _save_copy(self) -> None:
        def save(path: Path) -> None:
            words = tr("The copy is saved. Keep it safe.")
            self.change(partial(self._deeds.keyring.save_copy, path), lambda _: self._did(words))

        choose_new_file(self, tr("Save a copy of the key"), "box-office.key", save)

    def _bring_key(self) -> None:
        def bring(path: Path) -> None:
            words = tr("The key is on this computer now.")
            self.change(partial(self._deeds.keyring.bring, path), lambda _: self._did(words))

        choose_file(self, tr("Bring the key"), bring)

    def _seal_anew(self) -> None:
        self.change(self._deeds.keyring.seal_anew, self._sealed)

    def _sealed(self, left: int) -> None:
        self._did(
            trn("All but {n} value is sealed; that one cannot be read here.",
                "All but {n} values are sealed; those cannot be read here.", left)
            if left else tr("Everything is sealed with this key.")
        )  # fmt: skip

    def _make_key(self) -> None:
        self.change(
            self._deeds.keyring.make,
            lambda _: self._did(tr("The new key is made. Save a copy, and bring it to the other computers.")),
        )

    def _did(self, words: str) -> None:
        self._done.say(words)
        self.reload()


def _key_lines(state: KeyState) -> list[str]:
    if not state.key_id:
        return [tr("This office has no key yet. Nothing that needs sealing can be written down.")]
    lines = [tr("Key {id}", id=state.key_id)]
    lines.append(
        tr("It is on this computer.") if state.is_here
        else tr("It is not on this computer: bring a copy of it, or what it sealed stays shut here.")
    )  # fmt: skip
    if state.unsealed:
        lines.append(
            trn("{n} value is not sealed with it.", "{n} values are not sealed with it.", state.unsealed)
        )
    if state.missing:
        lines.append(
            trn("{n} older key is not on this computer.", "{n} older keys are not on this computer.",
                state.missing)
        )  # fmt: skip
    return lines


def records_name(what: str) -> str:
    """Return what people call a kind of record."""
    return {
        "audit": tr("Evidence"),
        "emails": tr("E-mails"),
        "deleted_people": tr("Deleted customers"),
        "payments": tr("Payments"),
    }[what]


def span_name(kept: str) -> str:
    """Return what people call a length of time."""
    return {"7 years": tr("7 years"), "1 year": tr("1 year"), "90 days": tr("90 days")}[kept]
