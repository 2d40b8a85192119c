"""The fields for a database on the network, checked before anybody is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from boxoffice.language import tr
from boxoffice.ui.start.choice import Encryption, ServerAddress
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.choice import Choice
from boxoffice.ui.widgets.labels import Text, restyled

if TYPE_CHECKING:
    from boxoffice.ui.theme.theme import Theme

_HIGHEST_PORT = 65_535


class ServerForm(QWidget):
    """Tells `entered` with a ServerAddress, `left` when the clerk goes back."""

    entered = Signal(object)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.host = self._field("server_host", tr("Host"), "db.example.org")
        self.port = self._field("server_port", tr("Port"), "5432")
        self.port.setText("5432")
        self.database = self._field("server_database", tr("Database"), "boxoffice")
        self.user = self._field("server_user", tr("User"), "anna")
        self.password = self._field("server_password", tr("Password"), "")
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.encryption = Choice(theme)
        self.encryption.setObjectName("server_encryption")
        self.encryption.setAccessibleName(tr("Encryption"))
        words = {
            Encryption.VERIFIED: tr("Encrypted, certificate checked"),
            Encryption.REQUIRED: tr("Encrypted"),
            Encryption.OFF: tr("Not encrypted: can be read on the way"),
        }
        for value, label in words.items():
            self.encryption.addItem(label, value)
        self.root_cert = self._field("server_root_cert", tr("CA file"), tr("none: what this computer trusts"))
        self._connect = IconButton(theme, "server_connect", "log-in", tr("&Connect"), Kind.PRIMARY)
        self._back = IconButton(theme, "server_back", "arrow-left", tr("&Back"), Kind.QUIET)
        self._connect.clicked.connect(self.enter)
        self._back.clicked.connect(self.left)
        for field in (self.host, self.port, self.database, self.user, self.password, self.root_cert):
            field.returnPressed.connect(self.enter)
            field.textChanged.connect(lambda _text, field=field: restyled(field, "state", ""))
        self._lay_out()

    def begin(self) -> None:
        """Take the keyboard."""
        self.host.setFocus(Qt.FocusReason.OtherFocusReason)

    def address(self) -> ServerAddress | None:
        """Return what is filled in, None while a field is missing or wrong."""
        return None if self._wrong() else self._address()

    def enter(self) -> None:
        """Hand on the address, or mark the first field that is missing or wrong."""
        wrong = self._wrong()
        for field in wrong:
            restyled(field, "state", "bad")
        if wrong:
            wrong[0].setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.entered.emit(self._address())

    def _address(self) -> ServerAddress:
        return ServerAddress(
            host=self.host.text().strip(),
            port=int(self.port.text()),
            database=self.database.text().strip(),
            user=self.user.text().strip(),
            password=self.password.text(),
            encryption=Encryption(self.encryption.currentData()),
            root_cert=self.root_cert.text().strip(),
        )

    def _wrong(self) -> list[QLineEdit]:
        wrong = [field for field in (self.host, self.database, self.user) if not field.text().strip()]
        port = self.port.text().strip()
        if not (port.isascii() and port.isdigit() and 1 <= int(port) <= _HIGHEST_PORT):
            wrong.append(self.port)
        return wrong

    def _field(self, name: str, words: str, example: str) -> QLineEdit:
        field = QLineEdit()
        field.setObjectName(name)
        field.setAccessibleName(words)
        field.setPlaceholderText(example)
        return field

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        rows: tuple[tuple[str, QWidget], ...] = (
            (tr("Host"), self.host),
            (tr("Port"), self.port),
            (tr("Database"), self.database),
            (tr("User"), self.user),
            (tr("Password"), self.password),
            (tr("Encryption"), self.encryption),
            (tr("CA file"), self.root_cert),
        )
        for row, (words, field) in enumerate(rows):
            label = Text(self._theme, Style.BODY, Tone.MUTED, words)
            label.setBuddy(field)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self._back)
        buttons.addStretch(1)
        buttons.addWidget(self._connect)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addLayout(grid)
        column.addLayout(buttons)
