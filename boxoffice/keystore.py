"""Where this computer keeps the office's keys: the system's keyring, or files that only their owner can read.

Never in the database, which is what the keys protect against. A key is kept under its id, each in a file of
its own, so that an old key stays beside the new one and two programs that keep keys at once lose none.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import logging
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from boxoffice.sealing import Key

_LOG = logging.getLogger(__name__)
SERVICE = "Box Office"
_COPY_HEAD = "Box Office key. Keep it secret: with it the office's personal data can be read.\n"


class BadKeyFile(ValueError):
    """The file holds no key."""


@dataclass(frozen=True, slots=True)
class Keystore:
    """The keys of this computer. `folder` is used where the system has no keyring, or refuses."""

    folder: Path

    def find(self, key_id: str) -> Key | None:
        """Return the key of this id, None when this computer does not have it."""
        # The file first: looking for the system's keyrings takes a quarter of a second.
        key = self._from_file(key_id) or self._from_keyring(key_id)
        return key if key is not None and key.id == key_id else None

    def keep(self, key: Key) -> None:
        """Keep the key here from now on. Raises OSError when it can be kept nowhere."""
        if not self._into_keyring(key):
            self._into_file(key)

    def find_password(self, account: str) -> str | None:
        """Return the password of an account elsewhere, say at the mail server; None when it is not here."""
        try:
            return self._password_file(account).read_text(encoding="utf-8")
        except FileNotFoundError:
            return _asked_of_keyring(account)
        except (OSError, UnicodeDecodeError):
            _LOG.warning("the file of a password cannot be read", exc_info=True)
            return None

    def keep_password(self, account: str, password: str) -> None:
        """Keep it here from now on. Raises OSError when it can be kept nowhere."""
        if _given_to_keyring(account, password):
            self._password_file(account).unlink(missing_ok=True)
        else:
            self._write(self._password_file(account), password)

    def _password_file(self, account: str) -> Path:
        return self.folder / f"{hashlib.sha256(account.encode()).hexdigest()[:16]}.password"

    def _from_keyring(self, key_id: str) -> Key | None:
        stored = _asked_of_keyring(key_id)
        try:
            return None if stored is None else _decoded(stored)
        except BadKeyFile:
            _LOG.warning("the key %s in the keyring is damaged", key_id)
        return None

    def _into_keyring(self, key: Key) -> bool:
        return _given_to_keyring(key.id, _encoded(key))

    def _file(self, key_id: str) -> Path:
        return self.folder / f"{key_id}.key"

    def _from_file(self, key_id: str) -> Key | None:
        try:
            return read_copy(self._file(key_id))
        except FileNotFoundError:
            return None
        except (OSError, BadKeyFile):
            _LOG.warning("the file of the key %s cannot be read", key_id, exc_info=True)
            return None

    def _into_file(self, key: Key) -> None:
        self._write(self._file(key.id), _words(key))

    def _write(self, path: Path, words: str) -> None:
        """Write the file whole or not at all."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Made by mkstemp: nobody else can read it at any moment.
        handle, draft = tempfile.mkstemp(dir=self.folder, prefix=f".{path.stem}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as writing:
                writing.write(words)
                writing.flush()
                os.fsync(handle)
            Path(draft).replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                Path(draft).unlink()
            raise


def _asked_of_keyring(name: str) -> str | None:
    import keyring  # noqa: PLC0415 - looks for the system's keyrings, which takes a while
    from keyring.errors import KeyringError  # noqa: PLC0415 - as above

    try:
        return keyring.get_password(SERVICE, name)
    except (KeyringError, OSError, RuntimeError):
        _LOG.warning("the system's keyring does not answer", exc_info=True)
        return None


def _given_to_keyring(name: str, secret: str) -> bool:
    import keyring  # noqa: PLC0415 - as above
    from keyring.errors import KeyringError  # noqa: PLC0415 - as above

    try:
        keyring.set_password(SERVICE, name, secret)
    except (KeyringError, OSError, RuntimeError):
        return False
    # Some keyrings take everything and keep nothing.
    return _asked_of_keyring(name) == secret


def write_copy(key: Key, path: Path) -> None:
    """Write a copy of the key for another computer or a safe, readable by its owner alone. Raises OSError.

    Never over a file that is there.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as writing:
            writing.write(_words(key))
            writing.flush()
            os.fsync(handle)
    except OSError:
        # Half a copy in a safe would be worse than none.
        path.unlink()
        raise


def read_copy(path: Path) -> Key:
    """Return the key in such a file. Raises OSError or BadKeyFile."""
    try:
        words = path.read_text(encoding="utf-8").split()
    except UnicodeDecodeError as unreadable:
        raise BadKeyFile(path.name) from unreadable
    if len(words) < 2:  # noqa: PLR2004 - its id and itself
        raise BadKeyFile(path.name)
    key = _decoded(words[-1])
    if key.id != words[-2]:
        raise BadKeyFile(path.name)
    return key


def _words(key: Key) -> str:
    return f"{_COPY_HEAD}{key.id} {_encoded(key)}\n"


def _encoded(key: Key) -> str:
    return base64.b64encode(key.secret).decode()


def _decoded(stored: str) -> Key:
    try:
        return Key(base64.b64decode(stored, validate=True))
    except ValueError as damaged:
        raise BadKeyFile from damaged
