"""The office's keys as this computer has them: which one seals now, and which others can still be opened.

The database knows the keys by their ids alone (`sealing_keys`); the keys themselves are in the keystore.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock

from sqlalchemy import text
from sqlalchemy.orm import Session

from boxoffice.domain.errors import KeyMissing, Unavailable, UnreadableText
from boxoffice.domain.personal import SHUT
from boxoffice.sealing import Key, Kind, Sealed, Tampered, is_token, key_of

_LOG = logging.getLogger(__name__)
FRESH_SECONDS = 30.0
"""How long it may take until this program learns of a key that another one made or brought."""

_KEYS = text("SELECT id, is_current FROM sealing_keys")


@dataclass(frozen=True, slots=True)
class Keys:
    """Ids of all of the office's keys, the current one, and those keys that are here."""

    ids: frozenset[str] = frozenset()
    current: str | None = None
    here: Mapping[str, Key] = field(default_factory=dict)


def read_keys(session: Session, find: Callable[[str], Key | None]) -> Keys:
    """Return the office's keys, as far as `find` has them."""
    rows = session.execute(_KEYS).all()
    found = {row.id: find(row.id) for row in rows}
    return Keys(
        frozenset(found),
        next((row.id for row in rows if row.is_current), None),
        {key_id: key for key_id, key in found.items() if key is not None},
    )


class Sealer:
    """Seals and opens personal words. Asks for the keys when they are first wanted, and when they are old."""

    def __init__(self, load: Callable[[], Keys]) -> None:
        self._load = load
        self._loaded: Keys | None = None
        self._at = -math.inf
        self._lock = Lock()

    @property
    def keys(self) -> Keys:
        """The office's keys; blocks while they are fetched. Raises Unavailable if it never had them."""
        with self._lock:
            if time.monotonic() - self._at > FRESH_SECONDS:
                try:
                    self._loaded = self._load()
                except Unavailable:
                    # What was sealed a moment ago is read with the same keys, whatever the network does: a
                    # sale that is committed must not be told as one that failed.
                    if self._loaded is None:
                        raise
                self._at = time.monotonic()
            return self._loaded or Keys()

    def get_ready(self) -> None:
        """Fetch the keys, so that the first sale by card does not wait for the system's keyring."""
        _keys = self.keys

    def forget(self) -> None:
        """Fetch the keys anew when they are next wanted: one was made or brought."""
        with self._lock:
            self._at = -math.inf

    @property
    def current_key(self) -> Key:
        """The key that seals now.

        Raises:
            KeyMissing: the office has no key yet, or this computer does not have it.
        """
        keys = self.keys
        key = keys.here.get(keys.current or "")
        if key is None:
            raise KeyMissing(keys.current or "")
        return key

    def seal(self, kind: Kind, words: str) -> str:
        """Return the token of the words; nothing stays nothing. Raises KeyMissing, UnreadableText."""
        try:
            return self.current_key.seal(kind, words) if words else ""
        except UnicodeEncodeError as unreadable:
            raise UnreadableText from unreadable

    def open(self, kind: Kind, stored: str) -> str:
        """Return the words behind a stored value, which older programs may have left unsealed.

        Raises:
            Sealed: its key is not here.
            Tampered: somebody changed the value, or moved it here from elsewhere.
        """
        if not is_token(stored):
            return stored
        key = self.keys.here.get(key_of(stored))
        if key is None:
            raise Sealed(key_of(stored))
        return key.open(kind, stored)

    def shown(self, kind: Kind, stored: str) -> str:
        """Return the words, or dots in their place where they cannot be read."""
        try:
            return self.open(kind, stored)
        except Sealed:
            return SHUT
        except Tampered:
            _LOG.warning("a sealed %s was changed since it was made", kind)
            return SHUT

    def fingerprints(self, kind: Kind, words: str) -> list[str]:
        """Return what these words are found by, under every key that is here; nothing for nothing."""
        try:
            return [key.fingerprint(kind, words) for key in self.keys.here.values()] if words.strip() else []
        except UnicodeEncodeError as unreadable:
            raise UnreadableText from unreadable


def without_keys() -> Sealer:
    """Return what a database has before anybody opened it as an office: it seals nothing."""
    return Sealer(Keys)
