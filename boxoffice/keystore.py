"""Where this computer keeps the office's keys: the system's keyring, or a file that only its owner can read.

Never in the database, which is what the keys protect against. A key is kept under its id, so that an old key
stays beside the new one until nothing wants it any more.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
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
    """The keys of this computer. `file` is used where the system has no keyring, or refuses."""

    file: Path

    def find(self, key_id: str) -> Key | None:
        """Return the key of this id, None when this computer does not have it."""
        # The file first: looking for the system's keyrings takes a quarter of a second.
        stored = self._from_file().get(key_id) or self._from_keyring(key_id)
        if not isinstance(stored, str):
            return None
        try:
            key = _decoded(stored)
        except BadKeyFile:
            _LOG.warning("the stored key %s is damaged", key_id)
            return None
        return key if key.id == key_id else None

    def keep(self, key: Key) -> None:
        """Keep the key here from now on. Raises OSError when it can be kept nowhere."""
        if not self._into_keyring(key):
            self._into_file(key)

    def _from_keyring(self, key_id: str) -> str | None:
        import keyring  # noqa: PLC0415 - looks for the system's keyrings, which takes a while
        from keyring.errors import KeyringError  # noqa: PLC0415 - as above

        try:
            return keyring.get_password(SERVICE, key_id)
        except KeyringError:
            return None

    def _into_keyring(self, key: Key) -> bool:
        import keyring  # noqa: PLC0415 - as above
        from keyring.errors import KeyringError  # noqa: PLC0415 - as above

        try:
            keyring.set_password(SERVICE, key.id, _encoded(key))
        except KeyringError:
            return False
        # Some keyrings take everything and keep nothing.
        return self._from_keyring(key.id) == _encoded(key)

    def _from_file(self) -> dict[str, object]:
        try:
            stored = json.loads(self.file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            _LOG.warning("the keys in %s cannot be read", self.file, exc_info=True)
            return {}
        return stored if isinstance(stored, dict) else {}

    def _into_file(self, key: Key) -> None:
        """Write all keys anew, readable by their owner alone; a crash leaves the old file."""
        self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        keys = json.dumps(self._from_file() | {key.id: _encoded(key)})
        # Made by mkstemp: nobody else can read it at any moment.
        handle, draft = tempfile.mkstemp(dir=self.file.parent, prefix=f".{self.file.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as writing:
                writing.write(keys)
                writing.flush()
                os.fsync(handle)
            Path(draft).replace(self.file)
        except OSError:
            with contextlib.suppress(OSError):
                Path(draft).unlink()
            raise


def write_copy(key: Key, path: Path) -> None:
    """Write a copy of the key for another computer or a safe, readable by its owner alone. Raises OSError.

    Never over a file that is there.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as writing:
        writing.write(f"{_COPY_HEAD}{key.id} {_encoded(key)}\n")


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


def _encoded(key: Key) -> str:
    return base64.b64encode(key.secret).decode()


def _decoded(stored: str) -> Key:
    try:
        return Key(base64.b64decode(stored, validate=True))
    except (binascii.Error, ValueError) as damaged:
        raise BadKeyFile from damaged
