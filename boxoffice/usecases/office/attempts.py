"""Wrong passwords at this computer: counted for each name, remembered through restarts, slowed down.

Counted here because the server lets nobody write who has not signed in. It keeps a stranger at the counter
from trying out PINs and passwords; whoever can write this computer's files has better ways.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from boxoffice.domain.errors import TooManyAttempts

FREE_ATTEMPTS = 5
"""Wrong passwords of one name within an hour that cost no wait."""
HOUR_SECONDS = 3_600
FIRST_WAIT_SECONDS = 30
"""After the last free attempt; doubled by each one more."""
LONGEST_WAIT_SECONDS = 900


class Attempts:
    """The failed attempts of the last hour, in a file; names are kept as hashes."""

    def __init__(self, file: Path, clock: Callable[[], float] = time.time) -> None:
        self._file = file
        self._clock = clock
        self._lock = Lock()

    def require(self, name: str) -> None:
        """Let somebody try. Raises TooManyAttempts with the seconds that are still to wait."""
        failed = self._recent().get(_hidden(name), [])
        over = len(failed) - FREE_ATTEMPTS
        if over < 0:
            return
        wait = min(FIRST_WAIT_SECONDS * 2**over, LONGEST_WAIT_SECONDS)
        left = max(failed) + wait - self._clock()
        if left > 0:
            raise TooManyAttempts(int(left) + 1)

    def failed(self, name: str) -> None:
        """Remember a wrong password. Raises OSError when it cannot be written."""
        with self._lock:
            all_failed = self._recent()
            all_failed.setdefault(_hidden(name), []).append(self._clock())
            self._write(all_failed)

    def forgive(self, name: str) -> None:
        """Forget the failures of whoever got in."""
        with self._lock:
            all_failed = self._recent()
            if all_failed.pop(_hidden(name), None) is not None:
                self._write(all_failed)

    def _recent(self) -> dict[str, list[float]]:
        now = self._clock()
        try:
            stored = json.loads(self._file.read_text(encoding="utf-8"))
            return {
                str(name): recent
                for name, moments in stored.items()
                # A moment to come was written under a clock that went wrong.
                if (recent := [float(at) for at in moments if now - HOUR_SECONDS < float(at) <= now])
            }
        except (FileNotFoundError, ValueError, TypeError, AttributeError):
            return {}

    def _write(self, failed: dict[str, list[float]]) -> None:
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Another program of this computer may read at any moment: it sees the old file or the new one.
        descriptor, draft = tempfile.mkstemp(dir=self._file.parent, prefix=f".{self._file.name}.")
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            json.dump(failed, out)
        Path(draft).replace(self._file)


def _hidden(name: str) -> str:
    return hashlib.sha256(name.strip().lower().encode()).hexdigest()
