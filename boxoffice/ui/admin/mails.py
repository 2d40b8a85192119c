"""The e-mails: what waits, what was sent, what failed and why; failed ones are tried again from here."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, override

from boxoffice.domain.mail import MailEntry, MailFailure, MailKind, MailRound, MailState
from boxoffice.language import tr, trn
from boxoffice.ui.admin.pane import Inspector, Pane
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.choice import Choice
from boxoffice.ui.widgets.labels import Text
from boxoffice.ui.widgets.states import Notice
from boxoffice.ui.widgets.table import Cell, Column, Row, Table

if TYPE_CHECKING:
    from boxoffice.ui.context import Context
    from boxoffice.usecases.mail.outbox import Outbox


class MailsPane(Pane):
    """Newest first; one chosen is read beside the list."""

    def __init__(self, context: Context, deeds: Outbox) -> None:
        self._deeds = deeds
        self._entry: MailEntry | None = None
        self._shown: tuple[MailEntry, ...] = ()
        theme = context.theme
        self.state = Choice(theme)
        self.state.setObjectName("mails_state")
        self.state.setAccessibleName(tr("State"))
        for words, state in (
            (tr("All"), None),
            (tr("Queued"), MailState.QUEUED),
            (tr("Sent"), MailState.SENT),
            (tr("Failed"), MailState.FAILED),
        ):
            self.state.addItem(words, state)
        self._all_again = IconButton(
            theme, "mails_retry", "refresh-cw", tr("Try all failed a&gain"), Kind.PLAIN
        )
        self._set_up = Notice(theme, "mails_set_up", Tone.ACCENT)
        self._trouble = Notice(theme, "mails_trouble", Tone.WARN)
        columns = (
            Column(tr("When"), 130),
            Column(tr("To")),
            Column(tr("What"), 210),
            Column(tr("State"), 120),
        )
        table = Table(theme, "mails", columns)
        inspector = Inspector(context, "mail")
        self._facts = Text(theme, Style.BODY, Tone.TEXT).wrapping()
        self._facts.setObjectName("mail_facts")
        self._again = IconButton(theme, "mail_retry", "refresh-cw", tr("&Try again now"), Kind.PRIMARY)
        self._again.clicked.connect(self._retry_one)
        self._all_again.clicked.connect(self._retry_all)
        self._done = Notice(theme, "mail_done", Tone.ACCENT)
        for part in (self._set_up, self._trouble, self._done, self._facts, self._again):
            inspector.inside.addWidget(part)
        inspector.inside.addStretch(1)
        super().__init__(context, table, inspector, (self.state, self._all_again))
        self.state.currentIndexChanged.connect(lambda _: self.reload())
        table.chosen.connect(self._show)
        context.mailing.changed.connect(self._walked)
        self._show(None)

    @override
    def reload(self) -> None:
        wanted: MailState | None = self.state.currentData()
        self.ask("mails", partial(self._deeds.entries, wanted), self._loaded)
        self._say_how_it_goes(self.context.mailing.last)

    def _loaded(self, entries: tuple[MailEntry, ...]) -> None:
        self._shown = entries
        self.table.show_rows([self._row(one) for one in entries])
        self.show_table(tr("No e-mail here."))
        self._all_again.setEnabled(any(one.state is MailState.FAILED for one in entries))

    def _row(self, one: MailEntry) -> Row:
        formats = self.context.formats
        order = f"{tr('Order')} {formats.order_number(one.order_number)}" if one.order_number else ""
        return Row(
            one.id,
            one,
            (
                Cell(formats.stamp_here(one.queued_at), tone=Tone.MUTED),
                Cell(one.recipient, failure_words(one.failure, one.kind) if one.failure else one.subject),
                Cell(kind_name(one.kind), order),
                Cell(*state_words(one), is_tag=True),
            ),
        )

    def _show(self, one: MailEntry | None) -> None:
        is_other = one is None or self._entry is None or one.id != self._entry.id
        self._entry = one
        self.inspector.notice.say("")
        if is_other:
            self._done.say("")
        self.inspector.title.setText(kind_name(one.kind) if one else tr("Nothing is chosen"))
        self._facts.setText(self._facts_of(one) if one else "")
        self._again.setVisible(one is not None and one.state is not MailState.SENT)

    def _facts_of(self, one: MailEntry) -> str:
        formats = self.context.formats
        lines = [
            tr("To {address}", address=one.recipient),
            tr("queued {when}", when=formats.stamp_here(one.queued_at)),
        ]
        if one.sent_at:
            lines.append(tr("sent {when}", when=formats.stamp_here(one.sent_at)))
        elif one.attempts:
            lines.append(trn("tried {n} time", "tried {n} times", one.attempts))
        if one.state is MailState.QUEUED and one.attempts:
            lines.append(tr("next try {when}", when=formats.stamp_here(one.next_attempt_at)))
        if one.failure:
            lines += ["", failure_words(one.failure, one.kind)]
        if one.detail:
            lines.append(tr("The server said: {words}", words=one.detail))
        return "\n".join(lines)

    # --- trying again --------------------------------------------------------------------------

    def _retry_one(self) -> None:
        if self._entry is not None:
            self._retry((self._entry.id,))

    def _retry_all(self) -> None:
        self._retry(tuple(one.id for one in self._shown if one.state is MailState.FAILED))

    def _retry(self, ids: tuple[int, ...]) -> None:
        self.change(partial(self._deeds.retry, ids), self._retried)

    def _retried(self, count: int) -> None:
        self._done.say(trn("{n} e-mail is tried again.", "{n} e-mails are tried again.", count))
        self.context.mailing.wake()
        self.reload()

    # --- how it goes ---------------------------------------------------------------------------

    def _walked(self, ended: MailRound) -> None:
        if self.isVisible():
            self.reload()
        elif ended.trouble:
            self._say_how_it_goes(ended)

    def _say_how_it_goes(self, last: MailRound) -> None:
        self._set_up.say(
            ""
            if self.context.mailing.is_set_up
            else tr(
                "No mail server is set up on this computer: e-mails stay queued until one sends them. "
                "The README says how, under [mail]."
            )
        )
        said = f"{failure_words(last.trouble)} {last.detail}" if last.trouble else ""
        self._trouble.say(said.strip())


def kind_name(kind: str) -> str:
    """Return what people call a kind of e-mail."""
    return {
        "order_confirmation": tr("Tickets"),
        "resend": tr("Tickets again"),
        "refund": tr("Refund"),
        "event_cancelled": tr("Event cancelled"),
        "waitlist_offer": tr("Waitlist offer"),
        "waitlist_cancelled": tr("Cancelled, to the waitlist"),
    }.get(kind, kind)


def state_words(one: MailEntry) -> tuple[str, str, Tone]:
    """Return the word and the tone of an e-mail's state, with nothing below."""
    words, tone = {
        MailState.QUEUED: (tr("Queued"), Tone.WARN if one.failure else Tone.ACCENT),
        MailState.SENT: (tr("Sent"), Tone.GOOD),
        MailState.FAILED: (tr("Failed"), Tone.BAD),
    }[one.state]
    return words, "", tone


def failure_words(failure: MailFailure, kind: str = "") -> str:
    """Return what is in the way, and what to do; with the kind of e-mail, where it is one's own."""
    if failure is MailFailure.VOID and kind == MailKind.WAITLIST_OFFER:
        return tr("The offer was over before it could be sent.")
    return {
        MailFailure.ADDRESS: tr("The address is refused. Ask the customer for another one."),
        MailFailure.MESSAGE: tr("The mail server refuses this e-mail."),
        MailFailure.SIGN_IN: tr("The mail server does not let us in. Check its user and password."),
        MailFailure.SERVER: tr("The mail server does not answer. It is tried again by itself."),
        MailFailure.VOID: tr("Its tickets are no longer valid, so they were not sent."),
    }[failure]
