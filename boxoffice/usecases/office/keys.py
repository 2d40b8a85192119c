"""The office's key: made once, kept outside the database, carried to other computers by hand, replaced."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from boxoffice.domain.errors import KeyFileBad, KeyFileTaken, KeyNowhereKept, NotOurKey
from boxoffice.domain.personal import KeyState
from boxoffice.keystore import BadKeyFile, Keystore, read_copy, write_copy
from boxoffice.sealing import Key, Sealed, Tampered
from boxoffice.storage import personal
from boxoffice.storage.database import Database
from boxoffice.storage.sealer import Keys, Sealer, read_keys

PAGE = 500


def seal_with(db: Database, store: Keystore) -> None:
    """Let the database's personal words be sealed and opened with the keys that this computer has."""

    def load() -> Keys:
        with db.read() as session:
            return read_keys(session, store.find)

    db.sealer = Sealer(load)


@dataclass(frozen=True, slots=True)
class Keyring:
    """What is done about the keys of one office at one computer. A manager's deeds."""

    db: Database
    store: Keystore

    def state(self) -> KeyState:
        """Return how this computer stands to the office's keys."""
        keys = self.db.sealer.keys
        with self.db.read() as session:
            unsealed = personal.unsealed(session, keys.current or "")
        others = keys.ids - {keys.current}
        return KeyState(
            keys.current or "",
            keys.current in keys.here,
            len(others),
            len(others - set(keys.here)),
            unsealed,
        )

    def make(self) -> None:
        """Make a key, the office's first or a new one, and seal with it what can be read here.

        Raises:
            KeyNowhereKept: neither the system's keyring nor the disk takes it; nothing was changed.
        """
        key = Key.new()
        self._keep(key)
        with self.db.write() as session:
            personal.register_key(session, key.id)
        self.db.sealer.forget()
        self.seal_anew()

    def seal_anew(self) -> int:
        """Seal with the current key whatever is not; return how many values stay because they cannot be read.

        Page by page, each in a transaction of its own: it can be broken off and done again at any time.

        Raises:
            KeyMissing: the current key is not here.
        """
        key = self.db.sealer.current_key
        return sum(self._seal_column(key, column) for column in personal.SEALED_COLUMNS)

    def save_copy(self, path: Path) -> None:
        """Write the current key to a new file, for a safe or for another computer.

        Raises:
            KeyMissing: it is not here.
            KeyFileTaken: the file exists.
            KeyNowhereKept: the file cannot be written.
        """
        key = self.db.sealer.current_key
        try:
            write_copy(key, path)
        except FileExistsError:
            raise KeyFileTaken(str(path)) from None
        except OSError as failure:
            raise KeyNowhereKept(failure.strerror or str(failure)) from failure

    def bring(self, path: Path) -> None:
        """Keep the key of such a file at this computer.

        Raises:
            KeyFileBad: the file cannot be read, or holds no key.
            NotOurKey: the key is another office's.
            KeyNowhereKept: this computer cannot keep it.
        """
        try:
            key = read_copy(path)
        except (OSError, BadKeyFile) as failure:
            raise KeyFileBad(str(path)) from failure
        if key.id not in self.db.sealer.keys.ids:
            raise NotOurKey(key.id)
        self._keep(key)
        self.db.sealer.forget()

    def _keep(self, key: Key) -> None:
        try:
            self.store.keep(key)
        except OSError as failure:
            raise KeyNowhereKept(failure.strerror or str(failure)) from failure

    def _seal_column(self, key: Key, column: str) -> int:
        kind, last, left = personal.SEALED_COLUMNS[column], 0, 0
        while True:
            with self.db.read() as session:
                page = personal.stale(session, column, last, PAGE)
            if not page:
                return left
            last = page[-1][0]
            renewed = []
            for row, stored in page:
                try:
                    renewed.append((row, stored, key.seal(kind, self.db.sealer.open(kind, stored))))
                except (Sealed, Tampered):
                    left += 1
            if renewed:
                with self.db.write() as session:
                    personal.reseal(session, column, renewed)


def make_own_key(keeper: Database, store: Keystore) -> None:
    """Open our own server's database for sealing; make its key when it has none: nobody else could."""
    seal_with(keeper, store)
    with keeper.read() as session:
        has_key = personal.has_key(session)
    if not has_key:
        Keyring(keeper, store).make()
